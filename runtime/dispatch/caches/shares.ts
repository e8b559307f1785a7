/** What is this runtime's to decide, where several share a cluster: tracks by their labels, and with them all else. */

import type { Station, Ticket } from '../../../lib/api';
import type { Precondition } from '../../journey';
import { keyOf } from '../../kube';
import type { Kept, World } from './world';

/** Whether the track is this runtime's; all are, unless it was told to take a share. @param key `<namespace>/<name>` */
export function ownsTrack({ shard, tracks }: World, key: string): boolean {
  return shard === undefined || shard.owns(key, tracks.get(key) !== undefined);
}

/** Names of the tracks that stop at a station, in order. */
function tracksAt(world: World, { metadata: { namespace, name } }: Station): string[] {
  return world.tracks
    .find('station', keyOf({ namespace, name }))
    .map(({ metadata }) => metadata.name)
    .sort();
}

/** The tracks that stop at a station, where they are not all of one runtime; nobody takes such a station. */
export function contested(world: World, station: Station): readonly string[] | undefined {
  if (world.shard === undefined) return undefined;
  const { namespace } = station.metadata;
  const names = tracksAt(world, station);
  const owned = names.filter((name) => ownsTrack(world, keyOf({ namespace, name })));
  return owned.length > 0 && owned.length < names.length ? names : undefined;
}

/** What is said of a contested station, the same words by each runtime. */
export function sharedStation({ metadata: { name } }: Station, tracks: readonly string[]): Precondition {
  const message =
    `tracks ${tracks.join(', ')} stop at station ${name} and are carried by different runtimes: label them alike, so that ` +
    'one shard has them all, or give each a station of its own';
  return { ok: false, reason: 'SharedStation', message };
}

/**
 * Whether this runtime decides for a station: who is in it decides that, else who stops there. Where tracks of several
 * runtimes stop each of them says so, and none lets a ticket in. A station where no track stops is nobody's share.
 */
export function ownsStation(world: World, station: Station): boolean {
  if (world.shard === undefined) return true;
  const { namespace } = station.metadata;
  const uid = station.status?.occupant?.uid;
  const track = uid === undefined ? undefined : world.tickets.find('uid', uid)[0]?.resource?.spec.track;
  if (track !== undefined) return ownsTrack(world, keyOf({ namespace, name: track }));
  return tracksAt(world, station).some((name) => ownsTrack(world, keyOf({ namespace, name })));
}

/** Whether a ticket is this runtime's to tell of. */
export function ownsTicket(world: World, { metadata: { namespace }, spec }: Ticket): boolean {
  if (spec.track !== undefined) return ownsTrack(world, keyOf({ namespace, name: spec.track }));
  const name = (spec.rollback ?? spec.express)?.station ?? '';
  const station = world.stations.get(keyOf({ namespace, name }))?.resource;
  return station === undefined ? world.shard === undefined : ownsStation(world, station);
}

/** Whether this runtime says of an object that it cannot be read. A Station that cannot be read is everybody's. */
export function ownsUnreadable(world: World, kind: 'Track' | 'Station' | 'Ticket', kept: Kept<unknown>): boolean {
  if (world.shard === undefined || kind === 'Station') return true;
  if (kind === 'Track') return ownsTrack(world, keyOf(kept.metadata));
  const { spec } = (kept.problems ? kept.stored : {}) as { spec?: { track?: unknown } };
  const name = spec?.track;
  const { namespace } = kept.metadata;
  return typeof name !== 'string' || ownsTrack(world, keyOf({ ...(namespace ? { namespace } : {}), name }));
}
