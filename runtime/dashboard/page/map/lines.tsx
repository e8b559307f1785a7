/** The lines, and the plates with their names. */

import { memo } from '../memo';
import { pathOf } from '../../map/path';
import type { MapLayout, MapLine, MapStop, Point } from '../../layout';
import type { StreamedTrack } from '../../protocol';
import { addressTo } from '../route';
import { cut } from '../text';

interface LinesProps {
  readonly layout: MapLayout;
  readonly tracks: ReadonlyMap<string, StreamedTrack>;
  /** Key of the line that the page is about. */
  readonly chosen: string | undefined;
}

export const Lines = memo(({ layout, tracks, chosen }: LinesProps) => {
  const stops = new Map(layout.stops.map((stop) => [stop.key, stop]));
  return (
    <g class={chosen === undefined ? 'lines' : 'lines dimmed'}>
      {layout.lines.map((line) => (
        <g
          key={line.key}
          class={`line c${line.colour} ${stateOf(tracks.get(line.key))}${line.key === chosen ? ' chosen' : ''}`}
        >
          {line.branches.map(({ from, points }) => (
            <path key={from} d={pathOf(points)} />
          ))}
          <path d={pathOf(withoutRepeats(line.legs.flatMap(({ points }) => points)))} />
        </g>
      ))}
      {layout.lines.map((line) => {
        const first = stops.get(line.stops[0] ?? '');
        return first === undefined ? null : (
          <Plate key={line.key} line={line} first={first} layout={layout} state={stateOf(tracks.get(line.key))} />
        );
      })}
    </g>
  );
});

const stateOf = (track: StreamedTrack | undefined): string =>
  track === undefined || !track.spec.enabled ? 'closed' : track.spec.hold ? 'held' : '';

const withoutRepeats = (points: readonly Point[]): Point[] =>
  points.filter(({ x, y }, index) => points[index - 1]?.x !== x || points[index - 1]?.y !== y);

const PLATE_HEIGHT = 18;
const CHARACTER = 6.9;
const MOST_NAME = 20;

interface PlateProps {
  readonly line: MapLine;
  readonly first: MapStop;
  readonly layout: MapLayout;
  readonly state: string;
}

function Plate({ line, first, layout: { direction }, state }: PlateProps) {
  const text = `${cut(line.name, MOST_NAME)}${state === '' ? '' : ` (${state === 'held' ? 'held' : 'off'})`}`;
  const width = [...text].length * CHARACTER + 16;
  const place = first.lines.length === 1 ? 0 : first.lines.indexOf(line.key);
  const right = direction === 'right';
  const x = right ? first.x - 58 : first.x - width / 2;
  const y = first.y - (right ? first.reach : 0) - (right ? 16 : 40) - (PLATE_HEIGHT + 2) * (first.lines.length - place);
  return (
    <a
      href={addressTo('track', line.key)}
      class={`plate c${line.colour}`}
      aria-label={`${text}, track ${line.name}`}
      tabindex={-1}
    >
      <rect x={x} y={y} width={width} height={PLATE_HEIGHT} rx={4} />
      <text x={x + width / 2} y={y + 13} text-anchor="middle">
        {text}
      </text>
    </a>
  );
}
