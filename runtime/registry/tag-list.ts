/** The tags of one repository, page by page; pages that have not changed are not sent again. */

import { TransientError } from '../errors';
import type { Address } from './address';
import { jsonOf, type Connection } from './connection';

const MOST_PAGES = 1_000;
/** Some registries do not page, and write much beside each tag. */
const LARGEST_PAGE = 32 * 1024 * 1024;
/** What the distribution API allows as a tag; anything else cannot be asked for. */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

interface Page {
  readonly etag?: string;
  readonly tags: readonly string[];
  readonly next?: string;
}

export class TagList {
  readonly #pages = new Map<string, Page>();
  #last: readonly string[] = [];

  /**
   * All tags. The same array as before where nothing has changed, so that nothing needs to be worked out again.
   *
   * @throws TransientError unless all pages were had: a part of a list is no list
   */
  async ask(
    connection: Connection,
    address: Address,
    repoURL: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    const seen = new Set<string>();
    const tags: string[] = [];
    let path: string | undefined = '/tags/list?n=1000';
    while (path !== undefined) {
      if (seen.has(path)) throw new TransientError(`the pages of ${repoURL} name each other for ever`, 600_000);
      if (seen.size >= MOST_PAGES) {
        throw new TransientError(`registry ${address.host} lists ${repoURL} on more than ${MOST_PAGES} pages`, 600_000);
      }
      seen.add(path);
      const page: Page = await this.#page(connection, address, repoURL, path, signal);
      for (const tag of page.tags) tags.push(tag);
      path = page.next;
    }
    for (const known of this.#pages.keys()) if (!seen.has(known)) this.#pages.delete(known);
    const distinct = [...new Set(tags)];
    const last = this.#last;
    const isSame = distinct.length === last.length && distinct.every((tag, index) => tag === last[index]);
    if (!isSame) this.#last = distinct;
    return this.#last;
  }

  async #page(
    connection: Connection,
    address: Address,
    repoURL: string,
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<Page> {
    const known = this.#pages.get(path);
    const reply = await connection.ask(address, path, {
      accept: 'application/json',
      limit: LARGEST_PAGE,
      ...(known?.etag === undefined ? {} : { ifNoneMatch: known.etag }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (reply.status === 304 && known !== undefined) return known;
    if (reply.status === 404) {
      throw new TransientError(`registry ${address.host} has no repository ${repoURL}`, 60_000);
    }
    const { etag, link } = reply.headers;
    const next = nextPage(address, link);
    const page: Page = {
      tags: tagsIn(jsonOf(address.host, reply), repoURL),
      ...(etag === undefined ? {} : { etag }),
      ...(next === undefined ? {} : { next }),
    };
    // Without an ETag it is asked for in full next time, and need not be kept.
    if (etag === undefined) this.#pages.delete(path);
    else this.#pages.set(path, page);
    return page;
  }
}

function tagsIn(body: unknown, repoURL: string): string[] {
  const tags: unknown = typeof body === 'object' && body !== null && 'tags' in body ? body.tags : undefined;
  if (tags === null || tags === undefined) return [];
  if (!Array.isArray(tags)) throw new TransientError(`the tag list of ${repoURL} is malformed`);
  return tags.filter((tag): tag is string => typeof tag === 'string' && TAG.test(tag));
}

/** The next page of a list, from `Link: </v2/...?last=x>; rel="next"`, one of several links or the only one. */
function nextPage(address: Address, link: string | string[] | undefined): string | undefined {
  const text = [link ?? []].flat().join(', ');
  for (const [, target = '', rest = ''] of text.matchAll(/<([^<>]+)>([^<]*)/g)) {
    if (!/;\s*rel\s*=\s*(?:"next"|next\b)/i.test(rest)) continue;
    if (!URL.canParse(target, address.base))
      throw new TransientError(`${address.host} names a next page that is no address`);
    return new URL(target, address.base).href;
  }
  return undefined;
}
