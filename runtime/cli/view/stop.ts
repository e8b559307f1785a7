/** One stop of a line: what it shows, who is there, who stands before it. */

import { describeImages, shortCommit } from '../../../lib/api/words';
import { hasEnded } from '../../../lib/api';
import type { Station, Ticket, Track } from '../../../lib/api';
import { stateAt } from '../../journey/facts/state';
import { between, inOrder, isOn, type Snapshot } from './snapshot';
import { oneLine, span, type Tone } from './text';

export interface Cell {
  readonly text: string;
  readonly tone: Tone;
}

export interface Stop {
  readonly name: string;
  /** The sign on the line. */
  readonly sign: Cell;
  /** Tickets, those that stand before the stop and the one that is arriving. */
  readonly tickets: readonly Cell[];
  /** What the stop shows: commits, images, health, how long the last ride took. */
  readonly facts: readonly Cell[];
  /** Whether a change has gone on from here: the line behind it is drawn as ridden. */
  readonly departed: boolean;
}

/** Applications named one by one at a stop; more are counted. */
const MOST_APPLICATIONS = 3;

const SIGNS = {
  empty: { text: '○', tone: 'faint' },
  good: { text: '●', tone: 'good' },
  busy: { text: '◐', tone: 'busy' },
  bad: { text: '✕', tone: 'bad' },
  closed: { text: '⊘', tone: 'faint' },
  missing: { text: '?', tone: 'bad' },
} as const satisfies Record<string, Cell>;

/** The stops of a track, in its order. */
export function stopsOf(track: Track, snapshot: Snapshot): Stop[] {
  const tickets = inOrder(snapshot.tickets.filter((ticket) => isOn(track, ticket)));
  return track.spec.stations.map(({ name }) => {
    const station = snapshot.stations.find(
      ({ metadata }) => metadata.name === name && metadata.namespace === track.metadata.namespace,
    );
    return station === undefined ? missing(name, tickets) : stopOf(station, tickets, snapshot);
  });
}

function missing(name: string, tickets: readonly Ticket[]): Stop {
  return {
    name,
    sign: SIGNS.missing,
    tickets: waitingAt(name, tickets),
    facts: [{ text: 'no Station', tone: 'bad' }],
    departed: false,
  };
}

function stopOf(station: Station, tickets: readonly Ticket[], snapshot: Snapshot): Stop {
  const name = station.metadata.name;
  const occupant = tickets.find(
    (ticket) => !hasEnded(ticket.status) && ticket.status?.station === name && isArriving(ticket),
  );
  const last = lastVisit(name, tickets);
  const commits = commitsOf(station, occupant);
  return {
    name,
    sign: signOf(station, occupant, last?.ticket),
    tickets: waitingAt(name, tickets),
    facts: [
      ...commits,
      ...imagesOf(station),
      // An Application that nothing was ever deployed to calls itself healthy.
      ...(commits.length === 0 ? [] : healthOf(station, snapshot)),
      ...(last?.length === undefined ? [] : [{ text: span(last.length), tone: 'faint' } as const]),
      ...holdsOf(station),
    ],
    departed: station.status?.applications?.some(({ good }) => good !== undefined) ?? false,
  };
}

const isArriving = (ticket: Ticket): boolean =>
  ticket.status?.phase === 'Arriving' || ticket.status?.phase === 'Suspended';

function waitingAt(name: string, tickets: readonly Ticket[]): Cell[] {
  return tickets
    .filter((ticket) => !hasEnded(ticket.status) && ticket.status?.station === name)
    .map((ticket): Cell => {
      if (ticket.status?.phase === 'Suspended') return { text: `! ${ticket.metadata.name}`, tone: 'bad' };
      if (isArriving(ticket)) return { text: `◐ ${ticket.metadata.name}`, tone: 'busy' };
      return { text: `› ${ticket.metadata.name}`, tone: 'normal' };
    });
}

interface Visit {
  readonly ticket: Ticket;
  readonly departed: string;
  readonly length?: number;
}

