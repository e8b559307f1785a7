import { IMAGE } from './scene';
import { eventually } from '../../waiting';
import { Yard } from './yard';

let yard: Yard;

beforeAll(async () => {
  yard = await Yard.open();
}, 60_000);

afterAll(() => yard.close(), 30_000);

test('a Degraded Application fails its ticket after the grace, in the words of Argo CD; the next one leaves the change behind (A5, E2)', async () => {
  const scene = await yard.scene('degraded', { stations: [{ name: 'test', spec: { deadlines: { degraded: '1s' } } }] });
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  yard.railyard.argocd.script('argocd', 'degraded-test', {
    health: ({ images }) => (images.includes(`${IMAGE}:2.0.0`) ? 'Degraded: the pods crash in a loop' : undefined),
  });
  await scene.ticket('bad', '2.0.0');
  const { status } = await scene.failed('bad');
  expect(status?.failure).toMatchObject({ reason: 'Degraded', station: 'test' });
  expect(status?.failure?.message).toContain('the pods crash in a loop');
  const stamp = status?.stamps?.[0];
  expect(Date.parse(stamp?.departed ?? '') - Date.parse(status?.arrival?.pushed ?? '')).toBeGreaterThanOrEqual(1_000);

  await scene.ticket('next', { images: [{ repoURL: 'ghcr.io/acme/other', tag: '3.0.0' }] });
  await scene.completed('next');
  expect(await scene.repository.manifests('env/test')).toContain(`${IMAGE}:1.0.0`);
  const log = await scene.repository.log('env/test');
  expect(log.map(({ trailers }) => trailers['K8sTA-Ticket'])).toEqual([
    'degraded/next',
    'degraded/bad',
    'degraded/one',
  ]);
});

test('a sync that fails ends the ticket in the words of Argo CD', async () => {
  const scene = await yard.scene('sync-error');
  yard.railyard.argocd.script('argocd', 'sync-error-test', { syncError: 'admission webhook says no' });
  await scene.annotate('sync-error-test', {});
  await scene.ticket('one', '1.0.0');
  const { status } = await scene.failed('one', 60_000);
  expect(status?.failure?.reason).toBe('SyncFailed');
  expect(status?.failure?.message).toContain('admission webhook says no');
}, 70_000);

test('where automated sync is off, the runtime starts one sync at its own commit (D6)', async () => {
  const scene = await yard.scene('manual', { stations: [{ name: 'test', applications: [{ automated: false }] }] });
  await scene.ticket('one', '1.0.0');
  const ticket = await scene.completed('one');
  const application = yard.eyes.applications.get('argocd/manual-test') as unknown as {
    status: { operationState: { operation: object }; history: { revision: string }[] };
  };
  const commit = ticket.status?.arrival?.applications[0]?.commit;
  expect(application.status.operationState.operation).toMatchObject({ sync: { revision: commit } });
  expect(application.status.history.map((entry) => entry.revision)).toEqual([commit]);
});

test('a missing Application is waited for, by name, and fails at the deadline (E2)', async () => {
  const scene = await yard.scene('missing', {
    stations: [{ name: 'test', applications: [{ live: 'Missing' }], spec: { deadlines: { missing: '2s' } } }],
  });
  await scene.ticket('one', '1.0.0');
  const waiting = await scene.waiting('one', 'ApplicationMissing');
  const { status } = await scene.failed('one');
  expect(status?.failure?.reason).toBe('ApplicationMissing');
  const departed = Date.parse(status?.stamps?.[0]?.departed ?? '');
  expect(departed - Date.parse(waiting.status?.waiting?.since ?? '')).toBeGreaterThanOrEqual(2_000);
  expect(await scene.repository.log('env/test')).toEqual([]);
});

test('an Application that appears while it is waited for lets the ticket arrive', async () => {
  const scene = await yard.scene('appears', { stations: [{ name: 'test', applications: [{ live: 'Missing' }] }] });
  await scene.ticket('one', '1.0.0');
  await scene.waiting('one', 'ApplicationMissing');
  await scene.application('test', {});
  await scene.completed('one');
});

test('an Application of another namespace that has not consented is not touched, and the way to consent is said (G5)', async () => {
  const scene = await yard.scene('unasked', {
    stations: [{ name: 'test', applications: [{ live: 'WithoutConsent' }] }],
  });
  await scene.ticket('one', '1.0.0');
  const { status } = await scene.waiting('one', 'NotConsented');
  expect(status?.waiting?.message).toContain('k8sta.io/authorized-station=unasked/test');
  expect(await scene.repository.log('env/test')).toEqual([]);
  await scene.annotate('unasked-test', { 'k8sta.io/authorized-station': 'unasked/test' });
  await scene.completed('one');
});

test('a branch that the live Application does not sync is never written; both are named (G5, p)', async () => {
  const scene = await yard.scene('wrong', {
    stations: [{ name: 'test', applications: [{ liveBranch: 'env/theirs' }] }],
  });
  await scene.ticket('one', '1.0.0');
  const { status } = await scene.waiting('one', 'WrongBranch');
  expect(status?.waiting?.message).toContain('env/theirs');
  expect(status?.waiting?.message).toContain('env/test');
  expect(await scene.repository.head('env/test')).toBeUndefined();
  expect(await scene.repository.head('env/theirs')).toBeUndefined();
});

