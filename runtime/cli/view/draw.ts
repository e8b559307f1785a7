/** The picture: each track a line of stops, and below it each ticket with what it waits for. */

import { describeTicket, shortCommit } from '../../../lib/api/words';
import { hasEnded } from '../../../lib/api';
import type { Ticket, Track } from '../../../lib/api';
import { between, compare, endOf, inOrder, isOn, startOf, type Snapshot } from './snapshot';
import { stopsOf, type Cell, type Stop } from './stop';
import { columns, cut, fold, oneLine, span, type Palette, type Tone } from './text';

export interface DrawOptions {
  /** Columns of the terminal; never exceeded. */
  readonly width: number;
  readonly now: Date;
  readonly palette: Palette;
  /** Ended tickets shown for each track, newest first. @default 3 */
  readonly ended?: number;
}

const INDENT = '  ';
const GAP = 3;
const MOST_MESSAGE_LINES = 3;
/** Columns of a stop at most, so that one long name does not push the others off the screen. */
const MOST_STOP = 28;

/** All tracks of a network, in the order of namespace and name. */
export function drawNetwork(snapshot: Snapshot, options: DrawOptions): string[] {
  const tracks = [...snapshot.tracks].sort(
    (a, b) => compare(a.metadata.namespace, b.metadata.namespace) || compare(a.metadata.name, b.metadata.name),
  );
  return tracks.flatMap((track, index) => [...(index > 0 ? [''] : []), ...drawTrack(track, snapshot, options)]);
}

function drawTrack(track: Track, snapshot: Snapshot, options: DrawOptions): string[] {
  const { palette, width } = options;
  const tickets = inOrder(snapshot.tickets.filter((ticket) => isOn(track, ticket)));
  const ended = tickets
    .filter(({ status }) => hasEnded(status))
    .sort((a, b) => compare(endOf(b) ?? '', endOf(a) ?? ''));
  return [
    palette.strong(cut(`${track.metadata.namespace}/${track.metadata.name}${stateOf(track)}`, width)),
    '',
    ...drawStops(stopsOf(track, snapshot), options),
    '',
    ...tickets.filter((ticket) => !hasEnded(ticket.status)).flatMap((ticket) => drawTicket(ticket, options)),
    ...ended.slice(0, options.ended ?? 3).flatMap((ticket) => drawTicket(ticket, options)),
    ...(tickets.length === 0 ? [palette.faint(cut(`${INDENT}no tickets yet`, width))] : []),
  ];
}

const stateOf = (track: Track): string => (track.spec.hold ? ' (held)' : track.spec.enabled ? '' : ' (disabled)');

/** The stops side by side, in as many rows as the width asks for. */
function drawStops(stops: readonly Stop[], options: DrawOptions): string[] {
  const room = Math.max(8, options.width - columns(INDENT));
  const widths = stops.map((stop) => Math.min(stopWidth(stop), room));
  const rows: { stop: Stop; width: number }[][] = [];
  let used = 0;
  stops.forEach((stop, index) => {
    const width = widths[index] ?? 0;
    if (rows.length === 0 || used + width > room) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push({ stop, width });
    used += width;
  });
  return rows.flatMap((row, index) => [
    ...(index > 0 ? [''] : []),
    ...drawRow(row, index === rows.length - 1, options.palette),
  ]);
}

const stopWidth = ({ name, tickets, facts }: Stop): number =>
  Math.min(MOST_STOP, Math.max(columns(name), ...[...tickets, ...facts].map(({ text }) => columns(text)))) + GAP;

function drawRow(row: readonly { stop: Stop; width: number }[], isLast: boolean, palette: Palette): string[] {
  const grid = (cellsOf: (stop: Stop) => readonly Cell[]): string[] => {
    const height = Math.max(0, ...row.map(({ stop }) => cellsOf(stop).length));
    return Array.from({ length: height }, (_, y) =>
      line(row.map(({ stop, width }) => paint(cellsOf(stop)[y], width, palette))),
    );
  };
  return [
    ...grid(({ tickets }) => tickets),
    ...grid(({ name }) => [{ text: name, tone: 'strong' }]),
    line(row.map(({ stop, width }, index) => rail(stop, width, isLast && index === row.length - 1, palette))),
    ...grid(({ facts }) => facts),
  ];
}

