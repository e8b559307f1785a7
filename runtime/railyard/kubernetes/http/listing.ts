import type { Scope } from '../objects/reading';
import type { Resource } from '../registry';
import { badRequest, because, expired, invalid, tooNew } from '../status';
import { keyOf, type Entry } from '../store/entry';
import type { Store } from '../store/store';
import type { ListMetadata } from './forms';

/** Where a list that came in pages goes on: at which revision, after which key. */
interface Token {
  readonly revision: number;
  readonly after: string;
}

/** A page of a list. */
export interface Page {
  readonly entries: readonly Entry[];
  readonly metadata: ListMetadata;
}

function encodeToken({ revision, after }: Token): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString('base64url');
}

function decodeToken(text: string): Token {
  try {
    const { rv, start } = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as {
      rv?: unknown;
      start?: unknown;
    };
    if (typeof rv === 'number' && typeof start === 'string') return { revision: rv, after: start };
  } catch {
    // Falls through to the refusal: a token is either ours or not.
  }
  throw badRequest('continue key is not valid');
}

/** A resourceVersion out of a query: absent and 0 mean "whatever is there". @throws StatusError 400 */
export function revisionIn(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '' || text === '0') return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`,
    );
  return Number(text);
}

/** @throws StatusError 400 */
function numberIn(query: URLSearchParams, name: string): number {
  const text = query.get(name) || '0';
  if (!/^-?\d{1,15}$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/**
 * A list, or a page of one. Pages after the first show the world as it was at the first one.
 *
 * @throws StatusError 400, 410 when the world of the first page is forgotten, 504 for a version from the future
 */
export function pageOf(store: Store, resource: Resource, scope: Scope, query: URLSearchParams): Page {
  const limit = numberIn(query, 'limit');
  if (query.get('resourceVersionMatch') && !query.get('resourceVersion')) {
    throw invalid({ group: 'meta.k8s.io', resource: '', kind: 'ListOptions' }, '', [
      because.forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
    ]);
  }
  const token = query.get('continue') ? decodeToken(query.get('continue') ?? '') : undefined;
  const revision = token?.revision ?? askedRevision(store, query);
  if (revision < store.oldest) {
    throw expired(
      token
        ? 'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.'
        : `The resourceVersion for the provided list is too old: ${revision} (${store.oldest})`,
    );
  }
  const all = store.listAt(revision, resource.key, scope.namespace).filter((entry) => scope.selects(entry));
  const start = token ? startAfter(all, token.after) : 0;
  const end = limit > 0 ? Math.min(all.length, start + limit) : all.length;
  const entries = all.slice(start, end);
  const last = entries.at(-1);
  const metadata: ListMetadata = { resourceVersion: String(revision) };
  if (last && end < all.length) {
    metadata.continue = encodeToken({ revision, after: keyOf(last) });
    if (scope.everything) metadata.remainingItemCount = all.length - end;
  }
  return { entries, metadata };
}

function askedRevision(store: Store, query: URLSearchParams): number {
  const asked = revisionIn(query);
  if (asked !== undefined && asked > store.current) throw tooNew(asked, store.current);
  return asked !== undefined && query.get('resourceVersionMatch') === 'Exact' ? asked : store.current;
}

/** Position of the first entry behind `after`; entries are in the order of their keys, namespace first. */
function startAfter(entries: readonly Entry[], after: string): number {
  const slash = after.indexOf('/');
  const [namespace, name] = [after.slice(0, slash), after.slice(slash + 1)];
  const start = entries.findIndex(
    (entry) => entry.namespace > namespace || (entry.namespace === namespace && entry.name > name),
  );
  return start < 0 ? entries.length : start;
}
