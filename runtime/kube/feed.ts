import { messageOf, TerminalError, TransientError } from '../errors';
import type { Log } from '../log';
import { type Backoff, backoffMs } from './backoff';
import { type Clock, pause } from '../clock';
import type { Elide } from './elide';
import { ExpiredError } from './fault';
import { keyOf, type KubeObject, type Resource } from './object';
import { listPages, type Selection } from './pages';
import type { Store } from './store';
import type { Transport } from './transport';
import { LostTrackError, watch, type WatchEvent } from './watch';

/** How patient a feed is. */
export interface FeedTimes {
  /** The server is asked to end each watch, with a bookmark, after about so many seconds; randomly up to a fifth less. */
  readonly watchSeconds: number;
  /** Without a byte for so long a connection counts as dead. It must be longer than `watchSeconds`. */
  readonly silenceMs: number;
  /** Everything is listed anew after about so long, whatever the watches told; randomly up to a fifth less. */
  readonly relistMs: number;
  /** Watches that end well follow each other no faster than this. */
  readonly paceMs: number;
  /** Waits between attempts that fail. */
  readonly backoff: Backoff;
  /** A watch that lasted so long was a success, even if it broke in the end. */
  readonly stableMs: number;
}

/** What a feed needs from outside. */
export interface FeedSetup<K extends KubeObject, T> {
  readonly transport: Transport;
  readonly resource: Resource<K>;
  readonly selection: Selection;
  readonly store: Pick<Store<T>, 'put' | 'remove' | 'advance' | 'replace'>;
  readonly project: (object: K) => T;
  readonly elide: Elide;
  readonly pageSize?: number;
  readonly times: FeedTimes;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onSynced: () => void;
}

/** A server that asks for more patience than this, in milliseconds, is asked again nevertheless. */
const MAX_RETRY_AFTER_MS = 30_000;

/** One scope of a reflector: lists, watches, and begins again, for as long as it runs. Nothing ends it but its signal. */
export class Feed<K extends KubeObject, T> {
  /** Whether everything was listed since the start. */
  synced = false;

  /** Of the clock's `uptime`: when the server last gave a page, headers or any byte of a watch. */
  lastContact: number | undefined;

  /** Of the clock's `uptime`: when something last came, or failed to. */
  lastActivity: number | undefined;

  /** Words of the failure that the feed now tries to get over. */
  lastError: string | undefined;

  constructor(private readonly setup: FeedSetup<K, T>) {}

  /** Resolves after the signal aborted; never rejects. What still arrives then changes nothing. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, times } = this.setup;
    const position: { version: string | undefined; relistAt: number } = { version: undefined, relistAt: 0 };
    let failures = 0;
    while (!signal.aborted) {
      const begin = clock.uptime();
      let wait: number;
      try {
        if (position.version === undefined || begin >= position.relistAt) {
          position.version = await this.#list(signal);
          position.relistAt = clock.uptime() + this.#some(times.relistMs);
        }
        await this.#watch(position, signal);
        failures = 0;
        wait = begin + times.paceMs - clock.uptime();
      } catch (error) {
        if (signal.aborted) return;
        failures = clock.uptime() - begin >= times.stableMs ? 1 : failures + 1;
        if (needsList(error)) position.version = undefined;
        wait = backoffMs(failures, times.backoff, this.setup.random);
        if (error instanceof TransientError)
          wait = Math.max(wait, Math.min(error.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
        this.#failed(error, wait);
      }
      await pause(clock, Math.max(0, wait), signal);
    }
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { transport, resource, selection, elide, pageSize, store, onSynced } = this.setup;
    let objects: T[] = [];
    const unreadable = new Set<string>();
    const take = (object: K): void => {
      this.#contact();
      const kept = this.#project(object);
      if (kept !== undefined) objects.push(kept);
      else unreadable.add(keyOf(object.metadata));
    };
    const options = { ...selection, elide, signal, ...(pageSize ? { pageSize } : {}) };
    const version = await listPages(transport, resource, options, { take, restart: () => (objects = []) });
    signal.throwIfAborted();
    this.#contact();
    store.replace(objects, version, selection.namespace, unreadable);
    if (!this.synced) {
      this.synced = true;
      onSynced();
    }
    return version;
  }

  async #watch(position: { version: string | undefined }, signal: AbortSignal): Promise<void> {
    const { transport, resource, selection, elide, times, clock, log } = this.setup;
    const { silent } = await watch(transport, resource, {
      ...selection,
      version: position.version ?? '',
      timeoutSeconds: Math.ceil(this.#some(times.watchSeconds)),
      silenceMs: times.silenceMs,
      clock,
      signal,
      elide,
      onContact: () => this.#contact(),
      onEvent: (event) => {
        if (!signal.aborted) position.version = this.#take(event);
      },
    });
    if (silent) log.info(this.#fields(), 'A watch had gone silent and is opened anew');
  }

  /** @returns the version up to which everything is known now */
  #take(event: WatchEvent<K>): string {
    const { store, selection } = this.setup;
    if (event.type === 'BOOKMARK') {
      store.advance(event.version, selection.namespace);
      return event.version;
    }
    const { object } = event;
    const { resourceVersion } = object.metadata;
    if (event.type === 'DELETED') store.remove(object.metadata);
    else {
      const kept = this.#project(object);
      if (kept !== undefined) store.put(kept);
      else store.advance(resourceVersion, selection.namespace);
    }
    return resourceVersion;
  }

  /** An object that cannot be read must not stop the others, nor look deleted: its last version stays. */
  #project(object: K): T | undefined {
    try {
      return this.setup.project(object);
    } catch (error) {
      const fields = { ...this.#fields(), key: keyOf(object.metadata), error: messageOf(error) };
      this.setup.log.error(fields, 'An object could not be read and is kept as it was last known');
      return undefined;
    }
  }

  #contact(): void {
    this.lastContact = this.lastActivity = this.setup.clock.uptime();
    if (this.lastError === undefined) return;
    this.lastError = undefined;
    this.setup.log.info(this.#fields(), 'The API server answers again');
  }

  /** The same failure over and over is news once. */
  #failed(error: unknown, waitMs: number): void {
    const { log, clock } = this.setup;
    this.lastActivity = clock.uptime();
    const words = messageOf(error);
    const fields = { ...this.#fields(), error: words, waitMs: Math.round(waitMs) };
    if (words === this.lastError || error instanceof ExpiredError) log.debug(fields, 'Listing or watching failed');
    else log.warn(fields, 'Listing or watching failed');
    this.lastError = words;
  }

  #fields(): { resource: string; namespace: string } {
    const { resource, selection } = this.setup;
    return { resource: resource.plural, namespace: selection.namespace ?? '*' };
  }

  /** Between four fifths and all of `most`, so that many feeds do not act together. */
  #some(most: number): number {
    return most * (0.8 + 0.2 * this.setup.random());
  }
}

/** Whether the place in the stream of changes is lost or refused, so that only a list helps. */
function needsList(error: unknown): boolean {
  return error instanceof LostTrackError || error instanceof ExpiredError || error instanceof TerminalError;
}
