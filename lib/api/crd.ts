/** The CustomResourceDefinitions of our kinds, made from the one source of the resource model. */

import { stringify } from 'yaml';
import { structural, validations, type StructuralSchema } from './crd-schema';
import { AGE, DEFINITIONS, type PrinterColumn } from './kinds';
import { CATEGORY, GROUP, VERSION } from './names';
import { KINDS, type Kind } from './resource';

/** The part of `apiextensions.k8s.io/v1` CustomResourceDefinition that we write. */
export interface CustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced';
    readonly names: {
      readonly kind: Kind;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames: readonly string[];
      readonly categories: readonly string[];
    };
    readonly versions: readonly {
      readonly name: string;
      readonly served: true;
      readonly storage: true;
      readonly subresources: { readonly status: Record<string, never> };
      readonly additionalPrinterColumns: readonly PrinterColumn[];
      readonly schema: { readonly openAPIV3Schema: StructuralSchema };
    }[];
  };
}

function openAPI(kind: Kind): StructuralSchema {
  const { description, spec, status, rules } = DEFINITIONS[kind];
  return {
    description,
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { description: `Always ${GROUP}/${VERSION}.`, type: 'string' },
      kind: { description: `Always ${kind}.`, type: 'string' },
      metadata: { type: 'object' },
      spec: structural(spec, `${kind}.spec`),
      status: structural(status, `${kind}.status`),
    },
    ...validations(rules),
  };
}

function definition(kind: Kind): CustomResourceDefinition {
  const { plural, singular, shortNames } = KINDS[kind];
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames, categories: [CATEGORY] },
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [...DEFINITIONS[kind].columns, AGE],
          schema: { openAPIV3Schema: openAPI(kind) },
        },
      ],
    },
  };
}

/** The definitions of Track, Station and Ticket; a new copy at each call. */
export function crds(): CustomResourceDefinition[] {
  return [definition('Track'), definition('Station'), definition('Ticket')];
}

/** The definitions as YAML documents, the same bytes at each call. */
export function crdsYaml(): string {
  return crds()
    .map((crd) => stringify(crd, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
}
