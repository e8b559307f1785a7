import type { Definitions } from '../schema/structural';
import { anyValue, flag, integer, keyedList, listOf, mapOf, object, ref, setOf, text, time } from './parts';

/** Names under which shared schemas stand in OpenAPI documents. */
export const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
export const LIST_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';
export const CONDITION = 'io.k8s.apimachinery.pkg.apis.meta.v1.Condition';
export const LABEL_SELECTOR = 'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector';
export const JSON_SCHEMA = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

const OWNER = object(
  {
    apiVersion: text('API version of the owner.'),
    kind: text('Kind of the owner.'),
    name: text('Name of the owner.'),
    uid: text('UID of the owner.'),
    controller: flag('Whether the owner is the one that manages this object.'),
    blockOwnerDeletion: flag('Whether a foreground deletion of the owner waits for this object.'),
  },
  ['apiVersion', 'kind', 'name', 'uid'],
);

const numbers = ['maximum', 'minimum', 'multipleOf'];
const counts = ['maxItems', 'maxLength', 'maxProperties', 'minItems', 'minLength', 'minProperties'];
const flags = [
  'exclusiveMaximum',
  'exclusiveMinimum',
  'nullable',
  'uniqueItems',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
];
const texts = [
  '$ref',
  '$schema',
  'description',
  'format',
  'id',
  'pattern',
  'title',
  'type',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
];
const fields = <T>(names: readonly string[], schema: T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, schema]));

/** Schemas that several kinds share, or that contain themselves. */
export const SHARED: Definitions = {
  [OBJECT_META]: object(
    {
      name: text('Unique within a namespace, for objects of one kind.'),
      generateName: text('A prefix to which the server adds five letters, when no name is given.'),
      namespace: text('The space within which the name must be unique.'),
      uid: text('Unique in time and space; set by the server.'),
      resourceVersion: text('Opaque version of the object; a write that carries an old one is refused.'),
      generation: integer('Counts changes of the desired state; set by the server.'),
      creationTimestamp: time('When the server stored the object first.'),
      deletionTimestamp: time('When its deletion was asked for.'),
      deletionGracePeriodSeconds: integer('How long the deletion may take.'),
      labels: mapOf(text(), 'Keys and values for selecting.'),
      annotations: mapOf(text(), 'Keys and values for tools to keep what they like.'),
      finalizers: setOf(text()),
      ownerReferences: keyedList(OWNER, 'uid'),
      managedFields: listOf(anyValue, 'Accepted and not kept.'),
      selfLink: text('Accepted and not kept.'),
    },
    [],
    'Metadata that every stored object has.',
  ),
  [LIST_META]: object({
    continue: text('Pass it as query parameter `continue` to get the rest.'),
    remainingItemCount: integer('How many items follow.'),
    resourceVersion: text('Version of the collection: watch from here.'),
    selfLink: text(),
  }),
  [CONDITION]: object(
    {
      type: text('What the condition is about.'),
      status: text('True, False or Unknown.'),
      observedGeneration: integer('The generation that was looked at.'),
      lastTransitionTime: time('When the status changed last.'),
      reason: text('One word for the status.'),
      message: text('The status in words.'),
    },
    ['type', 'status'],
  ),
  [LABEL_SELECTOR]: object({
    matchLabels: mapOf(text()),
    matchExpressions: listOf(object({ key: text(), operator: text(), values: listOf(text()) }, ['key', 'operator'])),
  }),
  [JSON_SCHEMA]: object({
    ...fields(numbers, { type: 'number' }),
    ...fields(counts, integer()),
    ...fields(flags, flag()),
    ...fields(texts, text()),
    ...fields(['default', 'example', 'additionalItems', 'additionalProperties'], anyValue),
    enum: listOf(anyValue),
    required: listOf(text()),
    not: ref(JSON_SCHEMA),
    ...fields(['allOf', 'anyOf', 'oneOf'], listOf(ref(JSON_SCHEMA))),
    ...fields(['properties', 'patternProperties', 'definitions', 'dependencies'], mapOf(ref(JSON_SCHEMA))),
    items: ref(JSON_SCHEMA),
    externalDocs: object({ description: text(), url: text() }),
    'x-kubernetes-list-map-keys': listOf(text()),
    'x-kubernetes-validations': keyedList(
      object(
        {
          rule: text('A CEL expression over self and oldSelf.'),
          message: text(),
          messageExpression: text(),
          reason: text(),
          fieldPath: text(),
          optionalOldSelf: flag(),
        },
        ['rule'],
      ),
      'rule',
    ),
  }),
};
