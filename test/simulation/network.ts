/** Networks as stories tell them, drawn at random, and as the resources that a team would apply. */

import { ANNOTATIONS, API_VERSION, ARGOCD } from '../../lib/api';
import { APPLICATIONS, STATIONS, TRACKS } from '../../runtime/dispatch/resources';
import type { Draft } from '../../runtime/kube';
import type { Chance, GitServers, Registries, SimulatedApi } from './world';

export const NAMESPACE = 'shop';
export const IMAGES = ['ghcr.io/acme/web', 'ghcr.io/acme/api'] as const;

export interface ApplicationPlan {
  readonly name: string;
  /** Which repository, by number. */
  readonly repository: number;
  /** Whether Argo CD syncs by itself. */
  readonly automated: boolean;
}

export interface StationPlan {
  readonly name: string;
  readonly applications: readonly ApplicationPlan[];
  /** Minutes. */
  readonly soak?: number;
  /** A window that opens every hour at this minute, for half an hour. */
  readonly window?: number;
  /** Asks for a person's yes. */
  readonly approval?: boolean;
}

export interface TrackPlan {
  readonly name: string;
  readonly stations: readonly string[];
  /** Looks at this image repository by itself. */
  readonly subscribes?: string;
  /** What a failed ticket leaves behind. @default Continue */
  readonly onFailure?: 'Halt' | 'Rollback';
}

export interface Network {
  readonly stations: readonly StationPlan[];
  readonly tracks: readonly TrackPlan[];
}

export const repositoryOf = (plan: ApplicationPlan): string => `https://git.example.com/repository-${plan.repository}`;
/** The rendered branch, and the overlay folder of the same name. */
export const branchOf = (station: string, plan: ApplicationPlan): string => `env/${station}-${plan.name}`;
const applicationName = (station: string, plan: ApplicationPlan): string => `${station}-${plan.name}`;
export const SOURCE_BRANCH = 'main';

const STATION_NAMES = ['test', 'stage', 'prod', 'canary'] as const;

/** One to three stations on one to two tracks, which may meet. */
export function drawNetwork(chance: Chance): Network {
  const count = chance.whole('stations', 1, 3);
  const repositories = chance.happens('two repositories', 0.25) ? 2 : 1;
  const stations = STATION_NAMES.slice(0, count).map((name): StationPlan => {
    const applications = ['web', 'api'].slice(0, chance.happens(`two applications ${name}`, 0.3) ? 2 : 1);
    return {
      name,
      applications: applications.map((application) => ({
        name: application,
        repository: chance.whole(`repository ${name}`, 1, repositories),
        automated: !chance.happens(`manual sync ${name}`, 0.15),
      })),
      ...(chance.happens(`soak ${name}`, 0.25) ? { soak: chance.whole(`soak length ${name}`, 1, 6) } : {}),
      ...(chance.happens(`window ${name}`, 0.15) ? { window: chance.whole(`window start ${name}`, 0, 59) } : {}),
      ...(chance.happens(`approval ${name}`, 0.2) ? { approval: true } : {}),
    };
  });
  const names = stations.map(({ name }) => name);
  const subscribes = chance.happens('subscription', 0.3) ? { subscribes: IMAGES[0] } : {};
  const policy = chance.one('on failure', ['Continue', 'Continue', 'Halt', 'Rollback'] as const);
  const onFailure = policy === 'Halt' || policy === 'Rollback' ? { onFailure: policy } : {};
  const tracks: TrackPlan[] = [{ name: 'main', stations: names, ...subscribes, ...onFailure }];
  if (chance.happens('second track', 0.35)) {
    const shared = names.filter((name) => chance.happens(`shared ${name}`, 0.6));
    const own = [...(shared.length === 0 ? names.slice(0, 1) : shared)];
    tracks.push({ name: 'other', stations: chance.happens('reversed', 0.5) ? own.reverse() : own });
  }
  return { stations, tracks };
}

