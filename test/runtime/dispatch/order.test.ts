import { TICKETS } from '../../../runtime/dispatch/resources';
import { eventually } from '../../waiting';
import { Yard } from './yard';

let yard: Yard;

beforeAll(async () => {
  yard = await Yard.open();
}, 60_000);

afterAll(() => yard.close(), 30_000);

const rank = (time: string | undefined): number => Date.parse(time ?? '');

test('three tickets ride one behind the other: none arrives anywhere before an older one has left (C2)', async () => {
  const scene = await yard.scene('queue', { stations: ['test', 'prod'] });
  for (const [name, tag] of [
    ['a', '1.0.0'],
    ['b', '1.1.0'],
    ['c', '1.2.0'],
  ] as const) {
    await scene.ticket(name, tag);
    await scene.until(name, 'boards', ({ status }) => status?.sequence !== undefined);
  }
  const [a, b, c] = [await scene.completed('a'), await scene.completed('b'), await scene.completed('c')];
  expect([a, b, c].map(({ status }) => status?.sequence)).toEqual([1, 2, 3]);
  for (const station of ['test', 'prod']) {
    const [first, second, third] = [a, b, c].map(({ status }) =>
      status?.stamps?.find((one) => one.station === station),
    );
    expect(rank(second?.departed)).toBeGreaterThan(rank(first?.departed));
    expect(rank(third?.departed)).toBeGreaterThan(rank(second?.departed));
    const log = await scene.repository.log(`env/${station}`);
    expect(log.map(({ trailers }) => trailers['K8sTA-Ticket'])).toEqual(['queue/c', 'queue/b', 'queue/a']);
  }
});

test('two tracks that meet at a station take turns, one arrival at a time (C1)', async () => {
  const scene = await yard.scene('turns', {
    stations: ['shared'],
    tracks: { left: ['shared'], right: ['shared'] },
  });
  const other = 'ghcr.io/acme/other';
  await Promise.all([
    scene.ticket('l', '1.0.0', { track: 'left' }),
    scene.ticket('r', { images: [{ repoURL: other, tag: '2.0.0' }] }, { track: 'right' }),
  ]);
  const [left, right] = [await scene.completed('l'), await scene.completed('r')];
  const visits = [left, right].map(({ status }) => status?.stamps?.[0]);
  visits.sort((one, two) => rank(one?.departed) - rank(two?.departed));
  expect(rank(visits[1]?.arrived)).toBeGreaterThanOrEqual(Math.floor(rank(visits[0]?.departed) / 1000) * 1000);
  const { states = [], applications = [] } = scene.stationNow('shared')?.status ?? {};
  expect(states[applications[0]?.good?.state ?? -1]?.images).toMatchObject([{ tag: '1.0.0' }, { tag: '2.0.0' }]);
});

test('a disabled track boards nothing, and boards what waits once it is enabled (C7)', async () => {
  const scene = await yard.scene('closed', { track: { enabled: false } });
  await scene.ticket('one', '1.0.0');
  await eventually('the track has been looked at', () => scene.trackNow()?.status?.conditions !== undefined);
  expect(scene.seen('one')?.status?.sequence).toBeUndefined();
  await scene.say('track', 'main', { enabled: true });
  await scene.completed('one');
});

test.each(['ticket', 'station', 'track'] as const)(
  'a held %s lets nothing arrive, and says who to ask (G1)',
  async (kind) => {
    const scene = await yard.scene(`held-${kind}`);
    const name = { ticket: 'two', station: 'test', track: 'main' }[kind];
    await scene.ticket('one', '1.0.0');
    await scene.completed('one');
    if (kind !== 'ticket') await scene.say(kind, name, { hold: true });
    await scene.ticket('two', '1.1.0', { hold: kind === 'ticket' });
    if (kind === 'track') {
      await eventually('the hold is seen', () => scene.trackNow()?.spec.hold);
      expect(scene.seen('two')?.status?.sequence).toBeUndefined();
    } else {
      const { status } = await scene.waiting('two', 'Held');
      expect(status?.waiting?.message).toMatch(/spec.hold to false/);
    }
    expect(scene.stationNow('test')?.status?.occupant).toBeUndefined();
    expect(await scene.repository.log('env/test')).toHaveLength(1);
    await scene.say(kind, name, { hold: false });
    await scene.completed('two');
  },
);

test('a ticket aborted before a station leaves the branches alone, and the next one goes on (G1)', async () => {
  const scene = await yard.scene('abort-standing', { stations: [{ name: 'test', spec: { hold: true } }] });
  await scene.ticket('one', '1.0.0');
  await scene.waiting('one', 'Held');
  await scene.say('ticket', 'one', { abort: true });
  await scene.until('one', 'is aborted', ({ status }) => status?.phase === 'Aborted');
  expect(await scene.repository.log('env/test')).toEqual([]);
  await scene.ticket('two', '1.1.0');
  await scene.say('station', 'test', { hold: false });
  await scene.completed('two');
});

test('a ticket aborted while it waits for Argo CD frees the station; good stays, head is what was pushed (A5, G1)', async () => {
  const scene = await yard.scene('abort-arriving');
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  const good = await scene.repository.head('env/test');
  yard.railyard.argocd.script('argocd', 'abort-arriving-test', { health: 'Progressing: it takes its time' });
  await scene.ticket('two', '2.0.0');
  await scene.waiting('two', 'Progressing');
  await scene.say('ticket', 'two', { abort: true });
  const ticket = await scene.until('two', 'is aborted', ({ status }) => status?.phase === 'Aborted');
  await scene.left(ticket);
  expect(scene.stationNow('test')?.status?.applications?.[0]).toMatchObject({
    head: { commit: await scene.repository.head('env/test') },
    good: { commit: good },
  });
  yard.railyard.argocd.script('argocd', 'abort-arriving-test', undefined);
  await scene.ticket('three', { images: [{ repoURL: 'ghcr.io/acme/other', tag: '1.0.0' }] });
  await scene.completed('three');
  expect(await scene.repository.manifests('env/test')).toContain('guestbook:1.0.0');
});

test('a station that does not exist is waited for, never skipped (C3)', async () => {
  const scene = await yard.scene('absent', { tracks: { main: ['test', 'later'] } });
  await scene.ticket('one', '1.0.0');
  const { status } = await scene.waiting('one', 'StationMissing');
  expect(status?.waiting?.message).toContain('later');
  await scene.repository.commit('main', { 'env/later/kustomization.yaml': 'resources: [../../base]\n' });
  await scene.station({
    name: 'later',
    applications: [{ name: 'absent-later', overlay: 'env/test', branch: 'env/later' }],
  });
  await scene.completed('one');
});

test('the occupant that somebody deleted frees its station (C3)', async () => {
  const scene = await yard.scene('deleted');
  yard.railyard.argocd.script('argocd', 'deleted-test', { health: 'Progressing' });
  await scene.ticket('one', '1.0.0');
  await scene.waiting('one', 'Progressing');
  await yard.cluster.objects(TICKETS).delete({ namespace: 'deleted', name: 'one' });
  await eventually('the station is free', () => scene.stationNow('test')?.status?.occupant === undefined);
  yard.railyard.argocd.script('argocd', 'deleted-test', undefined);
});
