/** How lines run from stop to stop: level, or at half a right angle, and upright where there is no room for that. */

import { LANE, type MapLeg, type MapLine, type Point } from './shape';
import { laneOffset, linkKey, type Placed, type PlacedStop } from './place';
import type { Reading } from './reading';

/** From the centre of a stop to where a line may bend first. */
const STRAIGHT = 26;
/** Both corners of a line that goes upright in between. */
const CORNER = 14;
/** How far lines that turn together turn apart from one another at most, either way. */
const MOST_TURN = LANE * 2;

export function routeLines(reading: Reading, placed: Placed): MapLine[] {
  const stops = new Map(placed.stops.map((stop) => [stop.key, stop]));
  const leaving = countLinks(reading);
  const leg = (line: string, from: string, to: string): MapLeg => {
    const [start, end] = [stops.get(from), stops.get(to)];
    if (start === undefined || end === undefined)
      throw new Error(`the map has no stop ${start === undefined ? from : to}`);
    const early = (leaving.from.get(from)?.size ?? 0) >= (leaving.to.get(to)?.size ?? 0);
    return { from, to, points: routeLeg(line, start, end, { way: placed.ways.get(linkKey(from, to)) ?? [], early }) };
  };
  return [...reading.lines.values()].map(({ key, namespace, name, colour, stops: on, junctions }) => ({
    key,
    namespace,
    name,
    colour,
    stops: on,
    branches: junctions.flatMap((junction) => (on[0] === undefined ? [] : [leg(key, junction, on[0])])),
    legs: on.slice(1).map((to, index) => leg(key, on[index] ?? to, to)),
  }));
}

/** With how many others a stop is connected, on either side. */
function countLinks({ lines }: Reading): { from: Map<string, Set<string>>; to: Map<string, Set<string>> } {
  const from = new Map<string, Set<string>>();
  const to = new Map<string, Set<string>>();
  const add = (one: string, other: string): void => {
    from.set(one, (from.get(one) ?? new Set()).add(other));
    to.set(other, (to.get(other) ?? new Set()).add(one));
  };
  for (const { stops, junctions } of lines.values()) {
    stops.slice(1).forEach((stop, index) => add(stops[index] ?? stop, stop));
    for (const junction of junctions) add(junction, stops[0] ?? junction);
  }
  return { from, to };
}

interface Way {
  readonly way: readonly Point[];
  /** Whether it bends soon after it leaves, not shortly before it arrives: where more lines part than meet. */
  readonly early: boolean;
}

function routeLeg(line: string, start: PlacedStop, end: PlacedStop, { way, early }: Way): Point[] {
  const offsets = [laneOffset(start.lines, line), laneOffset(end.lines, line)] as const;
  const shift = early ? offsets[0] : offsets[1];
  const targets = [
    { x: start.x, y: start.y + offsets[0] },
    ...way.map(({ x, y }) => ({ x, y: y + shift })),
    { x: end.x, y: end.y + offsets[1] },
  ];
  const points = targets.slice(1).flatMap((to, index) => {
    const from = targets[index] ?? to;
    return bend(from, to, { shift, early: index === targets.length - 2 && index > 0 ? false : early });
  });
  return withoutDoubles([...targets.slice(0, 1), ...points]);
}

/** The corners between two points, with the second and without the first. */
function bend(from: Point, to: Point, { shift, early }: { shift: number; early: boolean }): Point[] {
  const [run, rise] = [to.x - from.x, to.y - from.y];
  // Against the direction of travel there is no level way; only a network with a circle has such a line.
  if (Math.abs(rise) < 0.5 || run < 2 * STRAIGHT) return [to];
  const down = Math.sign(rise);
  const slack = run - 2 * STRAIGHT;
  // Of lines that turn together the outer one turns first where they part and last where they meet: none crosses another.
  const turn = MOST_TURN + clamp(-down * shift * (early ? 1 : -1), -MOST_TURN, MOST_TURN);
  if (Math.abs(rise) <= slack) {
    const room = slack - Math.abs(rise);
    const x = from.x + STRAIGHT + clamp(early ? turn : room - turn, 0, room);
    return [{ x, y: from.y }, { x: x + Math.abs(rise), y: to.y }, to];
  }
  const corner = Math.min(CORNER, slack / 2, Math.abs(rise) / 2);
  const room = slack - 2 * corner;
  const x = from.x + STRAIGHT + clamp(early ? turn : room - turn, 0, room);
  return [
    { x, y: from.y },
    { x: x + corner, y: from.y + down * corner },
    { x: x + corner, y: to.y - down * corner },
    { x: x + 2 * corner, y: to.y },
    to,
  ];
}

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

const withoutDoubles = (points: readonly Point[]): Point[] =>
  points.filter((point, index) => {
    const last = points[index - 1];
    return last === undefined || Math.abs(last.x - point.x) > 0.01 || Math.abs(last.y - point.y) > 0.01;
  });
