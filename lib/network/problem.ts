/** What is wrong with a network, said so that a person can mend it. */

export const SEVERITIES = ['error', 'warning'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Problem {
  readonly severity: Severity;
  /** Where: a construct path, or `<namespace>/<name>` of a resource. */
  readonly path: string;
  /** The value that is wrong. */
  readonly value: string;
  /** What is wrong with it, without a full stop. */
  readonly message: string;
  /** What to change, as an imperative without a full stop. */
  readonly fix: string;
}

/** One line for terminal, log or status. */
export function formatProblem(problem: Problem): string {
  return `${problem.path}: ${problem.message}; ${problem.fix}`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Errors first, then by path, value and message, by code point: the same on every machine. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      compare(a.path, b.path) ||
      compare(a.value, b.value) ||
      compare(a.message, b.message),
  );
}
