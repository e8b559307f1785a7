/** Any JSON value, as it comes out of a parser: nothing about its shape is known yet. */
export type Json = string | number | boolean | null | Json[] | JsonObject;

/** A JSON object. A field set to `undefined` counts as absent. */
export interface JsonObject {
  [field: string]: Json | undefined;
}

/** One entry of `metadata.ownerReferences`. */
export type OwnerReference = {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
};

/** `metadata` of every Kubernetes object. */
export interface Metadata extends JsonObject {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
}

/** What the server stores and serves. */
export interface KubernetesObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at `value`, or an empty one: for reading fields of input whose shape is not checked. */
export function objectAt(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The list at `value`, or an empty one. */
export function listAt(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** The text at `value`, or undefined. */
export function textAt(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Equality of JSON values: the order of fields does not count, absent and `undefined` are the same. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, position) => sameJson(item, right[position]))
    );
  }
  if (!isObject(left) || !isObject(right)) return false;
  let present = 0;
  for (const field in left) {
    const value = left[field];
    if (value === undefined) continue;
    present += 1;
    if (!sameJson(value, right[field])) return false;
  }
  for (const field in right) if (right[field] !== undefined) present -= 1;
  return present === 0;
}

/** A copy that shares nothing with the original. */
export function copyOf<T extends Json>(value: T): T {
  return structuredClone(value);
}
