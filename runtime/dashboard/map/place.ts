/** Where stops are: connected lines together by a layered layout, separate ones packed side by side. */

import { Graph, layout as dagre } from '@dagrejs/dagre';
import { LANE, type Point } from './shape';
import type { Reading } from './reading';

export interface Margins {
  readonly before: number;
  readonly after: number;
}

export interface PlaceOptions {
  readonly along: Margins;
  readonly across: Margins;
  readonly aspect: number;
}

export interface PlacedStop extends Point {
  readonly key: string;
  /** Keys of the lines that meet here, from the topmost lane to the lowest. */
  readonly lines: readonly string[];
}

export interface Placed {
  readonly stops: readonly PlacedStop[];
  /** Where a line from one stop to a distant one passes between others: keyed by `linkKey`. */
  readonly ways: ReadonlyMap<string, readonly Point[]>;
  readonly size: { readonly width: number; readonly height: number };
}

/** Between columns, where lines bend. */
const BETWEEN_COLUMNS = 64;
/** Between rows beside what stops keep free themselves. */
const BETWEEN_ROWS = 28;
const BETWEEN_PARTS = 40;
const EDGE = 24;
/** Stops are moved across at most so far to keep a line straight: two neighbours cannot touch. */
const MOST_STRAIGHTENED = BETWEEN_ROWS / 2 - 1;

export const linkKey = (from: string, to: string): string => `${from} ${to}`;

interface Link {
  readonly from: string;
  readonly to: string;
  lines: number;
}

interface Part {
  readonly stops: readonly PlacedStop[];
  readonly ways: ReadonlyMap<string, readonly Point[]>;
  readonly width: number;
  readonly height: number;
}

export function placeStops(reading: Reading, options: PlaceOptions): Placed {
  const links = linksOf(reading);
  const parts = partsOf(reading, links).map((keys) => layOutPart(keys, reading, links, options));
  return pack(parts, options.aspect);
}

function linksOf({ lines }: Reading): Map<string, Link> {
  const links = new Map<string, Link>();
  const link = (from: string, to: string): void => {
    const key = linkKey(from, to);
    const known = links.get(key);
    if (known === undefined) links.set(key, { from, to, lines: 1 });
    else known.lines += 1;
  };
  for (const { stops, junctions } of lines.values()) {
    stops.slice(1).forEach((stop, index) => link(stops[index] ?? stop, stop));
    for (const junction of junctions) if (stops[0] !== undefined) link(junction, stops[0]);
  }
  return links;
}

/** Stops that are connected with one another, each part in the order of its first stop. */
function partsOf({ stops }: Reading, links: ReadonlyMap<string, Link>): string[][] {
  const neighbours = new Map<string, string[]>([...stops.keys()].map((key) => [key, []]));
  for (const { from, to } of links.values()) {
    neighbours.get(from)?.push(to);
    neighbours.get(to)?.push(from);
  }
  const seen = new Set<string>();
  return [...stops.keys()].flatMap((start) => {
    if (seen.has(start)) return [];
    seen.add(start);
    const part = [start];
    for (const key of part) {
      for (const next of neighbours.get(key) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        part.push(next);
      }
    }
    return [part];
  });
}

function layOutPart(
  keys: readonly string[],
  reading: Reading,
  links: ReadonlyMap<string, Link>,
  { along, across }: PlaceOptions,
): Part {
  const graph = new Graph({ directed: true });
  graph.setGraph({ rankdir: 'LR', nodesep: BETWEEN_ROWS, ranksep: BETWEEN_COLUMNS, edgesep: LANE * 2 });
  graph.setDefaultEdgeLabel(() => ({}));
  const present = new Set(keys);
  const meeting = new Map<string, string[]>(keys.map((key) => [key, []]));
  for (const line of reading.lines.values()) {
    for (const stop of new Set([...line.stops, ...line.junctions])) meeting.get(stop)?.push(line.key);
  }
  for (const key of keys) {
    const lanes = Math.max(0, (meeting.get(key)?.length ?? 0) - 1) * LANE;
    graph.setNode(key, {
      width: along.before + along.after,
      height: across.before + lanes + across.after,
    });
  }
  for (const { from, to, lines } of links.values()) {
    if (present.has(from)) graph.setEdge(from, to, { weight: 1 + lines });
  }
  dagre(graph);
  const centre = {
    x: (along.before - along.after) / 2,
    y: (across.before - across.after) / 2,
  };
  const at = new Map(
    keys.map((key) => {
      const { x = 0, y = 0 } = graph.node(key);
      return [key, { x: x + centre.x, y: y + centre.y }];
    }),
  );
  const ways = new Map(
    graph.edges().map(({ v, w }) => {
      const { points = [] } = graph.edge(v, w);
      return [linkKey(v, w), waypoints(points)];
    }),
  );
  const { width = 0, height = 0 } = graph.graph();
  const lanes = orderLanes(meeting, reading, at);
  const stops = straighten(lanes, reading, at);
  return { stops, ways, width, height };
}

