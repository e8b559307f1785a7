/** Two texts side by side: rows of what stays, goes and comes, long stretches of what stays folded. */

import { diffLines } from 'diff';

/** A line with its number, from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

export type Row =
  | { readonly kind: 'same'; readonly before: Line; readonly after: Line }
  | { readonly kind: 'changed'; readonly before?: Line; readonly after?: Line };

export interface Fold {
  readonly kind: 'fold';
  readonly rows: readonly Row[];
}

/** Lines that stay the same around what changes. */
const AROUND = 3;
/** Fewer than this are not worth folding. */
const LEAST_FOLDED = 4;
/** Edits beyond which a comparison is given up: everything goes, and everything comes. */
const MOST_EDITS = 1_000;

const linesOf = (text: string): string[] => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

/** Every line of both texts, next to what it became. */
export function rowsOf(before: string, after: string): Row[] {
  const parts = diffLines(before, after, { maxEditLength: MOST_EDITS }) ?? [
    { value: before, removed: true, added: false },
    { value: after, removed: false, added: true },
  ];
  const rows: Row[] = [];
  let [left, right] = [0, 0];
  let removed: Line[] = [];
  let added: Line[] = [];
  const flush = (): void => {
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1) {
      const [one, other] = [removed[index], added[index]];
      rows.push({
        kind: 'changed',
        ...(one === undefined ? {} : { before: one }),
        ...(other === undefined ? {} : { after: other }),
      });
    }
    [removed, added] = [[], []];
  };
  for (const part of parts) {
    for (const text of linesOf(part.value)) {
      if (part.removed) removed.push({ number: (left += 1), text });
      else if (part.added) added.push({ number: (right += 1), text });
      else {
        flush();
        rows.push({ kind: 'same', before: { number: (left += 1), text }, after: { number: (right += 1), text } });
      }
    }
  }
  flush();
  return rows;
}

/** The same rows with what stays far from any change folded away. */
export function folded(rows: readonly Row[]): (Row | Fold)[] {
  const near = new Set<number>();
  rows.forEach((row, index) => {
    if (row.kind === 'same') return;
    for (let each = index - AROUND; each <= index + AROUND; each += 1) near.add(each);
  });
  const result: (Row | Fold)[] = [];
  let far: Row[] = [];
  const flush = (): void => {
    if (far.length >= LEAST_FOLDED) result.push({ kind: 'fold', rows: far });
    else result.push(...far);
    far = [];
  };
  rows.forEach((row, index) => {
    if (near.has(index)) {
      flush();
      result.push(row);
    } else far.push(row);
  });
  flush();
  return result;
}

export const changedIn = (rows: readonly Row[]): { added: number; removed: number } => ({
  added: rows.filter((row) => row.kind === 'changed' && row.after !== undefined).length,
  removed: rows.filter((row) => row.kind === 'changed' && row.before !== undefined).length,
});
