import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject, objectAt, textAt, type Json, type JsonObject, type KubernetesObject } from '../json';
import type { Deletes } from '../objects/deletes';
import type { WriteOptions } from '../objects/intake';
import { scopeOf, type Scope } from '../objects/reading';
import { nameMismatch, type Target, type Transform, type Written, type Writes } from '../objects/writes';
import { applied } from '../patches/apply';
import { jsonPatch, mergePatch } from '../patches/merge';
import { strategicMergePatch } from '../patches/strategic';
import type { Endpoint, Registry } from '../registry';
import {
  badRequest,
  because,
  invalid,
  methodNotAllowed,
  noSuchResource,
  notAcceptable,
  notFound,
  tooNew,
  unsupportedMediaType,
} from '../status';
import type { Entry } from '../store/entry';
import type { Store } from '../store/store';
import { contentTypeOf, objectIn, parseJson, parseYamlOrJson, readBody } from './body';
import { formFor, type Form, type Included } from './forms';
import { pageOf, revisionIn } from './listing';
import { shapeFor } from './negotiation';
import { deleteOptions, writeOptions } from './options';
import { isTrue, type ResourceRequest } from './request';
import { send } from './respond';
import type { Watches } from './watches';

const APPLY = 'application/apply-patch+yaml';
const STRATEGIC = 'application/strategic-merge-patch+json';
const PATCHES = ['application/json-patch+json', 'application/merge-patch+json', APPLY];
/** Watches without a deadline of their own end after this time, so that no client relies on one forever. */
const LONGEST_WATCH_MS = 30 * 60 * 1000;

/** What the requests for stored objects work on. */
export interface World {
  readonly store: Store;
  readonly registry: Registry;
  readonly writes: Writes;
  readonly deletes: Deletes;
  readonly watches: Watches;
  readonly now: () => Date;
}

/** One request for stored objects, and where its answer goes. */
interface Exchange {
  readonly asked: ResourceRequest;
  readonly endpoint: Endpoint;
  readonly form: Form;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers requests for stored objects. */
export class ResourceHandler {
  constructor(private readonly world: World) {}

  /** @throws StatusError to be answered with */
  async handle(asked: ResourceRequest, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const endpoint = this.world.registry.find(asked.apiVersion, asked.resource);
    if (endpoint.resource.namespaced && asked.namespace === undefined && needsNamespace(asked)) throw noSuchResource();
    if (!endpoint.resource.namespaced && asked.namespace !== undefined) throw noSuchResource();
    if (asked.subresource !== undefined && (asked.subresource !== 'status' || !endpoint.statusSubresource)) {
      throw endpoint.resource.custom ? notFound(endpoint.resource, asked.name ?? '') : noSuchResource();
    }
    const shape = shapeFor(request.headers.accept);
    if (!shape) throw notAcceptable(['application/json']);
    const included = (asked.query.get('includeObject') ?? 'Metadata') as Included;
    const form = formFor(shape, endpoint, included, this.world.now);
    await this.perform({ asked, endpoint, form, request, response });
  }

  private async perform(exchange: Exchange): Promise<void> {
    const { asked, endpoint } = exchange;
    if (endpoint.review) return this.review(exchange);
    switch (asked.verb) {
      case 'get':
        return this.get(exchange);
      case 'list':
        return this.list(exchange);
      case 'watch':
        return this.watch(exchange);
      case 'create':
        return this.create(exchange);
      case 'update':
        return this.update(exchange);
      case 'patch':
        return this.patch(exchange);
      case 'delete':
        return this.delete(exchange);
      case 'deletecollection':
        return this.deleteCollection(exchange);
    }
  }

  private get({ asked, endpoint, form, response }: Exchange): void {
    const entry = this.entry(endpoint, asked);
    send(response, 200, form.stored(entry, true));
  }

  private list({ asked, endpoint, form, response }: Exchange): void {
    const page = pageOf(this.world.store, endpoint.resource, this.scope(endpoint, asked), asked.query);
    send(response, 200, form.list(page.entries, page.metadata));
  }

  private watch({ asked, endpoint, form, response }: Exchange): void {
    const from = revisionIn(asked.query);
    const { current } = this.world.store;
    if (from !== undefined && from > current) throw tooNew(from, current);
    const seconds = Number(asked.query.get('timeoutSeconds') ?? '0');
    this.world.watches.start(
      {
        endpoint,
        form,
        from,
        scope: this.scope(endpoint, asked),
        initialEvents: asked.query.get('sendInitialEvents') === 'true',
        bookmarks: isTrue(asked.query.get('allowWatchBookmarks') ?? 'false'),
        timeoutMs: seconds > 0 ? seconds * 1000 : LONGEST_WATCH_MS,
      },
      response,
    );
  }

  private async create({ asked, endpoint, form, request, response }: Exchange): Promise<void> {
    if (asked.name !== undefined && !endpoint.resource.custom) throw methodNotAllowed(endpoint.resource, 'create');
    if (endpoint.terminating) throw methodNotAllowed(endpoint.resource, 'create');
    const options = writeOptions(asked.query);
    const raw = objectIn(await readBody(request), contentTypeOf(request));
    this.answer(response, form, this.world.writes.create(targetOf(endpoint, asked), raw, options));
  }

  private async update({ asked, endpoint, form, request, response }: Exchange): Promise<void> {
    const options = writeOptions(asked.query);
    const raw = objectIn(await readBody(request), contentTypeOf(request));
    this.answer(response, form, this.world.writes.replace(targetOf(endpoint, asked), raw, options));
  }

