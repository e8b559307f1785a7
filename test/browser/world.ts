/** Worlds to look at: what the stream would send, written by hand. */

import type { Station, Ticket, Track } from '../../lib/api';
import type { StreamedApplication } from '../../runtime/dashboard/protocol';
import type { Drawn } from '../runtime/dashboard/networks';
import { REFERENCE_DEFAULTS, STATION_DEFAULTS, TRACK_DEFAULTS } from '../lib/api/defaults';

export interface Shown {
  readonly tracks: readonly Track[];
  readonly stations: readonly Station[];
  readonly tickets: readonly Ticket[];
  readonly applications: readonly StreamedApplication[];
}

const API = 'k8sta.io/v1alpha1' as const;
const sha = (seed: string): string =>
  [...`${seed}0123456789abcdef`]
    .map((character) => (character.charCodeAt(0) % 16).toString(16))
    .join('')
    .repeat(4)
    .slice(0, 40);
const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

let version = 0;
const metadata = (namespace: string, name: string, minutes = 60) => {
  version += 1;
  return {
    namespace,
    name,
    uid: `uid-${namespace}-${name}`,
    resourceVersion: String(version),
    creationTimestamp: ago(minutes),
  };
};

const images = (tag: string) => [
  { repoURL: 'ghcr.io/acme/guestbook', tag, digest: `sha256:${sha(tag)}${sha(tag).slice(0, 24)}` },
];

export const track = (
  namespace: string,
  name: string,
  stations: readonly string[],
  more: Partial<Track['spec']> = {},
): Track => ({
  apiVersion: API,
  kind: 'Track',
  metadata: metadata(namespace, name),
  spec: {
    ...TRACK_DEFAULTS,
    subscriptions: [],
    stations: stations.map((station) => ({ name: station })),
    ...more,
  },
});

export const station = (
  namespace: string,
  name: string,
  shows: string | undefined,
  more: Partial<Station['spec']> = {},
): Station => ({
  apiVersion: API,
  kind: 'Station',
  metadata: metadata(namespace, name),
  spec: {
    ...STATION_DEFAULTS,
    applications: [
      {
        ...REFERENCE_DEFAULTS,
        name: `${name}-web`,
        repoURL: 'https://git.example.com/guestbook.git',
        overlay: `env/${name}`,
        branch: `env/${name}`,
      },
    ],
    junctions: [],
    ...more,
  },
  ...(shows === undefined
    ? {}
    : {
        status: {
          applications: [
            {
              name: `${name}-web`,
              namespace: 'argocd',
              head: { commit: sha(`${name}${shows}`) },
              good: { commit: sha(`${name}${shows}`), state: 0 },
            },
          ],
          states: [{ base: sha('base'), overlay: sha(`overlay ${name}`), images: images(shows) }],
          history: ['', '-1', '-2'].map((suffix, index) => ({
            ticket: `main-${6 - index}`,
            uid: `uid-${namespace}-main-${6 - index}`,
            time: ago(42 + 600 * index),
            change: `guestbook ${index === 0 ? shows : `1.3.${9 - index}`}`,
            commits: [{ application: `argocd/${name}-web`, commit: sha(`${name}${shows}${suffix}`) }],
          })),
        },
      }),
});

export const ticket = (
  namespace: string,
  name: string,
  spec: Partial<Ticket['spec']>,
  status: Ticket['status'],
  minutes = 9,
): Ticket => ({
  apiVersion: API,
  kind: 'Ticket',
  metadata: metadata(namespace, name, minutes),
  spec: { hold: false, abort: false, ...spec },
  ...(status === undefined ? {} : { status }),
});

const healthy = (stations: readonly Station[]): StreamedApplication[] =>
  stations.flatMap(({ spec }) =>
    spec.applications.map(({ namespace, name }) => ({ namespace, name, health: 'Healthy', sync: 'Synced' })),
  );

