import { isObject, objectAt, textAt, type JsonObject, type KubernetesObject } from '../json';
import { apiVersionOf, type Endpoint } from '../registry';
import { checkRules } from '../schema/rules';
import { applyDefaults, prune } from '../schema/shape';
import { validate } from '../schema/validate';
import { badRequest, because, invalid, type Cause } from '../status';
import { metadataCauses } from './metadata';

/** How a write wants to be treated. */
export interface WriteOptions {
  /** Do everything except storing. */
  readonly dryRun: boolean;
  /** What happens to fields that the schema does not know: refused, dropped with a warning, or dropped. */
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  readonly fieldManager: string;
}

/** An object as it came in, pruned and defaulted, and what to tell the client about it. */
export interface Taken {
  readonly object: KubernetesObject;
  readonly warnings: readonly string[];
}

/** How unknown fields are refused: creations and replacements answer 400, patches 422. */
type RefuseUnknown = (problems: readonly string[]) => Error;

/**
 * Takes in what a client sent: right kind, known fields, defaults.
 *
 * @throws StatusError 400, or what `refuse` makes of unknown fields
 */
export function take(
  endpoint: Endpoint,
  raw: JsonObject,
  options: WriteOptions,
  refuse: RefuseUnknown = (problems) => unknownFields(endpoint, problems),
): Taken {
  checkKind(endpoint, raw);
  const metadata = raw['metadata'] ?? {};
  if (!isObject(metadata)) throw unreadable(endpoint, 'metadata must be an object');
  const object = {
    ...raw,
    apiVersion: apiVersionOf(endpoint),
    kind: endpoint.resource.kind,
    metadata,
  } as KubernetesObject;
  const removed: string[] = [];
  prune(endpoint.schema, object, '', removed);
  const problems = removed.sort().map((path) => `unknown field "${path}"`);
  if (problems.length > 0 && options.fieldValidation === 'Strict') throw refuse(problems);
  applyDefaults(endpoint.schema, object);
  checkTypes(endpoint, object);
  return { object, warnings: options.fieldValidation === 'Warn' ? problems : [] };
}

function checkKind(endpoint: Endpoint, raw: JsonObject): void {
  const kind = textAt(raw['kind']);
  const apiVersion = textAt(raw['apiVersion']);
  if (!kind) throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(raw).slice(0, 200)}'`);
  if (!apiVersion) throw badRequest(`Object 'apiVersion' is missing in '${JSON.stringify(raw).slice(0, 200)}'`);
  const expected = apiVersionOf(endpoint);
  if (apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  if (kind !== endpoint.resource.kind) {
    if (endpoint.resource.custom) {
      const name = textAt(objectAt(raw['metadata'])['name']) ?? '';
      const cause = because.invalid('kind', kind, `must be ${endpoint.resource.kind}`);
      throw invalid({ ...endpoint.resource, kind }, name, [cause]);
    }
    throw badRequest(`the kind in the data (${kind}) does not match the expected kind (${endpoint.resource.kind})`);
  }
}

function unreadable(endpoint: Endpoint, why: string): Error {
  const { kind } = endpoint.resource;
  return badRequest(`${kind} in version "${endpoint.version}" cannot be handled as a ${kind}: ${why}`);
}

function unknownFields(endpoint: Endpoint, problems: readonly string[]): Error {
  return unreadable(endpoint, `strict decoding error: ${problems.join(', ')}`);
}

/** Wrong types in metadata, and anywhere in a built-in kind, are errors of decoding: 400, not 422. */
function checkTypes(endpoint: Endpoint, object: KubernetesObject): void {
  const causes: Cause[] = [];
  const metadata = endpoint.schema.properties.get('metadata');
  if (!endpoint.resource.custom) validate(endpoint.schema, object, undefined, '', causes);
  else if (metadata) validate({ ...metadata, allOf: [] }, object.metadata, undefined, 'metadata', causes);
  const wrong = causes.find((cause) => cause.reason === 'FieldValueTypeInvalid');
  if (wrong) throw unreadable(endpoint, wrong.message);
}

/** What is wrong with an object whose rules cannot be asked, since they could not rely on its shape. */
const BLOCKING = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

/**
 * Everything that must hold before an object is stored.
 *
 * @throws StatusError 422 with every cause
 */
export function check(endpoint: Endpoint, object: KubernetesObject, old: KubernetesObject | undefined): void {
  const { resource } = endpoint;
  const causes = metadataCauses(resource, object.metadata, old?.metadata);
  const found: Cause[] = [];
  validate(endpoint.schema, object, old, '', found);
  // Of owners the look at metadata has said what is missing.
  causes.push(...found.filter(({ field }) => !field.startsWith('metadata.ownerReferences[')));
  if (!causes.some(({ reason }) => BLOCKING.has(reason))) checkRules(endpoint.schema, object, old, causes);
  else if (endpoint.schema.holds.rules) {
    causes.push(
      because.invalid(
        '<nil>',
        null,
        'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
      ),
    );
  }
  causes.push(...(resource.strategy.validate?.(object, old) ?? []));
  if (causes.length > 0) throw invalid(resource, object.metadata.name ?? '', causes);
}