export const stationSpec = ({ name, applications, soak, window, approval }: StationPlan) => ({
  enabled: true,
  hold: false,
  via: 'Push',
  deadlines: { arrival: '10m', degraded: '1m', missing: '5m' },
  applications: applications.map((plan) => ({
    name: applicationName(name, plan),
    namespace: ARGOCD.namespace,
    enabled: true,
    repoURL: repositoryOf(plan),
    sourceBranch: SOURCE_BRANCH,
    folder: '',
    overlay: branchOf(name, plan),
    branch: branchOf(name, plan),
    layout: 'Files',
    adopt: false,
  })),
  junctions: [],
  ...(window === undefined && !approval
    ? {}
    : {
        entry: {
          ...(approval && { approval: {} }),
          ...(window !== undefined && {
            windows: [{ allow: `${window} * * * *`, duration: '30m', timeZone: 'UTC' }],
          }),
        },
      }),
  ...(soak === undefined ? {} : { exit: { soak: `${soak}m` } }),
});

const trackSpec = ({ stations, subscribes, onFailure }: TrackPlan) => ({
  enabled: true,
  hold: false,
  service: 'Every',
  express: 'Immediate',
  onFailure: onFailure ?? 'Continue',
  historyLimit: 50,
  subscriptions:
    subscribes === undefined
      ? []
      : [
          {
            name: 'image',
            images: {
              repositories: [subscribes],
              select: { semver: { constraint: '*', prereleases: false } },
              platform: 'linux/amd64',
              interval: '5m',
            },
          },
        ],
  stations: stations.map((name) => ({ name })),
});

/** The Applications of a station, which consent to it. */
const applicationDrafts = ({ name, applications }: StationPlan): Draft[] =>
  applications.map((plan) => ({
    apiVersion: ARGOCD.apiVersion,
    kind: 'Application',
    metadata: {
      name: applicationName(name, plan),
      namespace: ARGOCD.namespace,
      annotations: { [ANNOTATIONS.authorizedStation]: `${NAMESPACE}/${name}` },
    },
    spec: {
      project: ARGOCD.project,
      source: { repoURL: repositoryOf(plan), targetRevision: branchOf(name, plan), path: '.' },
      destination: { name: ARGOCD.cluster, namespace: name },
      syncPolicy: plan.automated ? { automated: { prune: true, selfHeal: true } } : {},
    },
  }));

/** A resource of ours as somebody applies it. */
export const draftOf = (kind: 'Track' | 'Station', name: string, spec: object): Draft => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, namespace: NAMESPACE },
  ...{ spec },
});

/** The repositories with their first commit, and everything that a team applies. */
export function apply(network: Network, api: SimulatedApi, git: GitServers, registries: Registries, by: string): void {
  const overlays = new Map<string, string[]>();
  for (const station of network.stations) {
    for (const plan of station.applications) {
      const url = repositoryOf(plan);
      overlays.set(url, [...(overlays.get(url) ?? []), branchOf(station.name, plan)]);
    }
  }
  for (const [url, folders] of overlays) {
    git.commit(
      url,
      SOURCE_BRANCH,
      {
        'base/config': 'base 1',
        'base/images': IMAGES.join('\n'),
        'README.md': 'The shop.\n',
        ...Object.fromEntries(folders.map((folder) => [`${folder}/config`, `${folder} 1`])),
      },
      by,
    );
  }
  registries.publish(IMAGES[0], '1.0.0', new Date(0));
  for (const station of network.stations) {
    for (const draft of applicationDrafts(station)) api.create(APPLICATIONS, draft, by);
    // Every field of the spec is given, so there are no defaults to fill in.
    api.create(STATIONS, draftOf('Station', station.name, stationSpec(station)) as never, by);
  }
  for (const track of network.tracks) api.create(TRACKS, draftOf('Track', track.name, trackSpec(track)) as never, by);
}
