import { isObject, listAt, sameJson, type Json, type JsonObject } from '../json';
import { isMergedSet, mergeByKey, mergeKeyOf, sameItem, union } from './lists';

const ORDER = '$setElementOrder/';
const REMOVE = '$deleteFromPrimitiveList/';

/**
 * Strategic merge patch, as kubectl makes it for built-in kinds: a merge patch that merges known lists by key, with
 * directives for deleting, replacing and ordering.
 */
export function strategicMergePatch(target: Json | undefined, patch: JsonObject): JsonObject {
  if (patch['$patch'] === 'replace') return plain(patch);
  if (patch['$patch'] === 'delete') return {};
  const merged: JsonObject = isObject(target) ? { ...target } : {};
  const retained = patch['$retainKeys'];
  if (Array.isArray(retained)) {
    for (const field of Object.keys(merged)) if (!retained.includes(field)) delete merged[field];
  }
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith(REMOVE)) removeValues(merged, field.slice(REMOVE.length), listAt(value));
    else if (field.startsWith('$')) continue;
    else if (value === null || value === undefined) delete merged[field];
    else merged[field] = mergeField(field, merged[field], value);
  }
  for (const [field, order] of Object.entries(patch)) {
    if (field.startsWith(ORDER)) reorder(merged, field.slice(ORDER.length), listAt(order));
  }
  return merged;
}

function mergeField(field: string, before: Json | undefined, after: Json): Json {
  if (isObject(after)) return strategicMergePatch(before, after);
  if (!Array.isArray(after)) return after;
  if (isMergedSet(field)) return union(after, listAt(before));
  const key = mergeKeyOf(field, before, after);
  if (key === undefined) return after.map((item) => (isObject(item) ? plain(item) : item));
  return mergeLists(key, listAt(before), after);
}

function mergeLists(key: string, before: Json[], after: Json[]): Json[] {
  const directive = (item: Json, name: string): boolean => isObject(item) && item['$patch'] === name;
  const wanted = after.filter((item) => !directive(item, 'delete') && !directive(item, 'replace'));
  if (after.some((item) => directive(item, 'replace'))) return wanted;
  const deleted = after.filter((item) => directive(item, 'delete'));
  const kept = before.filter((item) => !deleted.some((one) => sameItem([key], one, item)));
  return mergeByKey([key], kept, wanted, strategicMergePatch);
}

function removeValues(merged: JsonObject, field: string, values: Json[]): void {
  const list = merged[field];
  if (Array.isArray(list)) merged[field] = list.filter((item) => !values.some((value) => sameJson(value, item)));
}

/** Puts the listed items into their order; items that only the server knows follow. */
function reorder(merged: JsonObject, field: string, order: Json[]): void {
  const list = merged[field];
  if (!Array.isArray(list)) return;
  const key = mergeKeyOf(field, list, order);
  const rankOf = (item: Json): number => {
    const rank = order.findIndex((one) => (key === undefined ? sameJson(one, item) : sameItem([key], one, item)));
    return rank < 0 ? order.length : rank;
  };
  merged[field] = [...list].sort((left, right) => rankOf(left) - rankOf(right));
}

/** A patch without its directives. */
function plain(patch: JsonObject): JsonObject {
  const entries = Object.entries(patch).filter(([field, value]) => !field.startsWith('$') && value !== null);
  return Object.fromEntries(entries.map(([field, value]) => [field, isObject(value) ? plain(value) : value]));
}
