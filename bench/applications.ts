/** Argo CD Applications of about 20 KB, as a cluster with Applications of some forty resources holds them. */
const SHA = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const RESOURCES = 36;

/** One Application; `version` is its resourceVersion. */
export function application(number: number, version: number): object {
  const source = {
    repoURL: 'https://git.example.com/shop/deploy.git',
    path: '.',
    targetRevision: `env/prod-${number}`,
  };
  const resources = Array.from({ length: RESOURCES }, (_, index) => ({
    group: 'apps',
    health: { status: 'Healthy' },
    kind: 'Deployment',
    name: `component-${index}-of-application-${number}`,
    namespace: `shop-${number}`,
    status: 'Synced',
    version: 'v1',
  }));
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      annotations: { 'k8sta.io/authorized-station': `shop/prod-${number}` },
      creationTimestamp: '2026-01-01T00:00:00Z',
      generation: 3,
      labels: { team: 'shop', tier: 'prod' },
      managedFields: [managedFields('kubectl-client-side-apply'), managedFields('argocd-application-controller')],
      name: `application-${number}`,
      namespace: 'argocd',
      resourceVersion: String(version),
      uid: `7a9c1f52-0000-4000-8000-${String(number).padStart(12, '0')}`,
    },
    spec: {
      destination: { namespace: `shop-${number}`, server: 'https://kubernetes.default.svc' },
      project: 'shop',
      source,
      syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
    },
    status: {
      controllerNamespace: 'argocd',
      health: { lastTransitionTime: '2026-01-01T00:00:00Z', status: 'Healthy' },
      history: Array.from({ length: 10 }, (_, id) => ({
        deployStartedAt: '2026-01-01T00:00:00Z',
        deployedAt: '2026-01-01T00:00:05Z',
        id,
        initiatedBy: { automated: true },
        revision: SHA,
        source,
      })),
      operationState: {
        finishedAt: '2026-01-01T00:00:05Z',
        message: 'successfully synced (all tasks run)',
        operation: { initiatedBy: { automated: true }, retry: { limit: 5 }, sync: { prune: true, revision: SHA } },
        phase: 'Succeeded',
        startedAt: '2026-01-01T00:00:00Z',
        syncResult: {
          resources: resources.map(({ group, kind, name, namespace, version: served }) => ({
            group,
            hookPhase: 'Running',
            kind,
            message: `deployment.apps/${name} configured`,
            name,
            namespace,
            status: 'Synced',
            syncPhase: 'Sync',
            version: served,
          })),
          revision: SHA,
          source,
        },
      },
      reconciledAt: '2026-01-01T00:00:06Z',
      resources,
      sourceType: 'Directory',
      summary: { images: ['ghcr.io/shop/web:1.2.3', 'ghcr.io/shop/api:1.2.3'] },
      sync: { comparedTo: { destination: {}, source }, revision: SHA, status: 'Synced' },
    },
  };
}

function managedFields(manager: string): object {
  const leaf = {};
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': { 'f:annotations': { '.': leaf, 'f:k8sta.io/authorized-station': leaf }, 'f:labels': leaf },
      'f:spec': { '.': leaf, 'f:destination': { '.': leaf, 'f:namespace': leaf, 'f:server': leaf }, 'f:project': leaf },
      'f:status': { '.': leaf, 'f:health': { 'f:status': leaf }, 'f:resources': leaf, 'f:sync': { 'f:status': leaf } },
    },
    manager,
    operation: 'Update',
    time: '2026-01-01T00:00:00Z',
  };
}
