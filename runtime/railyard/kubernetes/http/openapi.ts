import { createHash } from 'node:crypto';
import { objectAt, type JsonObject } from '../json';
import { LIST_META, SHARED } from '../kinds/definitions';
import { apiVersionOf, type Endpoint, type Registry } from '../registry';

/** The OpenAPI v3 documents, one for each group and version, made when asked for and remade when kinds change. */
export class OpenApi {
  private generation = -1;
  private documents = new Map<string, { readonly body: Buffer; readonly hash: string }>();

  constructor(private readonly registry: Registry) {}

  /** `/openapi/v3`: where the documents are, under URLs that change with their content. */
  index(): JsonObject {
    this.refresh();
    const paths: JsonObject = {};
    for (const [path, { hash }] of this.documents) {
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
    }
    return { paths };
  }

  /** One document by its path, such as `apis/apps/v1`. */
  document(path: string): Buffer | undefined {
    this.refresh();
    return this.documents.get(path)?.body;
  }

  private refresh(): void {
    if (this.generation === this.registry.generation) return;
    this.generation = this.registry.generation;
    const byPath = new Map<string, Endpoint[]>();
    for (const endpoint of this.registry.all()) {
      const path = pathOf(endpoint);
      byPath.set(path, [...(byPath.get(path) ?? []), endpoint]);
    }
    this.documents = new Map();
    for (const [path, endpoints] of byPath) {
      const body = Buffer.from(JSON.stringify(documentOf(endpoints)));
      const hash = createHash('sha256').update(body).digest('hex').slice(0, 32).toUpperCase();
      this.documents.set(path, { body, hash });
    }
  }
}

function pathOf(endpoint: Endpoint): string {
  return `${endpoint.group === '' ? 'api' : 'apis'}/${apiVersionOf(endpoint)}`;
}

function documentOf(endpoints: readonly Endpoint[]): JsonObject {
  const paths: JsonObject = {};
  const schemas: JsonObject = { ...SHARED };
  for (const endpoint of endpoints) {
    const name = componentName(endpoint);
    schemas[name] = { ...endpoint.schema.source, 'x-kubernetes-group-version-kind': [groupVersionKind(endpoint)] };
    schemas[`${name}List`] = listSchema(endpoint, name);
    Object.assign(paths, pathsOf(endpoint, name));
  }
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.35.0' }, paths, components: { schemas } };
}

function groupVersionKind({ group, version, resource }: Endpoint): JsonObject {
  return { group, version, kind: resource.kind };
}

/** `io.example.v1.Thing` for `example.io`, the way that generators of clients expect. */
function componentName({ group, version, resource }: Endpoint): string {
  if (resource.custom) return [...group.split('.').reverse(), version, resource.kind].join('.');
  const short = group === '' ? 'core' : (group.split('.')[0] ?? group);
  return `io.k8s.api.${short}.${version}.${resource.kind}`;
}

function listSchema(endpoint: Endpoint, name: string): JsonObject {
  return {
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { $ref: `#/components/schemas/${LIST_META}` },
      items: { type: 'array', items: { $ref: `#/components/schemas/${name}` } },
    },
    'x-kubernetes-group-version-kind': [{ ...groupVersionKind(endpoint), kind: endpoint.resource.listKind }],
  };
}

function parameters(...names: string[]): JsonObject[] {
  return names.map((name) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } }));
}

const WRITE = parameters('dryRun', 'fieldManager', 'fieldValidation', 'pretty');
const PATCH = [...WRITE, ...parameters('force')];
const DELETE = parameters('dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy', 'pretty');
const LIST = parameters(
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
);
const PATCH_TYPES = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];

function pathsOf(endpoint: Endpoint, name: string): JsonObject {
  const { resource, review, statusSubresource } = endpoint;
  const collection = `/${pathOf(endpoint)}/${resource.namespaced ? 'namespaces/{namespace}/' : ''}${resource.resource}`;
  const operation = (action: string, schema: string, query: JsonObject[] = []): JsonObject => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': groupVersionKind(endpoint),
    parameters: query,
    responses: { '200': { description: 'OK', content: contentOf(['application/json'], schema) } },
  });
  const write = (action: string, types: string[], query: JsonObject[]): JsonObject => ({
    ...operation(action, name, query),
    requestBody: { required: true, content: contentOf(types, name) },
  });
  const json = ['application/json'];
  if (review) return { [collection]: { post: write('post', json, WRITE) } };
  const single = {
    get: operation('get', name),
    put: write('put', json, WRITE),
    patch: write('patch', PATCH_TYPES, PATCH),
    delete: operation('delete', name, DELETE),
  };
  return {
    [collection]: {
      get: operation('list', `${name}List`, LIST),
      post: write('post', json, WRITE),
      delete: operation('deletecollection', name, [...LIST, ...DELETE]),
    },
    [`${collection}/{name}`]: single,
    ...(statusSubresource
      ? { [`${collection}/{name}/status`]: { get: single.get, put: single.put, patch: single.patch } }
      : {}),
  };
}

function contentOf(types: readonly string[], schema: string): JsonObject {
  return objectAt(
    Object.fromEntries(types.map((type) => [type, { schema: { $ref: `#/components/schemas/${schema}` } }])),
  );
}
