import { TerminalError } from '../errors';
import { ask, type RequestOptions } from './ask';
import { PatchStrategy } from './client';
import { parseJson } from './json';
import { NotFoundError } from './fault';
import { apiVersionOf, collectionPath, type Draft, keyOf, type KubeObject, objectPath } from './object';
import type { ObjectRef, Resource } from './object';
import { listPages, type Selection } from './pages';
import type { ApiReply, Transport } from './transport';

/** Under this name the runtime's fields are owned. */
const FIELD_MANAGER = 'k8sta';

/** What a delete insists on, so that it cannot hit a newer object of the same name. */
export interface DeleteOptions extends RequestOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** What a patch is, and what of. */
export interface PatchOptions extends RequestOptions {
  /** @default - the object itself */
  readonly subresource?: 'status';
}

/** Which objects, and how they are fetched. */
export interface ListOptions extends Selection, RequestOptions {
  /** Objects to a page. @default 50 */
  readonly pageSize?: number;
}

/** One operation of RFC 6902. */
export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/**
 * Reads past the cache, and writes. Every call has a deadline (`deadlineMs`, default 15 s) and rejects only with the
 * errors of `fault.ts`: `ConflictError` (of it {@link AlreadyExistsError}), `TerminalError` (of it
 * {@link NotFoundError}), `TransientError`. A field that the server's schema does not know is refused, never dropped.
 */
export interface Objects<K extends KubeObject> {
  readonly resource: Resource<K>;

  /** Everything selected, and the version of the world that it shows. Lists page by page. */
  list(selection?: ListOptions): Promise<{ items: K[]; resourceVersion: string }>;

  /** The newest version, or `undefined` when the server says that there is none. */
  get(ref: ObjectRef, options?: RequestOptions): Promise<K | undefined>;

  /** @throws AlreadyExistsError when the name is taken: read it, then adopt it or choose another */
  create(object: Draft<K>, options?: RequestOptions): Promise<K>;

  /** Replaces everything but the status. @throws ConflictError when `metadata.resourceVersion` is not the newest */
  replace(object: K, options?: RequestOptions): Promise<K>;

  /** Replaces the status alone. @throws ConflictError when `metadata.resourceVersion` is not the newest */
  replaceStatus(object: K, options?: RequestOptions): Promise<K>;

  /** Merges fields in (RFC 7396): `null` removes, arrays are replaced whole. */
  merge(ref: ObjectRef, patch: object, options?: PatchOptions): Promise<K>;

  /** Applies operations in order, all or none. A failed `test` is a TerminalError of reason `Invalid`. */
  patch(ref: ObjectRef, operations: readonly JsonPatchOperation[], options?: PatchOptions): Promise<K>;

  /** Makes the fields given here what they are here, and takes their ownership; creates the object if need be. */
  apply(object: Draft<K>, options?: RequestOptions): Promise<K>;

  /** @returns false when it was gone already. @throws ConflictError when another object has that name */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<boolean>;
}

/** The client of one resource. */
export function objectsOf<K extends KubeObject>(transport: Transport, resource: Resource<K>): Objects<K> {
  const subject = (ref: ObjectRef, part = ''): string => `${resource.kind} ${keyOf(ref)}${part}`;
  const one = (ref: ObjectRef, part: '' | '/status' = ''): { path: string; subject: string } => {
    checkNamespace(resource, ref);
    return { path: objectPath(resource, ref) + part, subject: subject(ref, part) };
  };
  const full = (object: Draft<K>): object => ({ ...object, apiVersion: apiVersionOf(resource), kind: resource.kind });
  const writing = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' };
  const put = async (object: K, part: '' | '/status', options: RequestOptions): Promise<K> => {
    if (!object.metadata.resourceVersion) {
      throw new TerminalError(
        `PUT ${subject(object.metadata, part)}: metadata.resourceVersion is missing, so nothing guards the write`,
      );
    }
    const question = { method: 'PUT', ...one(object.metadata, part), query: writing, body: full(object) } as const;
    return ask(transport, question, options, objectIn<K>);
  };
  const patch = (ref: ObjectRef, body: unknown, contentType: string, options: PatchOptions): Promise<K> => {
    const place = one(ref, options.subresource ? '/status' : '');
    return ask(transport, { method: 'PATCH', ...place, query: writing, body, contentType }, options, objectIn<K>);
  };

  return {
    resource,
    async list(options = {}) {
      let items: K[] = [];
      const take = (object: K): void => void items.push(object);
      const restart = (): void => void (items = []);
      const resourceVersion = await listPages(transport, resource, options, { take, restart });
      return { items, resourceVersion };
    },
    async get(ref, options = {}) {
      try {
        return await ask(transport, { method: 'GET', ...one(ref) }, options, objectIn<K>);
      } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      }
    },
    async create(object, options = {}) {
      checkNamespace(resource, object.metadata);
      const path = collectionPath(resource, object.metadata.namespace);
      const question = {
        method: 'POST',
        path,
        query: writing,
        body: full(object),
        subject: subject(object.metadata),
      } as const;
      return ask(transport, question, options, objectIn<K>);
    },
    replace: async (object, options = {}) => put(object, '', options),
    replaceStatus: async (object, options = {}) => put(object, '/status', options),
    merge: async (ref, body, options = {}) => patch(ref, body, PatchStrategy.MergePatch, options),
    patch: async (ref, operations, options = {}) => patch(ref, operations, PatchStrategy.JsonPatch, options),
    async apply(object, options = {}) {
      const query = { ...writing, force: 'true' };
      const contentType = PatchStrategy.ServerSideApply;
      const question = { method: 'PATCH', ...one(object.metadata), query, body: full(object), contentType } as const;
      return ask(transport, question, options, objectIn<K>);
    },
    async delete(ref, { uid, resourceVersion, ...options } = {}) {
      const preconditions = uid || resourceVersion ? { preconditions: { uid, resourceVersion } } : {};
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', ...preconditions };
      try {
        await ask(transport, { method: 'DELETE', ...one(ref), body }, options, (reply) => reply.text());
        return true;
      } catch (error) {
        if (error instanceof NotFoundError) return false;
        throw error;
      }
    },
  };
}

function checkNamespace({ kind, namespaced }: Resource, { name, namespace }: ObjectRef): void {
  if (!name) throw new TerminalError(`a ${kind} needs a name`);
  if (namespaced && !namespace) throw new TerminalError(`${kind} ${name}: it needs a namespace`);
}

/** Reads one object. The server's JSON is taken at its word: see Resource. */
async function objectIn<K>(reply: ApiReply): Promise<K> {
  return parseJson(await reply.text()) as K;
}
