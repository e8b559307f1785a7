/** RE2 expressions of tags: whether a subscription may say one, which constructs and runtime judge alike. */

import type * as Engine from 're2js';

/** Instructions of an expression; a list of names takes a few hundred. */
const LARGEST_PROGRAM = 500;
const LONGEST_EXPRESSION = 256;

/** An expression that can be used, or what is wrong with it, as the rest of a sentence. */
export type TagExpression = { readonly expression: Engine.RE2JS } | { readonly problem: string };

/** Reads an expression of tags. */
export function tagExpression(text: string): TagExpression {
  if (text.length > LONGEST_EXPRESSION) {
    return { problem: `has ${text.length} characters: at most ${LONGEST_EXPRESSION} are taken` };
  }
  // Only a network that has such an expression pays for its engine.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { RE2JS } = require('re2js') as typeof Engine;
  let expression: Engine.RE2JS;
  try {
    expression = RE2JS.compile(text);
  } catch (error) {
    return { problem: `is no RE2 expression: ${error instanceof Error ? error.message : String(error)}` };
  }
  const steps = expression.programSize();
  return steps > LARGEST_PROGRAM
    ? { problem: `is too large: with its repetitions it has ${steps} steps, and at most ${LARGEST_PROGRAM} are taken` }
    : { expression };
}
