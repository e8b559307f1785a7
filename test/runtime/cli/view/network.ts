/** Resources for the view's tests, small and complete. */

import type { Station, StationStatus, Ticket, TicketSpec, TicketStatus, Track } from '../../../../lib/api';
import type { Snapshot } from '../../../../runtime/cli/view';
import { REFERENCE_DEFAULTS, STATION_DEFAULTS, TRACK_DEFAULTS } from '../../../lib/api/defaults';

const meta = (name: string) => ({ name, namespace: 'guestbook', uid: `uid-${name}`, resourceVersion: '1' });

/** `2026-01-05T10:00:<seconds>Z` */
export const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 5, 10, 0, 0) + seconds * 1000).toISOString();

export const sha = (digit: string): string => digit.repeat(40);

export function track(stations: readonly string[], spec: Partial<Track['spec']> = {}): Track {
  return {
    apiVersion: 'k8sta.io/v1alpha1',
    kind: 'Track',
    metadata: meta('main'),
    spec: {
      ...TRACK_DEFAULTS,
      subscriptions: [],
      stations: stations.map((name) => ({ name })),
      ...spec,
    },
  };
}

/** A station with one Application, `guestbook-<name>-web`. */
export function station(name: string, status?: StationStatus, spec: Partial<Station['spec']> = {}): Station {
  return {
    apiVersion: 'k8sta.io/v1alpha1',
    kind: 'Station',
    metadata: meta(name),
    spec: {
      ...STATION_DEFAULTS,
      applications: [application(`guestbook-${name}-web`, name)],
      junctions: [],
      ...spec,
    },
    ...(status === undefined ? {} : { status }),
  };
}

export const application = (name: string, overlay: string): Station['spec']['applications'][number] => ({
  ...REFERENCE_DEFAULTS,
  name,
  repoURL: 'https://git.example.com/guestbook.git',
  overlay: `env/${overlay}`,
  branch: `env/${overlay}`,
});

/** A station that shows one good commit with an image. */
export const good = (name: string, commit: string, tag: string): Station =>
  station(name, {
    applications: [
      { name: `guestbook-${name}-web`, namespace: 'argocd', head: { commit }, good: { commit, state: 0 } },
    ],
    states: [{ images: [{ repoURL: 'ghcr.io/acme/guestbook', tag }] }],
  });

export function ticket(name: string, status?: TicketStatus, spec: Partial<TicketSpec> = {}): Ticket {
  return {
    apiVersion: 'k8sta.io/v1alpha1',
    kind: 'Ticket',
    metadata: { ...meta(name), creationTimestamp: at(0) },
    spec: {
      track: 'main',
      change: { images: [{ repoURL: 'ghcr.io/acme/guestbook', tag: '1.2.0' }] },
      hold: false,
      abort: false,
      ...spec,
    },
    ...(status === undefined ? {} : { status }),
  };
}

export const healthy = (name: string, revision: string): Snapshot['applications'][number] => ({
  namespace: 'argocd',
  name: `guestbook-${name}-web`,
  sync: 'Synced',
  revision,
  health: 'Healthy',
  images: ['ghcr.io/acme/guestbook:1.2.0'],
});

export const snapshot = (parts: Partial<Snapshot>): Snapshot => ({
  tracks: [track(['test', 'stage', 'prod'])],
  stations: [station('test'), station('stage'), station('prod')],
  tickets: [],
  applications: [],
  ...parts,
});
