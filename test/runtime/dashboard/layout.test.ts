import * as fc from 'fast-check';
import {
  LANE,
  ROOM,
  layOutMap,
  type Direction,
  type MapLayout,
  type MapStop,
  type Point,
} from '../../../runtime/dashboard/layout';
import { large, network, regions, three, type Drawn } from './networks';

const layOut = ({ tracks, stations }: Drawn, direction: Direction = 'right'): MapLayout =>
  layOutMap(tracks, stations, { direction });
const stop = (layout: MapLayout, name: string): MapStop => {
  const found = layout.stops.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no stop ${name}`);
  return found;
};

/** Networks of any shape: lines that share stops, go in circles, branch off anywhere, name what is not there. */
const anyNetwork = fc
  .record({
    tracks: fc.dictionary(
      fc.stringMatching(/^t[0-9]$/),
      fc.uniqueArray(fc.nat({ max: 15 }), { minLength: 1, maxLength: 6 }),
      { maxKeys: 6 },
    ),
    junctions: fc.dictionary(
      fc.nat({ max: 15 }).map(String),
      fc.uniqueArray(fc.stringMatching(/^t[0-9]$/), { maxLength: 3 }),
      { maxKeys: 4 },
    ),
    missing: fc.uniqueArray(fc.nat({ max: 15 }), { maxLength: 3 }),
  })
  .map(({ tracks, junctions, missing }): Drawn => {
    const drawn = network(
      Object.fromEntries(Object.entries(tracks).map(([name, stops]) => [name, stops.map((each) => `s${each}`)])),
      Object.fromEntries(Object.entries(junctions).map(([at, names]) => [`s${at}`, names])),
    );
    const gone = missing.map((each) => `s${each}`);
    return { ...drawn, stations: drawn.stations.filter(({ metadata }) => !gone.includes(metadata.name)) };
  });

describe('a map of any network', () => {
  const holds = (property: (layout: MapLayout, drawn: Drawn) => void): void =>
    fc.assert(
      fc.property(anyNetwork, fc.constantFrom<Direction>('right', 'down'), (drawn, direction) =>
        property(layOut(drawn, direction), drawn),
      ),
      { numRuns: 25 },
    );

  test('has each stop once, and no two of them overlap, names and waiting tickets included', () => {
    holds((layout) => {
      const room = ROOM[layout.direction];
      const boxes = layout.stops.map(({ x, y, reach, key }) => {
        const [wide, high] = layout.direction === 'right' ? [0, reach] : [reach, 0];
        return {
          key,
          left: x - room.left - wide,
          right: x + room.right + wide,
          top: y - room.above - high,
          bottom: y + room.below + high,
        };
      });
      expect(new Set(boxes.map(({ key }) => key)).size).toBe(boxes.length);
      const overlapping = boxes.flatMap((one, index) =>
        boxes
          .slice(index + 1)
          .filter(
            (other) =>
              one.left < other.right - 0.01 &&
              other.left < one.right - 0.01 &&
              one.top < other.bottom - 0.01 &&
              other.top < one.bottom - 0.01,
          )
          .map((other) => `${one.key} and ${other.key}`),
      );
      expect(overlapping).toEqual([]);
    });
  });

  test('has each line run along its own stops in order', () => {
    holds((layout, { tracks }) => {
      expect(layout.lines.map(({ name }) => name).sort()).toEqual(tracks.map(({ metadata }) => metadata.name).sort());
      for (const line of layout.lines) {
        const track = tracks.find(({ metadata }) => metadata.name === line.name);
        expect(line.stops).toEqual(track?.spec.stations.map(({ name }) => `shop/${name}`));
        expect(line.legs.map(({ from, to }) => [from, to])).toEqual(
          line.stops.slice(1).map((to, index) => [line.stops[index], to]),
        );
      }
    });
  });

  test('has each line touch the stops of its legs, on a lane of its own', () => {
    holds(({ direction, lines, stops }) => {
      const [along, across] = direction === 'right' ? (['x', 'y'] as const) : (['y', 'x'] as const);
      const touches = (line: string, key: string, point: Point): void => {
        const at = stops.find((each) => each.key === key);
        if (at === undefined) throw new Error(`no stop ${key}`);
        expect(point[along]).toBeCloseTo(at[along]);
        expect(point[across] - at[across]).toBeCloseTo(at.lines.indexOf(line) * LANE - at.reach);
      };
      for (const { key, branches, legs } of lines) {
        for (const { from, to, points } of [...branches, ...legs]) {
          const [first, last] = [points[0], points.at(-1)];
          if (first === undefined || last === undefined) throw new Error(`the leg from ${from} to ${to} has no points`);
          touches(key, from, first);
          touches(key, to, last);
        }
      }
    });
  });

  test('stays within its own size', () => {
    holds((layout) => {
      for (const { x, y } of [
        ...layout.stops,
        ...layout.lines.flatMap(({ branches, legs }) => [...branches, ...legs].flatMap(({ points }) => points)),
      ]) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(layout.width);
        expect(y).toBeLessThanOrEqual(layout.height);
      }
    });
  });

  test('does not depend on the order in which resources come', () => {
    holds((layout, { tracks, stations }) => {
      expect(layOut({ tracks: [...tracks].reverse(), stations: [...stations].reverse() }, layout.direction)).toEqual(
        layout,
      );
    });
  });

  test('gives lines that meet different colours', () => {
    holds(({ lines, stops }) => {
      for (const { lines: here } of stops) {
        const colours = here.map((key) => lines.find((line) => line.key === key)?.colour);
        expect(new Set(colours).size).toBe(colours.length);
      }
    });
  });
});

test('stops of one track lie on a straight line', () => {
  const { stops, lines } = layOut(three);
  expect(new Set(stops.map(({ y }) => y)).size).toBe(1);
  expect(stops.map(({ x }) => x)).toEqual([...stops.map(({ x }) => x)].sort((a, b) => a - b));
  expect(lines[0]?.legs.map(({ points }) => points.length)).toEqual([2, 2]);
});

test('tracks that share stations run side by side', () => {
  const layout = layOut(regions);
  const shared = layout.lines
    .flatMap(({ legs }) => legs)
    .filter(({ from, to }) => from === 'shop/integration' && to === 'shop/release');
  expect(shared).toHaveLength(2);
  const [one, other] = shared.map(({ points }) => points);
  expect(one?.length).toBe(other?.length);
  one?.forEach((point, index) => expect(Math.abs(point.y - (other?.[index]?.y ?? 0))).toBeCloseTo(LANE));
});

test('a track branches off from its junction, with a piece of its own colour', () => {
  const layout = layOut(regions);
  const europe = layout.lines.find(({ name }) => name === 'europe');
  expect(europe?.branches.map(({ from, to }) => [from, to])).toEqual([['shop/release', 'shop/eu-canary']]);
  expect(stop(layout, 'release').lines).toContain('shop/europe');
});

test('a station that is named and not there is on the map, and told apart', () => {
  const { tracks, stations } = three;
  const layout = layOut({ tracks, stations: stations.filter(({ metadata }) => metadata.name !== 'stage') });
  expect(layout.stops.filter(({ missing }) => missing).map(({ name }) => name)).toEqual(['stage']);
});

test('a map that runs down is the narrower one', () => {
  expect(layOut(three, 'down').width).toBeLessThan(layOut(three, 'right').width);
});

test('500 stations are laid out', () => {
  const drawn = large(500);
  expect(layOut(drawn).stops).toHaveLength(500);
});

test('nothing at all is an empty map', () => {
  expect(layOut({ tracks: [], stations: [] })).toMatchObject({ stops: [], lines: [] });
});
