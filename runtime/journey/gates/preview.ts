/**
 * What a ticket that stands before an approval gate would change, as if every older ticket of its track that stands
 * there had arrived (rule F2). Worked out by a job beside the decisions, and again only when an input has changed.
 */

import { API_VERSION, type Change, type Entry, type Station, type Ticket } from '../../../lib/api';
import { entryOf } from '../visits/approval';
import { canonical } from '../facts/canonical';
import type { Failure } from '../visits/ending';
import { fingerprint } from '../facts/fingerprint';
import type { PreviewJob } from '../facts/job';
import { shorten, type Obstacle } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import { prepareJob, type Stop } from '../visits/prepare-job';
import { orderOf } from '../facts/ride';
import type { Line, StationSnapshot } from '../facts/snapshot';
import { textOf } from '../facts/time';
import { standsBefore } from '../visits/standing';

/** Trees are worked out for this many tickets of a track before one station. */
const MOST_PREVIEWED = 10;

/** How long it may take before the ticket says that it is worked out. */
const SAY_AFTER_MS = 1_000;

const occupies = (station: Station, ticket: Ticket): boolean => station.status?.occupant?.uid === ticket.metadata.uid;

/** Tickets of a track that stand before the station or are in it, oldest first. */
const ticketsAt = (line: Line, station: Station): Ticket[] =>
  orderOf(line).tickets.filter((ticket) => occupies(station, ticket) || standsBefore(ticket, station.metadata.name));

/**
 * The job that works out the trees of a ticket at a station.
 *
 * @param older tickets that are taken as if they had arrived, oldest first
 */
function previewJob(stop: Stop, older: readonly Ticket[]): PreviewJob {
  // No commit is made, so the time of the arrival does not matter.
  const start = textOf(stop.snapshot.now.getTime());
  const jobs = older.map((ticket) => prepareJob({ ...stop, ticket }, start));
  const { cargo, applications } = prepareJob(stop, start);
  const changes = [...jobs.flatMap((job) => job.cargo), ...cargo];
  const inputs = applications.map(({ reference, head, good, start: first, live }) => ({
    reference,
    head,
    good,
    first,
    live,
  }));
  const key = fingerprint(canonical({ station: stop.station.metadata.uid, changes, inputs }));
  return { kind: 'preview', key, changes, applications };
}

/** The job for a ticket that stands before the station; absent where none of its tracks is known. */
export function previewOf(snapshot: StationSnapshot, ticket: Ticket): PreviewJob | undefined {
  const line = snapshot.lines.find(({ track }) => track.metadata.name === ticket.spec.track);
  if (line === undefined) return undefined;
  const { station } = snapshot;
  return previewJob({ snapshot, line, ticket, station }, olderThan(ticketsAt(line, station), ticket));
}

/**
 * The job that works out what the station would show with a change that no ticket carries: on its good states, whatever
 * else stands before it.
 *
 * @param line a track of the station, whose earlier stations a branch that never existed starts from (rule A8)
 */
export function futureOf(snapshot: StationSnapshot, line: Line | undefined, change: Change): PreviewJob {
  const { station } = snapshot;
  const { namespace, name } = station.metadata;
  const ticket: Ticket = {
    apiVersion: API_VERSION,
    kind: 'Ticket',
    metadata: { name: 'future', namespace, uid: 'future', resourceVersion: '0' },
    spec: { express: { station: name }, change, hold: false, abort: false },
  };
  return previewJob({ snapshot, line, ticket, station }, []);
}

/** Those that come before the ticket. */
const olderThan = (tickets: readonly Ticket[], ticket: Ticket): readonly Ticket[] =>
  tickets.slice(
    0,
    Math.max(
      0,
      tickets.findIndex((other) => other.metadata.uid === ticket.metadata.uid),
    ),
  );

/** What a decision learns of the trees of a ticket. */
export interface Outlook {
  /** What status has to say, where it does not yet. */
  readonly entry?: Entry;
  /** The trees are not known: nothing is decided by an approval before they are. */
  readonly pending?: true;
  /** What keeps them from being known, where that lasts. */
  readonly obstacle?: Obstacle;
  /** The arrival would fail in these words. */
  readonly failure?: Failure;
}

/** What is known of the trees of tickets before one station; asks for what is not (rule F2). */
export class Outlooks {
  private readonly lines = new Map<Line, readonly Ticket[]>();

  constructor(
    private readonly draft: Draft,
    private readonly snapshot: StationSnapshot,
  ) {}

  /** For one ticket that stands before the station. */
  of(line: Line | undefined, ticket: Ticket): Outlook {
    const { station } = this.snapshot;
    const { name } = station.metadata;
    if (station.spec.entry?.approval === undefined) return {};
    const older = line === undefined ? [] : olderThan(this.ticketsAt(line), ticket);
    if (older.filter((other) => !occupies(station, other)).length >= MOST_PREVIEWED) {
      const message = `worked out once it is among the ${MOST_PREVIEWED} oldest tickets of its track that stand before ${name}`;
      return { entry: { station: name, diffs: [], message } };
    }
    const job = previewJob({ snapshot: this.snapshot, line, ticket, station }, older);
    if (ticket.status?.entry?.inputs === job.key) return this.known(ticket.status.entry);
    return this.asked(ticket, job, older);
  }

  /** Says of every ticket before the station but these what it would change. */
  showOthers(but: ReadonlySet<string>): void {
    if (this.snapshot.station.spec.entry?.approval === undefined) return;
    for (const line of this.snapshot.lines) {
      for (const ticket of this.ticketsAt(line)) {
        if (but.has(ticket.metadata.uid) || occupies(this.snapshot.station, ticket)) continue;
        const { entry } = this.of(line, ticket);
        if (entry !== undefined) this.draft.writeTicket(ticket, { ...ticket.status, entry });
      }
    }
  }

  private ticketsAt(line: Line): readonly Ticket[] {
    const tickets = this.lines.get(line) ?? ticketsAt(line, this.snapshot.station);
    this.lines.set(line, tickets);
    return tickets;
  }

  /** What status says already; words without trees are those of a failure. */
  private known({ digest, failure }: Entry): Outlook {
    return digest === undefined && failure !== undefined ? { failure } : {};
  }

  private asked(ticket: Ticket, job: PreviewJob, older: readonly Ticket[]): Outlook {
    const { draft } = this;
    const { station } = this.snapshot;
    const { name } = station.metadata;
    const fact = draft.ask(job);
    if (fact === undefined || fact.state === 'Running') {
      const sayAt = new Date((fact?.since ?? draft.now).getTime() + SAY_AFTER_MS);
      if (sayAt <= draft.now) {
        return {
          pending: true,
          obstacle: { reason: 'Approval', message: `works out what it would change at ${name}` },
        };
      }
      draft.wake(sayAt);
      return { pending: true };
    }
    if (fact.state === 'Failed') return { pending: true, obstacle: { reason: fact.reason, message: fact.message } };
    const failed = fact.result.find((one) => one.outcome === 'Failed');
    if (failed !== undefined) {
      const failure = { reason: failed.reason, message: shorten(failed.message) };
      return { entry: { station: name, inputs: job.key, diffs: [], failure }, failure };
    }
    const found = fact.result.filter((one) => one.outcome === 'Trees');
    const behind = older.map((other) => other.metadata.name);
    return {
      entry: entryOf(ticket, station, found, { inputs: job.key, ...(behind.length === 0 ? {} : { behind }) }),
    };
  }
}
