/**
 * Coupling: of two tickets that stand before the same station the one behind takes the one ahead along (rule C4). The one
 * behind says so first; the ending of the one ahead decides; until then neither arrives nor is taken along.
 */

import { describeChange } from '../../../lib/api/words';
import type { Station, Ticket, TicketStatus, Track } from '../../../lib/api';
import { validApprovals } from '../visits/approval';
import { wholeChange } from '../facts/cargo';
import { descentJob, historyOf } from '../visits/descent';
import { absorbedFrom, commitsToFold, type Absorbed } from '../facts/folding';
import { trackObstacle } from '../plan/obstacle';
import { once } from '../facts/once';
import type { Draft } from '../plan/plan';
import { orderOf } from '../facts/ride';
import type { Facts, StationSnapshot } from '../facts/snapshot';
import { standsBefore } from '../visits/standing';
import { without } from '../facts/without';

/** What status can hold of tickets that were taken along, and of parts in each. */
const MOST = 64;

interface Pair {
  readonly track: Track;
  readonly older: Ticket;
  readonly younger: Ticket;
}

export const isPending = (ticket: Ticket): boolean => ticket.status?.absorbed?.some((one) => one.pending) ?? false;

/** Those who are about to take another one along. */
const takersAmong = once((tickets: readonly Ticket[]): readonly Ticket[] => tickets.filter(isPending));

