/** What a cluster must have before a runtime can work there: our definitions and Argo CD's, no older than this version. */

import { crds } from '../../lib/api/crd';
import { KINDS, type Kind } from '../../lib/api';
import type { Scope } from '../dispatch';
import { TerminalError } from '../errors';
import type { Resource, ConnectedCluster } from '../kube';
import { resources } from './cluster';

const DEFINE = 'k8sta crds | kubectl apply --server-side -f -';
/** Fields that are named before the rest is counted. */
const NAMED = 3;

/**
 * @throws TerminalError that names everything missing, each with its fix; TransientError when nobody answers, or the
 * cluster cannot say
 */
export async function requireKinds(cluster: ConnectedCluster, scope: Scope = {}): Promise<void> {
  const { tracks, stations, tickets, applications } = resources;
  const ours = [tracks, stations, tickets] satisfies readonly Resource[];
  // Listed where they are looked at: a runtime needs no right elsewhere.
  const within = (namespaces: readonly string[] | undefined) => namespaces?.map((namespace) => ({ namespace })) ?? [{}];
  const define = `apply the definitions: ${DEFINE}`;
  const install = 'install Argo CD, or have its definitions applied';
  await cluster.check([
    ...ours.flatMap((resource) => within(scope.namespaces).map((place) => ({ resource, ...place, fix: define }))),
    // A selector that the server cannot read is refused here, in its words.
    ...(scope.shard === undefined ? [] : within(scope.namespaces)).map((place) => ({
      resource: tracks,
      ...place,
      labelSelector: scope.shard,
      fix: define,
    })),
    ...within(scope.argocdNamespaces).map((place) => ({ resource: applications, ...place, fix: install })),
  ]);
  const old = (await Promise.all(ours.map((resource) => olderThanThis(cluster, resource)))).filter(
    (problem) => problem !== undefined,
  );
  if (old.length > 0)
    throw new TerminalError(`${cluster.server}: ${old.join('; ')}. Apply those of this version: ${DEFINE}`);
}

/** A definition that has more than this version knows is a newer one, and serves. */
async function olderThanThis(cluster: ConnectedCluster, resource: Resource): Promise<string | undefined> {
  const definition = crds().find(({ spec }) => spec.names.kind === resource.kind);
  const schema = definition?.spec.versions.find(({ name }) => name === resource.version)?.schema.openAPIV3Schema;
  const lacks = await cluster.lacking(resource, schema ?? {});
  if (lacks.length === 0) return undefined;
  const named = lacks.slice(0, NAMED).join(', ');
  const rest = lacks.length > NAMED ? ` and ${lacks.length - NAMED} more` : '';
  const { plural } = KINDS[resource.kind as Kind];
  return `the definition of ${plural}.${resource.group} is older than this runtime: it lacks ${named}${rest}`;
}
