/** I6: on one track tickets complete in the order in which they boarded, and no two have the same place. */

import type { Ticket } from '../../../lib/api';
import { at, ENDINGS, PASSED, stationOf, type Evidence, type Landing } from './evidence';

export function noOvertaking(evidence: Evidence): string[] {
  return [...evidence.entries.flatMap((landing) => passedBy(evidence, landing)), ...completedBefore(evidence)];
}

/** Older tickets that still had the station before them when a younger one of their track changed it. */
function passedBy(evidence: Evidence, { ticket: name, station, time }: Landing): string[] {
  const ticket = evidence.ticketAt(name, time)?.object;
  const { track, rollback } = ticket?.spec ?? {};
  // What lies before whom after an edit of the track is another rule.
  if (ticket === undefined || track === undefined || rollback || evidence.wasEdited(ticket, time)) return [];
  const hasAhead = (other: Ticket): boolean => {
    const { spec, status, metadata } = other;
    return (
      metadata.namespace === ticket.metadata.namespace &&
      spec.track === track &&
      metadata.uid !== ticket.metadata.uid &&
      (status?.sequence ?? Infinity) < (ticket.status?.sequence ?? 0) &&
      !ENDINGS.includes(status?.phase) &&
      !(status?.stamps ?? []).some(
        (stamp) => stationOf(other, stamp.station) === station && PASSED.includes(stamp.result),
      )
    );
  };
  return [...evidence.tickets.values()]
    .flatMap((versions) => at(versions, time)?.object ?? [])
    .filter(hasAhead)
    .map(
      (older) =>
        `${name} changed ${station} at ${evidence.second(time)} before ${older.metadata.name}, which had boarded earlier`,
    );
}

function completedBefore(evidence: Evidence): string[] {
  const tracks = new Map<string, { name: string; sequence: number; at: number }[]>();
  const found: string[] = [];
  const places = new Map<string, string>();
  for (const versions of evidence.tickets.values()) {
    const last = versions.at(-1)?.object;
    const sequence = last?.status?.sequence;
    if (last === undefined || sequence === undefined || last.spec.track === undefined) continue;
    const { name, namespace } = last.metadata;
    const track = `${namespace}/${last.spec.track}`;
    const place = `${track} ${sequence}`;
    const other = places.get(place);
    if (other !== undefined) found.push(`${name} and ${other} both boarded as number ${sequence}`);
    places.set(place, name);
    const completed = versions.find(({ object }) => object.status?.phase === 'Completed');
    if (completed === undefined) continue;
    const list = tracks.get(track) ?? [];
    tracks.set(track, [...list, { name, sequence, at: completed.from }]);
  }
  for (const list of tracks.values()) {
    list.sort((one, other) => one.sequence - other.sequence);
    for (const [index, one] of list.entries()) {
      const next = list[index + 1];
      if (next !== undefined && next.at < one.at)
        found.push(`${next.name} completed before ${one.name}, which had boarded earlier`);
    }
  }
  return found;
}
