/** Times as Argo CD writes them, to the second, against times of ours, to the millisecond. */

/** @returns `undefined` for what is absent or no time */
export function timeOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** The second that a time is written as when its fraction is cut off. */
export function floorToSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1_000) * 1_000);
}

export function plus(time: Date, milliseconds: number): Date {
  return new Date(time.getTime() + milliseconds);
}

/** The later of two times; one that is absent loses. */
export function later(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}
