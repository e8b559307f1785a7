/** The caches as one decision sees them. */

import { hasEnded, type ApplicationReference, type Track } from '../../../lib/api';
import { branchKey, judge, outOfSight, preconditions, type Patience } from '../../argocd';
import {
  goneTrack,
  overlayPath,
  sameRepository,
  type Facts,
  type Line,
  type Sight,
  type Snapshot,
  type StationSnapshot,
} from '../../journey';
import { keyOf } from '../../kube';
import { contested, ownsStation, ownsTrack, sharedStation } from './shares';
import type { Kept, World } from './world';

const readable = <T>(list: readonly Kept<T>[]): T[] => list.flatMap((kept) => kept.resource ?? []);

/** How decisions look up what jobs have found. */
export type JobView = Facts['job'];

/** All Applications known in a repository, as stations name them. */
const knownIn = (world: World, repoURL: string): ApplicationReference[] =>
  readable(world.stations.list())
    .flatMap(({ spec }) => spec.applications)
    .filter((reference) => sameRepository(reference.repoURL, repoURL));

/** What decisions learn of elsewhere than the caches. */
export interface Views {
  readonly job: JobView;
  /** What is wrong with a `track <namespace>/<name>` or `station <namespace>/<name>`. */
  readonly faults: (owner: string) => readonly string[];
}

/** @param now the time of the decision that asks */
export function factsOf(world: World, now: () => Date, patience: Partial<Patience>, { job, faults }: Views): Facts {
  return {
    faults: (kind, { namespace, name }) => faults(`${kind} ${keyOf({ namespace, name })}`),
    precondition: (station, reference) => {
      if (!world.seesApplicationsIn(reference.namespace)) return outOfSight(reference);
      const tracks = contested(world, station);
      if (tracks) return sharedStation(station, tracks);
      const claim = {
        namespace: station.metadata.namespace,
        station: station.metadata.name,
        repoURL: reference.repoURL,
        branch: reference.branch,
      };
      const claimants = world.stations
        .find('application', keyOf(reference))
        .map(({ metadata: { namespace = '', name } }) => ({ namespace, station: name }));
      return preconditions(world.application(reference), claim, world.onBranch(reference), claimants);
    },
    judge: (reference, expectation) => {
      const askedAt = world.askedAt(reference);
      // What was asked before the push is answered with what was there before it.
      const isAsked = askedAt !== undefined && (expectation.since === undefined || askedAt >= expectation.since);
      const expected = isAsked ? { ...expectation, askedAt } : expectation;
      return judge(world.application(reference), expected, now(), patience);
    },
    health: (reference) => world.application(reference)?.health.status ?? 'Missing',
    live: (reference) => {
      const view = world.application(reference);
      const well = view?.sync.status === 'Synced' && view.health.status === 'Healthy';
      return well ? view.sync.revisions[0] : undefined;
    },
    reported: (reference) => {
      const { sync, conditions = [] } = world.application(reference) ?? {};
      return [sync?.status, ...(sync?.revisions ?? []), ...conditions.map(({ type }) => type)].join(' ');
    },
    named: (uid) =>
      [world.tickets.find('names', uid), world.stations.find('occupant', uid), world.stations.find('stop', uid)].some(
        (found) => found.length > 0,
      ),
    singlesAt: (place) => readable(world.tickets.find('single', keyOf(place))),
    ticket: (uid) => world.tickets.find('uid', uid)[0]?.resource,
    ticketsOn: ({ metadata: { namespace, name } }) => readable(world.tickets.find('track', keyOf({ namespace, name }))),
    children: (parentUid) => readable(world.tickets.find('parent', parentUid)),
    track: (place) => world.tracks.get(keyOf(place))?.resource,
    rollbackOf: (failedUid) => world.tickets.find('failed', failedUid)[0]?.resource,
    trackOf: (uid) => world.tracks.find('uid', uid)[0]?.resource,
    overlays: (repoURL) => [...new Set(knownIn(world, repoURL).map(overlayPath))].sort(),
    isRendered: (branch) => world.stations.find('branch', branchKey(branch)).length > 0,
    station: (place) => world.stations.get(keyOf(place))?.resource,
    seat: (ticketUid) => world.stations.find('occupant', ticketUid)[0]?.resource,
    visitors: ({ metadata: { namespace, name } }) =>
      readable(world.tickets.list(namespace)).filter((ticket) => ticket.status?.arrival?.station === name),
    analysis: (place) => world.analyses.runs.get(keyOf(place)),
    analysesAt: (station) => world.analyses.runs.find('station', keyOf(station)),
    job,
  };
}

function lineOf(world: World, track: Track): Line {
  const { namespace, name } = track.metadata;
  const tickets = readable(world.tickets.find('track', keyOf({ namespace, name })));
  return { track, tickets: tickets.filter((ticket) => !hasEnded(ticket.status)) };
}

/**
 * Everything that the decision for a track depends on; `undefined` where it cannot be read, is gone without a ticket, or
 * is another runtime's.
 */
export function snapshotOf(world: World, key: string, sight: Sight): Snapshot | undefined {
  if (!ownsTrack(world, key)) return undefined;
  const kept = world.tracks.get(key);
  if (kept !== undefined) return kept.resource && { ...lineOf(world, kept.resource), ...sight };
  const [namespace = '', name = ''] = key.split('/');
  const line = lineOf(world, goneTrack(namespace, name));
  return line.tickets.length === 0 ? undefined : { ...line, gone: true, ...sight };
}

/**
 * Everything that the decision for a station depends on; `undefined` where it cannot be read, does not exist, or is another
 * runtime's. Tickets of other runtimes' tracks are left out.
 */
export function stationSnapshotOf(world: World, key: string, sight: Sight): StationSnapshot | undefined {
  const station = world.stations.get(key)?.resource;
  if (station === undefined || !ownsStation(world, station)) return undefined;
  const { namespace } = station.metadata;
  const tickets = readable(world.tickets.find('station', key));
  const names = new Set(tickets.flatMap((ticket) => ticket.spec.track ?? []));
  const keys = [...names].map((name) => keyOf({ namespace, name })).filter((one) => ownsTrack(world, one));
  const tracks = keys.flatMap((one) => world.tracks.get(one)?.resource ?? []);
  return {
    station,
    lines: tracks.map((track) => lineOf(world, track)),
    single: contested(world, station) ? [] : tickets.filter((ticket) => ticket.spec.track === undefined),
    ...sight,
  };
}