  private async patch({ asked, endpoint, form, request, response }: Exchange): Promise<void> {
    const type = contentTypeOf(request);
    const accepted = endpoint.resource.custom ? PATCHES : [...PATCHES, STRATEGIC];
    if (!accepted.includes(type)) throw unsupportedMediaType(accepted);
    const options = writeOptions(asked.query);
    const body = await readBody(request);
    const target = targetOf(endpoint, asked);
    const written =
      type === APPLY
        ? this.apply(target, body, options, asked.query)
        : this.world.writes.patch(target, transformFor(type, parseJson(body)), options);
    this.answer(response, form, written);
  }

  private apply(target: Target, body: Buffer, options: WriteOptions, query: URLSearchParams): Written {
    const { endpoint } = target;
    if (!query.get('fieldManager')) {
      throw invalid({ group: 'meta.k8s.io', resource: '', kind: 'PatchOptions' }, '', [
        because.required('fieldManager', 'is required for apply patch'),
      ]);
    }
    const config = parseYamlOrJson(body);
    if (!isObject(config)) throw badRequest('an apply patch must be an object');
    if (config['kind'] === undefined || config['apiVersion'] === undefined) {
      const [version = '', group = ''] = (textAt(config['apiVersion']) ?? '').split('/').reverse();
      throw badRequest(`invalid object type: ${group}/${version}, Kind=${textAt(config['kind']) ?? ''}`);
    }
    const { name } = objectAt(config['metadata']);
    if (typeof name === 'string' && name !== target.name) throw nameMismatch(name, target.name);
    if (objectAt(config['metadata'])['managedFields'] !== undefined) {
      throw badRequest('metadata.managedFields must be nil');
    }
    const exists = this.world.store.get(endpoint.resource.key, target.namespace, target.name) !== undefined;
    if (exists) {
      return this.world.writes.patch(target, (current) => applied(endpoint.schema, current, config), options);
    }
    if (target.subresource) throw notFound(endpoint.resource, target.name);
    const metadata = { ...objectAt(config['metadata']), name: target.name };
    return this.world.writes.create(target, { ...config, metadata }, options);
  }

  private async delete({ asked, endpoint, form, request, response }: Exchange): Promise<void> {
    const options = deleteOptions(asked.query, await bodyOfDelete(request));
    const entry = this.entry(endpoint, asked);
    const { resource } = endpoint;
    const { gone, object } = this.world.deletes.remove(resource, entry, options);
    if (!gone) {
      send(response, 200, form.one({ ...object, apiVersion: asked.apiVersion }));
      return;
    }
    const details = {
      name: entry.name,
      ...(resource.group ? { group: resource.group } : {}),
      kind: resource.resource,
      uid: entry.uid,
    };
    send(response, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
  }

  private async deleteCollection({ asked, endpoint, form, request, response }: Exchange): Promise<void> {
    const options = deleteOptions(asked.query, await bodyOfDelete(request));
    const { entries, metadata } = pageOf(this.world.store, endpoint.resource, this.scope(endpoint, asked), asked.query);
    for (const entry of entries) this.world.deletes.remove(endpoint.resource, entry, options);
    send(response, 200, form.list(entries, metadata));
  }

  private async review({ asked, endpoint, form, request, response }: Exchange): Promise<void> {
    if (asked.verb !== 'create' || !endpoint.review) throw methodNotAllowed(endpoint.resource, asked.verb);
    const raw = objectIn(await readBody(request), contentTypeOf(request));
    const object = { ...raw, kind: endpoint.resource.kind, metadata: {} } as unknown as KubernetesObject;
    send(response, 201, form.one(endpoint.review(object)));
  }

  private answer(response: ServerResponse, form: Form, { object, entry, created, warnings }: Written): void {
    if (warnings.length > 0) {
      response.setHeader(
        'warning',
        warnings.map((warning) => `299 - ${JSON.stringify(warning)}`),
      );
    }
    send(response, created ? 201 : 200, entry ? form.stored(entry, true) : form.one(object));
  }

  private entry(endpoint: Endpoint, asked: ResourceRequest): Entry {
    const { resource } = endpoint;
    const entry = this.world.store.get(resource.key, asked.namespace ?? '', asked.name ?? '');
    if (!entry) throw notFound(resource, asked.name ?? '');
    return entry;
  }

  private scope(endpoint: Endpoint, { namespace, name, query }: ResourceRequest): Scope {
    return scopeOf(endpoint, {
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      labels: query.get('labelSelector') ?? '',
      fields: query.get('fieldSelector') ?? '',
    });
  }
}

function needsNamespace({ verb }: ResourceRequest): boolean {
  return verb !== 'list' && verb !== 'watch';
}

function targetOf(endpoint: Endpoint, asked: ResourceRequest): Target {
  return {
    endpoint,
    namespace: asked.namespace ?? '',
    name: asked.name ?? '',
    ...(asked.subresource === 'status' ? { subresource: 'status' } : {}),
  };
}

function transformFor(contentType: string, patch: Json): Transform {
  if (contentType === 'application/json-patch+json') return (current) => jsonPatch(current, patch);
  if (!isObject(patch)) throw badRequest('a merge patch must be an object');
  const merge = contentType === STRATEGIC ? strategicMergePatch : mergePatch;
  return (current) => objectAt(merge(current, patch));
}

async function bodyOfDelete(request: IncomingMessage): Promise<JsonObject> {
  const body = await readBody(request);
  return body.length === 0 ? {} : objectIn(body, contentTypeOf(request));
}
