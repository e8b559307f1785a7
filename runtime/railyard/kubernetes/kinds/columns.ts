import { listAt, objectAt, textAt, type Json, type KubernetesObject } from '../json';
import type { Column } from '../registry';
import { ageOf } from './age';

type Cell = (object: KubernetesObject, now: Date) => Json;

const column = (name: string, type: string, cell: Cell, priority = 0): Column => ({ name, type, priority, cell });

/** The columns that every kind starts with and ends with. */
export const NAME: Column = {
  ...column('Name', 'string', ({ metadata }) => metadata.name ?? ''),
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
};
export const AGE = column('Age', 'string', ({ metadata }, now) => ageOf(metadata.creationTimestamp, now));
const CREATED = column('Created At', 'date', ({ metadata }) => metadata.creationTimestamp ?? '');

/** What was asked about a part of the object that is an object itself. */
const at = (object: KubernetesObject, ...path: string[]): Json | undefined => {
  let value: Json | undefined = object;
  for (const field of path) value = objectAt(value)[field];
  return value;
};
const number = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);
const sizeOf = (value: Json | undefined): number => Object.keys(objectAt(value)).length;
const word = (name: string, path: string[], fallback = ''): Column =>
  column(name, 'string', (object) => textAt(at(object, ...path)) ?? fallback);
const count = (name: string, ...path: string[]): Column =>
  column(name, 'integer', (object) => number(at(object, ...path)));
const ready = (desired: string[], actual: string[]): Column =>
  column('Ready', 'string', (object) => `${number(at(object, ...actual))}/${number(at(object, ...desired) ?? 1)}`);

const ports = (object: KubernetesObject): string =>
  listAt(at(object, 'spec', 'ports'))
    .map((port) => `${number(objectAt(port)['port'])}/${textAt(objectAt(port)['protocol']) ?? 'TCP'}`)
    .join(',') || '<none>';

const involved = (object: KubernetesObject): string => {
  const about = objectAt(object['involvedObject'] ?? object['regarding']);
  return `${(textAt(about['kind']) ?? '').toLowerCase()}/${textAt(about['name']) ?? ''}`;
};

const EVENT: readonly Column[] = [
  column('Last Seen', 'string', (object, now) => {
    const series = textAt(at(object, 'series', 'lastObservedTime'));
    const last = series ?? textAt(object['lastTimestamp']) ?? textAt(object['deprecatedLastTimestamp']);
    return ageOf(last ?? textAt(object['eventTime']) ?? object.metadata.creationTimestamp, now);
  }),
  word('Type', ['type']),
  word('Reason', ['reason']),
  column('Object', 'string', involved),
  column('Message', 'string', (object) => (textAt(object['message']) ?? textAt(object['note']) ?? '').trim()),
  { ...NAME, priority: 1 },
];

const WORKLOAD = ready(['spec', 'replicas'], ['status', 'readyReplicas']);

/** What `kubectl get` shows of built-in kinds, by storage key. Others show name and age. */
export const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  namespaces: [NAME, word('Status', ['status', 'phase']), AGE],
  secrets: [NAME, word('Type', ['type']), column('Data', 'integer', (object) => sizeOf(object['data'])), AGE],
  configmaps: [NAME, column('Data', 'integer', (object) => sizeOf(object['data']) + sizeOf(object['binaryData'])), AGE],
  events: EVENT,
  serviceaccounts: [NAME, column('Secrets', 'integer', (object) => listAt(object['secrets']).length), AGE],
  services: [
    NAME,
    word('Type', ['spec', 'type'], 'ClusterIP'),
    word('Cluster-IP', ['spec', 'clusterIP'], '<none>'),
    column('Port(s)', 'string', ports),
    AGE,
  ],
  pods: [NAME, word('Status', ['status', 'phase'], 'Pending'), word('Node', ['spec', 'nodeName'], '<none>'), AGE],
  'apps/deployments': [
    NAME,
    WORKLOAD,
    count('Up-to-date', 'status', 'updatedReplicas'),
    count('Available', 'status', 'availableReplicas'),
    AGE,
  ],
  'apps/statefulsets': [NAME, WORKLOAD, AGE],
  'apps/replicasets': [
    NAME,
    column('Desired', 'integer', (object) => number(at(object, 'spec', 'replicas') ?? 1)),
    count('Current', 'status', 'replicas'),
    count('Ready', 'status', 'readyReplicas'),
    AGE,
  ],
  'apps/daemonsets': [
    NAME,
    count('Desired', 'status', 'desiredNumberScheduled'),
    count('Ready', 'status', 'numberReady'),
    AGE,
  ],
  'batch/cronjobs': [
    NAME,
    word('Schedule', ['spec', 'schedule']),
    column('Suspend', 'string', (object) => (at(object, 'spec', 'suspend') === true ? 'True' : 'False')),
    AGE,
  ],
  'coordination.k8s.io/leases': [NAME, word('Holder', ['spec', 'holderIdentity']), AGE],
  'rbac.authorization.k8s.io/roles': [NAME, CREATED],
  'rbac.authorization.k8s.io/clusterroles': [NAME, CREATED],
  'rbac.authorization.k8s.io/rolebindings': [NAME, roleColumn(), AGE],
  'rbac.authorization.k8s.io/clusterrolebindings': [NAME, roleColumn(), AGE],
  'apiextensions.k8s.io/customresourcedefinitions': [NAME, CREATED],
};

function roleColumn(): Column {
  return column('Role', 'string', (object) => {
    const role = objectAt(object['roleRef']);
    return `${textAt(role['kind']) ?? ''}/${textAt(role['name']) ?? ''}`;
  });
}
