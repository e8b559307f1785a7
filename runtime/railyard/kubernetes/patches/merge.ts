import { applyPatch, type Operation } from 'rfc6902';
import { copyOf, isObject, type Json, type JsonObject } from '../json';
import { badRequest, StatusError } from '../status';

/** JSON merge patch, RFC 7386: objects are merged, null removes, everything else replaces. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: JsonObject = isObject(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null || value === undefined) delete merged[field];
    else merged[field] = mergePatch(merged[field], value);
  }
  return merged;
}

const OPERATIONS = new Set<unknown>(['add', 'remove', 'replace', 'move', 'copy', 'test']);

function isOperation(value: Json): value is JsonObject & Operation {
  if (!isObject(value) || !OPERATIONS.has(value['op']) || typeof value['path'] !== 'string') return false;
  return (value['op'] !== 'move' && value['op'] !== 'copy') || typeof value['from'] === 'string';
}

/**
 * JSON patch, RFC 6902.
 *
 * @throws StatusError 400 when it is no JSON patch, 422 when it does not apply
 */
export function jsonPatch(target: JsonObject, patch: Json): JsonObject {
  if (!Array.isArray(patch)) throw badRequest('error decoding patch: a JSON patch is a list of operations');
  const operations = patch.map((operation) => {
    if (!isOperation(operation))
      throw badRequest(`error decoding patch: not an operation: ${JSON.stringify(operation)}`);
    return operation;
  });
  // The library goes on after an operation that failed: only a copy may be half patched.
  const patched = copyOf(target);
  const failed = applyPatch(patched, operations).find((error) => error !== null);
  if (failed) {
    // Where it failed, a real server keeps to itself.
    throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request');
  }
  return patched;
}
