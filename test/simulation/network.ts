/** Networks as stories tell them, drawn at random. */

import type { PullRequests } from '../../lib/api';
import type { Place } from '../../runtime/journey/facts/snapshot';
import type { Chance } from './world';

export const NAMESPACE = 'shop';
/** Another team's, which may call its tracks and stations the same. */
const NEIGHBOUR = 'mart';
export const IMAGES = ['ghcr.io/acme/web', 'ghcr.io/acme/api'] as const;

export interface ApplicationPlan {
  readonly name: string;
  /** Which repository, by number. */
  readonly repository: number;
  /** Whether Argo CD syncs by itself. */
  readonly automated: boolean;
}

/** What a plan says of where its resource is. */
export interface Named {
  readonly name: string;
  /** @default NAMESPACE */
  readonly namespace?: string;
}

export interface StationPlan extends Named {
  readonly applications: readonly ApplicationPlan[];
  /** Minutes. */
  readonly soak?: number;
  /** A window that opens every hour at this minute, for half an hour. */
  readonly window?: number;
  /** Asks for a person's yes. */
  readonly approval?: boolean;
  /** Waits for the tickets that branched off onto these tracks. */
  readonly completed?: readonly string[];
  /** Holds an analysis before it lets go. */
  readonly analysis?: boolean;
  /** How its pull requests are merged, where it is entered by those. @default - by pushes */
  readonly pullRequests?: PullRequests;
  /** Source commits show on their forge that they are here. @default false */
  readonly commitStatus?: boolean;
  /** Tracks that branch off here. */
  readonly junctions?: readonly string[];
}

export interface TrackPlan extends Named {
  readonly stations: readonly string[];
  /** Looks at this image repository by itself. */
  readonly subscribes?: string;
  /** Looks at this source repository by itself, by number. */
  readonly follows?: number;
  /** Looks at the releases of that repository, and not at its head. @default false */
  readonly releases?: boolean;
  /** What a failed ticket leaves behind. @default Continue */
  readonly onFailure?: 'Halt' | 'Rollback';
  /** Whether tickets that wait couple. @default Every */
  readonly service?: 'Latest';
}

export interface Network {
  readonly stations: readonly StationPlan[];
  readonly tracks: readonly TrackPlan[];
}

/** Where the resource of a plan is. */
export const placeOf = ({ namespace = NAMESPACE, name }: Named): Place => ({ namespace, name });

export const repositoryAt = (number: number): string => `https://git.example.com/repository-${number}`;
export const repositoryOf = (plan: ApplicationPlan): string => repositoryAt(plan.repository);
/** The rendered branch, and the overlay folder of the same name. */
export const branchOf = (station: string, plan: ApplicationPlan): string => `env/${station}-${plan.name}`;
export const applicationName = (station: string, plan: ApplicationPlan): string => `${station}-${plan.name}`;
export const SOURCE_BRANCH = 'main';

const STATION_NAMES = ['test', 'stage', 'prod'] as const;

/**
 * One to three stations on one to two tracks, which may meet, and some that are entered by pull request; maybe a track
 * that branches off at one of them, and another one that branches off there; maybe a neighbour.
 */
export function drawNetwork(chance: Chance): Network {
  const count = chance.whole('stations', 1, 3);
  const repositories = chance.happens('two repositories', 0.25) ? 2 : 1;
  const stations = STATION_NAMES.slice(0, count).map((name) => drawStation(chance, name, repositories));
  const names = stations.map(({ name }) => name);
  const subscribes = chance.happens('subscription', 0.3) ? { subscribes: IMAGES[0] } : {};
  const follows = chance.happens('source subscription', 0.3) ? { follows: 1 } : {};
  const releases = follows.follows === 1 && chance.happens('releases', 0.4) ? { releases: true } : {};
  const boards = { ...subscribes, ...follows, ...releases };
  const main: TrackPlan = { name: 'main', stations: names, ...boards, ...drawPolicy(chance, 'main') };
  const tracks = [main];
  if (chance.happens('second track', 0.35)) {
    const shared = names.filter((name) => chance.happens(`shared ${name}`, 0.6));
    const own = [...(shared.length === 0 ? names.slice(0, 1) : shared)];
    const line = chance.happens('reversed', 0.5) ? own.reverse() : own;
    tracks.push({ name: 'other', stations: line, ...drawPolicy(chance, 'other') });
  }
  const one = { stations, tracks };
  const whole = chance.happens('junction', 0.3) ? branched(chance, one, repositories) : one;
  return chance.happens('neighbour', 0.05) ? beside(chance, whole, main, repositories) : whole;
}

