/** The decisions: one for a track and all that rides it, one for what a station says of itself. */

import type { Station, Ticket } from '../../lib/api';
import { decideArriving } from './arriving';
import { decideBoarding } from './boarding';
import { same } from './canonical';
import { abort, freeStation } from './ending';
import { waitingFor } from './obstacle';
import { Draft, type Plan } from './plan';
import { arrivalIsStamped, hasEnded, isRiding, occupies, ridingInOrder } from './ride';
import type { Facts, Snapshot } from './snapshot';
import { decideStanding } from './standing';
import { decideTicketing } from './ticketing';
import { stationView, trackView } from './views';
import { without } from './without';

/** The plan for one track: what to do now, and when to look again if nothing happens. */
export function decideTrack(snapshot: Snapshot): Plan {
  const draft = new Draft(snapshot);
  finishEndings(draft);
  if (snapshot.gone) {
    for (const ticket of snapshot.tickets) decideTracklessTicket(draft, ticket);
    return draft.plan();
  }
  decideTicketing(draft, snapshot);
  decideBoarding(draft, snapshot);
  for (const ticket of ridingInOrder(snapshot)) decideTicket(draft, ticket);
  for (const ticket of snapshot.tickets) sayUnridden(draft, ticket);
  const { track } = snapshot;
  draft.writeTrack(track, trackView(track, track.status ?? {}, snapshot.now));
  return draft.plan();
}

/**
 * Rule C6 for a track that is deleted: an arrival under way finishes, a ticket that has boarded ends with its track, and
 * one that has not waits for the track to be made.
 */
function decideTracklessTicket(draft: Draft, ticket: Ticket): void {
  const { snapshot } = draft;
  const { name } = snapshot.track.metadata;
  const station = [...snapshot.stations.values()].find((one) => occupies(one, ticket));
  if (station !== undefined && !arrivalIsStamped(station, ticket)) {
    return decideArriving(draft, snapshot, ticket, station);
  }
  if (ticket.status?.sequence !== undefined || ticket.spec.abort) {
    return abort(draft, ticket, ticket.status?.station ?? name);
  }
  const message = `track ${name} does not exist: apply it, or set spec.abort to end the ticket`;
  const waiting = waitingFor(draft, { reason: 'TrackDisabled', message }, ticket, ticket.status?.station ?? '');
  draft.writeTicket(ticket, { ...ticket.status, phase: 'Standing', waiting });
}

/** Rules C3, D7: a station whose occupant's arrival is stamped, or whose occupant is gone, is freed. */
function finishEndings(draft: Draft): void {
  const { snapshot } = draft;
  for (const station of snapshot.stations.values()) {
    const occupant = station.status?.occupant;
    if (occupant === undefined) continue;
    const ticket = snapshot.facts.ticket(occupant.uid);
    if (ticket === undefined) {
      draft.writeStation(station, without(station.status ?? {}, 'occupant'), occupant);
    } else if (arrivalIsStamped(station, ticket) || hasEnded(ticket.status)) {
      freeStation(draft, station, ticket);
    }
  }
}

function decideTicket(draft: Draft, ticket: Ticket): void {
  const { snapshot } = draft;
  const station = [...snapshot.stations.values()].find((one) => occupies(one, ticket));
  if (station !== undefined) {
    if (!arrivalIsStamped(station, ticket)) decideArriving(draft, snapshot, ticket, station);
    return;
  }
  if (ticket.spec.abort) return abort(draft, ticket, ticket.status?.station ?? snapshot.track.metadata.name);
  decideStanding(draft, snapshot, ticket);
}

/** A ticket of a kind that this version does not move says so, instead of being ignored. */
function sayUnridden(draft: Draft, ticket: Ticket): void {
  if (isRiding(ticket) || hasEnded(ticket.status) || ticket.spec.track !== undefined) return;
  if (ticket.spec.abort) {
    draft.writeTicket(ticket, { ...ticket.status, phase: 'Aborted' });
    return;
  }
  const kind = ticket.spec.rollback ? 'rollback' : 'express';
  const station = ticket.spec.rollback?.station ?? ticket.spec.express?.station;
  draft.writeTicket(ticket, {
    ...ticket.status,
    phase: 'Standing',
    ...(station === undefined ? {} : { station }),
    waiting: {
      reason: 'Held',
      since: ticket.status?.waiting?.since ?? draft.now.toISOString(),
      message: `This version does not move ${kind} tickets yet: nothing happens until it does. Set spec.abort to end it.`,
    },
  });
}

/** The plan for a station's own words, whether or not a track leads there. */
export function decideStationView(station: Station, facts: Facts, now: Date): Plan {
  const status = stationView(station, facts, now);
  return { steps: same(status, station.status ?? {}) ? [] : [{ step: 'WriteStation', station, status }] };
}
