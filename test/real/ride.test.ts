import { eventually } from '../waiting';
import { publishImage } from '../../runtime/railyard';
import { driven } from './driven';
import { application, applySynth, kubectl, Line } from './line';
import { IMAGE } from './image';
import { guestbookSource, Repository } from './people';
import { realStack } from './stack';

const { workloads } = driven();

test('a published image rides through the guestbook to prod, by manifests that cdk8s synth printed', async () => {
  const repository = await Repository.create('guestbook', await guestbookSource());
  await publishImage(realStack().registryURL, 'ghcr.io/acme/guestbook:1.2.0');
  await applySynth(
    'examples/guestbook',
    { GUESTBOOK_REPOSITORY: repository.url, GUESTBOOK_INTERVAL_SECONDS: '2' },
    'guestbook',
  );
  await eventually(
    'a ticket boards',
    async () => (await kubectl(['get', 'tickets', '-n', 'guestbook'])).includes('main-1'),
    60_000,
  );
  await kubectl(['wait', '--for=condition=Ended', 'ticket/main-1', '-n', 'guestbook', '--timeout=120s']);

  expect(await kubectl(['get', 'tickets', '-n', 'guestbook', '--no-headers'])).toMatch(
    /^main-1 +main +guestbook 1\.2\.0 +.*Completed/,
  );
  for (const station of ['test', 'stage', 'prod']) {
    const log = await repository.log(`env/${station}`);
    expect(log).toMatchObject([{ parents: [], author: 'K8sTA' }]);
    expect(await repository.manifests(`env/${station}`)).toContain('image: ghcr.io/acme/guestbook:1.2.0');
    const { status } = await application(`guestbook-${station}-web`);
    expect(status).toMatchObject({
      sync: { status: 'Synced', revision: log[0]?.sha },
      health: { status: 'Healthy' },
      operationState: { phase: 'Succeeded' },
    });
    const live = await kubectl(['get', 'deployment', 'guestbook', '-n', `guestbook-${station}-web`, '-o', 'yaml']);
    expect(live).toContain('image: ghcr.io/acme/guestbook:1.2.0');
  }
});

test('two applications at one station arrive together (D4)', async () => {
  const line = await Line.open({
    namespace: 'pair',
    stations: [
      {
        name: 'test',
        applications: [
          { id: 'east', overlay: 'env/east' },
          { id: 'west', overlay: 'env/west' },
        ],
      },
    ],
  });
  await line.ticket('one', '1.0.0');
  const ticket = await line.completed('one');
  const commits = ticket.status?.stamps?.[0]?.commits ?? [];
  expect(commits).toHaveLength(2);
  for (const side of ['east', 'west']) {
    const log = await line.repository.log(`env/${side}`);
    expect(log).toHaveLength(1);
    expect(commits.map(({ commit }) => commit)).toContain(log[0]?.sha);
    expect(await line.repository.manifests(`env/${side}`)).toContain(`image: ${IMAGE}:1.0.0`);
    expect((await application(`pair-test-${side}`)).status?.sync).toMatchObject({ status: 'Synced' });
  }
});

test('with automated sync off the runtime starts each sync, to exactly its commit', async () => {
  const line = await Line.open({
    namespace: 'manual',
    stations: [{ name: 'test', applications: [{ id: 'web', automated: false }] }],
  });
  await line.ticket('one', '1.0.0');
  await line.completed('one');
  const head = await line.repository.head('env/test');
  const { status, spec } = await application('manual-test-web');
  expect(spec.syncPolicy?.automated).toBeUndefined();
  expect(status).toMatchObject({
    sync: { status: 'Synced', revision: head },
    operationState: { phase: 'Succeeded', operation: { sync: { revision: head } }, syncResult: { revision: head } },
  });
  expect(status?.operationState?.operation.initiatedBy?.username).toBe('k8sta');
});

test('a person who pushes to the rendered branch in the middle loses nothing, and decides (D6, D8)', async () => {
  const line = await Line.open({
    namespace: 'middle',
    stations: [
      { name: 'test', applications: [{ id: 'web' }] },
      { name: 'prod', applications: [{ id: 'web' }] },
    ],
  });
  workloads.become(/acme\/web:2\.0\.0$/, 'Progressing');
  await line.ticket('one', '2.0.0');
  await line.waiting('one', 'Progressing');
  const ours = await line.repository.head('env/test');
  const [manifest = ''] = (await line.repository.files('env/test')).filter((path) => !path.startsWith('.'));
  const theirs = await line.repository.commit('env/test', { [manifest]: null, 'NOTES.md': 'mine\n' }, 'Away with it');
  // As the forge's webhook has it look.
  const app = ['applications.argoproj.io', 'middle-test-web', '--namespace', 'argocd'];
  await kubectl(['annotate', ...app, 'argocd.argoproj.io/refresh=normal']);
  const ticket = await line.until('one', 'is suspended', ({ status }) => status?.phase === 'Suspended');
  expect(ticket.status?.waiting?.message).toContain(theirs.slice(0, 7));
  expect(await line.repository.head('env/test')).toBe(theirs);
  expect((await line.repository.log('env/test')).map(({ sha }) => sha)).toEqual([theirs, ours]);
  expect(await line.repository.head('env/prod')).toBeUndefined();
});
