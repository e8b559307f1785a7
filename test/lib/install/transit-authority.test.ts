import { Chart, Testing } from 'cdk8s';
import { TransitAuthority, type TransitAuthorityProps } from '../../../lib/install';

interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly resourceNames?: string[];
  readonly verbs: string[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace: string }[];
  readonly spec?: Record<string, unknown>;
}

const synth = (props: Partial<TransitAuthorityProps> = {}): Manifest[] => {
  const chart = new Chart(Testing.app(), 'k8sta');
  new TransitAuthority(chart, 'authority', { image: 'registry.example.com/k8sta:1.0.0', ...props });
  return Testing.synth(chart) as Manifest[];
};
const of = (kind: string, manifests = synth()): Manifest[] => manifests.filter((one) => one.kind === kind);

const names = (kind: string, manifests = synth()) => of(kind, manifests).map(({ metadata }) => metadata.name);

/** What the runtime's account is bound to, and where: `*` is the whole cluster. */
const runtimeRules = (manifests: Manifest[]): (Rule & { readonly in: string })[] =>
  manifests
    .filter(({ subjects }) => subjects?.some(({ kind, name }) => kind === 'ServiceAccount' && name === 'k8sta'))
    .flatMap(({ roleRef, metadata: { namespace: place = '' } }) =>
      manifests
        .filter(
          ({ kind, metadata }) =>
            kind === roleRef?.kind &&
            metadata.name === roleRef.name &&
            (kind === 'ClusterRole' || metadata.namespace === place),
        )
        .flatMap(({ rules = [] }) => rules.map((rule) => ({ ...rule, in: place || 'everywhere' }))),
    );

/** The command line of the runtime. */
const args = (manifests: Manifest[]): string => {
  const pod = of('Deployment', manifests)[0]?.spec?.['template'] as {
    readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
  };
  return pod.spec.containers[0]?.args.join(' ') ?? '';
};

