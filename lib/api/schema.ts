/** The small schemas that the resources are made of. Bounds are generous for people and finite for the CEL cost budget. */

import {
  Type,
  type SchemaOptions,
  type Static,
  type TArray,
  type TBoolean,
  type TInteger,
  type TObject,
  type TOptional,
  type TProperties,
  type TRecord,
  type TSchema,
  type TString,
  type TUnsafe,
} from '@sinclair/typebox';
import { DURATION_PATTERN } from './duration';

/** One CEL rule of `x-kubernetes-validations`. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  /**
   * The same rule for readers without a CEL engine; never part of the CRD. Absent where only a transition can break
   * the rule.
   */
  readonly holds?: (self: unknown) => boolean;
}

/** Schema options with the Kubernetes extensions that we use. */
export interface KubernetesOptions extends SchemaOptions {
  readonly 'x-kubernetes-validations'?: readonly Rule[];
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  /** A value that would be right; also the fix that an error message names. */
  readonly example?: unknown;
}

export const rules = (...list: Rule[]): Pick<KubernetesOptions, 'x-kubernetes-validations'> => ({
  'x-kubernetes-validations': list,
});

/** The rules of a schema, as it was given them. */
export const rulesOf = (schema: TSchema): readonly Rule[] =>
  // Only `rules`, above, writes this keyword.
  (schema['x-kubernetes-validations'] as readonly Rule[] | undefined) ?? [];

/** The schema of a field that, once set, never changes. */
export const immutable = <T extends TSchema>(field: string, schema: T): T => ({
  ...schema,
  ...rules(...rulesOf(schema), {
    rule: 'self == oldSelf',
    message: `${field} is immutable: make a new object instead`,
  }),
});

const present = (self: unknown, fields: readonly string[]): number =>
  typeof self === 'object' && self !== null
    ? fields.filter((field) => (self as Record<string, unknown>)[field] !== undefined).length
    : 0;

const all = (fields: readonly string[]): string[] => fields.map((field) => `has(self.${field})`);

/** The rule that exactly one of some optional fields is set. */
export const exactlyOne = (...fields: string[]): Rule => ({
  rule: `[${all(fields).join(', ')}].exists_one(x, x)`,
  message: `exactly one of ${fields.join(', ')} must be set`,
  holds: (self) => present(self, fields) === 1,
});

/** The rule that one or more of some optional fields are set. */
export const atLeastOne = (fields: readonly string[], message: string): Rule => ({
  rule: all(fields).join(' || '),
  message,
  holds: (self) => present(self, fields) > 0,
});

/** The rule that some optional fields are not all set together. */
export const notTogether = (fields: readonly string[], message: string): Rule => ({
  rule: `!(${all(fields).join(' && ')})`,
  message,
  holds: (self) => present(self, fields) < fields.length,
});

/** An object whose key names, order and prose come from its properties. */
export const shape = <T extends TProperties>(
  description: string,
  properties: T,
  options: KubernetesOptions = {},
): TObject<T> => Type.Object(properties, { description, ...options });

/** A closed set of words: `enum` in the CRD, a union of literals in TypeScript. */
export const words = <const T extends readonly string[]>(
  description: string,
  list: T,
  options: KubernetesOptions = {},
): TUnsafe<T[number]> =>
  Type.Unsafe<T[number]>(
    Type.Union(
      list.map((word) => Type.Literal(word)),
      { description, ...options },
    ),
  );

export const list = <T extends TSchema>(
  items: T,
  description: string,
  options: KubernetesOptions & { maxItems: number },
): TArray<T> => Type.Array(items, { description, ...options });

/** A list that Kubernetes merges by key instead of replacing. */
export const listByName = <T extends TSchema>(
  items: T,
  description: string,
  maxItems: number,
  keys: readonly string[] = ['name'],
): TArray<T> =>
  Type.Array(items, { description, maxItems, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });

export const text = (
  description: string,
  options: KubernetesOptions & { maxLength?: number; pattern?: string } = {},
): TString => Type.String({ description, maxLength: 1024, ...options });

/** A status message; longer words of others are cut before they are written. */
export const message = (description: string): TString => text(description, { maxLength: 4096 });

export const flag = (description: string, byDefault: boolean): TBoolean =>
  Type.Boolean({ description, default: byDefault });

export const count = (
  description: string,
  options: { minimum?: number; maximum?: number; default?: number } = {},
): TInteger => Type.Integer({ description, minimum: 0, format: 'int64', ...options });

/** Rule B8: Track and Station names are DNS labels of at most 40 characters, so that names made from them stay legal. */
export const NAME_PATTERN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';
export const NAME_MAX_LENGTH = 40;

/** Names that Git or the runtime need for themselves (rule B8). */
export const RESERVED_NAMES: readonly string[] = ['lock'];

export const placeName = (description: string): TString =>
  text(description, { minLength: 1, maxLength: NAME_MAX_LENGTH, pattern: NAME_PATTERN, example: 'prod' });
