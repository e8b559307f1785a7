/**
 * The error for a prop that is wrong by itself: thrown at once, so that the stack names the line that wrote it. What
 * only the whole network can tell is reported at synth, all together.
 *
 * @param prop name of the prop
 * @param value what was given
 * @param problem what is wrong with it, as the rest of a sentence
 * @param fix what to write instead, as an imperative
 */
export function invalidProp(prop: string, value: unknown, problem: string, fix: string): Error {
  const shown = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
  return new Error(`${prop} ${shown} ${problem}; ${fix}`);
}
