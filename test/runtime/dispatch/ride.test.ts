import { parse } from 'yaml';
import { eventually } from '../../waiting';
import { IMAGE } from './scene';
import { Yard } from './yard';

let yard: Yard;

beforeAll(async () => {
  yard = await Yard.open();
}, 60_000);

afterAll(() => yard.close(), 30_000);

test('a ride through three stations leaves one orphan commit on each branch, with trailers and its state (A8, D3)', async () => {
  const scene = await yard.scene('three', { stations: ['test', 'stage', 'prod'] });
  const source = await scene.repository.head('main');
  await scene.ticket('one', '1.0.0');
  const ticket = await scene.completed('one');
  expect(scene.stamps('one')).toEqual(['test Arrived', 'stage Arrived', 'prod Arrived']);

  for (const [index, station] of ['test', 'stage', 'prod'].entries()) {
    const branch = `env/${station}`;
    const [commit, ...more] = await scene.repository.log(branch);
    expect(more).toEqual([]);
    expect(commit).toMatchObject({
      parents: [],
      author: 'K8sTA',
      trailers: {
        'K8sTA-Ticket': 'three/one',
        'K8sTA-Station': `three/${station}`,
        'K8sTA-Application': `argocd/three-${station}`,
        'K8sTA-Change': `image ${IMAGE}:1.0.0`,
      },
    });
    const stamp = ticket.status?.stamps?.[index];
    expect(stamp?.commits).toEqual([{ application: `argocd/three-${station}`, commit: commit?.sha }]);
    expect(new Date(commit?.date ?? '').toISOString()).toBe(new Date(stamp?.arrived ?? '').toISOString());
    expect(await scene.repository.manifests(branch)).toContain(`image: ${IMAGE}:1.0.0`);
    const state = parse(await scene.repository.read(branch, '.k8sta/state.yaml')) as object;
    expect(state).toMatchObject({
      kind: 'RenderedState',
      station: `three/${station}`,
      ticket: 'three/one',
      state: { base: source, overlay: source, images: [{ repoURL: IMAGE, tag: '1.0.0' }] },
    });
    const recorded = scene.stationNow(station)?.status?.applications?.[0];
    expect(recorded).toMatchObject({ head: { commit: commit?.sha }, good: { commit: commit?.sha, state: 0 } });
  }
});

test('a second image makes one more commit on top, and files that are not ours survive byte for byte (D8)', async () => {
  const scene = await yard.scene('second');
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  const odd = 'people\twrite  \r\nwhat they like ✓';
  const byHand = await scene.repository.commit('env/test', { 'docs/NOTES.md': odd });
  await scene.ticket('two', '1.1.0');
  await scene.completed('two');

  const log = await scene.repository.log('env/test');
  expect(log).toHaveLength(3);
  expect(log[0]?.parents).toEqual([byHand]);
  expect(await scene.repository.read('env/test', 'docs/NOTES.md')).toBe(odd);
  expect(await scene.repository.manifests('env/test')).toContain(`${IMAGE}:1.1.0`);
  const state = parse(await scene.repository.read('env/test', '.k8sta/state.yaml')) as { good?: string };
  expect(state.good).toBe(log[2]?.sha);
});

test('two applications at one station, in two repositories, arrive together (D4)', async () => {
  const first = await yard.scene('pair', { stations: [] });
  const other = await yard.scene('pair-other', {
    stations: [],
    source: { 'env/east/kustomization.yaml': 'resources: [../../base]\n' },
  });
  await first.repository.commit('main', {
    'env/a/kustomization.yaml': 'resources: [../../base]\n',
    'env/b/kustomization.yaml': 'resources: [../../base]\n',
  });
  await first.station({
    name: 'test',
    applications: [
      { name: 'pair-a', overlay: 'env/a' },
      { name: 'pair-b', overlay: 'env/b' },
      { name: 'pair-east', overlay: 'env/east', repository: other.repository },
    ],
  });
  await first.track('main', ['test']);
  const before = yard.railyard.counts.git.pushes;
  await first.ticket('one', '1.0.0');
  const ticket = await first.completed('one');

  expect(ticket.status?.stamps?.[0]?.commits).toHaveLength(3);
  expect(yard.railyard.counts.git.pushes - before).toBe(2);
  for (const [repository, branch] of [
    [first.repository, 'env/a'],
    [first.repository, 'env/b'],
    [other.repository, 'env/east'],
  ] as const) {
    expect(await repository.log(branch)).toHaveLength(1);
    expect(await repository.manifests(branch)).toContain(`${IMAGE}:1.0.0`);
  }
});

test('an image that no manifest uses is an arrival without a commit (A6)', async () => {
  const scene = await yard.scene('unused');
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  await scene.ticket('two', { images: [{ repoURL: 'ghcr.io/acme/other', tag: '9.0.0' }] });
  const ticket = await scene.completed('two');

  expect(scene.stamps('two')).toEqual(['test NoChange']);
  expect(await scene.repository.log('env/test')).toHaveLength(1);
  expect(ticket.status?.arrival?.applications[0]?.message).toContain('no manifest uses ghcr.io/acme/other');
  const { states = [], applications = [] } = scene.stationNow('test')?.status ?? {};
  const good = states[applications[0]?.good?.state ?? -1];
  expect(good?.images?.map((image) => image.repoURL)).toEqual([IMAGE, 'ghcr.io/acme/other']);
});

test('a retry of what the station shows is contained, and takes no station (C5, G2)', async () => {
  const scene = await yard.scene('retry');
  await scene.ticket('one', '1.0.0');
  const first = await scene.completed('one');
  await scene.ticket('again', '1.0.0', { origin: { retryOf: { name: 'one', uid: first.metadata.uid } } });
  await scene.completed('again');

  expect(scene.stamps('again')).toEqual(['test AlreadyContained']);
  expect(scene.seen('again')?.status?.arrival).toBeUndefined();
  expect(await scene.repository.log('env/test')).toHaveLength(1);
});

