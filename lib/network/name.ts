/** Names that Kubernetes, Git and the runtime can all carry (rules L2, B8). */

import { NAME_MAX_LENGTH, NAME_PATTERN, RESERVED_NAMES } from '../api/schema';

const NAME = new RegExp(NAME_PATTERN);
const OBJECT_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_MAX_LENGTH = 63;
const OBJECT_NAME_MAX_LENGTH = 253;

/**
 * The name that the ids of a construct path come to: lower case, whatever Kubernetes does not take becomes `-`, joined
 * by `-`, and no hash. Two paths may come to one name; the network's checks refuse that, naming both.
 *
 * @returns the empty string when nothing of the ids can stay
 */
export function nameFromPath(ids: readonly string[]): string {
  return ids
    .map((id) =>
      id
        .toLowerCase()
        .replace(/[^a-z0-9-]+/g, '-')
        .replace(/^-+|-+$/g, ''),
    )
    .filter((id) => id !== '')
    .join('-');
}

/** Why a Track or Station cannot be called that; `undefined` when it can. */
export function placeNameProblem(name: string): string | undefined {
  if (RESERVED_NAMES.includes(name)) return `is reserved: Git refuses refs that end in '.${name}'`;
  return dnsProblem(name, NAME_MAX_LENGTH);
}

/** Why a namespace, or anything else that is one DNS label, cannot be called that. */
export function labelProblem(name: string): string | undefined {
  return dnsProblem(name, LABEL_MAX_LENGTH);
}

/** Why a Kubernetes object cannot be called that: a DNS subdomain of at most 253 characters. */
export function objectNameProblem(name: string): string | undefined {
  if (name.length > OBJECT_NAME_MAX_LENGTH) return tooLong(name, OBJECT_NAME_MAX_LENGTH);
  if (OBJECT_NAME.test(name)) return undefined;
  return "is not a Kubernetes name: lower-case letters, digits, '-' and '.' between them";
}

function dnsProblem(name: string, longest: number): string | undefined {
  if (name.length > longest) return tooLong(name, longest);
  if (NAME.test(name)) return undefined;
  return "is not a DNS label: lower-case letters, digits and '-' between them";
}

const tooLong = (name: string, longest: number) => `has ${name.length} characters, at most ${longest} fit`;
