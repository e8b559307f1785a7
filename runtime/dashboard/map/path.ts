/** Lines as paths: corners rounded as on a printed map. */

import type { Point } from './shape';

/** Radius of corners, in units of the map. */
const RADIUS = 12;

/** SVG path data along these corners. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const parts = [`M${at(first)}`];
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (next === undefined) {
      parts.push(`L${at(point)}`);
      return;
    }
    const before = rest[index - 1] ?? first;
    parts.push(`L${at(towards(point, before))}`, `Q${at(point)} ${at(towards(point, next))}`);
  });
  return parts.join('');
}

/** A point on the way from a corner, at most half of it, so that two corners never meet. */
function towards(corner: Point, other: Point): Point {
  const [dx, dy] = [other.x - corner.x, other.y - corner.y];
  const length = Math.hypot(dx, dy);
  const share = length === 0 ? 0 : Math.min(RADIUS, length / 2) / length;
  return { x: corner.x + dx * share, y: corner.y + dy * share };
}

const at = ({ x, y }: Point): string => `${short(x)} ${short(y)}`;

/** A coordinate with a tenth of a unit, which nobody can see the difference of. */
export const short = (value: number): string => String(Math.round(value * 10) / 10);

/** Where somebody is who has gone a share of the way, from 0 to 1. */
export function pointAlong(points: readonly Point[], share: number): Point {
  const [first = { x: 0, y: 0 }] = points;
  let left = lengthOf(points) * Math.max(0, Math.min(1, share));
  for (const [index, to] of points.slice(1).entries()) {
    const from = points[index] ?? first;
    const length = distance(from, to);
    if (left <= length && length > 0) {
      return { x: from.x + ((to.x - from.x) * left) / length, y: from.y + ((to.y - from.y) * left) / length };
    }
    left -= length;
  }
  return points.at(-1) ?? first;
}

/** How long a way is along its corners. */
export const lengthOf = (points: readonly Point[]): number =>
  points.slice(1).reduce((sum, point, index) => sum + distance(points[index] ?? point, point), 0);

const distance = (one: Point, other: Point): number => Math.hypot(other.x - one.x, other.y - one.y);