const line = (parts: readonly string[]): string => `${INDENT}${parts.join('')}`.trimEnd();

const paint = (cell: Cell | undefined, width: number, palette: Palette): string => {
  if (cell === undefined) return ' '.repeat(width);
  return `${palette[cell.tone](cut(cell.text, width - 1))}${' '.repeat(Math.max(0, width - Math.min(columns(cell.text), width - 1)))}`;
};

function rail(stop: Stop, width: number, isTerminal: boolean, palette: Palette): string {
  const sign = palette[stop.sign.tone](stop.sign.text);
  if (isTerminal) return sign;
  return sign + (stop.departed ? palette.good('━'.repeat(width - 1)) : palette.faint('─'.repeat(width - 1)));
}

function drawTicket(ticket: Ticket, options: DrawOptions): string[] {
  const { palette, width } = options;
  const { place, tone, since, words } = situationOf(ticket, options.now);
  const head = [ticket.metadata.name, describeTicket(ticket), place, since].map(oneLine).filter((part) => part !== '');
  const room = width - 2 * columns(INDENT);
  const [name = '', ...rest] = head;
  const left = room - columns(name);
  const text = left > 0 ? `${INDENT}${palette[tone](cut(rest.join('  '), left))}` : '';
  const first = `${INDENT}${palette.strong(cut(name, width - columns(INDENT)))}${text}`;
  const folded = words === '' ? [] : fold(words, room, MOST_MESSAGE_LINES);
  return [first.trimEnd(), ...folded.map((part) => `${INDENT}${INDENT}${palette.faint(part)}`)];
}

interface Situation {
  readonly place: string;
  readonly tone: Tone;
  /** Since when, or how long it took. */
  readonly since: string;
  readonly words: string;
}

function situationOf(ticket: Ticket, now: Date): Situation {
  if (hasEnded(ticket.status)) return endingOf(ticket);
  const { phase, station, waiting } = ticket.status ?? {};
  const waited = between(waiting?.since, now.toISOString());
  const words = waiting === undefined ? '' : `${waiting.reason}: ${waiting.message}`;
  const since = waited === undefined ? '' : span(waited);
  if (phase === undefined) return { place: 'is boarding', tone: 'faint', since: '', words };
  if (phase === 'Suspended') return { place: `suspended at ${station ?? '?'}`, tone: 'bad', since, words };
  if (phase === 'Arriving') return { place: `arriving at ${station ?? '?'}`, tone: 'busy', since, words };
  return { place: `standing before ${station ?? '?'}`, tone: 'normal', since, words };
}

function endingOf(ticket: Ticket): Situation {
  const { phase = 'Completed', failure, supersededBy, stamps = [] } = ticket.status ?? {};
  const length = between(startOf(ticket), endOf(ticket));
  const visits = stamps.map((stamp) => {
    const took = between(stamp.arrived, stamp.departed);
    const commits = [...new Set((stamp.commits ?? []).map(({ commit }) => shortCommit(commit)))].slice(0, 3);
    return [
      stamp.station,
      ...(stamp.result === 'Arrived' ? [] : [stamp.result]),
      ...commits,
      ...(took === undefined ? [] : [span(took)]),
    ].join(' ');
  });
  const why =
    failure !== undefined
      ? `${failure.reason}: ${failure.message}`
      : supersededBy !== undefined
        ? `superseded by ${supersededBy.ticket}`
        : visits.join(' → ');
  return {
    place: phase.toLowerCase() + (failure?.station === undefined ? '' : ` at ${failure.station}`),
    tone: phase === 'Completed' ? 'good' : phase === 'Failed' ? 'bad' : 'faint',
    since: length === undefined ? '' : span(length),
    words: why,
  };
}
