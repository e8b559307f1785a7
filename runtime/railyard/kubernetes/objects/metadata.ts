import { sameJson, type KubernetesObject, type Metadata } from '../json';
import { labelValueProblems, qualifiedNameProblems } from '../kinds/names';
import type { Resource } from '../registry';
import { because, type Cause } from '../status';

const MOST_ANNOTATION_BYTES = 256 * 1024;
/** Checks the metadata of an object that is about to be stored. */
export function metadataCauses(resource: Resource, metadata: Metadata, old: Metadata | undefined): Cause[] {
  return [
    ...nameCauses(resource, metadata),
    ...labelCauses(metadata),
    ...annotationCauses(metadata),
    ...finalizerCauses(metadata),
    ...ownerCauses(metadata),
    // A real server looks at these twice, and says so twice.
    ...(old ? [...updateCauses(metadata, old), ...updateCauses(metadata, old)] : []),
  ];
}

function nameCauses(resource: Resource, { name }: Metadata): Cause[] {
  if (!name) return [because.required('metadata.name', 'name or generateName is required')];
  return resource.strategy.nameProblems(name).map((problem) => because.invalid('metadata.name', name, problem));
}

function labelCauses({ labels }: Metadata): Cause[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameProblems(key).map((problem) => because.invalid('metadata.labels', key, problem)),
    ...labelValueProblems(value).map((problem) => because.invalid('metadata.labels', value, problem)),
  ]);
}

function annotationCauses({ annotations }: Metadata): Cause[] {
  const causes = Object.keys(annotations ?? {}).flatMap((key) =>
    qualifiedNameProblems(key.toLowerCase()).map((problem) => because.invalid('metadata.annotations', key, problem)),
  );
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations ?? {}))
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  if (bytes > MOST_ANNOTATION_BYTES) causes.push(because.tooLong('metadata.annotations', MOST_ANNOTATION_BYTES));
  return causes;
}

function finalizerCauses({ finalizers }: Metadata): Cause[] {
  return (finalizers ?? []).flatMap((finalizer) =>
    qualifiedNameProblems(finalizer).map((problem) => because.invalid('metadata.finalizers', finalizer, problem)),
  );
}

function updateCauses(metadata: Metadata, old: Metadata): Cause[] {
  return [...addedFinalizerCauses(metadata, old), ...immutableCauses(metadata, old)];
}

function addedFinalizerCauses({ finalizers, deletionTimestamp }: Metadata, old: Metadata): Cause[] {
  if (deletionTimestamp === undefined) return [];
  const added = (finalizers ?? []).filter((finalizer) => !(old.finalizers ?? []).includes(finalizer));
  if (added.length === 0) return [];
  const list = added.map((one) => JSON.stringify(one)).join(', ');
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  return [because.forbidden('metadata.finalizers', why)];
}

function ownerCauses({ ownerReferences }: Metadata): Cause[] {
  const causes = (ownerReferences ?? []).flatMap((owner) =>
    (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter((field) => !owner[field])
      .map((field) => {
        const why = field === 'apiVersion' ? 'version must not be empty' : 'must not be empty';
        return because.invalid(`metadata.ownerReferences.${field}`, owner[field] ?? '', why);
      }),
  );
  const controllers = (ownerReferences ?? []).filter((owner) => owner.controller);
  if (controllers.length > 1) {
    const names = controllers.map(({ kind, name }) => `${kind}/${name}`).join(' and ');
    const why = `Only one reference can have Controller set to true. Found "true" in references for ${names}`;
    const shown = (ownerReferences ?? []).map(({ apiVersion, kind, name, uid, ...more }) => ({
      apiVersion,
      kind,
      name,
      uid,
      ...more,
    }));
    causes.push(because.invalid('metadata.ownerReferences', shown, why));
  }
  return causes;
}

function immutableCauses(metadata: Metadata, old: Metadata): Cause[] {
  return (['name', 'namespace', 'uid', 'creationTimestamp'] as const)
    .filter((field) => !sameJson(metadata[field], old[field]))
    .map((field) => because.invalid(`metadata.${field}`, metadata[field], 'field is immutable'));
}

/** Removes empty maps and lists, and fields that the server does not keep: what is left is how the object is stored. */
export function tidyMetadata(object: KubernetesObject): void {
  const { metadata } = object;
  delete metadata['managedFields'];
  delete metadata['selfLink'];
  for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const) {
    const value = metadata[field];
    if (value === null || (value && Object.keys(value).length === 0)) delete metadata[field];
  }
  if (metadata.generateName === '') delete metadata.generateName;
}
