import type {
  ApplicationCondition,
  ApplicationSource,
  ApplicationView,
  AutomatedSync,
  HealthStatus,
  OperationPhase,
  OperationState,
  PendingOperation,
  SyncStatus,
} from '../journey/facts/application';
import { SHARED_DESTINATION } from '../../lib/network';
import { AUTHORIZED_STATION, REFRESH, REFRESH_TIMESTAMP, SKIP_RECONCILE, TICKET_INFO } from './annotations';
import { isObject, objectAt, objectsAt, textAt, textsAt, type RawObject } from '../raw';

/** Longest message kept, in characters; Argo CD's own may hold a whole rendering log. */
const MESSAGE_LENGTH = 600;
const IMAGES = 20;

const PHASES: readonly string[] = ['Running', 'Terminating', 'Succeeded', 'Failed', 'Error'] satisfies OperationPhase[];
const HEALTHS: readonly string[] = [
  'Healthy',
  'Progressing',
  'Degraded',
  'Suspended',
  'Missing',
  'Unknown',
] satisfies HealthStatus[];

/**
 * Keeps of a live Application what decisions need.
 *
 * @param raw an `argoproj.io/v1alpha1` Application as the API sends it; fields of an unknown shape count as absent, so
 *   no object that the API server let in can stop the runtime
 */
export function projectApplication(raw: unknown): ApplicationView {
  const object = isObject(raw) ? raw : {};
  const metadata = objectAt(object, 'metadata');
  const annotations = objectAt(metadata, 'annotations');
  const spec = objectAt(object, 'spec');
  const policy = objectAt(spec, 'syncPolicy');
  const status = objectAt(object, 'status');
  const retry = policy['retry'];
  return {
    namespace: textAt(metadata, 'namespace') ?? '',
    name: textAt(metadata, 'name') ?? '',
    uid: textAt(metadata, 'uid') ?? '',
    resourceVersion: textAt(metadata, 'resourceVersion') ?? '',
    deletionTimestamp: textAt(metadata, 'deletionTimestamp'),
    authorizedStation: textAt(annotations, AUTHORIZED_STATION),
    refresh: refreshOf(annotations),
    skipReconcile: annotations[SKIP_RECONCILE] === 'true',
    project: textAt(spec, 'project') ?? '',
    destination: destinationOf(objectAt(spec, 'destination')),
    sharedDestination: annotations[SHARED_DESTINATION] === 'true',
    sources: effectiveSources(spec),
    hydrated: isObject(spec['sourceHydrator']),
    automated: automatedOf(policy),
    syncOptions: textsAt(policy, 'syncOptions'),
    retry: isObject(retry) ? retry : undefined,
    sync: syncOf(objectAt(status, 'sync')),
    health: healthOf(status),
    operation: pendingOf(object['operation']),
    operationState: operationStateOf(status['operationState']),
    reconciledAt: textAt(status, 'reconciledAt'),
    conditions: objectsAt(status, 'conditions').map(conditionOf),
    requiresPruning: objectsAt(status, 'resources').filter((resource) => resource['requiresPruning'] === true).length,
    images: textsAt(objectAt(status, 'summary'), 'images').slice(0, IMAGES),
  };
}

