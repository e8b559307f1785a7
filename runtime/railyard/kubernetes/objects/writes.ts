import { randomInt, randomUUID } from 'node:crypto';
import { isObject, sameJson, type JsonObject, type KubernetesObject, type Metadata } from '../json';
import type { Endpoint, Resource } from '../registry';
import {
  alreadyExists,
  badRequest,
  because,
  conflict,
  forbidden,
  invalid,
  MODIFIED,
  notFound,
  StatusError,
} from '../status';
import { objectOf, type Entry } from '../store/entry';
import type { Store } from '../store/store';
import { check, take, type WriteOptions } from './intake';
import { tidyMetadata } from './metadata';
import { readAs } from './reading';
import { timestamp } from './times';

/** An object after a write. */
interface Kept {
  /** As the endpoint serves it. */
  readonly object: KubernetesObject;
  /** How it is stored; absent when it is not, because of a dry run. */
  readonly entry: Entry | undefined;
}

/** What came of a write. */
export interface Written extends Kept {
  readonly created: boolean;
  readonly warnings: readonly string[];
}

/** Which object a write is about. */
export interface Target {
  readonly endpoint: Endpoint;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  readonly subresource?: 'status';
}

/** A change of an existing object: gets a copy as the endpoint serves it, gives back what it should become. */
export type Transform = (current: KubernetesObject) => JsonObject;

/** The letters of generated names: no vowels, so that no words appear. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const LONGEST_BASE = 58;

/** Creating and changing objects by the rules that hold for every kind. */
export class Writes {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date,
  ) {}

  /** @throws StatusError 400, 403, 404 (namespace), 409 or 422 */
  create(target: Target, raw: JsonObject, options: WriteOptions): Written {
    const { endpoint } = target;
    const { resource } = endpoint;
    const { object, warnings } = take(endpoint, raw, options);
    const { metadata } = object;
    this.placeInNamespace(target, object);
    // What a real server answers when its store refuses; no client is expected to do this.
    if (metadata.resourceVersion) {
      throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
    }
    if (target.name && metadata.name && metadata.name !== target.name) throw nameMismatch(metadata.name, target.name);
    if (!metadata.name && metadata.generateName) metadata.name = this.generateName(resource, object);
    metadata.uid = randomUUID();
    metadata.creationTimestamp = timestamp(this.now());
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
    delete metadata.resourceVersion;
    if (resource.strategy.generation) metadata.generation = 1;
    else delete metadata.generation;
    if (endpoint.statusSubresource) delete object['status'];
    addFinalizers(resource, object);
    resource.strategy.prepare?.(object, undefined);
    tidyMetadata(object);
    check(endpoint, object, undefined);
    const name = metadata.name ?? '';
    if (this.store.get(resource.key, target.namespace, name)) throw alreadyExists(resource, name);
    return { ...this.keep(endpoint, object, options), created: true, warnings };
  }

  /** PUT. @throws StatusError 400, 404, 409 or 422 */
  replace(target: Target, raw: JsonObject, options: WriteOptions): Written {
    const { resource } = target.endpoint;
    const entry = this.store.get(resource.key, target.namespace, target.name);
    if (!entry) {
      if (resource.strategy.createOnUpdate && !target.subresource) return this.create(target, raw, options);
      throw notFound(resource, target.name);
    }
    const { object, warnings } = take(target.endpoint, raw, options);
    checkNames(object.metadata, entry);
    checkUid(resource, object.metadata, entry);
    if (!object.metadata.resourceVersion && !resource.strategy.unconditionalUpdate) {
      const cause = because.invalid('metadata.resourceVersion', 0, 'must be specified for an update');
      throw invalid({ ...resource, kind: resource.resource }, target.name, [cause]);
    }
    return { ...this.change(target, entry, object, options), created: false, warnings };
  }

  /** PATCH of an object that exists. @throws StatusError 400, 404, 409 or 422 */
  patch(target: Target, transform: Transform, options: WriteOptions): Written {
    const { endpoint } = target;
    const { resource } = endpoint;
    const entry = this.store.get(resource.key, target.namespace, target.name);
    if (!entry) throw notFound(resource, target.name);
    const patched = transform(readAs(entry, endpoint));
    const sent = JSON.stringify(patched);
    const { object, warnings } = take(endpoint, patched, options, (problems) =>
      invalid({ ...resource, group: '', kind: '' }, '', [
        because.invalid('patch', sent, `strict decoding error: ${problems.join(', ')}`),
      ]),
    );
    return { ...this.change(target, entry, object, options), created: false, warnings };
  }

  /**
   * Changes an object from within the server (controllers do), past the checks for clients.
   *
   * @param mutate changes the stored form in place
   */
  rewrite(entry: Entry, mutate: (object: KubernetesObject) => void): void {
    const object = objectOf(entry);
    const before = objectOf(entry);
    mutate(object);
    tidyMetadata(object);
    if (!sameJson(object, before)) this.putOrFinish(entry.resource, object);
  }

  private change(target: Target, entry: Entry, desired: KubernetesObject, options: WriteOptions): Kept {
    const { endpoint } = target;
    const { resource } = endpoint;
    const old = readAs(entry, endpoint);
    checkNames(desired.metadata, entry);
    const { resourceVersion } = desired.metadata;
    if (resourceVersion && resourceVersion !== String(entry.revision)) throw conflict(resource, entry.name, MODIFIED);
    const object = target.subresource ? withStatusOf(old, desired) : this.mainPart(endpoint, old, desired);
    this.carryOver(object, old);
    if (!target.subresource) resource.strategy.prepare?.(object, old);
    if (object.metadata.deletionTimestamp === undefined) addFinalizers(resource, object);
    tidyMetadata(object);
    object.metadata.resourceVersion = old.metadata.resourceVersion;
    if (resource.strategy.generation && old.metadata.generation !== undefined) {
      const changed = !sameJson(contentOf(endpoint, object), contentOf(endpoint, old));
      object.metadata.generation = old.metadata.generation + (changed ? 1 : 0);
    }
    check(endpoint, object, old);
    // Nothing changed: nothing is written, and no watcher is woken.
    if (sameJson(object, old)) return { object: old, entry };
    return this.keep(endpoint, object, options);
  }

  private mainPart(endpoint: Endpoint, old: KubernetesObject, desired: KubernetesObject): KubernetesObject {
    const object = { ...desired };
    if (!endpoint.statusSubresource) return object;
    if (old['status'] === undefined) delete object['status'];
    else object['status'] = old['status'];
    return object;
  }

  /** What clients may leave out, and what they may not change. */
  private carryOver(object: KubernetesObject, old: KubernetesObject): void {
    const { metadata } = object;
    metadata.name = old.metadata.name;
    metadata.namespace = old.metadata.namespace;
    metadata.uid ??= old.metadata.uid;
    metadata.creationTimestamp = old.metadata.creationTimestamp;
    metadata.generation = old.metadata.generation;
    metadata.deletionTimestamp = old.metadata.deletionTimestamp;
    metadata.deletionGracePeriodSeconds = old.metadata.deletionGracePeriodSeconds;
    metadata.generateName = old.metadata.generateName;
  }

  private placeInNamespace(target: Target, object: KubernetesObject): void {
    const { metadata } = object;
    const { resource } = target.endpoint;
    if (!resource.namespaced) {
      if (metadata.namespace) throw badRequest('namespace may not be set on a cluster-scoped object');
      delete metadata.namespace;
      return;
    }
    if (metadata.namespace && metadata.namespace !== target.namespace) throw namespaceMismatch();
    metadata.namespace = target.namespace;
    const namespace = this.store.get('namespaces', '', target.namespace);
    if (!namespace) {
      throw notFound({ group: '', resource: 'namespaces', kind: 'Namespace' }, target.namespace);
    }
    if (namespace.deleting) {
      const name = metadata.name ?? '';
      throw forbidden(
        resource,
        name,
        `unable to create new content in namespace ${target.namespace} because it is being terminated`,
        [
          {
            reason: 'NamespaceTerminating',
            message: `namespace ${target.namespace} is being terminated`,
            field: 'metadata.namespace',
          },
        ],
      );
    }
  }

  private generateName(resource: Resource, object: KubernetesObject): string {
    const base = (object.metadata.generateName ?? '').slice(0, LONGEST_BASE);
    for (;;) {
      const name = base + Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
      if (!this.store.get(resource.key, object.metadata.namespace ?? '', name)) return name;
    }
  }

  private keep(endpoint: Endpoint, object: KubernetesObject, options: WriteOptions): Kept {
    if (options.dryRun) return { object, entry: undefined };
    // Both forms share their metadata, so the new resourceVersion shows in both.
    const stored = endpoint.convert
      ? endpoint.convert.toStored(object)
      : { ...object, apiVersion: endpoint.resource.storedAs };
    const { metadata } = object;
    const { resourceVersion } = metadata;
    const entry = this.putOrFinish(endpoint.resource.key, stored);
    // Who lets go of the last finalizer sees the object as it was, not the version of its removal.
    return entry ? { object, entry } : { object: { ...object, metadata: { ...metadata, resourceVersion } }, entry };
  }

  /** An object that was only waiting for its last finalizer is removed by losing it: then there is no entry. */
  private putOrFinish(resource: string, object: KubernetesObject): Entry | undefined {
    const { metadata } = object;
    const finished = metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
    const heldBack =
      isObject(object['spec']) && Array.isArray(object['spec']['finalizers']) && resource === 'namespaces';
    if (!finished || heldBack) return this.store.put(resource, object);
    this.store.remove(resource, object);
    return undefined;
  }
}