/** A shop with three regions; one ticket asks for approval, one rides, one has failed. */
export function shop(): Shown {
  const namespace = 'shop';
  const stations = [
    station(namespace, 'test', '1.4.0'),
    station(namespace, 'integration', '1.4.0'),
    station(namespace, 'release', undefined, {
      applications: [],
      junctions: ['us-east', 'europe', 'asia'].map((name) => ({ track: name, enabled: true })),
    }),
    station(namespace, 'us-canary', '1.4.0', { exit: { soak: '15m' } }),
    station(namespace, 'us-prod', '1.3.9', {
      entry: { approval: {}, windows: [{ allow: '0 9 * * 1-5', duration: '8h', timeZone: 'America/New_York' }] },
    }),
    station(namespace, 'eu-canary', '1.4.0'),
    station(namespace, 'eu-prod', '1.3.9', { entry: { approval: {} } }),
    station(namespace, 'tokyo', '1.3.9'),
    station(namespace, 'singapore', '1.3.9', { hold: true }),
    station(namespace, 'preview', '1.4.1'),
    station(namespace, 'public', '1.3.9'),
  ];
  const change = (tag: string): Ticket['spec']['change'] => ({ images: [{ repoURL: 'ghcr.io/acme/guestbook', tag }] });
  const stamp = (name: string, arrived: number, departed: number) => ({
    station: name,
    arrived: ago(arrived),
    departed: ago(departed),
    result: 'Arrived' as const,
    commits: [{ application: `argocd/${name}-web`, commit: sha(name) }],
  });
  return {
    tracks: [
      track(namespace, 'main', ['test', 'integration', 'release'], {
        subscriptions: [
          {
            name: 'guestbook',
            images: {
              repositories: ['ghcr.io/acme/guestbook'],
              select: { semver: { constraint: '^1.0.0', prereleases: false } },
              interval: '5m',
            },
          },
        ],
      }),
      track(namespace, 'hotfix', ['integration', 'release']),
      track(namespace, 'us-east', ['us-canary', 'us-prod']),
      track(namespace, 'europe', ['eu-canary', 'eu-prod']),
      track(namespace, 'asia', ['tokyo', 'singapore']),
      track(namespace, 'docs', ['preview', 'public']),
    ].map((each) =>
      each.metadata.name === 'main'
        ? {
            ...each,
            status: {
              sequence: 8,
              subscriptions: [
                {
                  name: 'guestbook',
                  seen: { images: images('1.4.1') },
                  ticketed: { images: images('1.4.1') },
                  choice: '1.4.1 of 212 tags: the highest that satisfies ^1.0.0; 3 are ignored',
                },
              ],
            },
          }
        : each,
    ),
    stations,
    tickets: [
      ticket(
        namespace,
        'main-8',
        { track: 'main', change: change('1.4.1'), origin: { subscription: 'guestbook', after: 'guestbook 1.4.0' } },
        {
          phase: 'Arriving',
          sequence: 8,
          station: 'integration',
          stamps: [stamp('test', 6, 4)],
          waiting: {
            reason: 'Progressing',
            since: ago(1),
            message: 'waits for integration-web to be healthy: 2 of 3 pods are ready',
          },
          arrival: { station: 'integration', stationUid: 'uid-shop-integration', start: ago(2), applications: [] },
        },
      ),
      ticket(
        namespace,
        'europe-3',
        {
          track: 'europe',
          change: change('1.4.0'),
          origin: { parent: { name: 'main-7', uid: 'uid-shop-main-7', station: 'release' } },
        },
        {
          phase: 'Standing',
          sequence: 3,
          station: 'eu-prod',
          stamps: [stamp('eu-canary', 50, 42)],
          waiting: {
            reason: 'Approval',
            since: ago(42),
            message: 'waits for somebody to approve eu-prod: kubectl k8sta diff europe-3',
          },
          entry: {
            station: 'eu-prod',
            digest: `sha256:${sha('digest')}${sha('digest').slice(0, 24)}`,
            diffs: [
              {
                application: 'argocd/eu-prod-web',
                tree: `sha256:${sha('tree')}${sha('tree').slice(0, 24)}`,
                changed: 2,
                summary: '2 files: Deployment/web, ConfigMap/settings',
              },
            ],
          },
        },
      ),
      ticket(
        namespace,
        'us-east-3',
        {
          track: 'us-east',
          change: change('1.4.0'),
          origin: { parent: { name: 'main-7', uid: 'uid-shop-main-7', station: 'release' } },
        },
        {
          phase: 'Arriving',
          sequence: 3,
          station: 'us-canary',
          waiting: {
            reason: 'Soak',
            since: ago(3),
            until: new Date(Date.now() + 12 * 60_000).toISOString(),
            message: 'stays healthy for 15m before it departs',
          },
          arrival: { station: 'us-canary', stationUid: 'uid-shop-us-canary', start: ago(5), applications: [] },
        },
      ),
      ticket(
        namespace,
        'asia-3',
        { track: 'asia', change: change('1.4.0') },
        {
          phase: 'Standing',
          sequence: 3,
          station: 'tokyo',
          waiting: {
            reason: 'Window',
            since: ago(30),
            until: new Date(Date.now() + 125 * 60_000).toISOString(),
            message: 'waits until tokyo opens at 09:00 Asia/Tokyo',
          },
        },
      ),
      ticket(
        namespace,
        'docs-12',
        { track: 'docs', change: change('1.4.1') },
        {
          phase: 'Failed',
          sequence: 12,
          station: 'public',
          stamps: [
            stamp('preview', 30, 28),
            {
              station: 'public',
              arrived: ago(27),
              departed: ago(20),
              result: 'Failed',
              reason: 'Degraded',
              message: 'public-web is Degraded for longer than 1m',
            },
          ],
          failure: {
            reason: 'Degraded',
            station: 'public',
            message: 'public-web stayed Degraded for longer than 1m: back-off restarting failed container web',
          },
        },
      ),
      ticket(
        namespace,
        'main-7',
        { track: 'main', change: change('1.4.0') },
        {
          phase: 'Completed',
          sequence: 7,
          stamps: [
            stamp('test', 120, 118),
            stamp('integration', 117, 110),
            {
              station: 'release',
              departed: ago(109),
              result: 'Arrived',
              children: [{ track: 'us-east' }, { track: 'europe' }, { track: 'asia' }],
            },
          ],
        },
        125,
      ),
    ],
    applications: healthy(stations).map((each) =>
      each.name === 'public-web' ? { ...each, health: 'Degraded' } : each,
    ),
  };
}

