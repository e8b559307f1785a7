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

test('what people say of track, station and ticket is heard at once, and their silence keeps all branches alone (C7, G1)', async () => {
  const scene = await yard.scene('people', {
    stations: [{ name: 'test', spec: { hold: true } }],
    track: { enabled: false },
  });
  await scene.ticket('one', '1.0.0', { hold: true });
  await eventually('the track has been looked at', () => scene.trackNow()?.status?.conditions !== undefined);
  expect(scene.seen('one')?.status?.sequence).toBeUndefined();
  await scene.say('track', 'main', { enabled: true });
  const held = await scene.waiting('one', 'Held');
  expect(held.status?.waiting?.message).toMatch(/spec.hold to false/);
  await scene.say('ticket', 'one', { hold: false });
  await scene.until('one', 'waits for the station', ({ status }) =>
    /station test/i.test(status?.waiting?.message ?? ''),
  );
  expect(scene.stationNow('test')?.status?.occupant).toBeUndefined();
  expect(await scene.repository.log('env/test')).toEqual([]);
  await scene.say('station', 'test', { hold: false });
  await scene.completed('one');

  await scene.say('track', 'main', { hold: true });
  await eventually('the hold is seen', () => scene.trackNow()?.spec.hold);
  await scene.ticket('two', '1.1.0');
  await eventually('it is seen', () => scene.seen('two'));
  expect(scene.seen('two')?.status?.sequence).toBeUndefined();
  await scene.say('track', 'main', { hold: false });
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

test('the occupant that somebody deleted frees its station (C3)', async () => {
  const scene = await yard.scene('deleted');
  yard.railyard.argocd.script('argocd', 'deleted-test', { health: 'Progressing' });
  await scene.ticket('one', '1.0.0');
  await scene.waiting('one', 'Progressing');
  await yard.cluster.objects(TICKETS).delete({ namespace: 'deleted', name: 'one' });
  await eventually('the station is free', () => scene.stationNow('test')?.status?.occupant === undefined);
  yard.railyard.argocd.script('argocd', 'deleted-test', undefined);
});
