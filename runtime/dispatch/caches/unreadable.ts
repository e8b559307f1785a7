/** Objects that are stored and cannot be read: each says so itself, and everything else runs. */

import type { Condition } from '../../../lib/api';
import { messageOf } from '../../errors';
import { type Cluster, type EventRecorder, type KubeObject } from '../../kube';
import type { Log, LogFields } from '../../log';
import { STATIONS, TICKETS, TRACKS } from '../../resources';
import type { Kept } from './world';

const RESOURCES = { Track: TRACKS, Station: STATIONS, Ticket: TICKETS } as const;
const REASON = 'Unreadable';
const MESSAGE_LIMIT = 4_000;

export type OurKind = keyof typeof RESOURCES;

interface Stored extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

const fieldsOf = (kind: OurKind, { metadata }: Kept<unknown>): LogFields => ({
  namespace: metadata.namespace,
  [kind.toLowerCase()]: metadata.name,
});

/** Says in the object, once, why it is left out. */
export async function sayUnreadable(
  { cluster, events, now, log }: { cluster: Cluster; events: EventRecorder; now: () => Date; log: Log },
  kind: OurKind,
  kept: Kept<unknown>,
): Promise<void> {
  if (kept.problems === undefined) return;
  const message = `It cannot be read, so it is left out: ${kept.problems.join(' ')}`.slice(0, MESSAGE_LIMIT);
  const stored: Stored = kept.stored;
  const conditions = stored.status?.conditions;
  const present: readonly Condition[] = Array.isArray(conditions) ? conditions : [];
  if (present.some((condition) => condition.reason === REASON && condition.message === message)) return;
  const condition = {
    type: 'Ready',
    status: 'False',
    reason: REASON,
    message,
    lastTransitionTime: now().toISOString(),
  };
  log.error({ ...fieldsOf(kind, kept), problems: kept.problems }, 'An object cannot be read and is left out');
  events.record({ object: stored, type: 'Warning', reason: REASON, message });
  const patch = { status: { conditions: [condition] } };
  try {
    const { name, namespace } = kept.metadata;
    const ref = { name, ...(namespace === undefined ? {} : { namespace }) };
    await cluster.objects<KubeObject>(RESOURCES[kind]).merge(ref, patch, { subresource: 'status' });
  } catch (error) {
    log.warn({ ...fieldsOf(kind, kept), error: messageOf(error) }, 'The object does not take the condition either');
  }
}