/** The same and a line in another namespace, whose track and stations have the names of the first one's. */
function beside(chance: Chance, { stations, tracks }: Network, main: TrackPlan, repositories: number): Network {
  const names = main.stations.slice(0, chance.whole('stations of the neighbour', 1, main.stations.length));
  const theirs = names.map((name): StationPlan => {
    const station = drawStation(chance, name, repositories);
    // All Applications are in one namespace.
    const applications = station.applications.map((plan) => ({ ...plan, name: `${NEIGHBOUR}-${plan.name}` }));
    return { ...station, namespace: NEIGHBOUR, applications };
  });
  const line: TrackPlan = { ...main, namespace: NEIGHBOUR, stations: names };
  return { stations: [...stations, ...theirs], tracks: [...tracks, line] };
}

const drawPolicy = (chance: Chance, track: string): Pick<TrackPlan, 'onFailure' | 'service'> => {
  const onFailure = chance.one(`on failure ${track}`, ['Continue', 'Continue', 'Halt', 'Rollback'] as const);
  return {
    ...(onFailure === 'Halt' || onFailure === 'Rollback' ? { onFailure } : {}),
    ...(chance.happens(`couples ${track}`, 0.4) ? { service: 'Latest' } : {}),
  };
};

function drawStation(chance: Chance, name: string, repositories: number): StationPlan {
  const drawn = chance.next(`applications ${name}`);
  const applications = ['web', 'api'].slice(0, drawn < 0.05 ? 0 : drawn < 0.7 ? 1 : 2);
  return {
    name,
    applications: applications.map((application) => ({
      name: application,
      repository: chance.whole(`repository ${name}`, 1, repositories),
      automated: !chance.happens(`manual sync ${name}`, 0.15),
    })),
    ...(chance.happens(`soak ${name}`, 0.2) ? { soak: chance.whole(`soak length ${name}`, 1, 6) } : {}),
    ...(chance.happens(`window ${name}`, 0.12) ? { window: chance.whole(`window start ${name}`, 0, 59) } : {}),
    ...(chance.happens(`approval ${name}`, 0.2) ? { approval: true } : {}),
    ...(chance.happens(`analysis ${name}`, 0.15) ? { analysis: true } : {}),
    ...(chance.happens(`pull requests ${name}`, 0.04) ? { pullRequests: drawPullRequests(chance, name) } : {}),
  };
}

const drawPullRequests = (chance: Chance, station: string): PullRequests => ({
  merge: chance.one(`merger ${station}`, ['People', 'People', 'Automatic'] as const) ?? 'People',
  method: chance.one(`method ${station}`, ['Merge', 'Squash', 'Rebase'] as const) ?? 'Merge',
});

/** A track branches off at a station of the first one, and maybe another one off that; the next station may wait for it. */
function branched(chance: Chance, { stations, tracks }: Network, repositories: number): Network {
  const names = stations.map(({ name }) => name);
  const at = chance.whole('branches off at', 0, names.length - 1);
  const nested = chance.happens('nested', 0.4);
  const next = chance.happens('fan-in', 0.4) ? names[at + 1] : undefined;
  const branch = { ...drawStation(chance, 'eu', repositories), ...(nested && { junctions: ['leaf'] }) };
  // A branch may meet the first track again.
  const meets = chance.happens('meets again', 0.2) ? names.slice(-1).filter((name) => name !== next) : [];
  return {
    stations: [
      ...stations.map((station, index) => ({
        ...station,
        ...(index === at && { junctions: ['branch'] }),
        ...(station.name === next && { completed: ['branch'] }),
      })),
      branch,
      ...(nested ? [drawStation(chance, 'edge', repositories)] : []),
    ],
    tracks: [
      ...tracks,
      { name: 'branch', stations: ['eu', ...meets], ...drawPolicy(chance, 'branch') },
      ...(nested ? [{ name: 'leaf', stations: ['edge'], ...drawPolicy(chance, 'leaf') }] : []),
    ],
  };
}
