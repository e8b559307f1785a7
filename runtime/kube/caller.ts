/** The API as somebody else: a person who says who they are with a token of their own. */

import type { RequestOptions } from './ask';
import { exchange, type Question } from './ask';
import { PatchStrategy } from './client';
import { statusIn } from './fault';
import { apiVersionOf, collectionPath, keyOf, type KubeObject, objectPath, type ObjectRef } from './object';
import type { Resource } from './object';
import { listPages } from './pages';
import type { Transport } from './transport';

/** What the API server said: the object, or its own words why not. */
export type Answer<T> =
  | { readonly code: number; readonly value: T }
  | { readonly code: number; readonly reason: string; readonly message: string };

/**
 * Requests with the rights of one person. Every answer of the server is handed on, a refusal with its code and its words.
 * Rejects with `TransientError` only: where there is no answer.
 */
export interface Caller {
  get<K extends KubeObject>(resource: Resource<K>, ref: ObjectRef, options?: RequestOptions): Promise<Answer<K>>;

  /** Everything of a namespace. Rejects as `Objects.list` does, a refusal with it. */
  list<K extends KubeObject>(resource: Resource<K>, namespace: string, options?: RequestOptions): Promise<K[]>;

  /** Creates it, or, for a review, has it answered. */
  create<T>(resource: Resource, body: CallerDraft, options?: RequestOptions): Promise<Answer<T>>;

  /** Merges fields in (RFC 7396). A resourceVersion in it is insisted on. */
  merge<K extends KubeObject>(
    resource: Resource<K>,
    ref: ObjectRef,
    patch: object,
    options?: RequestOptions,
  ): Promise<Answer<K>>;
}

/** A new object; reviews have no name. */
export interface CallerDraft {
  readonly metadata?: { readonly name: string; readonly namespace?: string };
  readonly spec?: unknown;
}

/** Under this name the fields are owned that people write by way of the runtime. */
const FIELD_MANAGER = 'k8sta-dashboard';
const WRITING = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' };

export function callerOver(transport: Transport): Caller {
  const ask = <T>(question: Question, options: RequestOptions = {}): Promise<Answer<T>> =>
    exchange(transport, question, options, async (reply): Promise<Answer<T>> => {
      const text = await reply.text();
      // The server's JSON is taken at its word: see Resource.
      if (reply.status >= 200 && reply.status < 300) return { code: reply.status, value: JSON.parse(text) as T };
      const { reason, message } = statusIn(text) ?? { reason: 'Unknown', message: `answered ${reply.status}` };
      return { code: reply.status, reason, message };
    });
  return {
    get: (resource, ref, options) =>
      ask({ method: 'GET', path: objectPath(resource, ref), subject: subject(resource, ref) }, options),
    async list<K extends KubeObject>(resource: Resource<K>, namespace: string, options: RequestOptions = {}) {
      let items: K[] = [];
      const take = (object: K): void => void items.push(object);
      const restart = (): void => void (items = []);
      await listPages(transport, resource, { ...options, namespace }, { take, restart });
      return items;
    },
    create: (resource, draft, options) =>
      ask(
        {
          method: 'POST',
          path: collectionPath(resource, draft.metadata?.namespace),
          query: WRITING,
          body: { ...draft, apiVersion: apiVersionOf(resource), kind: resource.kind },
          subject: subject(resource, draft.metadata),
        },
        options,
      ),
    merge: (resource, ref, body, options) =>
      ask(
        {
          method: 'PATCH',
          path: objectPath(resource, ref),
          query: WRITING,
          body,
          contentType: PatchStrategy.MergePatch,
          subject: subject(resource, ref),
        },
        options,
      ),
  };
}

const subject = ({ kind }: Resource, ref?: ObjectRef): string => (ref === undefined ? kind : `${kind} ${keyOf(ref)}`);
