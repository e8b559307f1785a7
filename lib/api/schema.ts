/** The small schemas that the resources are made of. Bounds are generous for people and finite for the CEL cost budget. */

import { Type, type Static, type TSchema, type SchemaOptions, type TObject, type TProperties } from '@sinclair/typebox';
import { DURATION_PATTERN } from './duration';

/** One CEL rule of `x-kubernetes-validations`. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  readonly fieldPath?: string;
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
}

/** Schema options with the Kubernetes extensions that we use. */
export interface KubernetesOptions extends SchemaOptions {
  readonly 'x-kubernetes-validations'?: readonly Rule[];
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

export const rules = (...list: Rule[]): Pick<KubernetesOptions, 'x-kubernetes-validations'> => ({
  'x-kubernetes-validations': list,
});

/** A rule that a field, once set, never changes. */
export const immutable = (field: string): Rule => ({
  rule: 'self == oldSelf',
  message: `${field} is immutable: make a new object instead`,
});

/** The rule that exactly one of some optional fields is set. */
export const exactlyOne = (...fields: string[]): Rule => ({
  rule: `[${fields.map((field) => `has(self.${field})`).join(', ')}].exists_one(x, x)`,
  message: `exactly one of ${fields.join(', ')} must be set`,
});

/** An object whose key names, order and prose come from its properties. */
export const shape = <T extends TProperties>(
  description: string,
  properties: T,
  options: KubernetesOptions = {},
): TObject<T> => Type.Object(properties, { description, ...options });

/** A closed set of words. Becomes `enum` in the CRD and a union of literals in TypeScript. */
export const words = <const T extends readonly string[]>(
  description: string,
  list: T,
  options: KubernetesOptions = {},
) => Type.Unsafe<T[number]>({ type: 'string', enum: [...list], description, ...options });

export const list = <T extends TSchema>(
  items: T,
  description: string,
  options: KubernetesOptions & { maxItems: number },
) => Type.Array(items, { description, ...options });

/** A list that Kubernetes merges by key instead of replacing. */
export const listByName = <T extends TSchema>(
  items: T,
  description: string,
  maxItems: number,
  keys: readonly string[] = ['name'],
) => Type.Array(items, { description, maxItems, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });

export const text = (description: string, options: KubernetesOptions & { maxLength?: number; pattern?: string } = {}) =>
  Type.String({ description, maxLength: 1024, ...options });

/** A status message; longer words of others are cut before they are written. */
export const message = (description: string) => text(description, { maxLength: 4096 });

export const flag = (description: string, byDefault: boolean) => Type.Boolean({ description, default: byDefault });

export const count = (description: string, options: { minimum?: number; maximum?: number; default?: number } = {}) =>
  Type.Integer({ description, minimum: 0, format: 'int64', ...options });

/** Rule B8: Track and Station names are DNS labels of at most 40 characters, so that names made from them stay legal. */
export const NAME_PATTERN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';
export const NAME_MAX_LENGTH = 40;

/** Names that Git or the runtime need for themselves (rule B8). */
export const RESERVED_NAMES: readonly string[] = ['lock'];

export const placeName = (description: string) =>
  text(description, { minLength: 1, maxLength: NAME_MAX_LENGTH, pattern: NAME_PATTERN });
export const dnsLabel = (description: string) =>
  text(description, { minLength: 1, maxLength: 63, pattern: NAME_PATTERN });
export const objectName = (description: string) =>
  text(description, { minLength: 1, maxLength: 253, pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' });
export const uid = (description: string) => text(description, { minLength: 1, maxLength: 64 });
export const time = (description: string) => Type.String({ description, format: 'date-time' });
export const duration = (description: string, options: KubernetesOptions & { default?: string } = {}) =>
  text(description, { maxLength: 32, pattern: DURATION_PATTERN, ...options });

/** Web and SSH addresses; `user@host:path` as Git writes it. Anything else (`ext::`, `file:`, options) is refused. */
export const REPOSITORY_PATTERN = '^(https?://|ssh://|[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:)[^\\s]+$';
export const repositoryURL = (description: string) =>
  text(description, { minLength: 1, maxLength: 512, pattern: REPOSITORY_PATTERN });
export const commit = (description: string) =>
  text(description, { maxLength: 64, pattern: '^([0-9a-f]{40}|[0-9a-f]{64})$' });
export const digest = (description: string) => text(description, { maxLength: 80, pattern: '^sha256:[0-9a-f]{64}$' });
export const imageRepository = (description: string) => text(description, { minLength: 1, maxLength: 255 });

/**
 * A branch name that Git accepts and that no shell, URL or terminal can misread: the rules of `git check-ref-format`,
 * without control characters, and never looking like an option.
 */
export const branchName = (description: string, options: KubernetesOptions & { default?: string } = {}) =>
  text(description, { minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9_][A-Za-z0-9._/+@#=,-]*$', ...options });

/** A folder of a repository, from its root or from `folder`: relative, no `..`, no leading or trailing slash. */
export const folderPath = (description: string, options: KubernetesOptions & { default?: string } = {}) =>
  text(description, { maxLength: 255, pattern: '^([A-Za-z0-9_.+@=,-]+(/[A-Za-z0-9_.+@=,-]+)*)?$', ...options });

export const Condition = shape('One condition, as Kubernetes defines them.', {
  type: text('What the condition is about.', { maxLength: 316 }),
  status: words('Whether it holds.', ['True', 'False', 'Unknown']),
  reason: text('One word for programs.', { maxLength: 1024, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' }),
  message: text('A sentence for people.', { maxLength: 32768 }),
  lastTransitionTime: time('When status last changed.'),
  observedGeneration: Type.Optional(count('The generation that this was decided for.')),
});
export type Condition = Static<typeof Condition>;

export const conditions = () =>
  Type.Optional(listByName(Condition, 'What people and programs wait for.', 16, ['type']));

export const observedGeneration = () =>
  Type.Optional(count('The generation of the spec that this status was written for.'));