/** The server's own finalizers come back when a client leaves them out. */
function addFinalizers({ strategy }: Resource, { metadata }: KubernetesObject): void {
  if (!strategy.finalizers) return;
  metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), ...strategy.finalizers])];
}

/** What counts for `metadata.generation`. */
function contentOf(endpoint: Endpoint, object: KubernetesObject): JsonObject {
  const content: JsonObject = { ...object };
  delete content['metadata'];
  if (endpoint.statusSubresource) delete content['status'];
  return content;
}

/** A write to `/status` changes status alone. */
function withStatusOf(old: KubernetesObject, desired: KubernetesObject): KubernetesObject {
  const object: KubernetesObject = { ...old, metadata: { ...old.metadata } };
  if (desired['status'] === undefined) delete object['status'];
  else object['status'] = desired['status'];
  return object;
}

function checkNames({ name, namespace }: Metadata, entry: Entry): void {
  if (name !== undefined && name !== entry.name) throw nameMismatch(name, entry.name);
  if (namespace !== undefined && namespace !== entry.namespace) throw namespaceMismatch();
}

/** A whole object that names its uid is meant for that object alone. */
function checkUid(resource: Resource, { uid, namespace }: Metadata, entry: Entry): void {
  if (uid === undefined || uid === entry.uid) return;
  const { group, resource: plural } = resource;
  const key = ['/registry', group, plural, namespace ?? entry.namespace, entry.name].filter(Boolean).join('/');
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${entry.uid}`;
  throw conflict(
    resource,
    entry.name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
  );
}

export function nameMismatch(inObject: string, inPath: string): Error {
  return badRequest(`the name of the object (${inObject}) does not match the name on the URL (${inPath})`);
}

function namespaceMismatch(): Error {
  return badRequest('the namespace of the provided object does not match the namespace sent on the request');
}
