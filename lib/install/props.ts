/** What an installation may be told, and what it comes to. */

import { ARGOCD } from '../api';
import { networkIn } from '../network/ip-network';
import type { MonitoringProps } from './monitoring';

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
  /**
   * Label selector of the Tracks that it carries. Several runtimes, each of a name of its own, can share a cluster so; no
   * two of their selectors may mean the same Track.
   *
   * @default - all Tracks
   */
  readonly shard?: string;
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
  /**
   * Whether webhooks are taken, at port 8081 of its Service: they wake what would otherwise wait for its next look. Who may
   * send any is said by Secrets (`k8sta webhooks`); how the world reaches the Service is for an Ingress of your own.
   *
   * @default false
   */
  readonly webhooks?: boolean;
  /**
   * Whether the dashboard is served, at port 8082 of its Service. People sign in with rights of their own; a Secret says at
   * which address and by which issuer. How they reach the Service is for an Ingress of your own, with TLS.
   *
   * @default false
   */
  readonly dashboard?: boolean;
  /**
   * What watches it: who scrapes, alert rules and a dashboard, for the Prometheus Operator and Grafana, which the cluster has
   * to have.
   *
   * @default - nothing
   */
  readonly monitoring?: MonitoringProps;
  /** Registries to ask instead of others, by host. @default {} */
  readonly registryMirrors?: Readonly<Record<string, string>>;
  /**
   * Networks such as `10.1.0.0/16` in which registries may be although such addresses are refused otherwise: those of the
   * node, its link and its cloud's metadata service, and private ones to which a public registry points.
   *
   * @default []
   */
  readonly registryNetworks?: readonly string[];
  /**
   * Programs in the image that render, by name: absolute paths. Applications may name one as `Render.command`; `helm`,
   * `ytt` and `kustomize` choose the program of that renderer.
   *
   * @default - helm and ytt from the PATH of the image, kustomize from inside the runtime
   */
  readonly renderCommands?: Readonly<Record<string, string>>;
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
  readonly shard?: string;
  readonly argocdNamespaces: readonly string[];
  readonly credentials?: readonly string[];
  readonly pullSecrets: readonly { readonly namespace: string; readonly names: readonly string[] }[];
  readonly webhooks: boolean;
  readonly dashboard: boolean;
  /** `host=url`, in order. */
  readonly registryMirrors: readonly string[];
  readonly registryNetworks: readonly string[];
  /** `name=file`, in order. */
  readonly renderCommands: readonly string[];
  readonly logLevel: LogLevel;
  readonly resources: Required<AuthorityResources>;
}

/**
 * @throws Error that names the prop, the value and the fix
 */
export function installationOf(props: TransitAuthorityProps): Installation {
  check(props);
  const { image, namespace = 'k8sta-system', name = 'k8sta', replicas = 2, logLevel = 'info' } = props;
  const { argocdNamespaces = [ARGOCD.namespace], namespaces, shard, credentials } = props;
  return {
    image,
    namespace,
    name,
    replicas,
    argocdNamespaces: distinct(argocdNamespaces),
    ...(namespaces === undefined ? {} : { namespaces: distinct(namespaces) }),
    ...(shard === undefined ? {} : { shard }),
    ...(credentials === undefined ? {} : { credentials: distinct(credentials) }),
    pullSecrets: sorted(props.pullSecrets ?? {}).map(([team, names]) => ({ namespace: team, names: distinct(names) })),
    registryMirrors: sorted(props.registryMirrors ?? {}).map(([host, url]) => `${host}=${url}`),
    registryNetworks: distinct(props.registryNetworks ?? []),
    renderCommands: sorted(props.renderCommands ?? {}).map(([command, file]) => `${command}=${file}`),
    webhooks: props.webhooks ?? false,
    dashboard: props.dashboard ?? false,
    logLevel,
    resources: { cpuMillis: 100, memoryMebibytes: 256, cacheGibibytes: 20, ...props.resources },
  };
}

function check({ image, replicas = 1, ...props }: TransitAuthorityProps): void {
  if (!/[:@]/.test(image.slice(image.lastIndexOf('/') + 1))) {
    throw new Error(`image '${image}' names no version: add a tag or a digest, so that a restart runs the same code`);
  }
  if (!Number.isInteger(replicas) || replicas < 1) throw new Error(`replicas ${replicas} runs nothing: use 1 or more`);
  const { pullSecrets = {} } = props;
  checkNames('namespace', props.namespace);
  checkNames('name', props.name);
  checkNames('namespaces', props.namespaces, 'leaves no Track: name some, or leave it out for all');
  checkNames('argocdNamespaces', props.argocdNamespaces, "leaves no Application: name Argo CD's namespace");
  // A rule without names would be one for every Secret.
  checkNames('credentials', props.credentials, 'names none: name the Secrets, or leave it out for all', OBJECT_NAME);
  checkNames('pullSecrets', Object.keys(pullSecrets));
  const wrong = props.registryNetworks?.find((one) => networkIn(one) === undefined);
  if (wrong !== undefined) {
    throw new Error(`registryNetworks '${wrong}' is no network: write an address, or one such as 10.1.0.0/16`);
  }
  for (const [command, file] of Object.entries(props.renderCommands ?? {})) {
    checkNames('renderCommands', command);
    if (!file.startsWith('/'))
      throw new Error(`renderCommands.${command} '${file}' is no whole path: begin it with '/'`);
  }
  for (const [team, names] of Object.entries(pullSecrets)) {
    checkNames(`pullSecrets.${team}`, names, 'names none: name its Secrets, or leave it out', OBJECT_NAME);
  }
}

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const OBJECT_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/**
 * @param empty what is wrong with a list of none, and the fix; absent where that is no matter
 */
function checkNames(prop: string, names: string | readonly string[] = '', empty?: string, pattern = LABEL): void {
  if (names === '') return;
  const list = typeof names === 'string' ? [names] : names;
  if (list.length === 0 && empty !== undefined) throw new Error(`${prop} [] ${empty}`);
  for (const name of list) {
    if (!pattern.test(name)) throw new Error(`${prop} '${name}' is no name: use lower-case letters, digits and '-'`);
  }
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();

const sorted = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1));
