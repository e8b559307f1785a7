/** The layout of the line map: where stops, lines and branches are drawn. The same network gives the same map. */

import { placeStops, type PlacedStop } from './map/place';
import { readNetwork, type Reading } from './map/reading';
import { routeLines } from './map/route';
import {
  LANE,
  ROOM,
  type LayoutOptions,
  type MapLayout,
  type MapLeg,
  type MapLine,
  type MapStation,
  type MapStop,
  type MapTrack,
  type Point,
} from './map/shape';

export * from './map/shape';

/** Where everything of a network is drawn; stations that no track stops at are left out unless one branches off there. */
export function layOutMap(
  tracks: readonly MapTrack[],
  stations: readonly MapStation[],
  { direction = 'right', aspect = 1.6 }: LayoutOptions = {},
): MapLayout {
  const reading = readNetwork(tracks, stations);
  const room = ROOM[direction];
  // Everything is worked out as if lines ran to the right; a map that runs down is the same one, transposed.
  const along =
    direction === 'right' ? { before: room.left, after: room.right } : { before: room.above, after: room.below };
  const across =
    direction === 'right' ? { before: room.above, after: room.below } : { before: room.left, after: room.right };
  const placed = placeStops(reading, { along, across, aspect: direction === 'right' ? aspect : 1 / aspect });
  const lines = routeLines(reading, placed);
  const layout = { direction, ...placed.size, stops: placed.stops.map((stop) => mapStop(stop, reading, lines)), lines };
  return direction === 'right' ? fit(layout) : transpose(fit(layout));
}

/** Lines that go round others may leave the ground that stops take; the map grows by what they need. */
function fit(layout: MapLayout): MapLayout {
  const points = layout.lines.flatMap(({ branches, legs }) => [...branches, ...legs].flatMap((leg) => leg.points));
  const left = Math.max(0, ...points.map(({ x }) => -x));
  const top = Math.max(0, ...points.map(({ y }) => -y));
  const width = Math.max(layout.width, ...points.map(({ x }) => x)) + left;
  const height = Math.max(layout.height, ...points.map(({ y }) => y)) + top;
  const move = <Place extends Point>(place: Place): Place => ({ ...place, x: place.x + left, y: place.y + top });
  return { ...mapPoints(layout, move), stops: layout.stops.map(move), width, height };
}

function mapStop(stop: PlacedStop, reading: Reading, lines: readonly MapLine[]): MapStop {
  const { namespace, name, missing } = reading.stops.get(stop.key) ?? { namespace: '', name: stop.key, missing: true };
  const reach = (Math.max(0, stop.lines.length - 1) * LANE) / 2;
  return { ...stop, namespace, name, missing, reach, label: labelOf(stop, lines) };
}

/** Names keep clear of lines that leave their stop and go down. */
function labelOf({ key, lines: here, y }: PlacedStop, lines: readonly MapLine[]): MapStop['label'] {
  const near = lines.filter((line) => here.includes(line.key)).flatMap(({ branches, legs }) => [...branches, ...legs]);
  const below = (point: Point | undefined): boolean => point !== undefined && point.y > y + ROOM.right.below / 2;
  return near.some(({ from, points }) => from === key && below(points.at(-1))) ? 'end' : 'middle';
}

const swap = ({ x, y }: Point): Point => ({ x: y, y: x });

function transpose(layout: MapLayout): MapLayout {
  const stops = layout.stops.map((stop) => ({ ...stop, ...swap(stop) }));
  return { ...mapPoints(layout, swap), stops, width: layout.height, height: layout.width };
}

function mapPoints(layout: MapLayout, move: (point: Point) => Point): MapLayout {
  const moveLeg = (leg: MapLeg): MapLeg => ({ ...leg, points: leg.points.map(move) });
  return {
    ...layout,
    lines: layout.lines.map((line) => ({
      ...line,
      branches: line.branches.map(moveLeg),
      legs: line.legs.map(moveLeg),
    })),
  };
}
