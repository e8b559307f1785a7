/**
 * The decision for a station: the ending of its last arrival is finished, and the next ticket takes it (rules C1, C3, D7).
 * A station's next ticket is decided here alone, whatever the number of tracks that meet there.
 */

import { hasEnded } from '../../lib/api';
import { endStrayRuns } from './arrival/analysis';
import { collectSingles } from './collecting';
import { closedOfGone, closedOfDeleted } from './arrival/closing';
import { abort } from './visits/ending';
import type { Child, Station, Ticket } from '../../lib/api';
import { decideArriving } from './arrival/arriving';
import { boardExpress } from './order/express';
import { decideCoupling, isPending } from './order/coupling';
import { makeChildren } from './visits/junction';
import { leave } from './arrival/leaving';
import { Draft, type Plan } from './plan/plan';
import { arrivalIsStamped, hasPassed } from './facts/ride';
import { decideRollbacks } from './arrival/rollback';
import type { Place, Sight, StationSnapshot } from './facts/snapshot';
import { stand } from './visits/standing';
import { endStops } from './plan/stop';
import { decideTurn, nextInto, turnsAt, type Candidate } from './order/turn';
import { stationView } from './views';
import { without } from './facts/without';

/** The plan for one station. */
export function decideStation(snapshot: StationSnapshot): Plan {
  const draft = new Draft(snapshot);
  const decide = (): void => decideAll(draft, snapshot);
  if (snapshot.recall === undefined) decide();
  else draft.part('station', inputsOf(snapshot), decide);
  return draft.plan();
}

/** What a station's decision is made of besides facts. */
function inputsOf({ station, lines, single }: StationSnapshot): unknown[] {
  const inputs: unknown[] = [station, single];
  for (const { track, tickets } of lines) inputs.push(track, tickets);
  return inputs;
}

function decideAll(draft: Draft, snapshot: StationSnapshot): void {
  const { station, facts } = snapshot;
  const turns = turnsAt(snapshot);
  const { left, taking } = finishEnding(draft, snapshot, turns);
  endStops(draft, station);
  decideRollbacks(draft, station, snapshot.single);
  for (const ticket of snapshot.single.filter((one) => one.spec.express)) decideExpress(draft, ticket, station);
  decideCoupling(draft, snapshot, decideTurn(draft, snapshot, turns, taking));
  endStrayRuns(draft, station.metadata, station);
  collectSingles(draft, station);
  // The next decision has nothing to add, unless a ticket that visits the station alone has waited for it to be free.
  if (left && snapshot.single.length === 0) return draft.finish();
  // What this plan writes already is brought up to date once that is seen.
  if (!draft.writes(station.metadata.uid)) draft.writeStation(station, stationView(station, facts, draft));
}

/**
 * The plan for a station that does not exist: what was begun there for its tickets ends (rule F5), and those that visit
 * it alone wait for it (rule C3).
 */
export function decideGoneStation(place: Place, sight: Sight): Plan {
  const draft = new Draft(sight);
  const { name } = place;
  endStrayRuns(draft, place);
  for (const ticket of sight.facts.singlesAt(place).filter(({ status }) => !hasEnded(status))) {
    if (!closedOfDeleted(draft, ticket)) continue;
    if (ticket.spec.abort) abort(draft, ticket, name);
    else {
      const message = `waits for station ${name}, which does not exist: apply it, or set spec.abort to end the ticket`;
      stand(draft, ticket, name, { reason: 'StationMissing', message });
    }
  }
  return draft.plan();
}

/** How a station was left. */
interface Finished {
  /** Whether the ending of its last arrival is written, and what the station then says of itself with it. */
  readonly left: boolean;
  /** Who takes it in the same write. */
  readonly taking?: Ticket;
}

const NOT_LEFT: Finished = { left: false };

/** Rules C3, D7: a station whose occupant's arrival is stamped, or whose occupant has ended or is gone, is freed. */
function finishEnding(draft: Draft, snapshot: StationSnapshot, turns: readonly Candidate[]): Finished {
  const { station } = snapshot;
  const occupant = station.status?.occupant;
  if (occupant === undefined) return NOT_LEFT;
  const ticket = draft.snapshot.facts.ticket(occupant.uid);
  if (ticket === undefined) {
    if (closedOfGone(draft, station, occupant)) {
      draft.writeStation(station, without(station.status ?? {}, 'occupant'), occupant);
    }
  } else if (arrivalIsStamped(station, ticket) || hasPassed(station, ticket) || hasEnded(ticket.status)) {
    if (branchesOff(draft, station, ticket)) {
      return leave(draft, station, ticket, {
        next: (free) => nextInto(draft, snapshot, turns, free),
        view: (after) => stationView(after, snapshot.facts, draft),
      });
    }
  }
  return NOT_LEFT;
}

/** Makes the tickets of the junction before the station is freed (rules B6, D7). @returns whether all are there */
function branchesOff(draft: Draft, station: Station, ticket: Ticket): boolean {
  const { stamps = [], boarded } = ticket.status ?? {};
  const start = station.status?.occupant?.start;
  const stamp = stamps.find((one) => one.station === station.metadata.name && one.arrived === start);
  if (stamp?.children === undefined) return true;
  const gone = makeChildren(draft, ticket, boarded?.track ?? '', station, stamp.children);
  if (gone === undefined || gone.length === 0) return gone !== undefined;
  const children = stamp.children.map((child): Child =>
    gone.includes(child) ? { ...child, skipped: 'TrackMissing', message: 'the track was deleted meanwhile' } : child,
  );
  draft.writeTicket(ticket, {
    ...ticket.status,
    stamps: stamps.map((one) => (one === stamp ? { ...stamp, children } : one)),
  });
  return false;
}

/** Decides for an express ticket, but for its turn (rule B3). */
function decideExpress(draft: Draft, ticket: Ticket, station: Station): void {
  if (draft.snapshot.facts.seat(ticket.metadata.uid)?.metadata.uid === station.metadata.uid) {
    if (!arrivalIsStamped(station, ticket) && !hasPassed(station, ticket) && !isPending(ticket)) {
      decideArriving(draft, undefined, ticket, station);
    }
    return;
  }
  if (!closedOfDeleted(draft, ticket)) return;
  if (ticket.spec.abort) return abort(draft, ticket, station.metadata.name);
  if (ticket.status?.boarded === undefined) boardExpress(draft, ticket, station);
}
