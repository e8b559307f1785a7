import type { IncomingMessage } from 'node:http';
import { badRequest } from '../status';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** What a path under `/api` or `/apis` asks for. */
export interface ResourceRequest {
  readonly verb: Verb;
  readonly apiVersion: string;
  /** Plural name of the kind. */
  readonly resource: string;
  /** Absent for cluster-scoped kinds, and for all namespaces. */
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly query: URLSearchParams;
}

const METHODS: Readonly<Record<string, readonly [collection: Verb | undefined, single: Verb | undefined]>> = {
  GET: ['list', 'get'],
  HEAD: ['list', 'get'],
  POST: ['create', 'create'],
  PUT: [undefined, 'update'],
  PATCH: [undefined, 'patch'],
  DELETE: ['deletecollection', 'delete'],
};

export function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1' || value === '';
}

/** Reads a URL; undefined when its path is not that of a resource. */
export function resourceRequest(method: string, url: URL): ResourceRequest | undefined {
  const parts = partsOf(url);
  const place = placeOf(parts);
  if (!place) return undefined;
  const { apiVersion, rest } = place;
  const target = targetOf(rest);
  if (!target) return undefined;
  const verbs = METHODS[method];
  const watch = method === 'GET' && url.searchParams.has('watch') && isTrue(url.searchParams.get('watch'));
  const verb = watch ? 'watch' : verbs?.[target.name === undefined ? 0 : 1];
  return verb && { verb, apiVersion, ...target, query: url.searchParams };
}

function partsOf(url: URL): string[] {
  try {
    return url.pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    throw badRequest(`the path ${url.pathname} is not properly encoded`);
  }
}

function placeOf([root, first, second, ...rest]: string[]): { apiVersion: string; rest: string[] } | undefined {
  if (root === 'api' && first === 'v1' && second !== undefined) return { apiVersion: 'v1', rest: [second, ...rest] };
  if (root === 'apis' && first !== undefined && second !== undefined && rest.length > 0) {
    return { apiVersion: `${first}/${second}`, rest };
  }
  return undefined;
}

type PathTarget = Pick<ResourceRequest, 'resource' | 'namespace' | 'name' | 'subresource'>;

function targetOf(rest: string[]): PathTarget | undefined {
  const [first, second, third, ...more] = rest;
  if (first === undefined) return undefined;
  const inNamespace = first === 'namespaces' && third !== undefined && third !== 'status' && third !== 'finalize';
  if (inNamespace) return more.length > 2 ? undefined : single(third, more, second);
  return rest.length > 3 ? undefined : single(first, rest.slice(1), undefined);
}

function single(resource: string, [name, subresource]: string[], namespace: string | undefined): PathTarget {
  return {
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

/** The URL of a request, without its origin's meaning. */
export function urlOf(request: IncomingMessage): URL {
  const path = request.url ?? '/';
  if (!URL.canParse(path, 'http://localhost')) throw badRequest(`the URL ${path} cannot be read`);
  return new URL(path, 'http://localhost');
}