function lastVisit(name: string, tickets: readonly Ticket[]): Visit | undefined {
  const visits = tickets.flatMap((ticket) =>
    (ticket.status?.stamps ?? [])
      .filter((stamp) => stamp.station === name && stamp.arrived !== undefined)
      .map((stamp): Visit => ({ ticket, departed: stamp.departed, length: between(stamp.arrived, stamp.departed) })),
  );
  return visits.sort((a, b) => Date.parse(a.departed) - Date.parse(b.departed)).at(-1);
}

function signOf(station: Station, occupant: Ticket | undefined, last: Ticket | undefined): Cell {
  if (occupant !== undefined) return occupant.status?.phase === 'Suspended' ? SIGNS.bad : SIGNS.busy;
  if (!station.spec.enabled) return SIGNS.closed;
  if (station.status?.haltBy !== undefined || failedHere(station, last)) return SIGNS.bad;
  const applications = station.status?.applications ?? [];
  return applications.length > 0 && applications.every(({ good }) => good !== undefined) ? SIGNS.good : SIGNS.empty;
}

const failedHere = ({ metadata }: Station, last: Ticket | undefined): boolean =>
  last?.status?.phase === 'Failed' && last.status.failure?.station === metadata.name;

/** What the branches show: while a ticket arrives its recorded commits, else the last ones that the runtime wrote. */
function commitsOf(station: Station, occupant: Ticket | undefined): Cell[] {
  const arrival = occupant?.status?.arrival;
  const arriving = arrival?.station === station.metadata.name ? arrival.applications : [];
  const written = station.status?.applications ?? [];
  const shown = station.spec.applications.flatMap(({ namespace, name }): [string, Cell][] => {
    const isThis = (other: { namespace: string; name: string }): boolean =>
      other.namespace === namespace && other.name === name;
    const next = arriving.find(isThis)?.commit;
    const status = written.find(isThis);
    const head = status?.head?.commit ?? status?.good?.commit;
    if (next !== undefined && next !== head) return [[name, { text: shortCommit(next), tone: 'busy' }]];
    return head === undefined ? [] : [[name, { text: shortCommit(head), tone: 'strong' }]];
  });
  if (shown.length <= 1) return shown.map(([, cell]) => cell);
  const cells = shown
    .slice(0, MOST_APPLICATIONS)
    .map(([name, cell]): Cell => ({ text: `${cell.text} ${oneLine(name)}`, tone: cell.tone }));
  const rest = shown.length - MOST_APPLICATIONS;
  return rest > 0 ? [...cells, { text: `and ${rest} more`, tone: 'faint' }] : cells;
}

function imagesOf(station: Station): Cell[] {
  const states = station.status?.states ?? [];
  const shown = new Set(
    (station.status?.applications ?? []).flatMap(({ good }) =>
      good === undefined ? [] : [describeImages(stateAt(states, good.state)?.images)],
    ),
  );
  return [...shown].filter((text) => text !== '').map((text) => ({ text: oneLine(text), tone: 'normal' }));
}

/** Worst first. */
const HEALTH = ['Degraded', 'Missing', 'Unknown', 'Suspended', 'Progressing', 'Healthy'];

function healthOf(station: Station, snapshot: Snapshot): Cell[] {
  const words = station.spec.applications.flatMap(({ namespace, name }) => {
    const found = snapshot.applications.find((other) => other.namespace === namespace && other.name === name);
    return found?.health === undefined ? [] : [found.health];
  });
  const worst = HEALTH.find((word) => words.includes(word)) ?? words[0];
  if (worst === undefined) return [];
  const tone: Tone = worst === 'Healthy' ? 'good' : worst === 'Degraded' || worst === 'Missing' ? 'bad' : 'busy';
  return [{ text: oneLine(worst), tone }];
}

function holdsOf(station: Station): Cell[] {
  const { holdBy, haltBy } = station.status ?? {};
  const cells: Cell[] = [];
  if (!station.spec.enabled) cells.push({ text: 'disabled', tone: 'faint' });
  if (station.spec.hold) cells.push({ text: 'held', tone: 'bad' });
  if (holdBy !== undefined) cells.push({ text: `held by ${holdBy.ticket}`, tone: 'bad' });
  if (haltBy !== undefined) cells.push({ text: `halted by ${haltBy.ticket}`, tone: 'bad' });
  return cells;
}
