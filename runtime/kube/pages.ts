import { ask, type RequestOptions } from './ask';
import { ExpiredError } from './fault';
import { apiVersionOf, collectionPath, type KubeObject, type Resource } from './object';
import { parseJson } from './json';
import type { Elide } from './elide';
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
  /** Objects to a page; each page has its own deadline. @default 250 */
  readonly pageSize?: number;
  /** Reads the body's text; @default - as it is */
  readonly elide?: Elide;
}

interface Page {
  readonly items: readonly unknown[];
  readonly version: string;
  readonly next: string;
}

const PAGE_SIZE = 250;

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
  for (;;) {
    let page: Page;
    try {
      page = await fetchPage(transport, resource, options, { limit, next });
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
  { limit, next }: { limit: number | undefined; next: string },
): Promise<Page> {
  const query = {
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    limit: limit?.toString(),
    continue: next || undefined,
  };
  const subject = `${resource.kind} list${options.namespace ? ` in ${options.namespace}` : ''}`;
  const question = { method: 'GET', path: collectionPath(resource, options.namespace), query, subject } as const;
  return ask(transport, question, options, async (reply) => pageIn(await textOf(reply, options.elide)));
}

async function textOf(reply: ApiReply, elide: Elide | undefined): Promise<string> {
  if (!elide) return reply.text();
  const parts: Buffer[] = [];
  await reply.each((part) => void parts.push(part));
  return elide(Buffer.concat(parts));
}

function pageIn(text: string): Page {
  const list = parseJson(text);
  if (typeof list !== 'object' || list === null || !('items' in list)) throw new Error('the answer is no list');
  const metadata = 'metadata' in list ? (list.metadata as { resourceVersion?: string; continue?: string }) : {};
  // An empty list may come as null.
  const items = Array.isArray(list.items) ? (list.items as unknown[]) : [];
  return { items, version: metadata.resourceVersion ?? '', next: metadata.continue ?? '' };
}
