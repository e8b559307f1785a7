/** What an installation may be told, and what it comes to. */

import { ARGOCD } from '../api';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface TransitAuthorityProps {
  /**
   * The container image of the runtime, with a tag or digest.
   *
   * The image is built from this package; pin what was built.
   */
  readonly image: string;
  /** Namespace that is made for the runtime, and that holds the operator's labelled credentials. @default 'k8sta-system' */
  readonly namespace?: string;
  /** Name of everything that is the runtime's own, so that a cluster can have several. @default 'k8sta' */
  readonly name?: string;
  /** How many of it run; one works, the others stand by and take over within 15 seconds. @default 2 */
  readonly replicas?: number;
  /**
   * Whether what a cluster has once is part of it: CustomResourceDefinitions, admission policies, and roles for people.
   * Of several runtimes in a cluster, one installs them.
   *
   * @default true
   */
  readonly definitions?: boolean;
  /** Namespaces of teams, whose Tracks it carries. @default - all of the cluster */
  readonly namespaces?: readonly string[];
  /** Namespaces of Argo CD's Applications: the only ones in which it may patch any. @default ['argocd'] */
  readonly argocdNamespaces?: readonly string[];
  /**
   * Names of the Secrets with credentials of repositories and registries, in the runtime's namespace, each with the label
   * `k8sta.io/credential` and the key `url`. With names it may read these and no others.
   *
   * @default - every labelled Secret of its namespace, and the right to read all that are there
   */
  readonly credentials?: readonly string[];
  /** Pull secrets that subscriptions name, by the namespace of their Tracks: all that it may read there. @default {} */
  readonly pullSecrets?: Readonly<Record<string, readonly string[]>>;
  /** Registries to ask instead of others, by host. @default {} */
  readonly registryMirrors?: Readonly<Record<string, string>>;
  /** @default 'info' */
  readonly logLevel?: LogLevel;
  readonly resources?: AuthorityResources;
}

export interface AuthorityResources {
  /** CPU that it asks for, in thousandths; it has no limit. @default 100 */
  readonly cpuMillis?: number;
  /** Memory that it asks for, in MiB; four times as much is its limit. @default 256 */
  readonly memoryMebibytes?: number;
  /** Disk for mirrors of repositories, in GiB: at least the sum of their sizes. @default 20 */
  readonly cacheGibibytes?: number;
}

/** The props with every default, checked. */
export interface Installation {
  readonly image: string;
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly namespaces?: readonly string[];
  readonly argocdNamespaces: readonly string[];
  readonly credentials?: readonly string[];
  readonly pullSecrets: Readonly<Record<string, readonly string[]>>;
  /** `host=url`, in order. */
  readonly registryMirrors: readonly string[];
  readonly logLevel: LogLevel;
  readonly resources: Required<AuthorityResources>;
}

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** @throws Error that names the prop, the value and the fix */
export function namesOf(props: TransitAuthorityProps): Installation {
  const { image, namespace = 'k8sta-system', name = 'k8sta', argocdNamespaces = [ARGOCD.namespace] } = props;
  const { namespaces, credentials, pullSecrets = {}, registryMirrors = {}, logLevel = 'info', replicas = 2 } = props;
  if (!/[:@]/.test(image.slice(image.lastIndexOf('/') + 1))) {
    throw new Error(`image '${image}' names no version: add a tag or a digest, so that a restart runs the same code`);
  }
  const named = { namespace: [namespace], name: [name], namespaces, argocdNamespaces, credentials };
  for (const [prop, values] of Object.entries({ ...named, pullSecrets: Object.keys(pullSecrets) })) {
    for (const value of values ?? []) {
      const fits = LABEL.test(value) || (prop === 'credentials' && value.split('.').every((part) => LABEL.test(part)));
      if (!fits) throw new Error(`${prop} '${value}' is no name: use lower-case letters, digits and '-'`);
    }
  }
  if (!Number.isInteger(replicas) || replicas < 1) throw new Error(`replicas ${replicas} runs nothing: use 1 or more`);
  if (argocdNamespaces.length === 0)
    throw new Error("argocdNamespaces [] leaves no Application: name Argo CD's namespace");
  if (namespaces?.length === 0) throw new Error('namespaces [] leaves no Track: name some, or leave it out for all');
  // A rule without names would be one for every Secret.
  if (credentials?.length === 0)
    throw new Error('credentials [] names none: name the Secrets, or leave it out for all');
  for (const [team, secrets] of Object.entries(pullSecrets)) {
    if (secrets.length === 0) throw new Error(`pullSecrets.${team} [] names none: name its Secrets, or leave it out`);
  }
  const { cpuMillis = 100, memoryMebibytes = 256, cacheGibibytes = 20 } = props.resources ?? {};
  return {
    image,
    namespace,
    name,
    replicas,
    argocdNamespaces: distinct(argocdNamespaces),
    ...(namespaces === undefined ? {} : { namespaces: distinct(namespaces) }),
    ...(credentials === undefined ? {} : { credentials: distinct(credentials) }),
    pullSecrets: Object.fromEntries(
      Object.keys(pullSecrets)
        .sort()
        .map((team) => [team, distinct(pullSecrets[team] ?? [])]),
    ),
    registryMirrors: Object.entries(registryMirrors)
      .map(([host, url]) => `${host}=${url}`)
      .sort(),
    logLevel,
    resources: { cpuMillis, memoryMebibytes, cacheGibibytes },
  };
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();