/** Between the ends the layout passes each half column once; the whole ones are where other stops are. */
const waypoints = (points: readonly Point[]): Point[] => points.slice(1, -1).filter((_, index) => index % 2 === 1);

/** Lines cross a stop in the order of where they come from and go to, so that few of them cross one another. */
function orderLanes(
  meeting: ReadonlyMap<string, readonly string[]>,
  { lines }: Reading,
  at: ReadonlyMap<string, Point>,
): Map<string, string[]> {
  const mean = (keys: readonly string[], otherwise: number): number => {
    const ys = keys.flatMap((key) => at.get(key)?.y ?? []);
    return ys.length === 0 ? otherwise : ys.reduce((sum, y) => sum + y, 0) / ys.length;
  };
  const middle = new Map([...lines.values()].map((line) => [line.key, mean(line.stops, 0)]));
  return new Map(
    [...meeting].map(([stop, keys]) => {
      const own = at.get(stop)?.y ?? 0;
      const pull = (key: string): number => {
        const stops = lines.get(key)?.stops ?? [];
        const index = stops.indexOf(stop);
        const near =
          index < 0 ? stops.slice(0, 1) : [stops[index - 1], stops[index + 1]].filter((near) => near !== undefined);
        return Math.round(mean(near, own));
      };
      const order = keys
        .map((key) => ({ key, pull: pull(key), middle: middle.get(key) ?? 0 }))
        .sort((a, b) => a.pull - b.pull || a.middle - b.middle || (a.key < b.key ? -1 : 1));
      return [stop, order.map(({ key }) => key)];
    }),
  );
}

/** Where a line crosses a stop, from the stop's centre. */
export const laneOffset = (lines: readonly string[], line: string): number =>
  (lines.indexOf(line) - (lines.length - 1) / 2) * LANE;

/** Moves stops a little across, so that the lane of the line that came from the left stays at its height. */
function straighten(
  lanes: ReadonlyMap<string, readonly string[]>,
  { lines }: Reading,
  at: ReadonlyMap<string, Point>,
): PlacedStop[] {
  const before = new Map<string, { stop: string; line: string }>();
  for (const { key: line, stops, junctions } of lines.values()) {
    const [junction] = junctions;
    const [start] = stops;
    if (junction !== undefined && start !== undefined) before.set(start, { stop: junction, line });
    stops.slice(1).forEach((stop, index) => {
      const from = stops[index];
      if (from !== undefined && !before.has(stop)) before.set(stop, { stop: from, line });
    });
  }
  const heights = new Map<string, number>();
  const fromTheLeft = [...at].sort(([a, one], [b, other]) => one.x - other.x || (a < b ? -1 : 1));
  return fromTheLeft.map(([key, { x, y }]) => {
    const order = lanes.get(key) ?? [];
    const previous = before.get(key);
    const height = previous === undefined ? undefined : heights.get(previous.stop);
    let straight = y;
    if (previous !== undefined && height !== undefined) {
      const wanted =
        height + laneOffset(lanes.get(previous.stop) ?? [], previous.line) - laneOffset(order, previous.line);
      if (Math.abs(wanted - y) <= MOST_STRAIGHTENED) straight = wanted;
    }
    heights.set(key, straight);
    return { key, x, y: straight, lines: order };
  });
}

/** Parts in rows, the highest first and then in their order, filled from the left, the whole about as wide as asked. */
function pack(parts: readonly Part[], aspect: number): Placed {
  const largestFirst = [...parts].sort((a, b) => Math.round(b.height) - Math.round(a.height));
  const area = parts.reduce((sum, { width, height }) => sum + (width + BETWEEN_PARTS) * (height + BETWEEN_PARTS), 0);
  const most = Math.max(...parts.map(({ width }) => width), Math.sqrt(area * aspect));
  const stops: PlacedStop[] = [];
  const ways = new Map<string, Point[]>();
  let [x, y, row, width] = [EDGE, EDGE, 0, 0];
  for (const part of largestFirst) {
    if (x > EDGE && x + part.width > most + EDGE) {
      x = EDGE;
      y += row + BETWEEN_PARTS;
      row = 0;
    }
    const move = (point: Point): Point => ({ x: point.x + x, y: point.y + y });
    stops.push(...part.stops.map((stop) => ({ ...stop, ...move(stop) })));
    for (const [key, points] of part.ways) ways.set(key, points.map(move));
    row = Math.max(row, part.height);
    width = Math.max(width, x + part.width);
    x += part.width + BETWEEN_PARTS;
  }
  return { stops, ways, size: { width: width + EDGE, height: y + row + EDGE } };
}
