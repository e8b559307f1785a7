import { TransientError } from '../errors';
import { ask, exchange, type RequestOptions } from './ask';
import { faultOf, statusIn } from './fault';
import { parseJson } from './json';
import { collectionPath, type Resource, titleOf } from './object';
import type { Transport } from './transport';

/** Something the cluster must have before the runtime can work. */
export interface Requirement {
  readonly resource: Resource;
  /** @default - all namespaces */
  readonly namespace?: string;
  /** @default - whatever their labels */
  readonly labelSelector?: string | undefined;
  /** What to do where the cluster does not serve it, as in "apply the CRDs: k8sta crds | kubectl apply -f -". */
  readonly fix: string;
}

/** @returns the server's version, like `v1.35.0` */
export function versionOf(transport: Transport, options: RequestOptions): Promise<string> {
  return ask(transport, { method: 'GET', path: '/version', subject: '/version' }, options, async (reply) => {
    const { gitVersion } = parseJson(await reply.text()) as { gitVersion?: string };
    if (!gitVersion) throw new Error('it names no version; is that address a Kubernetes API?');
    return gitVersion;
  });
}

/**
 * Whether a kind is served and may be listed, found out by listing one object.
 *
 * @returns the problem and its fix in words, or `undefined`
 * @throws TransientError when the cluster cannot say
 */
export function problemWith(
  transport: Transport,
  { resource, namespace, labelSelector, fix }: Requirement,
  options: RequestOptions,
): Promise<string | undefined> {
  const title = titleOf(resource);
  const where = namespace ? `in namespace ${namespace}` : 'in all namespaces';
  const path = collectionPath(resource, namespace);
  const question = {
    method: 'GET',
    path,
    query: { limit: '1', labelSelector },
    subject: `${resource.kind} list`,
  } as const;
  return exchange(transport, question, options, async (reply) => {
    const body = await reply.text();
    switch (reply.status) {
      case 200:
        return undefined;
      case 401:
        return 'the credentials of the kubeconfig are refused: log in again, or choose another context';
      case 403:
        return `no right to list ${title} ${where}: grant list and watch (${statusIn(body)?.message ?? 'forbidden'})`;
      case 404:
        return `${title} is not served: ${fix}`;
      default:
        throw faultOf(`GET ${question.subject}`, reply.status, body, reply.retryAfterMs);
    }
  });
}

/**
 * The resources of one group and version.
 *
 * @param apiVersion as in a manifest: `v1`, `apps/v1`
 */
export async function resourcesOf(
  transport: Transport,
  apiVersion: string,
  options: RequestOptions,
): Promise<readonly Resource[]> {
  const slash = apiVersion.indexOf('/');
  const group = apiVersion.slice(0, Math.max(slash, 0));
  const version = apiVersion.slice(slash + 1);
  const path = group ? `/apis/${group}/${version}` : `/api/${version}`;
  return ask(transport, { method: 'GET', path, subject: path }, options, async (reply) => {
    const { resources = [] } = parseJson(await reply.text()) as {
      resources?: { name: string; kind: string; namespaced: boolean }[];
    };
    return resources
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced }) => ({ group, version, plural: name, kind, namespaced }));
  });
}

/** A kind that may come: its CRD was just applied, or its API server starts. */
export function notServed(transport: Transport, apiVersion: string, kind: string): TransientError {
  return new TransientError(`${transport.server} does not serve ${kind} of ${apiVersion}: apply its CRD first`);
}
