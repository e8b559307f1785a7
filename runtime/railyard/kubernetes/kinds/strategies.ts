import { isObject, listAt, objectAt, sameJson, type JsonObject, type KubernetesObject } from '../json';
import { because, type Cause } from '../status';

/** The text at `value`, or an empty one. */
export const string = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What field selectors may ask of events, under the names of both groups. */
export function eventFields(object: KubernetesObject): Record<string, string> {
  const about = objectAt(object['involvedObject'] ?? object['regarding']);
  const fields: Record<string, string> = {
    reason: string(object['reason']),
    type: string(object['type']),
    reportingComponent: string(object['reportingComponent'] ?? object['reportingController']),
    source: string(objectAt(object['source'] ?? object['deprecatedSource'])['component']),
  };
  for (const field of ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']) {
    fields[`involvedObject.${field}`] = string(about[field]);
    fields[`regarding.${field}`] = string(about[field]);
  }
  return fields;
}

/** Namespaces carry their name as a label, and a phase. */
export function prepareNamespace(object: KubernetesObject, old: KubernetesObject | undefined): void {
  const { metadata } = object;
  metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name ?? '' };
  object['spec'] = old ? old['spec'] : { finalizers: ['kubernetes'] };
  if (!old) object['status'] = { phase: 'Active' };
}

/** What is given in plain text is stored in base64. */
export function prepareSecret(object: KubernetesObject): void {
  const plain = objectAt(object['stringData']);
  delete object['stringData'];
  const data: JsonObject = { ...objectAt(object['data']) };
  for (const [key, value] of Object.entries(plain)) data[key] = Buffer.from(string(value)).toString('base64');
  if (Object.keys(data).length > 0) object['data'] = data;
}

/** ConfigMaps and Secrets: key names, and what `immutable` forbids. */
export function dataCauses(object: KubernetesObject, old: KubernetesObject | undefined): Cause[] {
  const causes: Cause[] = [];
  for (const field of ['data', 'binaryData']) {
    for (const key of Object.keys(objectAt(object[field]))) {
      if (/^[-._a-zA-Z0-9]{1,253}$/.test(key) && key !== '.' && key !== '..') continue;
      const why =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
      causes.push(because.invalid(`${field}[${key}]`, key, why));
    }
  }
  if (old?.['immutable'] !== true) return causes;
  if (object['immutable'] !== true)
    causes.push(because.forbidden('immutable', 'field is immutable when `immutable` is set'));
  for (const field of ['data', 'binaryData']) {
    if (!sameJson(object[field], old[field])) {
      causes.push(because.forbidden(field, 'field is immutable when `immutable` is set'));
    }
  }
  return causes;
}

/** A Secret never changes its type. */
export function secretCauses(object: KubernetesObject, old: KubernetesObject | undefined): Cause[] {
  const causes = dataCauses(object, old);
  if (old && object['type'] !== old['type']) {
    causes.push(because.invalid('type', object['type'], 'field is immutable'));
  }
  return causes;
}

/** Events live in the namespace of what they are about. */
export function eventCauses(object: KubernetesObject): Cause[] {
  const space = string(objectAt(object['involvedObject'])['namespace']);
  const home = object.metadata.namespace ?? '';
  // Events about cluster-scoped objects live in `default`.
  if (space === home || (space === '' && home === 'default')) return [];
  return [because.invalid('involvedObject.namespace', space, 'does not match event.namespace')];
}

/** A workload's selector decides which pods are its own: it never changes. */
export function selectorCauses(object: KubernetesObject, old: KubernetesObject | undefined): Cause[] {
  const selector = objectAt(object['spec'])['selector'];
  if (!old || sameJson(selector, objectAt(old['spec'])['selector'])) return [];
  return [because.invalid('spec.selector', selector, 'field is immutable')];
}

/** A binding never changes its role. */
export function roleRefCauses(object: KubernetesObject, old: KubernetesObject | undefined): Cause[] {
  if (!old || sameJson(object['roleRef'], old['roleRef'])) return [];
  return [because.invalid('roleRef', object['roleRef'], 'cannot change roleRef')];
}

/** Who and what a binding names belongs to the RBAC group unless it says otherwise. */
export function prepareBinding(object: KubernetesObject): void {
  const role = objectAt(object['roleRef']);
  if (Object.keys(role).length > 0 && !role['apiGroup']) role['apiGroup'] = 'rbac.authorization.k8s.io';
  for (const subject of listAt(object['subjects']).filter(isObject)) {
    if (!subject['apiGroup'] && subject['kind'] !== 'ServiceAccount') subject['apiGroup'] = 'rbac.authorization.k8s.io';
  }
}
