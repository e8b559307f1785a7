/** The stops: signs that tell how a station is, its name, and what it shows. */

import { hasEnded } from '../../../../lib/api/reasons';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { Direction, MapLayout, MapStop } from '../../layout';
import { conditionOf, shownInALine, type Condition } from '../../view/station';
import { isArriving } from '../../view/words';
import { keyOf, type World } from '../../view/world';
import { memo } from '../memo';
import { cut } from '../text';

interface StopsProps {
  readonly layout: MapLayout;
  readonly world: World;
  readonly chosen: string | undefined;
  readonly onChoose: (stop: MapStop) => void;
  readonly onReveal: (stop: MapStop) => void;
}

const WORDS: Readonly<Record<Condition, string>> = {
  empty: 'has nothing yet',
  good: 'is well',
  busy: 'is in motion',
  bad: 'is in trouble',
  held: 'is held',
  closed: 'is disabled',
  missing: 'is missing: there is no such Station',
};

/** One stop can be reached by the tab key; arrow keys lead to the others. */
export function Stops({ layout, world, chosen, onChoose, onReveal }: StopsProps) {
  const group = useRef<SVGGElement>(null);
  const [current, setCurrent] = useState<string>();
  const presence = useMemo(() => presenceAt(world), [world.tickets]);
  const reachable = layout.stops.some(({ key }) => key === current) ? current : layout.stops[0]?.key;

  const walk = (event: KeyboardEvent, from: MapStop): void => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      return onChoose(from);
    }
    const next = neighbour(layout, from, event.key);
    if (next === undefined) return;
    event.preventDefault();
    setCurrent(next.key);
    onReveal(next);
    group.current?.querySelector<SVGGElement>(`[data-stop="${CSS.escape(next.key)}"]`)?.focus();
  };

  return (
    <g ref={group}>
      {layout.stops.map((stop) => {
        const station = world.stations.get(stop.key);
        const here = presence.get(stop.key);
        const condition = conditionOf(station, world, here?.arriving);
        const shows = station === undefined ? '' : shownInALine(station);
        return (
          <Stop
            key={stop.key}
            stop={stop}
            down={layout.direction === 'down'}
            condition={condition}
            shows={shows}
            label={labelOf({ stop, condition, shows, direction: layout.direction }, here)}
            chosen={stop.key === chosen}
            reachable={stop.key === reachable}
            onChoose={onChoose}
            onWalk={walk}
          />
        );
      })}
    </g>
  );
}

interface Presence {
  arriving?: ReturnType<World['tickets']['get']>;
  standing: number;
}

function presenceAt({ tickets }: World): Map<string, Presence> {
  const found = new Map<string, Presence>();
  for (const ticket of tickets.values()) {
    const station = ticket.status?.station;
    if (station === undefined || hasEnded(ticket.status)) continue;
    const key = keyOf({ namespace: ticket.metadata.namespace, name: station });
    const presence = found.get(key) ?? { standing: 0 };
    found.set(key, presence);
    if (isArriving(ticket)) presence.arriving = ticket;
    else presence.standing += 1;
  }
  return found;
}

interface Labelled {
  readonly stop: MapStop;
  readonly condition: Condition;
  readonly shows: string;
  readonly direction: Direction;
}

function labelOf({ stop, condition, shows, direction }: Labelled, here: Presence | undefined): string {
  const arriving = here?.arriving;
  return [
    // What is written at the stop comes first, as it is written there: people say it to their computer.
    [cut(stop.name, MOST_NAME[direction]), ...(shows === '' ? [] : [cut(shows, MOST_SHOWN[direction])])].join(' '),
    ...(cut(stop.name, MOST_NAME[direction]) === stop.name ? [] : [stop.name]),
    `station ${WORDS[condition]}`,
    ...(arriving === undefined ? [] : [`${arriving.metadata.name} is arriving`]),
    ...(here === undefined || here.standing === 0 ? [] : [`${here.standing} waiting`]),
  ].join(', ');
}

interface StopProps {
  readonly stop: MapStop;
  readonly down: boolean;
  readonly condition: Condition;
  readonly shows: string;
  readonly label: string;
  readonly chosen: boolean;
  readonly reachable: boolean;
  readonly onChoose: (stop: MapStop) => void;
  readonly onWalk: (event: KeyboardEvent, stop: MapStop) => void;
}

const ACROSS = 16;
const MOST_NAME = { right: 18, down: 20 } as const;
const MOST_SHOWN = { right: 22, down: 24 } as const;
const NAME_SHIFT = { middle: 0, end: 8 } as const;

const Stop = memo(({ stop, down, condition, shows, label, chosen, reachable, onChoose, onWalk }: StopProps) => {
  const long = ACROSS + 2 * stop.reach;
  const [width, height] = down ? [long, ACROSS] : [ACROSS, long];
  const direction = down ? 'down' : 'right';
  const at = down
    ? { x: stop.x + stop.reach + 18, y: stop.y + (shows === '' ? 4 : -2), anchor: 'start' as const }
    : { x: stop.x + NAME_SHIFT[stop.label], y: stop.y + stop.reach + 27, anchor: stop.label };
  return (
    <g
      class={`stop ${condition}${chosen ? ' chosen' : ''}`}
      role="button"
      tabindex={reachable ? 0 : -1}
      aria-label={label}
      aria-pressed={chosen}
      data-stop={stop.key}
      onClick={() => onChoose(stop)}
      onKeyDown={(event) => onWalk(event, stop)}
    >
      <rect
        class="halo"
        x={stop.x - width / 2 - 6}
        y={stop.y - height / 2 - 6}
        width={width + 12}
        height={height + 12}
        rx={14}
      />
      <rect class="sign" x={stop.x - width / 2} y={stop.y - height / 2} width={width} height={height} rx={8} />
      {condition === 'held' && <path class="bar" d={`M${stop.x - 4} ${stop.y}h8`} />}
      {condition === 'bad' && <path class="bar" d={`M${stop.x - 3} ${stop.y - 3}l6 6m0-6l-6 6`} />}
      <text class="name" x={at.x} y={at.y} text-anchor={at.anchor}>
        {cut(stop.name, MOST_NAME[direction])}
      </text>
      {/* Read aloud, or said to a computer, it is two words. */ ' '}
      {shows !== '' && (
        <text class="shows" x={at.x} y={at.y + 14} text-anchor={at.anchor}>
          {cut(shows, MOST_SHOWN[direction])}
        </text>
      )}
    </g>
  );
});

const WAYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

/** The nearest stop in the direction of an arrow key; what lies aside counts as farther. */
function neighbour({ stops }: MapLayout, from: MapStop, key: string): MapStop | undefined {
  const way = WAYS[key];
  if (way === undefined) return undefined;
  let [nearest, least]: [MapStop | undefined, number] = [undefined, Infinity];
  for (const stop of stops) {
    const [dx, dy] = [stop.x - from.x, stop.y - from.y];
    const along = dx * way[0] + dy * way[1];
    const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    if (along < 1 || along + 3 * aside >= least) continue;
    [nearest, least] = [stop, along + 3 * aside];
  }
  return nearest;
}
