import { createHash } from 'node:crypto';
import { messageOf } from '../errors';
import type { Log } from '../log';
import { type Clock, systemClock } from '../clock';
import { AlreadyExistsError, NotFoundError } from './fault';
import type { Draft, KubeObject, Resource } from './object';
import type { Objects } from './objects';

/** A Kubernetes Event as this recorder writes it. */
export interface KubeEvent extends KubeObject {
  readonly involvedObject: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion?: string;
  };
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
  readonly firstTimestamp?: string;
  readonly lastTimestamp?: string;
  readonly source?: { readonly component: string };
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
}

/** Events of the core API, the ones that `kubectl describe` shows. */
export const EVENTS: Resource<KubeEvent> = {
  group: '',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
};

/** What happened to an object. */
export interface Occurrence {
  readonly object: KubeObject;
  /** @default `Normal` */
  readonly type?: 'Normal' | 'Warning';
  /** One word in UpperCamelCase. */
  readonly reason: string;
  /** A sentence for people; cut to 1024 characters. */
  readonly message: string;
}

/** What a recorder is made of. */
export interface EventRecorderOptions {
  readonly events: Pick<Objects<KubeEvent>, 'create' | 'get' | 'merge'>;
  readonly log: Log;
  /** Who reports. @default `k8sta` */
  readonly component?: string;
  /** How many may wait to be written; more are dropped, the newest first. @default 1000 */
  readonly limit?: number;
  /** @default - the machine's */
  readonly clock?: Clock;
}

const MESSAGE_LIMIT = 1024;
const NAME_LIMIT = 220;

/**
 * Writes Events, one after the other, behind the caller's back: recording never waits and never throws, and an Event
 * that cannot be written is logged and lost. The same occurrence twice, also from another replica or after a restart,
 * is one Event with a higher count: its name is made of the object's uid, the reason and the message.
 */
export class EventRecorder {
  readonly #options: Required<EventRecorderOptions>;
  readonly #waiting = new Map<string, { draft: Draft<KubeEvent>; times: number }>();
  #writing: Promise<void> | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = { component: 'k8sta', limit: 1000, clock: systemClock, ...options };
  }

  /** Returns at once. */
  record(occurrence: Occurrence): void {
    const draft = this.#draftOf(occurrence);
    const waiting = this.#waiting.get(draft.metadata.name);
    if (waiting) waiting.times++;
    else if (this.#waiting.size < this.#options.limit) this.#waiting.set(draft.metadata.name, { draft, times: 1 });
    else this.#lost(draft, 'too many events wait to be written');
    this.#writing ??= this.#write();
  }

  /** Resolves when everything recorded so far was written or given up. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    // Not within record(): what its caller records in the same turn is counted together.
    await Promise.resolve();
    for (const [name, { draft, times }] of this.#waiting) {
      this.#waiting.delete(name);
      try {
        await this.#store(draft, times);
      } catch (error) {
        this.#lost(draft, messageOf(error));
      }
    }
    this.#writing = undefined;
  }

  async #store(draft: Draft<KubeEvent>, times: number): Promise<void> {
    const { events } = this.#options;
    try {
      await events.create({ ...draft, count: times });
      return;
    } catch (error) {
      if (!(error instanceof AlreadyExistsError)) throw error;
    }
    const there = await events.get(draft.metadata);
    try {
      const { lastTimestamp } = draft;
      if (there) await events.merge(draft.metadata, { count: (there.count ?? 1) + times, lastTimestamp });
      else await events.create({ ...draft, count: times });
    } catch (error) {
      // It expired in between: the server removes events after a while.
      if (!(error instanceof NotFoundError)) throw error;
      await events.create({ ...draft, count: times });
    }
  }

  #draftOf({ object, type = 'Normal', reason, message }: Occurrence): Draft<KubeEvent> {
    const { name, namespace, uid, resourceVersion } = object.metadata;
    const { component, clock } = this.#options;
    const now = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    const hash = createHash('sha256')
      .update(JSON.stringify([uid, type, reason, message]))
      .digest('hex')
      .slice(0, 16);
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        name: `${name.slice(0, NAME_LIMIT).replace(/[^a-z0-9]+$/, '')}.${hash}`,
        namespace: namespace ?? 'default',
      },
      involvedObject: { apiVersion: object.apiVersion, kind: object.kind, name, namespace, uid, resourceVersion },
      type,
      reason,
      message: message.length > MESSAGE_LIMIT ? `${message.slice(0, MESSAGE_LIMIT - 3)}...` : message,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component },
      reportingComponent: component,
      reportingInstance: component,
    };
  }

  #lost(draft: Draft<KubeEvent>, error: string): void {
    const { reason, involvedObject } = draft;
    const fields = { reason, kind: involvedObject.kind, name: involvedObject.name, error };
    this.#options.log.warn(fields, 'An event was not recorded');
  }
}