function destinationOf(raw: RawObject): ApplicationView['destination'] {
  const [server, name, namespace] = [textAt(raw, 'server'), textAt(raw, 'name'), textAt(raw, 'namespace')];
  return {
    ...(server === undefined ? {} : { server }),
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** Hydrator before `sources` before `source`, as Argo CD itself reads a spec. */
function effectiveSources(spec: RawObject): readonly ApplicationSource[] {
  const hydrator = spec['sourceHydrator'];
  if (isObject(hydrator)) {
    const synced = objectAt(hydrator, 'syncSource');
    const repoURL = textAt(synced, 'repoURL') ?? textAt(objectAt(hydrator, 'drySource'), 'repoURL');
    return [sourceOf({ repoURL, targetRevision: synced['targetBranch'], path: synced['path'] })];
  }
  return sourcesOf(spec);
}

function sourcesOf(holder: RawObject): readonly ApplicationSource[] {
  const several = objectsAt(holder, 'sources');
  if (several.length > 0) return several.map(sourceOf);
  return isObject(holder['source']) ? [sourceOf(holder['source'])] : [];
}

function sourceOf(raw: RawObject): ApplicationSource {
  const chart = textAt(raw, 'chart');
  return {
    repoURL: textAt(raw, 'repoURL') ?? '',
    targetRevision: textAt(raw, 'targetRevision') ?? '',
    path: (textAt(raw, 'path') ?? '').replace(/^(\.?\/)+|\/+$/g, '') || '.',
    ...(chart === undefined ? {} : { chart }),
  };
}

function automatedOf(policy: RawObject): AutomatedSync {
  const automated = policy['automated'];
  if (!isObject(automated)) return { enabled: false, prune: false, selfHeal: false };
  return {
    enabled: automated['enabled'] !== false,
    prune: automated['prune'] === true,
    selfHeal: automated['selfHeal'] === true,
  };
}

function refreshOf(annotations: RawObject): ApplicationView['refresh'] {
  const kind = annotations[REFRESH];
  if (typeof kind !== 'string') return undefined;
  return { kind, requestedAt: textAt(annotations, REFRESH_TIMESTAMP) };
}

function revisionsOf(holder: RawObject): readonly string[] {
  const several = textsAt(holder, 'revisions');
  if (several.length > 0) return several;
  const one = textAt(holder, 'revision');
  return one === undefined ? [] : [one];
}

function syncOf(sync: RawObject): ApplicationView['sync'] {
  const status = sync['status'];
  const known: SyncStatus = status === 'Synced' || status === 'OutOfSync' ? status : 'Unknown';
  return { status: known, revisions: revisionsOf(sync), comparedTo: sourcesOf(objectAt(sync, 'comparedTo')) };
}

function healthOf(status: RawObject): ApplicationView['health'] {
  const health = objectAt(status, 'health');
  const word = textAt(health, 'status') ?? 'Unknown';
  return {
    // The list above holds every member of the union, so membership proves the type.
    status: HEALTHS.includes(word) ? (word as HealthStatus) : 'Unknown',
    message: shortened(textAt(health, 'message') ?? wordsOfResources(status, word)),
    since: textAt(health, 'lastTransitionTime'),
  };
}

/** Why the objects are as they are that make the Application so. Argo CD writes it where it persists their health. */
function wordsOfResources(status: RawObject, word: string): string | undefined {
  if (word === 'Healthy') return undefined;
  const words = objectsAt(status, 'resources').flatMap((resource) => {
    const health = objectAt(resource, 'health');
    const message = textAt(health, 'status') === word ? textAt(health, 'message') : undefined;
    return message === undefined ? [] : [`${textAt(resource, 'kind')} ${textAt(resource, 'name')}: ${message}`];
  });
  return words.length === 0 ? undefined : words.join('; ');
}

function pendingOf(operation: unknown): PendingOperation | undefined {
  if (!isObject(operation)) return undefined;
  const ticket = objectsAt(operation, 'info').find((entry) => entry['name'] === TICKET_INFO);
  const initiator = objectAt(operation, 'initiatedBy');
  return {
    revision: revisionsOf(objectAt(operation, 'sync'))[0] ?? '',
    ticket: ticket === undefined ? undefined : textAt(ticket, 'value'),
    initiatedBy:
      textAt(initiator, 'username') ?? (initiator['automated'] === true ? "Argo CD's automated sync" : 'somebody'),
  };
}

function operationStateOf(state: unknown): OperationState | undefined {
  if (!isObject(state)) return undefined;
  const phase = textAt(state, 'phase') ?? '';
  return {
    // An unknown phase is taken for one that has not ended: waiting is the safe reading.
    phase: PHASES.includes(phase) ? (phase as OperationPhase) : 'Running',
    message: shortened(textAt(state, 'message')) ?? '',
    startedAt: textAt(state, 'startedAt'),
    finishedAt: textAt(state, 'finishedAt'),
    revisions: syncedRevisions(state),
  };
}

/** What was synced: the result says it, or, where an operation ended before it had one, what was asked for. */
function syncedRevisions(state: RawObject): readonly string[] {
  const done = revisionsOf(objectAt(state, 'syncResult'));
  return done.length > 0 ? done : revisionsOf(objectAt(objectAt(state, 'operation'), 'sync'));
}

function conditionOf(condition: RawObject): ApplicationCondition {
  return {
    type: textAt(condition, 'type') ?? '',
    message: shortened(textAt(condition, 'message')) ?? '',
    since: textAt(condition, 'lastTransitionTime'),
  };
}

function shortened(message: string | undefined): string | undefined {
  if (message === undefined || message.length <= MESSAGE_LENGTH) return message;
  return `${message.slice(0, MESSAGE_LENGTH - 1)}…`;
}
