import { isObject, listAt, objectAt, sameJson, textAt, type JsonObject, type KubernetesObject } from '../json';
import { timestamp } from '../objects/times';
import type { Strategy } from '../registry';
import { schemaCauses } from '../schema/acceptance';
import { because, type Cause } from '../status';
import { labelProblems, subdomainProblems } from './names';

/** The finalizer under which a definition waits for its objects to go. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/** How CustomResourceDefinitions are written. */
export function definitionStrategy(now: () => Date): Partial<Strategy> {
  return {
    generation: true,
    finalizers: [CLEANUP],
    prepare: (object, old) => prepareDefinition(object, old, timestamp(now())),
    validate: definitionCauses,
  };
}

function prepareDefinition(object: KubernetesObject, old: KubernetesObject | undefined, time: string): void {
  const spec = objectAt(object['spec']);
  const names = objectAt(spec['names']);
  const kind = textAt(names['kind']) ?? '';
  names['singular'] ??= kind.toLowerCase();
  names['listKind'] ??= `${kind}List`;
  spec['conversion'] ??= { strategy: 'None' };
  const stored = listAt(spec['versions']).find((version) => objectAt(version)['storage'] === true);
  const storedVersion = textAt(objectAt(stored)['name']) ?? '';
  const status = objectAt(old?.['status']);
  const before = listAt(status['storedVersions']);
  object['status'] = {
    acceptedNames: structuredClone(names),
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found', status, time),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted', status, time),
    ],
    storedVersions: before.includes(storedVersion) ? before : [...before, storedVersion],
  };
}

function condition(type: string, reason: string, message: string, status: JsonObject, time: string): JsonObject {
  const before = listAt(status['conditions']).find((one) => objectAt(one)['type'] === type);
  return isObject(before) ? before : { type, status: 'True', lastTransitionTime: time, reason, message };
}

function definitionCauses(object: KubernetesObject, old: KubernetesObject | undefined): Cause[] {
  const spec = objectAt(object['spec']);
  const names = objectAt(spec['names']);
  const group = textAt(spec['group']) ?? '';
  const plural = textAt(names['plural']) ?? '';
  const causes: Cause[] = [];
  if (object.metadata.name !== `${plural}.${group}`) {
    causes.push(because.invalid('metadata.name', object.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  }
  causes.push(...subdomainProblems(group).map((problem) => because.invalid('spec.group', group, problem)));
  if (!group.includes('.'))
    causes.push(because.invalid('spec.group', group, 'should be a domain with at least one dot'));
  for (const field of ['plural', 'singular'] as const) {
    const name = textAt(names[field]) ?? '';
    causes.push(...labelProblems(name).map((problem) => because.invalid(`spec.names.${field}`, name, problem)));
  }
  causes.push(...versionCauses(listAt(spec['versions']).filter(isObject)), ...conversionCauses(spec));
  if (old) causes.push(...fixedCauses(spec, objectAt(old['spec'])));
  return causes;
}

function versionCauses(versions: JsonObject[]): Cause[] {
  const causes: Cause[] = [];
  if (versions.filter((version) => version['storage'] === true).length !== 1) {
    causes.push(
      because.invalid('spec.versions', versions.length, 'must have exactly one version marked as storage version'),
    );
  }
  versions.forEach((version, position) => {
    const at = `spec.versions[${position}]`;
    const name = textAt(version['name']) ?? '';
    causes.push(...labelProblems(name).map((problem) => because.invalid(`${at}.name`, name, problem)));
    const schema = objectAt(version['schema'])['openAPIV3Schema'];
    if (!isObject(schema)) causes.push(because.required(`${at}.schema.openAPIV3Schema`, 'schemas are required'));
    else causes.push(...schemaCauses(schema, `${at}.schema.openAPIV3Schema`));
    listAt(version['additionalPrinterColumns']).forEach((column, index) => {
      const path = textAt(objectAt(column)['jsonPath']) ?? '';
      if (!path.startsWith('.')) {
        const why = 'must be a simple json path starting with .';
        causes.push(because.invalid(`${at}.additionalPrinterColumns[${index}].jsonPath`, path, why));
      }
    });
  });
  return causes;
}

/** Conversion by webhook is among the known exceptions: refused rather than ignored. */
function conversionCauses(spec: JsonObject): Cause[] {
  const strategy = objectAt(spec['conversion'])['strategy'];
  return strategy === 'None' ? [] : [because.unsupported('spec.conversion.strategy', strategy, ['None'])];
}

function fixedCauses(spec: JsonObject, old: JsonObject): Cause[] {
  const causes: Cause[] = [];
  const keep = (field: string, value: JsonObject[string], before: JsonObject[string]): void => {
    if (!sameJson(value, before)) causes.push(because.invalid(field, value, 'field is immutable'));
  };
  keep('spec.group', spec['group'], old['group']);
  keep('spec.scope', spec['scope'], old['scope']);
  keep('spec.names.plural', objectAt(spec['names'])['plural'], objectAt(old['names'])['plural']);
  keep('spec.names.kind', objectAt(spec['names'])['kind'], objectAt(old['names'])['kind']);
  return causes;
}