/** All of them that the station's decision sees. */
function takersAt({ lines, single }: Pick<StationSnapshot, 'lines' | 'single'>): readonly Ticket[] {
  const takers = [...takersAmong(single)];
  for (const { tickets } of lines) takers.push(...takersAmong(tickets));
  return takers;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Uids of the tickets that are about to be taken along, and of those that take them: none of them moves (rule C4). */
export function couplingOf({ lines, single }: Pick<StationSnapshot, 'lines' | 'single'>): ReadonlySet<string> {
  const takers = takersAt({ lines, single });
  if (takers.length === 0) return NOBODY;
  const uids = new Set<string>();
  for (const ticket of takers) {
    for (const one of ticket.status?.absorbed ?? []) if (one.pending) uids.add(one.uid).add(ticket.metadata.uid);
  }
  return uids;
}

/** Whether a ticket may take part in coupling before the station. */
const mayCouple = (facts: Facts, ticket: Ticket, station: Station): boolean =>
  standsBefore(ticket, station.metadata.name) &&
  !ticket.spec.hold &&
  !ticket.spec.abort &&
  validApprovals(ticket, station).length === 0 &&
  facts.seat(ticket.metadata.uid) === undefined;

/** Whether the station has seen an arrival of the ticket: what it lists there nobody else could answer for. */
const hasBeenIn = ({ status }: Ticket, station: Station): boolean =>
  status?.arrival?.stationUid === station.metadata.uid;

/** Neighbours in the order of a track, or among its express tickets, that both stand before the station. */
function pairsAt(snapshot: StationSnapshot): Pair[] {
  const { lines, single, station, facts } = snapshot;
  if (station.spec.entry?.completed !== undefined || !station.spec.enabled) return [];
  if (single.length === 0 && lines.every(({ track }) => track.spec.service !== 'Latest')) return [];
  const riding = lines
    .filter(({ track }) => track.spec.service === 'Latest')
    .map((line) => ({ track: line.track, tickets: orderOf(line).tickets }));
  const express = single.filter(({ spec, status }) => spec.express && status?.boarded);
  const uids = new Set(express.flatMap(({ spec }) => spec.origin?.track ?? []));
  const alone = [...uids].flatMap((uid) => {
    const track = facts.trackOf(uid);
    const tickets = express.filter(({ spec }) => spec.origin?.track === uid).sort(bySince);
    return track === undefined ? [] : [{ track, tickets }];
  });
  return [...riding, ...alone]
    .filter(({ track }) => trackObstacle(track) === undefined)
    .flatMap(({ track, tickets }) =>
      tickets.slice(1).flatMap((younger, index): Pair[] => {
        const older = tickets[index];
        const fit = older !== undefined && [older, younger].every((one) => mayCouple(facts, one, station));
        return fit && !hasBeenIn(older, station) ? [{ track, older, younger }] : [];
      }),
    );
}

const names = new Intl.Collator('en', { numeric: true });

const bySince = (one: Ticket, other: Ticket): number =>
  (one.metadata.creationTimestamp ?? '').localeCompare(other.metadata.creationTimestamp ?? '', 'en') ||
  names.compare(one.metadata.name, other.metadata.name);

/** Decides for all who couple, or might, before the station; one who takes the station in this plan is left alone. */
export function decideCoupling(draft: Draft, snapshot: StationSnapshot, taking: Ticket | undefined): void {
  const pairs = pairsAt(snapshot);
  const busy = new Set(couplingOf(snapshot));
  for (const ticket of takersAt(snapshot)) {
    if (ticket.status?.station === snapshot.station.metadata.name) settle(draft, ticket, pairs);
  }
  if (taking !== undefined) busy.add(taking.metadata.uid);
  for (const { older, younger } of pairs) {
    if (busy.has(older.metadata.uid) || busy.has(younger.metadata.uid)) continue;
    if (!takeAlong(draft, snapshot, older, younger)) continue;
    busy.add(older.metadata.uid);
    busy.add(younger.metadata.uid);
  }
}

/** What becomes of an entry whose ticket has not been seen to end for this one: that ticket's ending decides. */
function settle(draft: Draft, ticket: Ticket, pairs: readonly Pair[]): void {
  const { absorbed = [], ...status }: TicketStatus = ticket.status ?? {};
  const pending = absorbed.find((one) => one.pending);
  if (pending === undefined) return;
  const other = draft.snapshot.facts.ticket(pending.uid);
  const mine = (one: Absorbed): boolean => one.pending === true && one.uid === pending.uid;
  if (other?.status?.supersededBy?.uid === ticket.metadata.uid) {
    const taken = absorbed.map((one) => (mine(one) ? without(one, 'pending') : one));
    const settled: TicketStatus = {
      ...status,
      absorbed: taken,
      standingSince: earlier(status.standingSince, other.status.standingSince),
    };
    const change = describeChange(wholeChange({ ...ticket, status: settled })).slice(0, 1024);
    return draft.writeTicket(ticket, { ...settled, summary: { ...status.summary, change } });
  }
  const wanted = pairs.some(
    ({ older, younger }) => older.metadata.uid === pending.uid && younger.metadata.uid === ticket.metadata.uid,
  );
  if (other !== undefined && wanted) return supersede(draft, other, ticket);
  const left = absorbed.filter((one) => !mine(one));
  draft.writeTicket(ticket, { ...status, ...(left.length > 0 && { absorbed: left }) });
}

function supersede(draft: Draft, older: Ticket, { metadata: { name, uid } }: Ticket): void {
  draft.writeTicket(older, {
    ...without(older.status ?? {}, 'waiting'),
    phase: 'Superseded',
    supersededBy: { ticket: name, uid },
  });
}

const earlier = (one: string | undefined, other: string | undefined): string =>
  one !== undefined && (other === undefined || one <= other) ? one : (other ?? '');

/** Writes that the younger one takes the older one along. @returns whether it does, now */
function takeAlong(draft: Draft, { station }: StationSnapshot, older: Ticket, younger: Ticket): boolean {
  const asked = commitsToFold(station, older, younger);
  const fact = asked.length === 0 ? undefined : draft.ask(descentJob(asked));
  if (asked.length > 0 && fact?.state !== 'Done') return false;
  const history = historyOf(fact?.state === 'Done' ? fact.result : { onBranch: [], contained: [] });
  const taken = absorbedFrom(older, younger, history);
  const absorbed = [...taken, ...(younger.status?.absorbed ?? [])];
  const parts = absorbed.map(({ change }) => Object.values(change).map((list) => list.length));
  if (absorbed.length > MOST || parts.flat().some((length) => length > MOST)) return false;
  draft.writeTicket(younger, { ...younger.status, absorbed });
  return true;
}
