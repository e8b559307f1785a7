import type { ServerResponse } from 'node:http';
import type { KubernetesObject } from '../json';
import type { Scope } from '../objects/reading';
import { apiVersionOf, type Endpoint } from '../registry';
import { StatusError } from '../status';
import { entryOf, objectOf, type Entry } from '../store/entry';
import type { Change } from '../store/history';
import type { Store } from '../store/store';
import type { Form } from './forms';

type EventType = Change['type'];

/** Frames of one change, shared by all watches that show it the same way. */
type Frames = Map<string, Buffer>;

/** What a client wants to watch, and from where on. */
export interface WatchRequest {
  readonly endpoint: Endpoint;
  readonly form: Form;
  readonly scope: Scope;
  /** The revision to go on from; undefined: send what is there, then go on. */
  readonly from: number | undefined;
  /** Send what is there and say so with a bookmark, then go on. */
  readonly initialEvents: boolean;
  readonly bookmarks: boolean;
  readonly timeoutMs: number;
}

/**
 * A client that reads slower than the world moves is cut off at this backlog, beyond what it was sent at the start; it
 * can list and watch again.
 */
const LARGEST_BACKLOG_BYTES = 64 * 1024 * 1024;

/** All open watches: each change is serialised once for each form, and written once for each tick. */
export class Watches {
  private readonly open = new Map<string, Set<Watch>>();
  private readonly bookmarks: NodeJS.Timeout;

  /** @param bookmarkIntervalMs how often quiet watches are told the current revision */
  constructor(
    private readonly store: Store,
    bookmarkIntervalMs: number,
  ) {
    this.bookmarks = setInterval(() => {
      for (const watch of this.all()) watch.bookmark(this.store.current);
    }, bookmarkIntervalMs);
    this.bookmarks.unref();
  }

  get count(): number {
    return this.all().length;
  }

  /** Answers with a stream of events that ends with the client, the deadline or the server. */
  start(request: WatchRequest, response: ServerResponse): void {
    const { endpoint, from } = request;
    const key = endpoint.resource.key;
    const watch = new Watch(request, response, () => this.open.get(key)?.delete(watch));
    if (from !== undefined && from < this.store.oldest) {
      watch.refuse(new StatusError(410, 'Expired', `too old resource version: ${from} (${this.store.oldest})`));
      return;
    }
    if (from === undefined || request.initialEvents) this.sendPresent(request, watch);
    else this.sendMissed(from, key, watch);
    watch.started();
    const watches = this.open.get(key);
    if (watches) watches.add(watch);
    else this.open.set(key, new Set([watch]));
  }

  onChange(change: Change): void {
    const watches = this.open.get(change.entry.resource);
    if (!watches || watches.size === 0) return;
    const frames: Frames = new Map();
    for (const watch of watches) watch.offer(change, frames);
  }

  /** Ends the watches of a kind that is no longer served. */
  end(key: string): void {
    for (const watch of this.open.get(key) ?? []) watch.end();
  }

  stop(): void {
    clearInterval(this.bookmarks);
    for (const watch of this.all()) watch.end();
  }

  private sendPresent({ endpoint, scope, initialEvents }: WatchRequest, watch: Watch): void {
    for (const entry of this.store.list(endpoint.resource.key, scope.namespace)) {
      if (scope.selects(entry)) watch.send('ADDED', entry, new Map());
    }
    if (initialEvents) watch.bookmark(this.store.current, { 'k8s.io/initial-events-end': 'true' });
  }

  private sendMissed(from: number, key: string, watch: Watch): void {
    for (const change of this.store.changesAfter(from)) {
      if (change.entry.resource === key) watch.offer(change, new Map());
    }
  }

  private all(): Watch[] {
    return [...this.open.values()].flatMap((watches) => [...watches]);
  }
}

class Watch {
  private pending: Buffer[] = [];
  private first = true;
  private allowance = LARGEST_BACKLOG_BYTES;
  private ended = false;
  private flushing: NodeJS.Immediate | undefined;
  private readonly deadline: NodeJS.Timeout;

  constructor(
    private readonly request: WatchRequest,
    private readonly response: ServerResponse,
    private readonly closed: () => void,
  ) {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
    // The client counts as connected from here on, however long nothing happens.
    response.flushHeaders();
    // `close` of the request would fire as soon as its body is read.
    response.on('close', () => this.close());
    this.deadline = setTimeout(() => this.end(), request.timeoutMs);
    this.deadline.unref();
  }

  /** Sends the change if, and as, it concerns what is watched. */
  offer(change: Change, frames: Frames): void {
    const { scope } = this.request;
    const { entry, previous, revision } = change;
    if (scope.namespace !== undefined && entry.namespace !== scope.namespace) return;
    const was = previous !== undefined && scope.selects(previous);
    const is = change.type !== 'DELETED' && scope.selects(entry);
    if (is) this.send(was ? 'MODIFIED' : 'ADDED', entry, frames);
    else if (was) this.send('DELETED', change.type === 'DELETED' ? entry : leaving(previous, revision), frames);
  }

  send(type: EventType, entry: Entry, frames: Frames): void {
    const { form } = this.request;
    const key = `${type} ${form.key} ${this.first ? 'first' : ''}`;
    let frame = frames.get(key);
    if (!frame) frames.set(key, (frame = frameOf(type, form.stored(entry, this.first))));
    this.first = false;
    this.write(frame);
  }

  /** Tells the client, if it asked for that, how far the world has come. */
  bookmark(revision: number, annotations?: Record<string, string>): void {
    if (!this.request.bookmarks) return;
    const { endpoint, form } = this.request;
    const object: KubernetesObject = {
      kind: endpoint.resource.kind,
      apiVersion: apiVersionOf(endpoint),
      metadata: { resourceVersion: String(revision), ...(annotations ? { annotations } : {}) },
    };
    this.write(frameOf('BOOKMARK', form.bookmark(object)));
  }

  /** What is pending now is the start of the watch: it may be as large as the collection. */
  started(): void {
    for (const frame of this.pending) this.allowance += frame.length;
  }

  refuse(error: StatusError): void {
    this.write(frameOf('ERROR', Buffer.from(JSON.stringify(error.body()))));
    this.end();
  }

  end(): void {
    if (this.ended) return;
    this.flush();
    this.close();
    this.response.end();
  }

  private close(): void {
    this.ended = true;
    clearTimeout(this.deadline);
    if (this.flushing) clearImmediate(this.flushing);
    this.closed();
  }

  private write(frame: Buffer): void {
    if (this.ended) return;
    this.pending.push(frame);
    this.flushing ??= setImmediate(() => this.flush());
  }

  private flush(): void {
    this.flushing = undefined;
    if (this.ended || this.pending.length === 0) return;
    this.response.write(this.pending.length === 1 ? this.pending[0] : Buffer.concat(this.pending));
    this.pending = [];
    if (this.response.writableLength > this.allowance) this.response.destroy();
  }
}

function frameOf(type: string, object: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`{"type":"${type}","object":`), object, Buffer.from('}\n')]);
}

/** An object that is no longer selected goes as it was when it still was, under the revision of the change. */
function leaving(previous: Entry, revision: number): Entry {
  const object = objectOf(previous);
  object.metadata.resourceVersion = String(revision);
  return entryOf(previous.resource, object, revision, Buffer.from(JSON.stringify(object)));
}
