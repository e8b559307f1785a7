import type { KubernetesObject } from '../json';
import { apiVersionOf, type Endpoint } from '../registry';
import { applyDefaults, prune } from '../schema/shape';
import { badRequest } from '../status';
import { objectOf, type Entry } from '../store/entry';
import { fieldConditions, labelSelector, type FieldCondition, type Selector } from './selectors';

/** Bodies that had to be made for one version of a kind, kept as long as their entry lives. */
const converted = new WeakMap<Endpoint, WeakMap<Entry, Buffer>>();

/** Whether the stored bytes are already what the endpoint serves. */
function isAsStored(entry: Entry, endpoint: Endpoint): boolean {
  return (
    entry.apiVersion === apiVersionOf(endpoint) && !endpoint.convert && entry.revision >= (endpoint.schemaSince ?? 0)
  );
}

/** A stored object as the endpoint serves it; a fresh copy. */
export function readAs(entry: Entry, endpoint: Endpoint): KubernetesObject {
  const stored = objectOf(entry);
  if (isAsStored(entry, endpoint)) return stored;
  const object = endpoint.convert
    ? endpoint.convert.fromStored(stored)
    : { ...stored, apiVersion: apiVersionOf(endpoint) };
  prune(endpoint.schema, object, '', []);
  applyDefaults(endpoint.schema, object);
  return object;
}

/** The JSON of a stored object as the endpoint serves it. */
export function bodyAs(entry: Entry, endpoint: Endpoint): Buffer {
  if (isAsStored(entry, endpoint)) return entry.body;
  let bodies = converted.get(endpoint);
  if (!bodies) converted.set(endpoint, (bodies = new WeakMap<Entry, Buffer>()));
  let body = bodies.get(entry);
  if (!body) bodies.set(entry, (body = Buffer.from(JSON.stringify(readAs(entry, endpoint)))));
  return body;
}

/** Which objects of a collection a request is about. */
export interface Scope {
  /** Absent: all namespaces, or a cluster-scoped kind. */
  readonly namespace: string | undefined;
  readonly selects: (entry: Entry) => boolean;
  /** Whether everything is selected. */
  readonly everything: boolean;
}

/**
 * The scope of a list, watch or deletion of a collection.
 *
 * @throws StatusError 400 when a selector does not parse or asks for a field that the kind does not offer
 */
export function scopeOf(
  endpoint: Endpoint,
  query: { readonly namespace?: string; readonly name?: string; readonly labels: string; readonly fields: string },
): Scope {
  const labels = labelSelector(query.labels);
  const conditions = fieldConditions(query.fields);
  if (query.name) conditions.push({ field: 'metadata.name', equal: true, value: query.name });
  const fields = conditions.map((condition) => fieldTest(endpoint, condition));
  return {
    namespace: query.namespace,
    selects: (entry) => labels(entry.labels) && fields.every((test) => test(entry)),
    everything: query.labels.trim() === '' && conditions.length === 0,
  };
}

function fieldTest(endpoint: Endpoint, condition: FieldCondition): (entry: Entry) => boolean {
  const { field, equal, value } = condition;
  if (field === 'metadata.name') return (entry) => (entry.name === value) === equal;
  if (field === 'metadata.namespace') return (entry) => (entry.namespace === value) === equal;
  const { selectable: ofKind } = endpoint.resource.strategy;
  const { selectable: ofVersion } = endpoint;
  const fieldsOf = (object: KubernetesObject): Record<string, string> => ({
    ...ofKind?.(object),
    ...ofVersion?.(object),
  });
  const known = fieldsOf({ apiVersion: '', kind: '', metadata: {} });
  if (known[field] === undefined) throw badRequest(`field label not supported: ${field}`);
  const selects: Selector = (values) => (values[field] === value) === equal;
  const fieldsOfEntry = memoised((entry) => fieldsOf(readAs(entry, endpoint)));
  return (entry) => selects(fieldsOfEntry(entry));
}

function memoised(make: (entry: Entry) => Record<string, string>): (entry: Entry) => Record<string, string> {
  const known = new WeakMap<Entry, Record<string, string>>();
  return (entry) => {
    let fields = known.get(entry);
    if (!fields) known.set(entry, (fields = make(entry)));
    return fields;
  };
}
