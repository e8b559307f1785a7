import * as fc from 'fast-check';
import { changedIn, folded, rowsOf, type Row } from '../../../../runtime/dashboard/view/difference';

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', '', 'd: 1'), { maxLength: 30 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));
const side = (rows: readonly Row[], of: 'before' | 'after'): string =>
  rows.flatMap((row) => (row[of] === undefined ? [] : [`${row[of].text}\n`])).join('');

test('both sides are there, line by line, with their numbers', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const rows = rowsOf(before, after);
      expect(side(rows, 'before')).toBe(before);
      expect(side(rows, 'after')).toBe(after);
      expect(rows.flatMap((row) => row.before?.number ?? [])).toEqual(
        before
          .split('\n')
          .slice(1)
          .map((_, index) => index + 1),
      );
      for (const row of rows) if (row.kind === 'same') expect(row.before.text).toBe(row.after.text);
    }),
    { numRuns: 100 },
  );
});

test('folding hides nothing, and never a line that changes', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const rows = rowsOf(before, after);
      const parts = folded(rows);
      expect(parts.flatMap((part) => (part.kind === 'fold' ? part.rows : [part]))).toEqual(rows);
      for (const part of parts) {
        if (part.kind === 'fold') expect(part.rows.every(({ kind }) => kind === 'same')).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

test('a changed line stands beside what it became, with three lines around it', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const rows = rowsOf(`${lines.join('\n')}\n`, `${lines.with(10, 'other').join('\n')}\n`);
  expect(rows.find(({ kind }) => kind === 'changed')).toMatchObject({
    before: { number: 11, text: 'line 10' },
    after: { number: 11, text: 'other' },
  });
  expect(changedIn(rows)).toEqual({ added: 1, removed: 1 });
  expect(folded(rows).map((part) => (part.kind === 'fold' ? part.rows.length : part.kind))).toEqual([
    7,
    'same',
    'same',
    'same',
    'changed',
    'same',
    'same',
    'same',
    6,
  ]);
});