/** Any network with tickets spread over it: some ride, some wait, most have ended. */
export function crowd({ tracks, stations }: Drawn, count: number): Shown {
  const made = stations.map(({ metadata: { namespace = '', name }, spec }) =>
    station(namespace, name, '1.4.0', {
      junctions: (spec.junctions ?? []).map(({ track: name }) => ({ track: name, enabled: true })),
    }),
  );
  return {
    tracks: tracks.map(({ metadata: { namespace = '', name }, spec }) =>
      track(
        namespace,
        name,
        spec.stations.map((each) => each.name),
      ),
    ),
    stations: made,
    tickets: Array.from({ length: count }, (_, index) => {
      const on = tracks[index % tracks.length];
      if (on === undefined) throw new Error('a network without tracks');
      const at = on.spec.stations[index % on.spec.stations.length]?.name ?? '';
      const phase = index % 5 === 0 ? 'Standing' : index % 7 === 0 ? 'Arriving' : 'Completed';
      return ticket(
        on.metadata.namespace ?? '',
        `${on.metadata.name}-${index}`,
        { track: on.metadata.name, change: { images: [{ repoURL: 'ghcr.io/acme/web', tag: `1.${index}.0` }] } },
        {
          phase,
          sequence: index,
          station: at,
          ...(phase === 'Completed'
            ? {}
            : { waiting: { reason: 'OlderTicket', since: ago(5), message: 'waits for an older ticket' } }),
        },
      );
    }),
    applications: healthy(made),
  };
}