export const dnsLabel = (description: string): TString =>
  text(description, { minLength: 1, maxLength: 63, pattern: NAME_PATTERN, example: 'guestbook' });
export const objectName = (description: string): TString =>
  text(description, {
    minLength: 1,
    maxLength: 253,
    pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$',
    example: 'guestbook-prod-web',
  });
export const uid = (description: string): TString => text(description, { minLength: 1, maxLength: 64 });
export const time = (description: string): TString => Type.String({ description, format: 'date-time' });
/** Times by name: what several write, each an entry of its own. */
export const timesByName = (description: string, maxProperties: number): TRecord<TString, TString> =>
  Type.Record(Type.String(), time('When it was.'), { description, maxProperties });
/** Version of Kubernetes: `1.34`. */
export const KUBERNETES_VERSION_PATTERN = '^v?\\d+\\.\\d+(\\.\\d+)?$';
/** `group/version`, or `group/version/Kind`. */
export const API_VERSION_PATTERN = '^[a-z\\d][-a-z\\d.]*(/[a-z\\d]+(/[A-Za-z\\d]+)?)?$';

export const duration = (description: string, options: KubernetesOptions & { default?: string } = {}): TString =>
  text(description, { maxLength: 32, pattern: DURATION_PATTERN, example: '1h30m', ...options });

/**
 * Web and SSH addresses; `user@host:path` as Git writes it. Anything else (`ext::`, `file:`, options) is refused, and so
 * is a user or password in a web address: it would be stored, shown and logged.
 */
export const REPOSITORY_PATTERN =
  '^(https?://[A-Za-z0-9\\[][^\\s/@]*(/[^\\s]*)?' +
  '|ssh://([A-Za-z0-9_][A-Za-z0-9._-]*@)?[A-Za-z0-9\\[][^\\s/@]*/[^\\s]*' +
  '|[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^\\s]+)$';
export const repositoryURL = (description: string): TString =>
  text(description, {
    minLength: 1,
    maxLength: 512,
    pattern: REPOSITORY_PATTERN,
    example: 'https://git.example.com/guestbook.git',
  });
export const commit = (description: string): TString =>
  text(description, { maxLength: 64, pattern: '^([0-9a-f]{40}|[0-9a-f]{64})$' });
export const digest = (description: string): TString =>
  text(description, { maxLength: 80, pattern: '^sha256:[0-9a-f]{64}$' });
export const imageRepository = (description: string): TString =>
  text(description, { minLength: 1, maxLength: 255, example: 'ghcr.io/acme/guestbook' });

/** Parts between slashes hold no `..`, and neither start nor end with a dot. */
const BRANCH_PART = '[A-Za-z0-9_+@#=,-]+([.][A-Za-z0-9_+@#=,-]+)*';
const BRANCH_PATTERN = `^[A-Za-z0-9_][A-Za-z0-9_+@#=,-]*([.][A-Za-z0-9_+@#=,-]+)*(/${BRANCH_PART})*$`;

/**
 * A branch name that Git accepts and that no shell, URL or terminal can misread: the rules of `git check-ref-format`,
 * without control characters, and never looking like an option.
 */
export const branchName = (description: string, options: KubernetesOptions & { default?: string } = {}): TString =>
  text(description, {
    minLength: 1,
    maxLength: 200,
    pattern: BRANCH_PATTERN,
    example: 'env/prod',
    ...rules({
      rule: "!self.matches('[.]lock(/|$)')",
      message: "Git needs names that end in '.lock' for itself: choose another one",
      holds: (self) => typeof self !== 'string' || !/[.]lock(\/|$)/.test(self),
    }),
    ...options,
  });

/** A name that is more than dots, so neither `.` nor `..`. */
const FOLDER_PART = '[.]*[A-Za-z0-9_+@=,-][A-Za-z0-9_.+@=,-]*';

/** A folder of a repository, from its root or from `folder`: relative, no `..`, no leading or trailing slash. */
export const folderPath = (description: string, options: KubernetesOptions & { default?: string } = {}): TString =>
  text(description, {
    maxLength: 255,
    pattern: `^(${FOLDER_PART}(/${FOLDER_PART})*)?$`,
    example: 'env/prod',
    ...options,
  });

export const Condition = shape('One condition, as Kubernetes defines them.', {
  type: text('What the condition is about.', { maxLength: 316 }),
  status: words('Whether it holds.', ['True', 'False', 'Unknown']),
  reason: text('One word for programs.', { maxLength: 1024, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' }),
  message: text('A sentence for people.', { maxLength: 32768 }),
  lastTransitionTime: time('When status last changed.'),
  observedGeneration: Type.Optional(count('The generation that this was decided for.')),
});
export type Condition = Static<typeof Condition>;

export const conditions = (): TOptional<TArray<typeof Condition>> =>
  Type.Optional(listByName(Condition, 'What people and programs wait for.', 16, ['type']));

export const observedGeneration = (): TOptional<TInteger> =>
  Type.Optional(count('The generation of the spec that this status was written for.'));
