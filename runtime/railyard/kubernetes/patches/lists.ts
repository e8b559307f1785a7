import { isObject, sameJson, type Json, type JsonObject } from '../json';

/** Fields of built-in kinds whose lists are merged by key: of all kinds that this server serves, with their keys. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  conditions: ['type'],
  containers: ['name'],
  env: ['name'],
  ephemeralContainers: ['name'],
  hostAliases: ['ip'],
  imagePullSecrets: ['name'],
  initContainers: ['name'],
  matchConditions: ['name'],
  ownerReferences: ['uid'],
  ports: ['containerPort', 'port'],
  resourceClaims: ['name'],
  secrets: ['name'],
  topologySpreadConstraints: ['topologyKey'],
  variables: ['name'],
  volumeDevices: ['devicePath'],
  volumeMounts: ['mountPath'],
  volumes: ['name'],
};

/** Lists of plain values that are merged as sets. */
const SETS = new Set(['finalizers']);

/** Which field tells the items of the list at `field` apart, if it is a list that is merged. */
export function mergeKeyOf(field: string, ...lists: (Json | undefined)[]): string | undefined {
  const candidates = KEYS[field] ?? [];
  const items = lists.flatMap((list) => (Array.isArray(list) ? list : [])).filter(isObject);
  return candidates.find((key) => items.some((item) => item[key] !== undefined));
}

export function isMergedSet(field: string): boolean {
  return SETS.has(field);
}

/** The union of two lists of plain values, in the order of the first. */
export function union(first: readonly Json[], second: readonly Json[]): Json[] {
  return [...first, ...second.filter((value) => !first.some((known) => sameJson(known, value)))];
}

/** Whether two items of a keyed list are the same item. */
export function sameItem(keys: readonly string[], left: Json, right: Json): boolean {
  return isObject(left) && isObject(right) && keys.every((key) => sameJson(left[key], right[key]));
}

/** Merges two keyed lists with `merge`; items only in `second` are appended. */
export function mergeByKey(
  keys: readonly string[],
  first: readonly Json[],
  second: readonly Json[],
  merge: (before: JsonObject, after: JsonObject) => Json,
): Json[] {
  const merged = [...first];
  for (const item of second) {
    const at = merged.findIndex((known) => sameItem(keys, known, item));
    const before = merged[at];
    if (isObject(before) && isObject(item)) merged[at] = merge(before, item);
    else merged.push(item);
  }
  return merged;
}
