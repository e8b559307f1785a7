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
  PercentOrAbsolute,
  Probe,
  Service,
  ServiceAccount,
  Volume,
} from 'cdk8s-plus-33';
import { Construct } from 'constructs';
import { crds } from '../api/crd';
import type { Right } from '../rights';
import { type MonitoringProps, monitoringObjects } from './monitoring';
import { policies } from './policies';
import { type Installation, installationOf, type TransitAuthorityProps } from './props';
import { PEOPLE_ROLES } from './roles';
import { APPLICATION_RIGHTS, credentialRights, leaseRights, NETWORK_RIGHTS, pullSecretRights } from './runtime-rights';

const PORT = 8080;
const WEBHOOK_PORT = 8081;
const DASHBOARD_PORT = 8082;
const USER = 65532;
const CACHE = '/var/cache/k8sta';
const RBAC = 'rbac.authorization.k8s.io';

/** Seconds in which a runtime that was asked to end finishes a push and its record; a push has 10. */
const DRAIN = Duration.seconds(45);

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
 * What the process is told about memory. It keeps a few kilobytes of each object that it reads, and what it reads it drops
 * at once: without these, young objects take tens of megabytes before anybody looks at them, and the C library keeps what was
 * given back, for itself, in an arena for each thread.
 */
const FRUGAL = { NODE_OPTIONS: '--max-semi-space-size=1', MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' };

/**
 * Everything that the runtime needs in a cluster: definitions, admission policies, roles for people, namespace, the least
 * rights, Deployment, Service and NetworkPolicy.
 */
export class TransitAuthority extends Construct {
  /** Namespace of the runtime. */
  readonly namespace: string;
  /** Name of its ServiceAccount. */
  readonly serviceAccountName: string;
  /** The runtime itself, for what only this cluster needs: tolerations, annotations, proxies. */
  readonly deployment: Deployment;

  private readonly installation: Installation;

  constructor(scope: Construct, id: string, props: TransitAuthorityProps) {
    super(scope, id);
    this.installation = installationOf(props);
    this.namespace = this.installation.namespace;
    this.serviceAccountName = this.installation.name;

    if (props.definitions ?? true) this.define();
    const namespace = new Namespace(this, 'namespace', {
      metadata: { name: this.namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
    const account = new ServiceAccount(this, 'account', {
      metadata: { name: this.serviceAccountName, namespace: this.namespace },
      automountToken: true,
    });
    account.node.addDependency(namespace);
    this.permit();
    this.deployment = this.deploy(account);
    this.fence();
    if (props.monitoring !== undefined) this.watch(props.monitoring);
  }

  /** What a cluster has once: the kinds, who may say what about them, and roles to hand out. */
  private define(): void {
    for (const definition of crds()) {
      new ApiObject(this, `definition-${definition.spec.names.plural}`, { ...definition });
    }
    for (const policy of policies()) new ApiObject(this, `${policy.kind}-${policy.metadata.name}`, policy);
    for (const { name, aggregatedTo, rules } of PEOPLE_ROLES) {
      const labels = aggregatedTo === undefined ? {} : { labels: { [`${RBAC}/aggregate-to-${aggregatedTo}`]: 'true' } };
      const metadata = { name, ...labels };
      new ApiObject(this, `role-${name}`, { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata, rules });
    }
  }

  private watch(monitoring: MonitoringProps): void {
    const { name } = this.installation;
    const podLabels = this.deployment.matchLabels;
    for (const { id, ...object } of monitoringObjects({ name, namespace: this.namespace, podLabels }, monitoring)) {
      new ApiObject(this, id, object);
    }
  }

  private permit(): void {
    const { name, namespaces, argocdNamespaces, credentials, pullSecrets } = this.installation;
    this.role('ClusterRole', 'rights', name, NETWORK_RIGHTS);
    if (namespaces === undefined) this.bind('ClusterRole', 'rights', name);
    else for (const team of namespaces) this.bind('ClusterRole', `rights-in-${team}`, name, team);
    for (const argocd of argocdNamespaces) this.grant('applications', APPLICATION_RIGHTS, argocd);
    this.grant('credentials', credentialRights(credentials), this.namespace);
    this.grant('lease', leaseRights(name), this.namespace);
    for (const { namespace: team, names } of pullSecrets) this.grant('pull-secrets', pullSecretRights(names), team);
  }

  /** A Role in one namespace, bound to the runtime's account. */
  private grant(what: string, rights: readonly Right[], namespace: string): void {
    const id = `${what}-in-${namespace}`;
    this.role('Role', id, `${this.installation.name}-${what}`, rights, namespace);
    this.bind('Role', id, `${this.installation.name}-${what}`, namespace);
  }

  private role(kind: string, id: string, name: string, rules: readonly Right[], namespace?: string): void {
    const metadata = namespace === undefined ? { name } : { name, namespace };
    new ApiObject(this, id, { apiVersion: `${RBAC}/v1`, kind, metadata, rules });
  }

  private bind(role: string, id: string, name: string, namespace?: string): void {
    new ApiObject(this, `${id}-binding`, {
      apiVersion: `${RBAC}/v1`,
      kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: namespace === undefined ? { name } : { name, namespace },
      roleRef: { apiGroup: RBAC, kind: role, name },
      subjects: [{ kind: 'ServiceAccount', name: this.serviceAccountName, namespace: this.namespace }],
    });
  }

  private deploy(serviceAccount: ServiceAccount): Deployment {
    const { name, image, replicas, resources } = this.installation;
    const metadata = { name, namespace: this.namespace };
    const deployment = new Deployment(this, 'deployment', {
      metadata,
      replicas,
      // One more comes up and stands by before one goes.
      strategy: DeploymentStrategy.rollingUpdate({
        maxSurge: PercentOrAbsolute.absolute(1),
        maxUnavailable: PercentOrAbsolute.absolute(0),
      }),
      serviceAccount,
      automountServiceAccountToken: true,
      securityContext: { user: USER, group: USER, fsGroup: USER, ensureNonRoot: true },
      terminationGracePeriod: DRAIN,
    });
    // cdk8s-plus has no words for these; the restricted standard of the namespace asks for the first.
    const seccomp = JsonPatch.add('/spec/template/spec/securityContext/seccompProfile', { type: 'RuntimeDefault' });
    // Two replicas on one machine would go down together; where there is only one, that is borne.
    const apart = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: deployment.matchLabels },
      matchLabelKeys: ['pod-template-hash'],
    }));
    const spread = JsonPatch.add('/spec/template/spec/topologySpreadConstraints', apart);
    // Monitors of pods know ports by name.
    const named = JsonPatch.add('/spec/template/spec/containers/0/ports/0/name', 'http');
    ApiObject.of(deployment).addJsonPatch(seccomp, spread, named);
    const container = deployment.addContainer({
      name: 'runtime',
      image,
      imagePullPolicy: ImagePullPolicy.IF_NOT_PRESENT,
      // The image's entry point is the command.
      args: ['run', ...this.args()],
      portNumber: PORT,
      securityContext: LOCKED_DOWN,
      resources: {
        cpu: { request: Cpu.millis(resources.cpuMillis) },
        memory: {
          request: Size.mebibytes(resources.memoryMebibytes),
          limit: Size.mebibytes(4 * resources.memoryMebibytes),
        },
        ephemeralStorage: { limit: Size.gibibytes(resources.cacheGibibytes + 1) },
      },
      liveness: Probe.fromHttpGet('/livez', {
        port: PORT,
        initialDelaySeconds: Duration.seconds(30),
        failureThreshold: 6,
      }),
      readiness: Probe.fromHttpGet('/readyz', { port: PORT }),
      envVariables: Object.fromEntries(
        Object.entries({ HOME: '/tmp', TMPDIR: '/tmp', ...FRUGAL }).map(([name, value]) => [
          name,
          EnvValue.fromValue(value),
        ]),
      ),
    });
    const cache = { sizeLimit: Size.gibibytes(resources.cacheGibibytes) };
    container.mount(CACHE, Volume.fromEmptyDir(this, 'cache', 'cache', cache));
    container.mount('/tmp', Volume.fromEmptyDir(this, 'tmp', 'tmp', { sizeLimit: Size.gibibytes(1) }));
    new ApiObject(this, 'disruption-budget', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      // A share, not a number: a single replica must not keep its machine from being emptied.
      spec: { maxUnavailable: '50%', selector: { matchLabels: deployment.matchLabels } },
    });
    const ports = this.ports().map(({ port, name }) => ({ port, name, targetPort: port }));
    new Service(this, 'service', { metadata, selector: deployment, ports });
    return deployment;
  }

  /** Where it listens. */
  private ports(): { readonly port: number; readonly name: string }[] {
    const webhooks = { port: WEBHOOK_PORT, name: 'webhooks' };
    const dashboard = { port: DASHBOARD_PORT, name: 'dashboard' };
    const { installation } = this;
    return [
      { port: PORT, name: 'http' },
      ...(installation.webhooks ? [webhooks] : []),
      ...(installation.dashboard ? [dashboard] : []),
    ];
  }

  private args(): string[] {
    const {
      namespaces = [],
      argocdNamespaces,
      shard,
      credentials = [],
      registryMirrors,
      registryNetworks,
      renderCommands,
      logLevel,
    } = this.installation;
    const each = (option: string, values: readonly string[]) => values.flatMap((value) => [option, value]);
    return [
      ...['--folder', CACHE, '--port', String(PORT), '--credentials-namespace', this.namespace],
      ...['--leader-elect', '--lease-namespace', this.namespace, '--lease-name', this.installation.name],
      ...each('--watch-namespace', namespaces),
      ...each('--argocd-namespace', argocdNamespaces),
      ...each('--shard', shard === undefined ? [] : [shard]),
      ...each('--credential', credentials),
      ...each('--registry-mirror', registryMirrors),
      ...each('--registry-network', registryNetworks),
      ...each('--render-command', renderCommands),
      ...(this.installation.webhooks ? ['--webhook-port', String(WEBHOOK_PORT)] : []),
      ...(this.installation.dashboard ? ['--dashboard-port', String(DASHBOARD_PORT)] : []),
      ...['--log-level', logLevel],
    ];
  }

  /** Nobody but probes, scrapes, senders and people have business with it: in on its ports only, out to anywhere, since repositories are. */
  private fence(): void {
    new ApiObject(this, 'network-policy', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: this.installation.name, namespace: this.namespace },
      spec: {
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ ports: this.ports().map(({ port }) => ({ port, protocol: 'TCP' })) }],
        egress: [{}],
      },
    });
  }
}
