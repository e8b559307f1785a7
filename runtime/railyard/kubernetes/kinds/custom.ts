import { isObject, listAt, objectAt, textAt, type JsonObject, type KubernetesObject } from '../json';
import type { Endpoint, Resource } from '../registry';
import { SchemaCompiler } from '../schema/structural';
import { wholeSchema } from './builtin';
import { AGE, NAME } from './columns';
import { SHARED } from './definitions';
import { subdomainProblems } from './names';
import { finderOf, printerColumn } from './printer';

/** Storage key of the kind that a CustomResourceDefinition defines. */
export function keyOfDefinition(definition: KubernetesObject): string {
  const spec = objectAt(definition['spec']);
  return `${textAt(spec['group']) ?? ''}/${textAt(objectAt(spec['names'])['plural']) ?? ''}`;
}

/** The served versions of the kind that a CustomResourceDefinition defines. */
export function customEndpoints(definition: KubernetesObject): Endpoint[] {
  const spec = objectAt(definition['spec']);
  const versions = listAt(spec['versions']).filter(isObject);
  const stored = versions.find((version) => version['storage'] === true);
  const resource = resourceOf(definition, textAt(stored?.['name']) ?? '');
  return versions
    .filter((version) => version['served'] === true)
    .map((version) => endpointOf(resource, version, definition.metadata.deletionTimestamp !== undefined));
}

function resourceOf(definition: KubernetesObject, storedVersion: string): Resource {
  const spec = objectAt(definition['spec']);
  const names = objectAt(spec['names']);
  const group = textAt(spec['group']) ?? '';
  const words = (field: string): string[] => listAt(names[field]).flatMap((word) => textAt(word) ?? []);
  return {
    key: keyOfDefinition(definition),
    group,
    resource: textAt(names['plural']) ?? '',
    kind: textAt(names['kind']) ?? '',
    singular: textAt(names['singular']) ?? '',
    listKind: textAt(names['listKind']) ?? '',
    shortNames: words('shortNames'),
    categories: words('categories'),
    namespaced: spec['scope'] === 'Namespaced',
    storedAs: `${group}/${storedVersion}`,
    strategy: {
      nameProblems: subdomainProblems,
      unconditionalUpdate: false,
      createOnUpdate: false,
      generation: true,
    },
    custom: true,
  };
}

function endpointOf(resource: Resource, version: JsonObject, terminating: boolean): Endpoint {
  const columns = listAt(version['additionalPrinterColumns']).filter(isObject);
  const schema = objectAt(objectAt(version['schema'])['openAPIV3Schema']);
  return {
    group: resource.group,
    version: textAt(version['name']) ?? '',
    resource,
    schema: new SchemaCompiler(SHARED).compile(wholeSchema(schema)),
    columns: columns.length === 0 ? [NAME, AGE] : [NAME, ...columns.map(printerColumn)],
    statusSubresource: isObject(objectAt(version['subresources'])['status']),
    terminating,
    selectable: selectableOf(version),
  };
}

function selectableOf(version: JsonObject): Endpoint['selectable'] {
  const paths = listAt(version['selectableFields']).flatMap((field) => textAt(objectAt(field)['jsonPath']) ?? []);
  if (paths.length === 0) return undefined;
  const finders = paths.map((path) => [path.replace(/^\./, ''), finderOf(path)] as const);
  return (object) => {
    const fields: Record<string, string> = {};
    for (const [name, find] of finders) {
      const [value] = find(object);
      fields[name] = value === undefined || value === null || typeof value === 'object' ? '' : String(value);
    }
    return fields;
  };
}
