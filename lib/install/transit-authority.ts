/** The runtime in a cluster. */

import { ApiObject, Duration, JsonPatch, Size } from 'cdk8s';
import {
  Capability,
  type ContainerSecurityContextProps,
  Cpu,
  Deployment,
  DeploymentStrategy,
  EnvValue,
  ImagePullPolicy,
  Namespace,
  Probe,
  Service,
  ServiceAccount,
  Volume,
} from 'cdk8s-plus-33';
import { Construct } from 'constructs';
import { crds } from '../api/crd';
import { CLUSTER_RIGHTS, CREDENTIAL_RIGHTS, PULL_SECRET_RIGHTS, type Right } from './rights';

export interface TransitAuthorityProps {
  /**
   * The container image of the runtime, with a tag or digest.
   *
   * The image is built from this package; pin what was built.
   */
  readonly image: string;
  /** Namespace that is made for the runtime, and that holds the operator's labelled credentials. @default 'k8sta-system' */
  readonly namespace?: string;
  /** Whether the CustomResourceDefinitions are part of it. @default true */
  readonly definitions?: boolean;
  /** Namespaces of teams whose subscriptions name pull secrets: the runtime may read Secrets there by name. @default [] */
  readonly pullSecretNamespaces?: readonly string[];
  /** Registries to ask instead of others, by host. @default {} */
  readonly registryMirrors?: Readonly<Record<string, string>>;
}

const NAME = 'k8sta';
const HEALTH_PORT = 8080;
const USER = 65532;
const CACHE = '/var/cache/k8sta';

const LOCKED_DOWN: ContainerSecurityContextProps = {
  user: USER,
  group: USER,
  ensureNonRoot: true,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  privileged: false,
  capabilities: { drop: [Capability.ALL] },
};

/**
 * Everything that the runtime needs in a cluster: definitions, namespace, the least rights, Deployment, Service and
 * NetworkPolicy. One replica: this version elects no leader.
 */
export class TransitAuthority extends Construct {
  /** Namespace of the runtime. */
  readonly namespace: string;
  /** Name of its ServiceAccount. */
  readonly serviceAccountName: string;

  constructor(scope: Construct, id: string, props: TransitAuthorityProps) {
    super(scope, id);
    if (!/[:@]/.test(props.image.slice(props.image.lastIndexOf('/') + 1))) {
      throw new Error(
        `image '${props.image}' names no version: add a tag or a digest, so that a restart runs the same code`,
      );
    }
    this.namespace = props.namespace ?? 'k8sta-system';
    this.serviceAccountName = NAME;

    if (props.definitions ?? true) {
      for (const definition of crds())
        new ApiObject(this, `definition-${definition.spec.names.plural}`, { ...definition });
    }
    const namespace = new Namespace(this, 'namespace', {
      metadata: { name: this.namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
    const account = new ServiceAccount(this, 'account', {
      metadata: { name: NAME, namespace: this.namespace },
      automountToken: true,
    });
    account.node.addDependency(namespace);
    this.grant('ClusterRole', 'rights', NAME, CLUSTER_RIGHTS);
    this.grant('Role', 'credentials', `${NAME}-credentials`, CREDENTIAL_RIGHTS, this.namespace);
    for (const team of props.pullSecretNamespaces ?? []) {
      this.grant('Role', `pull-secrets-${team}`, `${NAME}-pull-secrets`, PULL_SECRET_RIGHTS, team);
    }
    this.deploy(props, account);
    this.fence();
  }

  /** A role and its binding to the runtime's account; of the whole cluster, or of one namespace. */
  private grant(
    kind: 'Role' | 'ClusterRole',
    id: string,
    name: string,
    rights: readonly Right[],
    namespace?: string,
  ): void {
    const metadata = namespace === undefined ? { name } : { name, namespace };
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    new ApiObject(this, id, { apiVersion, kind, metadata, rules: rights });
    new ApiObject(this, `${id}-binding`, {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
      subjects: [{ kind: 'ServiceAccount', name: this.serviceAccountName, namespace: this.namespace }],
    });
  }

  private deploy(props: TransitAuthorityProps, serviceAccount: ServiceAccount): void {
    const metadata = { name: NAME, namespace: this.namespace };
    const mirrors = Object.entries(props.registryMirrors ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
    const deployment = new Deployment(this, 'deployment', {
      metadata,
      replicas: 1,
      strategy: DeploymentStrategy.recreate(),
      serviceAccount,
      automountServiceAccountToken: true,
      securityContext: { user: USER, group: USER, fsGroup: USER, ensureNonRoot: true },
      terminationGracePeriod: Duration.seconds(45),
    });
    // cdk8s-plus has no word for it, and the restricted standard of the namespace asks for it.
    const seccomp = JsonPatch.add('/spec/template/spec/securityContext/seccompProfile', { type: 'RuntimeDefault' });
    ApiObject.of(deployment).addJsonPatch(seccomp);
    const container = deployment.addContainer({
      name: 'runtime',
      image: props.image,
      imagePullPolicy: ImagePullPolicy.IF_NOT_PRESENT,
      command: ['k8sta', 'run'],
      args: [
        ...['--folder', CACHE, '--health-port', String(HEALTH_PORT), '--credentials-namespace', this.namespace],
        ...mirrors.flatMap(([host, url]) => ['--registry-mirror', `${host}=${url}`]),
      ],
      portNumber: HEALTH_PORT,
      securityContext: LOCKED_DOWN,
      resources: {
        cpu: { request: Cpu.millis(100) },
        memory: { request: Size.mebibytes(256), limit: Size.gibibytes(1) },
      },
      liveness: Probe.fromHttpGet('/healthz', {
        port: HEALTH_PORT,
        initialDelaySeconds: Duration.seconds(30),
        failureThreshold: 6,
      }),
      readiness: Probe.fromHttpGet('/healthz', { port: HEALTH_PORT }),
      envVariables: { HOME: EnvValue.fromValue('/tmp'), TMPDIR: EnvValue.fromValue('/tmp') },
    });
    container.mount(CACHE, Volume.fromEmptyDir(this, 'cache', 'cache', { sizeLimit: Size.gibibytes(20) }));
    container.mount('/tmp', Volume.fromEmptyDir(this, 'tmp', 'tmp', { sizeLimit: Size.gibibytes(1) }));
    new Service(this, 'service', { metadata, selector: deployment, ports: [{ port: HEALTH_PORT, name: 'health' }] });
  }

  /** Nobody but probes has business with it: in on the health port only, out to anywhere, since repositories are. */
  private fence(): void {
    new ApiObject(this, 'network-policy', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: NAME, namespace: this.namespace },
      spec: {
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ ports: [{ port: HEALTH_PORT, protocol: 'TCP' }] }],
        egress: [{}],
      },
    });
  }
}
