/**
 * Junctions: a complete arrival makes one ticket for each track that branches off at its station (rules B6, B8, C7).
 * What branches off is recorded in the stamp; the tickets follow it, each once, before the station is freed.
 */

import { LABELS, type Branching, type Child, type Station, type Ticket, type Track } from '../../../lib/api';
import { childTicketNames } from '../../../lib/network/ticket-name';
import { wholeChange } from '../facts/cargo';
import type { Draft } from '../plan/plan';
import type { Facts, Line, Place } from '../facts/snapshot';
import { keyOf } from '../facts/state';

/** The tracks that the ticket has ridden once it branches off at the station, oldest first. */
const lineageOf = (ticket: Ticket, track: string, uid: string, station: string): Branching[] => [
  ...(ticket.spec.origin?.lineage ?? []),
  { namespace: ticket.metadata.namespace, track, uid, station },
];

/** Rule L6: a track of another namespace is boarded only with its own consent. */
const consents = (track: Track, station: Station): boolean =>
  track.metadata.namespace === station.metadata.namespace ||
  (track.spec.boardedFrom ?? []).some(
    (one) => one.namespace === station.metadata.namespace && one.station === station.metadata.name,
  );

/** What keeps a junction of the station from making a ticket, if anything does. */
function fault(facts: Facts, station: Station, place: Child): Pick<Child, 'skipped' | 'message'> {
  const { name, namespace } = station.metadata;
  const target = facts.track({ namespace: place.namespace ?? namespace, name: place.track });
  const track = place.namespace === undefined ? place.track : `${place.namespace}/${place.track}`;
  if (target === undefined) return { skipped: 'TrackMissing', message: `track ${track} does not exist` };
  if (consents(target, station)) return {};
  const entry = `{namespace: ${namespace}, station: ${name}}`;
  return { skipped: 'NotConsented', message: `track ${track} does not consent: add ${entry} to its spec.boardedFrom` };
}

/** The tracks that branch off at the station for a ticket that has arrived there, and those that are skipped (rule C7). */
export function childrenAt(facts: Facts, line: Line, ticket: Ticket, station: Station): Child[] {
  const { metadata } = line.track;
  const ridden = lineageOf(ticket, metadata.name, metadata.uid, station.metadata.name);
  const children = new Map<string, Child>();
  for (const { track, namespace, enabled } of station.spec.junctions) {
    const child: Child = { track, ...(namespace === station.metadata.namespace ? {} : namespace && { namespace }) };
    const target = facts.track({ namespace: namespace ?? station.metadata.namespace, name: track });
    const message = `the ticket has ridden ${track} already`;
    children.set(
      `${namespace ?? station.metadata.namespace}/${track}`,
      !enabled
        ? { ...child, skipped: 'Disabled' }
        : ridden.some(({ uid }) => uid === target?.metadata.uid)
          ? { ...child, skipped: 'InLineage', message }
          : { ...child, ...fault(facts, station, child) },
    );
  }
  return [...children.values()];
}

/** The ticket that was made for a track of the junction, ended or not. */
const madeFor = (facts: Facts, parent: Ticket, station: string, track: Track): boolean =>
  facts
    .children(parent.metadata.uid)
    .some(({ spec: { origin } }) => origin?.parent?.station === station && origin.track === track.metadata.uid);

/**
 * Makes the tickets that are not there yet.
 *
 * @returns the tracks that are gone since they were recorded; `undefined` while tickets are being made
 */
export function makeChildren(
  draft: Draft,
  parent: Ticket,
  track: string,
  station: Station,
  children: readonly Child[],
): Child[] | undefined {
  const { facts } = draft.snapshot;
  const gone: Child[] = [];
  let making = false;
  for (const child of children) {
    if (child.skipped !== undefined) continue;
    const place = { namespace: child.namespace ?? station.metadata.namespace, name: child.track };
    const target = facts.track(place);
    if (target === undefined) gone.push(child);
    else if (!madeFor(facts, parent, station.metadata.name, target)) {
      makeChild(draft, parent, track, station, target);
      making = true;
    }
  }
  return making ? undefined : gone;
}

function makeChild(draft: Draft, parent: Ticket, trackUid: string, station: Station, target: Track): void {
  const { name, namespace, uid, labels } = parent.metadata;
  const away = namespace !== target.metadata.namespace;
  draft.createTicket({
    namespace: target.metadata.namespace,
    names: childTicketNames(parent.metadata, target.metadata, [uid, station.metadata.name, target.metadata.uid]),
    labels: { [LABELS.track]: target.metadata.uid, [LABELS.root]: labels?.[LABELS.root] ?? uid },
    spec: {
      track: target.metadata.name,
      change: wholeChange(parent),
      origin: {
        track: target.metadata.uid,
        parent: { name, ...(away && { namespace }), uid, station: station.metadata.name },
        lineage: lineageOf(parent, parent.spec.track ?? '', trackUid, station.metadata.name),
      },
      hold: false,
      abort: false,
    },
  });
}

/** What the station has to say of its junctions: those that never make a ticket as things are, and circles (rule E4). */
export function junctionProblems(facts: Facts, station: Station): string[] {
  return station.spec.junctions
    .filter(({ enabled }) => enabled)
    .flatMap(({ track, namespace }) => {
      const place: Child = { track, ...(namespace === undefined ? {} : { namespace }) };
      const { message } = fault(facts, station, place);
      if (message !== undefined) return [`No ticket branches off onto ${track}: ${message}.`];
      return leadsBack(facts, station, { namespace: namespace ?? station.metadata.namespace, name: track })
        ? [
            `Track ${track} leads back to ${station.metadata.name}: a ticket never branches off onto a track that it rode.`,
          ]
        : [];
    });
}

/** The stations that tickets of a track can come to, by way of junctions too, each once and the nearest first. */
export function reachableStations(facts: Facts, track: Track): Station[] {
  const stations = new Map<string, Station>();
  const tracks = new Map([[track.metadata.uid, track]]);
  for (const one of tracks.values()) {
    const { namespace } = one.metadata;
    for (const { name } of one.spec.stations) {
      const station = facts.station({ namespace, name });
      if (station === undefined || stations.has(station.metadata.uid)) continue;
      stations.set(station.metadata.uid, station);
      for (const junction of station.spec.junctions.filter(({ enabled }) => enabled)) {
        const next = facts.track({ namespace: junction.namespace ?? namespace, name: junction.track });
        if (next !== undefined && consents(next, station)) tracks.set(next.metadata.uid, next);
      }
    }
  }
  return [...stations.values()];
}

/** Whether the tickets of a track come to the station, by way of further junctions or at once. */
function leadsBack(facts: Facts, station: Station, track: Place): boolean {
  const seen = new Set<string>();
  const ahead = [track];
  for (let place = ahead.pop(); place !== undefined; place = ahead.pop()) {
    const { namespace } = place;
    if (seen.has(keyOf(place))) continue;
    seen.add(keyOf(place));
    for (const { name } of facts.track(place)?.spec.stations ?? []) {
      const stop = facts.station({ namespace, name });
      if (stop?.metadata.uid === station.metadata.uid) return true;
      for (const one of stop?.spec.junctions ?? []) {
        ahead.push({ namespace: one.namespace ?? namespace, name: one.track });
      }
    }
  }
  return false;
}
