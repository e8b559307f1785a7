/**
 * Boarding: a ticket gets its sequence from Track.status in one compare-and-swap write. That write is the boarding;
 * the ticket's own copy follows it, and no other ticket boards before it has.
 */

import { hasEnded } from '../../../lib/api';
import type { Station, Ticket, TicketStatus, Track } from '../../../lib/api';
import type { SourcesJob } from '../facts/job';
import { trackObstacle, waitingFor, type Obstacle } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import { missingSource } from '../visits/descent';
import { fail } from '../visits/ending';
import { belongsTo } from '../facts/identity';
import { nextStation } from '../facts/ride';
import type { Line } from '../facts/snapshot';
import { recordOf, sourceBranchOf } from '../facts/state';
import { without } from '../facts/without';

/** Tickets of one second go by name, and a name by its numbers: `main-9` was made before `main-10`. */
const names = new Intl.Collator('en', { numeric: true });

const byAge = (one: Ticket, other: Ticket): number =>
  (one.metadata.creationTimestamp ?? '').localeCompare(other.metadata.creationTimestamp ?? '', 'en') ||
  names.compare(one.metadata.name, other.metadata.name);

/** Tickets that want a place on the track and have none. */
const unboarded = (line: Line): Ticket[] =>
  line.tickets
    .filter(
      (ticket) => ticket.status?.sequence === undefined && !hasEnded(ticket.status) && belongsTo(line.track, ticket),
    )
    .sort(byAge);

/** Rule A4: above every sequence that was given, every one that a ticket has, and every one that a station's state names for this track. */
function nextSequence({ track, tickets }: Line, stations: Iterable<Station>): number {
  let highest = Math.max(track.status?.sequence ?? 0, ...tickets.map((ticket) => ticket.status?.sequence ?? 0));
  for (const station of stations) {
    for (const state of station.status?.states ?? []) {
      for (const { root } of [...(state.images ?? []), ...(state.charts ?? [])]) {
        if (root?.track === track.metadata.uid) highest = Math.max(highest, root.sequence);
      }
    }
  }
  return highest + 1;
}

const stationsOf = (draft: Draft, { track }: Line): Station[] =>
  track.spec.stations.flatMap(
    ({ name }) => draft.snapshot.facts.station({ namespace: track.metadata.namespace, name }) ?? [],
  );

/** Boards the next ticket, one at a time. */
export function decideBoarding(draft: Draft, line: Line): void {
  const { track } = line;
  const given = track.status?.boarded;
  const sequence = track.status?.sequence;
  const waiting = unboarded(line);
  for (const ticket of waiting.filter((one) => one.spec.abort))
    draft.writeTicket(ticket, { ...without(ticket.status ?? {}, 'waiting'), phase: 'Aborted' });
  const boarding = waiting.filter((one) => !one.spec.abort);
  const copying = boarding.find((ticket) => ticket.metadata.uid === given?.uid);
  if (copying !== undefined && sequence !== undefined) {
    copy(draft, line, copying, sequence);
    // One that is kept from boarding keeps those behind it, who say so; of a moment nobody need know.
    const { name } = copying.metadata;
    if (copying.status?.waiting !== undefined) {
      for (const ticket of boarding.filter((one) => one !== copying))
        stayAway(draft, ticket, { reason: 'OlderTicket', message: `waits for ${name} to board before it` });
    }
    return;
  }
  const shut = trackObstacle(track);
  if (shut) {
    for (const ticket of boarding) stayAway(draft, ticket, shut);
    return;
  }
  const first = boarding[0];
  if (first === undefined || draft.writes(track.metadata.uid)) return;
  draft.writeTrack(track, {
    ...track.status,
    sequence: nextSequence(line, stationsOf(draft, line)),
    boarded: { ticket: first.metadata.name, uid: first.metadata.uid },
  });
}

/** A ticket that cannot board yet says why. */
export function stayAway(draft: Draft, ticket: Ticket, obstacle: Obstacle): void {
  const waiting = waitingFor(draft, obstacle, ticket, ticket.status?.station ?? '');
  draft.writeTicket(ticket, { ...ticket.status, phase: 'Standing', waiting });
}

/** Rules A4, B6: a retry and a child keep the roots of what they come from; every other ticket is its own. */
function inherited(
  draft: Draft,
  track: Track,
  ticket: Ticket,
  sequence: number,
): Pick<TicketStatus, 'root' | 'absorbed'> {
  const { retryOf, parent } = ticket.spec.origin ?? {};
  const from = retryOf ?? parent;
  const { root, absorbed = [] } = (from && draft.snapshot.facts.ticket(from.uid)?.status) ?? {};
  const taken = absorbed.filter((one) => !one.pending);
  return {
    root: root ?? { track: track.metadata.uid, sequence },
    ...(taken.length > 0 && { absorbed: taken }),
  };
}

/** Branches to look at while a branch of the line may have to start from a source head (rule A8). */
function sourcesJob(draft: Draft, line: Line, ticket: Ticket): SourcesJob | undefined {
  const branches = new Map<string, { repoURL: string; branch: string }>();
  for (const station of stationsOf(draft, line)) {
    for (const reference of station.spec.applications) {
      if (!reference.enabled || recordOf(station, reference).good !== undefined) continue;
      const branch = sourceBranchOf(reference);
      branches.set(`${reference.repoURL} ${branch}`, { repoURL: reference.repoURL, branch });
    }
  }
  return branches.size === 0
    ? undefined
    : {
        kind: 'sources',
        key: `${ticket.metadata.uid} ${[...branches.keys()].sort().join(' ')}`,
        branches: [...branches.values()],
      };
}

/** Rule B5: whether the commits that it carries are on their source branches; says so where they are not. */
function mayBoard(draft: Draft, line: Line, ticket: Ticket): boolean {
  const references = stationsOf(draft, line).flatMap(({ spec }) => spec.applications.filter(({ enabled }) => enabled));
  const missing = missingSource(draft, ticket, references);
  if (missing === undefined) return true;
  if (missing === 'Unknown') return false;
  const place = nextStation(line.track, ticket.status) ?? line.track.metadata.name;
  if (missing.kind === 'Failure') fail(draft, ticket, place, missing.failure);
  else stayAway(draft, ticket, missing.obstacle);
  return false;
}

/** Gives the ticket its copy of the sequence, and what was true when it boarded. */
function copy(draft: Draft, line: Line, ticket: Ticket, sequence: number): void {
  const job = sourcesJob(draft, line, ticket);
  const fact = job === undefined ? undefined : draft.ask(job);
  if (!mayBoard(draft, line, ticket) || (job !== undefined && (fact === undefined || fact.state === 'Running'))) return;
  const now = draft.time;
  if (fact?.state === 'Failed') {
    stayAway(draft, ticket, { reason: fact.reason, message: `cannot board yet: ${fact.message}` });
    return;
  }
  const status = without(ticket.status ?? {}, 'waiting');
  const sources = fact?.state === 'Done' ? [...fact.result] : [];
  const first = nextStation(line.track, status);
  draft.writeTicket(ticket, {
    ...status,
    phase: 'Standing',
    sequence,
    ...inherited(draft, line.track, ticket, sequence),
    boarded: { time: now, track: line.track.metadata.uid, ...(sources.length === 0 ? {} : { sources }) },
    ...(first === undefined ? {} : { station: first, standingSince: now }),
  });
}
