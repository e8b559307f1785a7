import type { Json, KubernetesObject } from './json';
import type { Schema } from './schema/structural';
import { noSuchResource, type Cause, type Subject } from './status';

/** A column of `kubectl get`. */
export interface Column {
  readonly name: string;
  /** OpenAPI type: string, integer, number, boolean or date. */
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  /** 0 is always shown, anything higher only with `-o wide`. */
  readonly priority: number;
  /** What stands in the cell. `now` is for ages. */
  readonly cell: (object: KubernetesObject, now: Date) => Json;
}

/** What one kind does differently from others when it is written. */
export interface Strategy {
  /** What is wrong with a name, in words; empty if nothing is. */
  readonly nameProblems: (name: string) => string[];
  /** Whether a PUT without resourceVersion replaces whatever is there. */
  readonly unconditionalUpdate: boolean;
  /** Whether a PUT makes an object that does not exist. */
  readonly createOnUpdate: boolean;
  /** Whether `metadata.generation` counts changes outside of metadata (and status, where that is a subresource). */
  readonly generation: boolean;
  /** Completes the object, in place, before it is checked. */
  readonly prepare?: (object: KubernetesObject, old: KubernetesObject | undefined) => void;
  readonly validate?: (object: KubernetesObject, old: KubernetesObject | undefined) => Cause[];
  /** Finalizers that the server itself puts on a new object. */
  readonly finalizers?: readonly string[];
  /** Fields beyond metadata that field selectors may ask for. */
  readonly selectable?: (object: KubernetesObject) => Record<string, string>;
}

/** A kind of object that is stored. */
export interface Resource extends Subject {
  /** Storage key: `configmaps`, `apps/deployments`. */
  readonly key: string;
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** `apiVersion` of the stored objects. */
  readonly storedAs: string;
  readonly strategy: Strategy;
  /** Whether the kind was defined by a CustomResourceDefinition. */
  readonly custom: boolean;
}

/** One group, version and plural under which a kind is served. */
export interface Endpoint {
  readonly group: string;
  readonly version: string;
  readonly resource: Resource;
  readonly schema: Schema;
  readonly columns: readonly Column[];
  /** Whether `/status` exists, and thereby the main path leaves `status` alone. */
  readonly statusSubresource: boolean;
  /** Objects written before this revision were written under another schema: reading prunes and defaults them. */
  readonly schemaSince?: number;
  /** Field selectors of this version, beyond those of the strategy. */
  readonly selectable?: (object: KubernetesObject) => Record<string, string>;
  /** Whether the definition is being deleted: no new objects then. */
  readonly terminating?: boolean;
  /** Set where this form is more than another apiVersion than the stored one. */
  readonly convert?: {
    readonly fromStored: (object: KubernetesObject) => KubernetesObject;
    readonly toStored: (object: KubernetesObject) => KubernetesObject;
  };
  /** Set for kinds that are answered and never stored, such as SelfSubjectAccessReview. */
  readonly review?: (object: KubernetesObject) => KubernetesObject;
}

export function apiVersionOf(endpoint: { readonly group: string; readonly version: string }): string {
  return endpoint.group === '' ? endpoint.version : `${endpoint.group}/${endpoint.version}`;
}

/** All kinds that the server serves at the moment. */
export class Registry {
  private readonly endpoints = new Map<string, Endpoint>();
  private changes = 0;

  /** Grows with every change, so that caches of what was made from the registry know when they are stale. */
  get generation(): number {
    return this.changes;
  }

  add(endpoint: Endpoint): void {
    this.endpoints.set(`${apiVersionOf(endpoint)}/${endpoint.resource.resource}`, endpoint);
    this.changes += 1;
  }

  /** Withdraws every version of one kind. */
  removeResource(key: string): void {
    for (const [path, endpoint] of this.endpoints) if (endpoint.resource.key === key) this.endpoints.delete(path);
    this.changes += 1;
  }

  all(): Endpoint[] {
    return [...this.endpoints.values()];
  }

  /** Every stored kind once. */
  resources(): Resource[] {
    return [
      ...new Map(this.all().flatMap(({ resource, review }) => (review ? [] : [[resource.key, resource]]))).values(),
    ];
  }

  /** @throws StatusError 404 */
  find(apiVersion: string, plural: string): Endpoint {
    const endpoint = this.endpoints.get(`${apiVersion}/${plural}`);
    if (!endpoint) throw noSuchResource();
    return endpoint;
  }

  ofKey(key: string): Endpoint | undefined {
    return this.all().find(({ resource }) => resource.key === key);
  }

  ofKind(apiVersion: string, kind: string): Endpoint | undefined {
    return this.all().find((endpoint) => apiVersionOf(endpoint) === apiVersion && endpoint.resource.kind === kind);
  }
}
