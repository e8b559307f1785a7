import { objectAt, textAt, type Json, type JsonObject } from '../json';
import type { DeleteOptions } from '../objects/deletes';
import type { WriteOptions } from '../objects/intake';
import { because, invalid } from '../status';

/** How a write wants to be treated. @throws StatusError 422 */
export function writeOptions(query: URLSearchParams): WriteOptions {
  const fieldValidation = query.get('fieldValidation') || 'Warn';
  if (fieldValidation !== 'Strict' && fieldValidation !== 'Warn' && fieldValidation !== 'Ignore') {
    throw invalid({ group: 'meta.k8s.io', resource: '', kind: 'CreateOptions' }, '', [
      because.unsupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']),
    ]);
  }
  return { dryRun: isDryRun(query.getAll('dryRun')), fieldValidation, fieldManager: query.get('fieldManager') ?? '' };
}

function isDryRun(values: readonly Json[]): boolean {
  if (values.some((value) => value !== 'All')) {
    throw invalid({ group: 'meta.k8s.io', resource: '', kind: 'CreateOptions' }, '', [
      because.unsupported('dryRun', [...values], ['All']),
    ]);
  }
  return values.length > 0;
}

const POLICIES = ['Background', 'Foreground', 'Orphan'] as const;

/** How a deletion wants to be treated; the body goes before the query. @throws StatusError 422 */
export function deleteOptions(query: URLSearchParams, body: JsonObject): DeleteOptions {
  const policy = query.get('propagationPolicy') ?? textAt(body['propagationPolicy']);
  const orphans = body['orphanDependents'] === true || query.get('orphanDependents') === 'true';
  const propagation = POLICIES.find((one) => one === (policy ?? (orphans ? 'Orphan' : 'Background')));
  if (!propagation) {
    throw invalid({ group: 'meta.k8s.io', resource: '', kind: 'DeleteOptions' }, '', [
      because.unsupported('propagationPolicy', policy, POLICIES),
    ]);
  }
  const { uid, resourceVersion } = objectAt(body['preconditions']);
  const dryRun = Array.isArray(body['dryRun']) ? body['dryRun'] : query.getAll('dryRun');
  return {
    dryRun: isDryRun(dryRun),
    propagation,
    preconditions: {
      ...(typeof uid === 'string' ? { uid } : {}),
      ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    },
  };
}
