import { TransientError } from '../errors';
import type { Log } from '../log';
import { type Clock, systemClock } from '../clock';
import { elideArrays, type Omission } from './elide';
import { Feed, type FeedTimes } from './feed';
import { type KubeObject, type Resource, titleOf } from './object';
import type { Store } from './store';
import type { Transport } from './transport';

/** What a reflector keeps in step, and how. */
export interface ReflectorOptions<K extends KubeObject, T> {
  readonly resource: Resource<K>;

  /** The cache that it fills. One cache is filled by one reflector. */
  readonly store: Store<T, string>;

  /**
   * What of an object is kept. It should not throw: an object that it throws for is logged and kept as it was last
   * known, so an object that was never readable is missing. Say what is wrong in the projection instead.
   */
  readonly project: (object: K) => T;

  /**
   * Arrays that the projection has no use for: they are passed over before parsing, which is most of the cost of a large
   * object.
   *
   * @default - everything is read
   */
  readonly omit?: readonly Omission[];

  /** Namespaces, each listed and watched on its own. @default - all, at once */
  readonly namespaces?: readonly string[];

  /** @default - whatever their labels */
  readonly labelSelector?: string;

  /** @default - whatever their fields */
  readonly fieldSelector?: string;

  /** Objects to a page of a list. @default 50 */
  readonly pageSize?: number;

  readonly log: Log;

  /** @default - the machine's */
  readonly clock?: Clock;

  /** Numbers in [0, 1). @default - Math.random */
  readonly random?: () => number;

  /** @default - watches of 36 s, dead after 42 s of silence, a full list every 10 min, attempts 0.2 s to 15 s apart */
  readonly times?: Partial<FeedTimes>;
}

/** How a reflector fares. */
export interface ReflectorHealth {
  readonly synced: boolean;
  /** Milliseconds since the server last gave sign of life, in the scope where that is longest ago; absent if never. */
  readonly contactAgeMs?: number;
  /**
   * Milliseconds since something came, or failed to come, in the scope where that is longest ago; absent before the first
   * time. It stays below two minutes while the reflector is at work, whatever the server does.
   */
  readonly quietMs?: number;
  /** Words of the failure that it now tries to get over. */
  readonly lastError?: string;
}

/** A reflector as whoever starts, stops and watches over it sees it, whatever its objects are. */
export interface Follower {
  readonly hasSynced: boolean;
  start(): void;
  stop(): Promise<void>;
  synced(deadlineMs?: number): Promise<void>;
  health(): ReflectorHealth;
}

/** A follower whose cache also takes what the server replied to a write. */
export interface Reflection<K extends KubeObject> extends Follower {
  observe(written: K): void;
}

/** A silent cut may reach an idle connection too, which costs 15 s more: within a minute it is healed all the same. */
const TIMES: FeedTimes = {
  watchSeconds: 36,
  silenceMs: 42_000,
  relistMs: 600_000,
  paceMs: 1_000,
  backoff: { baseMs: 200, capMs: 15_000 },
  stableMs: 5_000,
};

/**
 * Keeps a cache in step with the API: a paged list, then watches, then a list again wherever the stream of changes
 * broke, and about every ten minutes without a reason. No error ends it, and none of its promises rejects but
 * `synced`. Starting twice is starting once; what a stopped run still receives changes nothing.
 */
export class Reflector<K extends KubeObject, T> implements Reflection<K> {
  readonly #options: ReflectorOptions<K, T>;
  readonly #clock: Clock;
  readonly #feeds: readonly Feed<K, T>[];
  readonly #waiting = new Set<() => void>();
  #run: { readonly stop: AbortController; readonly ended: Promise<unknown> } | undefined;

  constructor(transport: Transport, options: ReflectorOptions<K, T>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const { namespaces, labelSelector, fieldSelector } = options;
    const scopes = namespaces ? [...new Set(namespaces)].map((namespace) => ({ namespace })) : [{}];
    const shared = {
      transport,
      resource: options.resource,
      store: options.store,
      project: options.project,
      elide: elideArrays(options.omit ?? []),
      ...(options.pageSize ? { pageSize: options.pageSize } : {}),
      times: { ...TIMES, ...options.times },
      clock: this.#clock,
      random: options.random ?? Math.random,
      log: options.log,
      onSynced: () => this.#wake(),
    };
    const selectors = { ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) };
    this.#feeds = scopes.map((scope) => new Feed<K, T>({ ...shared, selection: { ...scope, ...selectors } }));
  }

  /** Begins listing and watching; returns at once. */
  start(): void {
    if (this.#run) return;
    const stop = new AbortController();
    for (const feed of this.#feeds) feed.synced = false;
    this.#run = { stop, ended: Promise.all(this.#feeds.map((feed) => feed.run(stop.signal))) };
  }

  /** Ends it; the cache stays as it is. Resolves when its connections are closed. */
  async stop(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    run?.stop.abort();
    this.#wake();
    await run?.ended;
  }

  /** Whether the cache has shown everything since the start. Before that, absence means nothing. */
  get hasSynced(): boolean {
    return this.#feeds.every(({ synced }) => synced);
  }

  /**
   * Resolves once everything was listed.
   *
   * @param deadlineMs @default 120000
   * @throws TransientError naming the resource and the last failure, at the deadline or when stopped before
   */
  async synced(deadlineMs = 120_000): Promise<void> {
    let late = false;
    const cancel = this.#clock.after(deadlineMs, () => {
      late = true;
      this.#wake();
    });
    try {
      while (!this.hasSynced) {
        const what = `${titleOf(this.#options.resource)} could not be listed`;
        const why = this.health().lastError ?? 'no answer yet';
        if (late) throw new TransientError(`${what} within ${deadlineMs} ms: ${why}`);
        if (!this.#run) throw new TransientError(`${what} before the reflector was stopped: ${why}`);
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    } finally {
      cancel();
    }
  }

  /** Takes the server's reply to a write into the cache at once, projected: see {@link Store.observe}. */
  observe(written: K): void {
    this.#options.store.observe(this.#options.project(written));
  }

  /** For liveness: a reflector in good health has contact at least once a minute. */
  health(): ReflectorHealth {
    const contactAgeMs = this.#longestSince(({ lastContact }) => lastContact);
    const quietMs = this.#longestSince(({ lastActivity }) => lastActivity);
    const lastError = this.#feeds.find((feed) => feed.lastError !== undefined)?.lastError;
    return {
      synced: this.hasSynced,
      ...(contactAgeMs === undefined ? {} : { contactAgeMs }),
      ...(quietMs === undefined ? {} : { quietMs }),
      ...(lastError === undefined ? {} : { lastError }),
    };
  }

  /** @returns nothing where one of the feeds has none */
  #longestSince(timeOf: (feed: Feed<K, T>) => number | undefined): number | undefined {
    const now = this.#clock.uptime();
    const ages = this.#feeds.flatMap((feed) => {
      const time = timeOf(feed);
      return time === undefined ? [] : [now - time];
    });
    return ages.length === this.#feeds.length && ages.length > 0 ? Math.max(...ages) : undefined;
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
