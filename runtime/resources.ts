/** The kinds that the runtime reads and writes. */

import { ARGOCD, GROUP, KINDS, VERSION, type Kind, type Station, type Ticket, type Track } from '../lib/api';
import type { KubeObject, Resource } from './kube';

/** A kind of ours, as the API serves it. */
export const resourceOf = <K extends KubeObject>(kind: Kind): Resource<K> => ({
  group: GROUP,
  version: VERSION,
  plural: KINDS[kind].plural,
  kind,
  namespaced: true,
});

export const TRACKS = resourceOf<KubeObject & Track>('Track');
export const STATIONS = resourceOf<KubeObject & Station>('Station');
export const TICKETS = resourceOf<KubeObject & Ticket>('Ticket');

export const APPLICATIONS: Resource = {
  group: ARGOCD.group,
  version: ARGOCD.version,
  plural: 'applications',
  kind: 'Application',
  namespaced: true,
};

/** A Secret, whose values are base64. */
export interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** The values of a Secret as texts. */
export const secretValues = ({ data }: Secret): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );

export const SECRETS: Resource<Secret> = {
  group: '',
  version: 'v1',
  plural: 'secrets',
  kind: 'Secret',
  namespaced: true,
};
