/** The map in characters: for terminals, commit messages and comments. */

import type { MapLayout, MapStop } from './shape';

/** Which sides of its cell a character of a line touches. */
const [LEFT, RIGHT, UP, DOWN] = [1, 2, 4, 8];
const CHARACTERS: Readonly<Record<number, string>> = {
  [LEFT]: '─',
  [RIGHT]: '─',
  [LEFT | RIGHT]: '─',
  [UP]: '│',
  [DOWN]: '│',
  [UP | DOWN]: '│',
  [RIGHT | DOWN]: '╭',
  [LEFT | DOWN]: '╮',
  [RIGHT | UP]: '╰',
  [LEFT | UP]: '╯',
  [LEFT | RIGHT | DOWN]: '┬',
  [LEFT | RIGHT | UP]: '┴',
  [UP | DOWN | RIGHT]: '├',
  [UP | DOWN | LEFT]: '┤',
  [LEFT | RIGHT | UP | DOWN]: '┼',
};

/** Between the end of one name and the next stop. */
const BETWEEN = 5;
/** Rows of the map that are nearer than this are one row of text. */
const SAME_ROW = 30;

/**
 * The lines of a map that runs to the right, as rows of text.
 *
 * @param sanitize what makes a name safe to print where the text goes
 */
export function drawText(layout: MapLayout, sanitize: (text: string) => string): string[] {
  const nameOf = (stop: MapStop): string => `${stop.missing ? '?' : '●'} ${sanitize(stop.name)} `;
  const columns = columnsOf(layout.stops, nameOf);
  const rows = rowsOf(layout.stops);
  const grid = new Grid();
  const at = new Map(
    layout.stops.map((stop) => [stop.key, { row: rows.get(stop.key) ?? 0, column: columns.get(stop.x) ?? 0, stop }]),
  );
  for (const { from, to } of layout.lines.flatMap(({ branches, legs }) => [...branches, ...legs])) {
    const [start, end] = [at.get(from), at.get(to)];
    if (start === undefined || end === undefined) continue;
    grid.connect(start.row, start.column, end.row, end.column);
  }
  for (const { row, column, stop } of at.values()) grid.write(row, column, nameOf(stop));
  const names = layout.lines.map(
    ({ namespace, name, stops }) =>
      `${sanitize(`${namespace}/${name}`)}: ${stops.map((key) => sanitize(key.slice(key.indexOf('/') + 1))).join(' → ')}`,
  );
  return [...grid.rows(), '', ...names];
}

/** Where each column of stops begins, wide enough for the names before it. */
function columnsOf(stops: readonly MapStop[], nameOf: (stop: MapStop) => string): Map<number, number> {
  const widest = new Map<number, number>();
  for (const stop of stops) widest.set(stop.x, Math.max(widest.get(stop.x) ?? 0, [...nameOf(stop)].length));
  let next = 0;
  return new Map(
    [...widest]
      .sort(([a], [b]) => a - b)
      .map(([x, width]) => {
        const start = next;
        next += width + BETWEEN;
        return [x, start];
      }),
  );
}

/** Every second row holds stops; lines turn in those between. */
function rowsOf(stops: readonly MapStop[]): Map<string, number> {
  let [row, last] = [-2, Number.NEGATIVE_INFINITY];
  return new Map(
    [...stops]
      .sort((a, b) => a.y - b.y)
      .map((stop) => {
        if (stop.y - last > SAME_ROW) {
          row += 2;
          last = stop.y;
        }
        return [stop.key, row];
      }),
  );
}

class Grid {
  private readonly lines = new Map<string, number>();
  private readonly texts: { row: number; column: number; text: string }[] = [];
  private height = 0;

  write(row: number, column: number, text: string): void {
    this.texts.push({ row, column, text });
    this.height = Math.max(this.height, row + 1);
  }

  /** A line from one stop to the next, turning shortly before the column of the second. */
  connect(fromRow: number, fromColumn: number, toRow: number, toColumn: number): void {
    const turn = Math.max(fromColumn + 1, toColumn - 3);
    this.level(fromRow, fromColumn, turn);
    this.level(toRow, turn, toColumn);
    const [top, bottom] = [Math.min(fromRow, toRow), Math.max(fromRow, toRow)];
    for (let row = top; row < bottom; row += 1) {
      this.touch(row, turn, DOWN);
      this.touch(row + 1, turn, UP);
    }
  }

  rows(): string[] {
    return Array.from({ length: this.height }, (_, row) => this.row(row));
  }

  private level(row: number, from: number, to: number): void {
    for (let column = Math.min(from, to); column < Math.max(from, to); column += 1) {
      this.touch(row, column, RIGHT);
      this.touch(row, column + 1, LEFT);
    }
  }

  private touch(row: number, column: number, side: number): void {
    const key = `${row} ${column}`;
    this.lines.set(key, (this.lines.get(key) ?? 0) | side);
    this.height = Math.max(this.height, row + 1);
  }

  private row(row: number): string {
    const cells: string[] = [];
    for (const [key, sides] of this.lines) {
      const [itsRow, column] = key.split(' ').map(Number);
      if (itsRow === row && column !== undefined) cells[column] = CHARACTERS[sides] ?? '─';
    }
    for (const { row: itsRow, column, text } of this.texts) {
      if (itsRow === row) [...text].forEach((character, index) => (cells[column + index] = character));
    }
    return Array.from(cells, (cell) => cell ?? ' ')
      .join('')
      .trimEnd();
  }
}