test('two Applications on one branch are refused, both named (G5)', async () => {
  const scene = await yard.scene('shared', { stations: [{ name: 'test' }] });
  await scene.application('test', { name: 'shared-twin', branch: 'env/test' });
  await scene.ticket('one', '1.0.0');
  const { status } = await scene.waiting('one', 'SharedBranch');
  expect(status?.waiting?.message).toContain('shared-twin');
});

test.each([
  ['broken', { 'env/test/kustomization.yaml': 'resources: [nowhere.yaml]\n' }, 'RenderFailed', /nowhere\.yaml/],
  [
    'remote',
    { 'env/test/kustomization.yaml': 'resources: ["https://example.com/org/repo//base?ref=v1"]\n' },
    'RenderFailed',
    /example\.com/,
  ],
  ['empty', { 'env/test/kustomization.yaml': 'resources: []\n' }, 'RenderFailed', /env\/test/],
])(
  'a kustomization that is %s fails the ticket in its own words, with nothing pushed',
  async (name, source, reason, words) => {
    const scene = await yard.scene(`kustomize-${name}`, { source });
    await scene.ticket('one', '1.0.0');
    const { status } = await scene.failed('one');
    expect(status?.failure?.reason).toBe(reason);
    expect(status?.failure?.message).toMatch(words);
    expect(await scene.repository.log('env/test')).toEqual([]);
  },
);

test('an overlay folder that does not exist fails the ticket, naming folder and repository (A8)', async () => {
  const scene = await yard.scene('no-overlay', {
    source: { 'env/test/kustomization.yaml': 'resources: [../../base]\n' },
  });
  await scene.station({ name: 'test', applications: [{ overlay: 'env/elsewhere', branch: 'env/test' }] });
  await scene.ticket('one', '1.0.0');
  const { status } = await scene.failed('one');
  expect(status?.failure?.reason).toBe('OverlayMissing');
  expect(status?.failure?.message).toContain('env/elsewhere');
  expect(status?.failure?.message).toContain(scene.repository.url);
});

test('one of two applications that cannot be rendered keeps both branches as they are', async () => {
  const scene = await yard.scene('half', {
    stations: [
      {
        name: 'test',
        applications: [
          { name: 'half-a', overlay: 'env/a' },
          { name: 'half-b', overlay: 'env/b' },
        ],
      },
    ],
    source: { 'env/b/kustomization.yaml': 'resources: [nowhere.yaml]\n' },
  });
  await scene.ticket('one', '1.0.0');
  await scene.failed('one');
  expect(await scene.repository.head('env/a')).toBeUndefined();
  expect(await scene.repository.head('env/b')).toBeUndefined();
});

test('two applications in two repositories, the second push refused: failed, and the next ticket leaves it behind in both (f)', async () => {
  const other = await yard.scene('two-repos-other', {
    stations: [],
    source: { 'env/b/kustomization.yaml': 'resources: [../../base]\n' },
  });
  const scene = await yard.scene('two-repos', {
    stations: [
      {
        name: 'test',
        applications: [
          { name: 'two-repos-a', overlay: 'env/a' },
          { name: 'two-repos-b', overlay: 'env/b', repository: other.repository },
        ],
      },
    ],
  });
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  await other.repository.refuse('the other repository says no');
  await scene.ticket('two', '2.0.0');
  const { status } = await scene.failed('two');
  expect(status?.failure?.reason).toBe('PushRejected');
  await other.repository.accept();
  await scene.ticket('three', { images: [{ repoURL: 'ghcr.io/acme/other', tag: '1.0.0' }] });
  await scene.completed('three');
  expect(await scene.repository.manifests('env/a')).toContain(`${IMAGE}:1.0.0`);
  expect(await other.repository.manifests('env/b')).toContain(`${IMAGE}:1.0.0`);
});

test('a registry that is down is said in the subscription, and what was last good stays (B1)', async () => {
  const image = 'ghcr.io/acme/flaky';
  await yard.railyard.registry.publish(`${image}:1.0.0`);
  const scene = await yard.scene('flaky', {
    track: {
      subscriptions: [
        {
          name: 'image',
          images: {
            repositories: [image],
            select: { semver: { constraint: '*', prereleases: false } },
            interval: '1s',
          },
        },
      ],
    },
  });
  await scene.completed('main-1');
  const subscription = () => scene.trackNow()?.status?.subscriptions?.[0];
  await eventually('the choice is recorded', () => subscription()?.ticketed);
  yard.faults.registry.set(image, () => ({ status: 503 }));
  await eventually('the problem is said', () => subscription()?.problem?.includes('ghcr.io answered 503'));
  expect(subscription()?.ticketed?.images).toMatchObject([{ tag: '1.0.0' }]);
  yard.faults.registry.delete(image);
  await eventually('the problem is gone', () => subscription()?.problem === undefined);
  expect(yard.eyes.tickets.list('flaky')).toHaveLength(1);
});
