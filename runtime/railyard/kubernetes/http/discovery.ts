import type { JsonObject } from '../json';
import { apiVersionOf, type Endpoint, type Registry } from '../registry';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
/** The same, in the order in which a real server lists them for kinds that were defined. */
const CUSTOM_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const STATUS_VERBS = ['get', 'patch', 'update'];

/** Orders versions as Kubernetes does: stable before beta before alpha, higher numbers first, anything else last. */
function byVersion(left: string, right: string): number {
  const [first, second] = [rankOf(left), rankOf(right)];
  for (let position = 0; position < first.length; position += 1) {
    const difference = (second[position] ?? 0) - (first[position] ?? 0);
    if (difference !== 0) return difference;
  }
  return left < right ? -1 : 1;
}

function rankOf(version: string): number[] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return [0, 0, 0];
  const stage = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1;
  return [stage, Number(match[1]), Number(match[3] ?? 0)];
}

/** What the server serves, in the two languages in which clients ask: plain discovery and the aggregated one. */
export class Discovery {
  constructor(private readonly registry: Registry) {}

  /** `/api` */
  coreVersions(): JsonObject {
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  }

  /** `/apis` */
  groups(): JsonObject {
    const groups = this.groupNames().filter((group) => group !== '');
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((group) => this.groupOf(group)) };
  }

  /** `/apis/<group>`; undefined when there is no such group. */
  group(group: string): JsonObject | undefined {
    if (group === '' || !this.groupNames().includes(group)) return undefined;
    return { kind: 'APIGroup', apiVersion: 'v1', ...this.groupOf(group) };
  }

  /** `/api/v1` and `/apis/<group>/<version>`; undefined when there is no such version. */
  resources(apiVersion: string): JsonObject | undefined {
    const endpoints = this.registry.all().filter((endpoint) => apiVersionOf(endpoint) === apiVersion);
    if (endpoints.length === 0) return undefined;
    return {
      kind: 'APIResourceList',
      ...(apiVersion === 'v1' ? {} : { apiVersion: 'v1' }),
      groupVersion: apiVersion,
      resources: endpoints.flatMap((endpoint) => this.resourceOf(endpoint)),
    };
  }

  /** Aggregated discovery of `/api` (`core`) or `/apis`. */
  aggregated(core: boolean): JsonObject {
    const groups = this.groupNames().filter((group) => (group === '') === core);
    return {
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
      metadata: {},
      items: groups.map((group) => ({
        metadata: { name: group },
        versions: this.versionsOf(group).map((version) => ({
          version,
          freshness: 'Current',
          resources: this.endpointsOf(group, version).map((endpoint) => aggregatedResource(endpoint)),
        })),
      })),
    };
  }

  private groupNames(): string[] {
    return [...new Set(this.registry.all().map(({ group }) => group))];
  }

  private endpointsOf(group: string, version: string): Endpoint[] {
    return this.registry.all().filter((endpoint) => endpoint.group === group && endpoint.version === version);
  }

  private versionsOf(group: string): string[] {
    const versions = this.registry.all().flatMap((endpoint) => (endpoint.group === group ? [endpoint.version] : []));
    return [...new Set(versions)].sort(byVersion);
  }

  private groupOf(group: string): JsonObject {
    const versions = this.versionsOf(group).map((version) => ({ groupVersion: `${group}/${version}`, version }));
    return { name: group, versions, preferredVersion: versions[0] };
  }

  private resourceOf(endpoint: Endpoint): JsonObject[] {
    const { resource, statusSubresource } = endpoint;
    const { resource: name, singular, namespaced, kind, shortNames, categories } = resource;
    const found: JsonObject = {
      name,
      singularName: singular,
      namespaced,
      kind,
      verbs: verbsOf(endpoint),
      ...(shortNames.length > 0 ? { shortNames: [...shortNames] } : {}),
      ...(categories.length > 0 ? { categories: [...categories] } : {}),
    };
    if (!statusSubresource) return [found];
    return [found, { name: `${name}/status`, singularName: '', namespaced, kind, verbs: STATUS_VERBS }];
  }
}

function verbsOf({ resource, review }: Endpoint): string[] {
  if (review) return ['create'];
  if (resource.custom) return CUSTOM_VERBS;
  return resource.key === 'namespaces' ? VERBS.filter((verb) => verb !== 'deletecollection') : VERBS;
}

function aggregatedResource(endpoint: Endpoint): JsonObject {
  const { group, version, resource, statusSubresource } = endpoint;
  const responseKind = { group, version, kind: resource.kind };
  const { shortNames, categories } = resource;
  return {
    resource: resource.resource,
    responseKind,
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: verbsOf(endpoint),
    ...(shortNames.length > 0 ? { shortNames: [...shortNames] } : {}),
    ...(categories.length > 0 ? { categories: [...categories] } : {}),
    ...(statusSubresource ? { subresources: [{ subresource: 'status', responseKind, verbs: STATUS_VERBS }] } : {}),
  };
}
