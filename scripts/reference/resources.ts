/** The page of the resources, field by field, from the very schemas that the API server holds them to. */

import { stringify } from 'yaml';
import { crds } from '../../lib/api/crd';
import type { StructuralSchema } from '../../lib/api/crd-schema';
import { FAILURE_REASONS, PHASES, STAMP_RESULTS, WAITING_REASONS } from '../../lib/api';
import { code, page, table } from './markdown';

export function resourcesPage(): string {
  return page('Resources', [
    'What people and other tools read and write in a cluster. Constructs write Tracks and Stations; the runtime makes most',
    'Tickets, and writes every `status`. A field without a default that is not marked required may be left out.',
    '',
    ...crds().flatMap(({ spec: { names, group, versions } }) => {
      const [version] = versions;
      if (version === undefined) return [];
      const schema = version.schema.openAPIV3Schema;
      return [
        `## ${names.kind}`,
        '',
        `\`apiVersion: ${group}/${version.name}\`, \`kind: ${names.kind}\`, short name \`${names.shortNames.join('`, `')}\`. ${schema.description ?? ''}`,
        '',
        ...rulesOf(schema),
        `### ${names.kind} spec`,
        '',
        ...fieldsOf(schema.properties?.spec, 'spec'),
        '',
        `### ${names.kind} status`,
        '',
        ...fieldsOf(schema.properties?.status, 'status'),
        '',
        `### What kubectl get ${names.plural} shows`,
        '',
        ...table(
          ['column', 'from', 'meaning'],
          version.additionalPrinterColumns.map((one) => [one.name, code(one.jsonPath), one.description]),
        ),
        '',
      ];
    }),
    '## Words',
    '',
    'Closed lists: nothing else ever stands in these fields.',
    '',
    ...table(
      ['field', 'words'],
      [
        ['phase of a ticket', words(PHASES)],
        ['reason of `status.waiting`', words(WAITING_REASONS)],
        ['result of a stamp', words(STAMP_RESULTS)],
        ['reason of a failure', words(FAILURE_REASONS)],
      ],
    ),
  ]);
}

const words = (list: readonly string[]): string => list.map(code).join(', ');

function rulesOf(schema: StructuralSchema): string[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  return rules.length === 0 ? [] : [...rules.map(({ message }) => `- ${message}`), ''];
}

function fieldsOf(schema: StructuralSchema | undefined, at: string): string[] {
  return table(['field', 'type', 'default', 'meaning'], schema === undefined ? [] : rows(schema, at));
}

function rows(schema: StructuralSchema, at: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${at}.${name}`;
    const isRequired = schema.required?.includes(name) === true && field.default === undefined;
    return [
      [code(path), typeOf(field), isRequired ? 'required' : defaultOf(field), meaning(field)],
      ...inside(field, path),
    ];
  });
}

function inside(field: StructuralSchema, path: string): string[][] {
  if (field.items !== undefined) return rows(field.items, `${path}[]`);
  if (field.additionalProperties !== undefined) return rows(field.additionalProperties, `${path}.<name>`);
  return rows(field, path);
}

function typeOf(field: StructuralSchema): string {
  if (field.enum !== undefined) return words(field.enum.map(String));
  if (field.items !== undefined) return `list of ${typeOf(field.items)}`;
  if (field.additionalProperties !== undefined) return `map to ${typeOf(field.additionalProperties)}`;
  return field.format ?? field.type ?? 'anything';
}

const defaultOf = (field: StructuralSchema): string =>
  field.default === undefined ? '' : code(stringify(field.default, { collectionStyle: 'flow' }).trim());

function meaning(field: StructuralSchema): string {
  const { description = '', maximum, minimum, maxItems, maxLength, pattern } = field;
  const rules = [...(field['x-kubernetes-validations'] ?? []), ...(field.items?.['x-kubernetes-validations'] ?? [])];
  const bounds = [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(maxItems === undefined ? [] : [`at most ${maxItems} entries`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    // A long one says nothing to a reader; the API server says what is wrong.
    ...(pattern === undefined || pattern.length > 60 ? [] : [`matches ${code(pattern)}`]),
  ];
  const sentences = [...rules.map(({ message }) => message), ...(bounds.length > 0 ? [bounds.join(', ')] : [])];
  return [description, ...sentences.map((text) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`)].join(' ');
}
