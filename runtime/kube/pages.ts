import { ask, type RequestOptions } from './ask';
import { ExpiredError } from './fault';
import { apiVersionOf, collectionPath, type KubeObject, type Resource } from './object';
import { parseJson } from './json';
import type { Elide } from './elide';
import { Room } from './room';
import type { ApiReply, Transport } from './transport';

/** Which objects of a resource. */
export interface Selection {
  /** @default - all namespaces */
  readonly namespace?: string;
  /** @default - whatever their labels, e.g. `k8sta.io/track=shop` */
  readonly labelSelector?: string;
  /** @default - whatever their fields, e.g. `metadata.name=shop` */
  readonly fieldSelector?: string;
}

/** How a list is fetched. */
export interface PageOptions extends Selection, RequestOptions {
  /** Objects to a page; each page has its own deadline. @default 50 */
  readonly pageSize?: number;
  /** Reads the body's text; @default - as it is */
  readonly elide?: Elide;
}

interface Page {
  readonly items: readonly unknown[];
  readonly version: string;
  readonly next: string;
}

/** A page is held whole while it is read: this many of the largest objects are a dozen megabytes. */
const PAGE_SIZE = 50;

/**
 * Fetches a list page by page and calls `take` with each object, `apiVersion` and `kind` filled in where the server
 * leaves them out. When the server forgets the list half-way, everything comes once more, unpaged: `restart` is called
 * first.
 *
 * @returns the list's resourceVersion: the state of the world that it shows
 */
export async function listPages<K extends KubeObject>(
  transport: Transport,
  resource: Resource<K>,
  options: PageOptions,
  { take, restart }: { take: (object: K) => void; restart: () => void },
): Promise<string> {
  const header = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  let limit: number | undefined = options.pageSize ?? PAGE_SIZE;
  let next = '';
  const room = new Room();
  for (;;) {
    let page: Page;
    try {
      page = await fetchPage(transport, resource, options, { limit, next, room });
    } catch (error) {
      if (!(error instanceof ExpiredError) || !next) throw error;
      restart();
      limit = undefined;
      next = '';
      continue;
    }
    // The server's JSON is taken at its word: see Resource.
    for (const item of page.items) take({ ...header, ...(item as object) } as K);
    if (!page.next) return page.version;
    next = page.next;
  }
}

function fetchPage(
  transport: Transport,
  resource: Resource,
  options: PageOptions,
  { limit, next, room }: { limit: number | undefined; next: string; room: Room },
): Promise<Page> {
  const query = {
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    limit: limit?.toString(),
    continue: next || undefined,
  };
  const subject = `${resource.kind} list${options.namespace ? ` in ${options.namespace}` : ''}`;
  const question = { method: 'GET', path: collectionPath(resource, options.namespace), query, subject } as const;
  return ask(transport, question, options, async (reply) => pageIn(await textOf(reply, room, options.elide)));
}

async function textOf(reply: ApiReply, room: Room, elide: Elide | undefined): Promise<string> {
  room.forget(true);
  await reply.each((part) => room.add(part));
  return elide ? elide(room.bytes()) : room.bytes().toString();
}

function pageIn(text: string): Page {
  const list = parseJson(text);
  if (typeof list !== 'object' || list === null || !('items' in list)) throw new Error('the answer is no list');
  const metadata = 'metadata' in list ? (list.metadata as { resourceVersion?: string; continue?: string }) : {};
  // An empty list may come as null.
  const items = Array.isArray(list.items) ? (list.items as unknown[]) : [];
  return { items, version: metadata.resourceVersion ?? '', next: metadata.continue ?? '' };
}
