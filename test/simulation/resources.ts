/** A network as the resources that a team would apply. */

import { ANNOTATIONS, API_VERSION, ARGOCD, type Subscription, type Track } from '../../lib/api';
import { APPLICATIONS, STATIONS, TRACKS } from '../../runtime/resources';
import type { Draft } from '../../runtime/kube';
import { ANALYSIS_TEMPLATES } from '../../runtime/rollouts';
import {
  applicationName,
  branchOf,
  IMAGES,
  placeOf,
  repositoryAt,
  repositoryOf,
  SOURCE_BRANCH,
  type Network,
  type StationPlan,
  type TrackPlan,
} from './network';
import type { GitServers, Registries, SimulatedApi } from './world';

/** What the analysis of a station is called. */
const ANALYSIS = 'smoke';

export const stationSpec = ({
  name,
  applications,
  soak,
  window,
  approval,
  completed,
  analysis,
  pullRequests,
  junctions = [],
  commitStatus,
}: StationPlan) => ({
  enabled: true,
  hold: false,
  via: pullRequests === undefined ? 'Push' : 'PullRequest',
  ...(pullRequests && { pullRequests }),
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
  junctions: junctions.map((track) => ({ track, enabled: true })),
  ...(commitStatus && { commitStatus }),
  ...(window === undefined && !approval && completed === undefined
    ? {}
    : {
        entry: {
          ...(approval && { approval: {} }),
          ...(completed && { completed: { tracks: completed } }),
          ...(window !== undefined && {
            windows: [{ allow: `${window} * * * *`, duration: '30m', timeZone: 'UTC' }],
          }),
        },
      }),
  ...(soak === undefined && !analysis
    ? {}
    : {
        exit: {
          ...(soak !== undefined && { soak: `${soak}m` }),
          ...(analysis && { analyses: [{ template: ANALYSIS, clusterScope: false, args: [] }] }),
        },
      }),
});

export const trackSpec = ({
  stations,
  subscribes,
  follows,
  releases,
  onFailure,
  service,
}: TrackPlan): Track['spec'] => ({
  enabled: true,
  hold: false,
  service: service ?? 'Every',
  express: 'Immediate',
  onFailure: onFailure ?? 'Continue',
  historyLimit: 50,
  subscriptions: [
    ...(subscribes === undefined ? [] : [imagesOf(subscribes)]),
    ...(follows === undefined ? [] : [sourceOf(follows, releases)]),
  ],
  stations: stations.map((name) => ({ name })),
});

const imagesOf = (repository: string): Subscription => ({
  name: 'image',
  images: {
    repositories: [repository],
    select: { semver: { constraint: '*', prereleases: false } },
    platform: 'linux/amd64',
    interval: '5m',
  },
});

const sourceOf = (repository: number, releases = false): Subscription => ({
  name: 'source',
  source: {
    repoURL: repositoryAt(repository),
    branch: SOURCE_BRANCH,
    ...(releases && { tags: { semver: { constraint: '*', prereleases: false } } }),
    folder: '',
    interval: '5m',
  },
});

/** The Applications of a station, which consent to it. */
const applicationDrafts = (station: StationPlan): Draft[] => {
  const { namespace, name } = placeOf(station);
  return station.applications.map((plan) => ({
    apiVersion: ARGOCD.apiVersion,
    kind: 'Application',
    metadata: {
      name: applicationName(name, plan),
      namespace: ARGOCD.namespace,
      annotations: { [ANNOTATIONS.authorizedStation]: `${namespace}/${name}` },
    },
    spec: {
      project: ARGOCD.project,
      source: { repoURL: repositoryOf(plan), targetRevision: branchOf(name, plan), path: '.' },
      destination: { name: ARGOCD.cluster, namespace: name },
      syncPolicy: plan.automated ? { automated: { prune: true, selfHeal: true } } : {},
    },
  }));
};

/** A resource of ours as somebody applies it. */
export const draftOf = (kind: 'Track' | 'Station', metadata: Draft['metadata'], spec: object): Draft => ({
  apiVersion: API_VERSION,
  kind,
  metadata,
  ...{ spec },
});

export function applyStations({ stations }: Pick<Network, 'stations'>, api: SimulatedApi, by: string): void {
  // Every field of the spec is given, so there are no defaults to fill in.
  for (const plan of stations) api.create(STATIONS, draftOf('Station', placeOf(plan), stationSpec(plan)) as never, by);
}

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
  }
  applyStations(network, api, by);
  for (const namespace of new Set(network.tracks.map((track) => placeOf(track).namespace))) {
    const template = { metadata: { name: ANALYSIS, namespace }, spec: { metrics: [{ name: 'errors' }] } };
    api.create(ANALYSIS_TEMPLATES, template, by);
  }
  for (const track of network.tracks)
    api.create(TRACKS, draftOf('Track', placeOf(track), trackSpec(track)) as never, by);
}
