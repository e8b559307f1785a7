/** I6: on one track tickets complete in the order in which they boarded, and no two have the same place. */

import type { Evidence } from './evidence';

export function noOvertaking(evidence: Evidence): string[] {
  const tracks = new Map<string, { name: string; sequence: number; at: number }[]>();
  const found: string[] = [];
  const places = new Map<string, string>();
  for (const versions of evidence.tickets.values()) {
    const last = versions.at(-1)?.object;
    const sequence = last?.status?.sequence;
    if (last === undefined || sequence === undefined || last.spec.track === undefined) continue;
    const { name } = last.metadata;
    const place = `${last.spec.track} ${sequence}`;
    const other = places.get(place);
    if (other !== undefined) found.push(`${name} and ${other} both boarded as number ${sequence}`);
    places.set(place, name);
    const completed = versions.find(({ object }) => object.status?.phase === 'Completed');
    if (completed === undefined) continue;
    const list = tracks.get(last.spec.track) ?? [];
    tracks.set(last.spec.track, [...list, { name, sequence, at: completed.from }]);
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