describe('TransitAuthority', () => {
  test('installs what a cluster has once before anything that needs it, or leaves it out', () => {
    const kinds = synth().map((one) => one.kind);
    expect(kinds.slice(0, 3)).toEqual(Array(3).fill('CustomResourceDefinition'));
    expect(names('ValidatingAdmissionPolicyBinding')).toEqual(names('ValidatingAdmissionPolicy'));
    expect(names('ValidatingAdmissionPolicy')).toEqual(['stations.k8sta.io', 'tickets.k8sta.io', 'tracks.k8sta.io']);
    const second = synth({ definitions: false, name: 'k8sta-eu', namespace: 'k8sta-eu' });
    expect(names('CustomResourceDefinition', second)).toEqual([]);
    expect(names('ValidatingAdmissionPolicy', second)).toEqual([]);
    expect(names('ClusterRole', second)).toEqual(['k8sta-eu']);
  });

  test('two installations share no object', () => {
    const key = ({ kind, metadata }: Manifest) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
    const first = synth({ definitions: false }).map(key);
    const second = synth({ definitions: false, name: 'k8sta-eu', namespace: 'k8sta-eu' }).map(key);
    expect(second.filter((one) => first.includes(one))).toEqual([]);
  });

  test('hands out roles for people: view and edit carry reading and making along, the verbs go to nobody by themselves', () => {
    const roles = of('ClusterRole').filter(({ metadata }) => metadata.name.startsWith('k8sta-'));
    const label = 'rbac.authorization.k8s.io/aggregate-to-';
    expect(roles.map(({ metadata }) => [metadata.name, Object.keys(metadata.labels ?? {})])).toEqual([
      ['k8sta-viewer', [`${label}view`]],
      ['k8sta-editor', [`${label}edit`]],
      ['k8sta-approver', []],
      ['k8sta-conductor', []],
    ]);
    const verbs = (name: string) =>
      roles
        .filter(({ metadata }) => metadata.name === name)
        .flatMap(({ rules = [] }) => rules.flatMap((rule) => rule.verbs));
    for (const verb of ['approve', 'hold', 'rollback']) expect(verbs('k8sta-editor')).not.toContain(verb);
    expect(verbs('k8sta-approver')).toContain('approve');
    expect(verbs('k8sta-conductor')).toEqual(expect.arrayContaining(['hold', 'rollback']));
    expect(roles.flatMap(({ rules = [] }) => rules.flatMap((rule) => rule.resources)).join()).not.toContain('/status');
  });

  test('S16: the runtime reads Secrets of its own namespace alone, and with names these alone', () => {
    const secrets = (manifests: Manifest[]) =>
      runtimeRules(manifests).filter(({ resources }) => resources.includes('secrets'));
    const own = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'], in: 'k8sta-system' };
    expect(secrets(synth())).toEqual([own]);
    expect(secrets(synth({ credentials: ['git', 'forge'] }))).toEqual([{ ...own, resourceNames: ['forge', 'git'] }]);
    expect(secrets(synth({ pullSecrets: { shop: ['registry'] } }))).toEqual([
      own,
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['registry'], verbs: ['get'], in: 'shop' },
    ]);
  });

  test("patches Applications of Argo CD's namespaces alone, and says so to the runtime", () => {
    const applications = (manifests: Manifest[]) =>
      runtimeRules(manifests).filter(({ resources }) => resources.includes('applications'));
    expect(applications(synth()).map((rule) => rule.in)).toEqual(['argocd']);
    const two = synth({ argocdNamespaces: ['argocd-eu', 'argocd'] });
    expect(applications(two).map((rule) => rule.in)).toEqual(['argocd', 'argocd-eu']);
    expect(applications(two)[0]?.verbs).toEqual(['get', 'list', 'watch', 'patch']);
    expect(args(two)).toContain('--argocd-namespace argocd --argocd-namespace argocd-eu');
  });

  test('carries the networks of all namespaces, or of those that are named', () => {
    const bindings = (manifests: Manifest[]) =>
      manifests
        .filter(({ roleRef }) => roleRef?.kind === 'ClusterRole')
        .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? '*'}`);
    expect(bindings(synth())).toEqual(['ClusterRoleBinding *']);
    const named = synth({ namespaces: ['shop', 'blog'] });
    expect(bindings(named)).toEqual(['RoleBinding blog', 'RoleBinding shop']);
    expect(args(named)).toContain('--watch-namespace blog --watch-namespace shop');
  });

  test('may write the status of our kinds and never a spec, make and remove tickets, and nothing of anybody else', () => {
    const rules = runtimeRules(synth());
    const verbsOn = (resource: string) =>
      rules.filter((rule) => rule.resources.includes(resource)).flatMap((rule) => rule.verbs);
    expect(verbsOn('tracks')).toEqual(['get', 'list', 'watch']);
    expect(verbsOn('stations')).toEqual(['get', 'list', 'watch', 'rollback']);
    expect(verbsOn('tickets')).toEqual(['get', 'list', 'watch', 'create', 'delete']);
    for (const kind of ['tracks', 'stations', 'tickets'])
      expect(verbsOn(`${kind}/status`)).toEqual(['update', 'patch']);
    expect(JSON.stringify(rules)).not.toContain('*');
    expect(verbsOn('analysisruns')).toEqual(['get', 'list', 'watch', 'create', 'patch']);
    expect(verbsOn('analysistemplates')).toEqual(['get']);
    const known =
      /^(tracks|stations|tickets)(\/status)?$|^(applications|appprojects|events|secrets|leases)$|^(analysisruns|(cluster)?analysistemplates)$/;
    expect(rules.flatMap(({ resources }) => resources).filter((one) => !known.test(one))).toEqual([]);
  });

  test('runs as nobody in particular, with a read-only root and no privilege', () => {
    const pod = of('Deployment')[0]?.spec?.['template'];
    expect(pod).toMatchObject({
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              privileged: false,
              readOnlyRootFilesystem: true,
              runAsNonRoot: true,
            },
          },
        ],
      },
    });
  });

  test('tells Node and the C library to be frugal, in words that Node takes from its environment', () => {
    const { spec } = of('Deployment')[0]?.spec?.['template'] as {
      readonly spec: { readonly containers: readonly { readonly env: readonly { name: string; value: string }[] }[] };
    };
    const env = new Map(spec.containers[0]?.env.map(({ name, value }) => [name, value]));
    expect([...env.keys()]).toEqual(expect.arrayContaining(['MALLOC_ARENA_MAX', 'MALLOC_TRIM_THRESHOLD_']));
    const options = (env.get('NODE_OPTIONS') ?? '').split(' ');
    expect(options).toContain('--max-semi-space-size=1');
    for (const option of options) {
      expect(process.allowedNodeEnvironmentFlags.has(option.replace(/=.*/, ''))).toBe(true);
    }
  });

  test('runs twice, apart where it can, elects one by the Lease that it has the right to, and drains one at a time', () => {
    const manifests = synth({ name: 'eu' });
    const [deployment] = of('Deployment', manifests);
    expect(deployment?.spec).toMatchObject({
      replicas: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } },
      template: {
        spec: { terminationGracePeriodSeconds: 45, topologySpreadConstraints: [{ maxSkew: 1 }, { maxSkew: 1 }] },
      },
    });
    expect(args(manifests)).toContain('--leader-elect --lease-namespace k8sta-system --lease-name eu');
    const leases = of('Role', manifests).flatMap(({ rules = [] }) =>
      rules.filter(({ resources }) => resources.includes('leases')),
    );
    expect(leases.map(({ verbs, resourceNames }) => [verbs, resourceNames])).toEqual([
      [['create'], undefined],
      [['get', 'list', 'watch', 'update'], ['eu']],
    ]);
    const selector = deployment?.spec?.['selector'];
    expect(of('PodDisruptionBudget', manifests)[0]?.spec).toEqual({ maxUnavailable: '50%', selector });
  });

  test('takes webhooks, and serves the dashboard, where that is said: at a port of its Service, which the network policy lets in', () => {
    const ports = (manifests: Manifest[]) => {
      const policy = of('NetworkPolicy', manifests)[0]?.spec?.['ingress'] as { readonly ports: object[] }[];
      return [of('Service', manifests)[0]?.spec?.['ports'], policy[0]?.ports];
    };
    const [http, webhooks] = [8080, 8081].map((port) => ({ port, protocol: 'TCP' }));
    expect(ports(synth())).toMatchObject([[{ name: 'http', port: 8080 }], [http]]);
    expect(args(synth())).not.toContain('webhook');
    const open = synth({ webhooks: true });
    expect(ports(open)).toMatchObject([
      [
        { name: 'http', port: 8080, targetPort: 8080 },
        { name: 'webhooks', port: 8081, targetPort: 8081 },
      ],
      [http, webhooks],
    ]);
    expect(args(open)).toContain('--webhook-port 8081');
    expect(args(synth())).not.toContain('dashboard');
    const watched = synth({ dashboard: true });
    expect(ports(watched)).toMatchObject([
      [{ name: 'http' }, { name: 'dashboard', port: 8082, targetPort: 8082 }],
      [http, { port: 8082, protocol: 'TCP' }],
    ]);
    expect(args(watched)).toContain('--dashboard-port 8082');
  });

  test('passes registry mirrors on, sorted, so that the output is byte-stable', () => {
    const registryMirrors = { 'quay.io': 'http://two', 'ghcr.io': 'http://one' };
    expect(args(synth({ registryMirrors }))).toContain(
      '--registry-mirror ghcr.io=http://one --registry-mirror quay.io=http://two',
    );
  });

  test('passes the networks on in which registries may be', () => {
    const registryNetworks = ['10.1.0.0/16', '127.0.0.1', '10.1.0.0/16'];
    expect(args(synth({ registryNetworks }))).toContain('--registry-network 10.1.0.0/16 --registry-network 127.0.0.1');
  });

  test.each([
    [{ registryNetworks: ['10.1.0.0/33'] }, "registryNetworks '10.1.0.0/33' is no network"],
    [{ image: 'k8sta' }, "image 'k8sta' names no version: add a tag or a digest"],
    [{ image: 'registry.example.com:5000/k8sta' }, 'names no version'],
    [{ replicas: 0 }, 'replicas 0 runs nothing'],
    [{ namespaces: [] }, 'namespaces [] leaves no Track'],
    [{ argocdNamespaces: [] }, 'argocdNamespaces [] leaves no Application'],
    [{ credentials: [] }, 'credentials [] names none'],
    [{ pullSecrets: { shop: [] } }, 'pullSecrets.shop [] names none'],
    [{ namespace: 'K8sTA' }, "namespace 'K8sTA' is no name"],
    [{ namespaces: ['*'] }, "namespaces '*' is no name"],
  ])('refuses %j', (props, words) => {
    expect(() => synth(props)).toThrow(words);
  });
});