test('a published image boards by itself, and again when a newer one appears, never for an older one (B2)', async () => {
  const image = 'ghcr.io/acme/subscribed';
  await yard.railyard.registry.publish(`${image}:1.2.0`);
  const scene = await yard.scene('subscribed', {
    source: {
      'base/deployment.yaml': `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: ${image}}]}\n`,
    },
    track: {
      subscriptions: [
        {
          name: 'image',
          images: {
            repositories: [image],
            select: { semver: { constraint: '^1.0.0', prereleases: false } },
            interval: '1s',
          },
        },
      ],
    },
  });
  await scene.completed('main-1');
  expect(scene.seen('main-1')?.spec.change?.images).toMatchObject([{ repoURL: image, tag: '1.2.0' }]);
  await yard.railyard.registry.publish(`${image}:1.1.9`);
  const digest = await yard.railyard.registry.publish(`${image}:1.3.0`);
  await scene.completed('main-2');
  expect(await scene.repository.manifests('env/test')).toContain(`${image}:1.3.0@${digest}`);
  expect(await scene.repository.log('env/test')).toHaveLength(2);
  expect(yard.eyes.tickets.list('subscribed')).toHaveLength(2);
});

test('a disabled station and a disabled application are skipped on the record, and everything else goes on (C7)', async () => {
  const scene = await yard.scene('skipped', {
    stations: [
      { name: 'test', spec: { enabled: false } },
      {
        name: 'prod',
        applications: [
          { name: 'skipped-a', overlay: 'env/a' },
          { name: 'skipped-b', overlay: 'env/b', enabled: false },
        ],
      },
    ],
  });
  await scene.ticket('one', '1.0.0');
  const ticket = await scene.completed('one');
  expect(ticket.status?.stamps).toMatchObject([
    { station: 'test', result: 'Skipped', reason: 'StationDisabled' },
    { station: 'prod', result: 'Arrived' },
  ]);
  expect(ticket.status?.arrival?.applications).toMatchObject([
    { name: 'skipped-a', result: 'Commit' },
    { name: 'skipped-b', result: 'Skipped' },
  ]);
  expect(await scene.repository.log('env/test')).toEqual([]);
  expect(await scene.repository.log('env/b')).toEqual([]);
  expect(await scene.repository.log('env/a')).toHaveLength(1);
});

test('transitions are told as Events, each once', async () => {
  const scene = await yard.scene('events', { stations: ['test', 'prod'] });
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  await eventually('the last Event is written', async () => (await scene.events('one')).includes('Completed'));
  const told = await scene.events('one');
  expect(told.filter((reason) => reason === 'Boarded')).toHaveLength(1);
  expect(told.filter((reason) => reason === 'Arrived')).toHaveLength(2);
  expect(told.filter((reason) => reason === 'Completed')).toHaveLength(1);
});

test('the columns of `kubectl get tickets` tell the story', async () => {
  const scene = await yard.scene('columns', { stations: ['test', { name: 'prod', spec: { hold: true } }] });
  await scene.ticket('one', '1.0.0');
  await scene.waiting('one', 'Held');
  const reply = await fetch(`${yard.railyard.kubernetesURL}/apis/k8sta.io/v1alpha1/namespaces/columns/tickets`, {
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
  });
  const table = (await reply.json()) as {
    columnDefinitions: { name: string; priority: number }[];
    rows: { cells: unknown[] }[];
  };
  const shown = table.columnDefinitions.map(({ name, priority }, index) => ({ name, priority, index }));
  const cells = shown
    .filter(({ priority }) => priority === 0)
    .map(({ name, index }) => [name, table.rows[0]?.cells[index]]);
  expect(Object.fromEntries(cells)).toMatchObject({
    Name: 'one',
    Track: 'main',
    Change: 'guestbook 1.0.0',
    Station: 'prod',
    Phase: 'Standing',
    Waiting: 'Held',
    Age: expect.any(String) as string,
  });
});

test('pushes to the source branch board by themselves: a base rides, an overlay goes express to its station (B3)', async () => {
  const scene = await yard.scene('follows', { stations: ['test', 'prod'] });
  const source = { repoURL: scene.repository.url, branch: 'main', folder: '', exclude: ['docs'], interval: '1s' };
  await scene.say('track', 'main', { subscriptions: [{ name: 'source', source }] });
  await scene.completed('main-1');
  await scene.repository.commit('main', { 'docs/why.md': 'Because.\n' });
  const overlay = await scene.repository.commit('main', {
    'env/prod/kustomization.yaml': 'resources: [../../base]\nnameSuffix: -production\n',
  });
  await scene.completed('main-2');
  expect(scene.stamps('main-2')).toEqual(['prod Arrived']);
  expect(await scene.repository.manifests('env/prod')).toContain('name: guestbook-production');
  const base = await scene.repository.commit('main', {
    'base/kustomization.yaml': 'resources: [deployment.yaml]\ncommonAnnotations: {told: all}\n',
  });
  await scene.completed('main-3');
  expect(scene.stamps('main-3')).toEqual(['test Arrived', 'prod Arrived']);
  expect(scene.seen('main-2')?.spec.change).toMatchObject({ overlays: [{ commit: overlay, path: 'env/prod' }] });
  expect(scene.seen('main-3')?.spec.change).toMatchObject({ sources: [{ commit: base }] });
  expect(await scene.repository.manifests('env/test')).toContain('told: all');
});
