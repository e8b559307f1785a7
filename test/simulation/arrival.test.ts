import { Yard } from './exit';

test('E2: a grace of Degraded ends to the second, in the words of Argo CD', () => {
  const yard = new Yard().board().health({ degraded: 'crash loop' }).settle(30);
  expect(yard.ticket().status).toMatchObject({ phase: 'Arriving', waiting: { reason: 'Degraded' } });
  const since = yard.since() ?? Number.NaN;
  yard.settle();
  expect(yard.departed()).toBe(since + 60);
  expect(yard.ticket().status?.failure?.message).toContain('crash loop');
});

test('E1: an arrival that is not healthy in time fails at its deadline, naming what it waited for', () => {
  const yard = new Yard().board().health({ progressing: '0 of 1 replicas' }).settle();
  expect(yard.departed()).toBe(1_800);
  expect(yard.ticket().status?.failure).toMatchObject({ reason: 'DeadlineExceeded', station: 'prod' });
  expect(yard.ticket().status?.failure?.message).toContain('0 of 1 replicas');
});

test('E4: a wait for Argo CD is told once it has lasted two seconds, and since when; until then the ticket pushes', () => {
  const yard = new Yard().board().health({ progressing: '0 of 1 replicas' }).settle(1);
  expect(yard.ticket().status).toMatchObject({ phase: 'Arriving', waiting: { reason: 'Pushing' } });
  expect(yard.ticket().status?.arrival?.pushed).toBeUndefined();
  yard.settle(2);
  const { waiting, arrival } = yard.ticket().status ?? {};
  expect(waiting?.reason).toBe('Progressing');
  expect(waiting?.message).toContain('0 of 1 replicas');
  expect(yard.since()).toBe(0);
  expect(arrival?.pushed).toBe(waiting?.since);
});

test('E1, D7: an arrival that Argo CD was quick with has its push on record with its stamp, and is good', () => {
  const yard = new Yard().board().settle();
  const { arrival, stamps } = yard.ticket().status ?? {};
  expect(arrival).toMatchObject({
    pushed: '2030-01-01T00:00:00.000Z',
    applications: [{ result: 'Commit', shown: true }],
  });
  const commit = arrival?.applications[0]?.commit;
  expect(stamps).toMatchObject([{ station: 'prod', result: 'Arrived', commits: [{ commit }] }]);
  expect(yard.station().status?.applications).toMatchObject([{ head: { commit }, good: { commit } }]);
});

test('A5, G1: an abort right after the push leaves its commit as the head, and good where it was', () => {
  const yard = new Yard().board('1.0.0').settle();
  const good = yard.station().status?.applications?.[0]?.good?.commit;
  yard.health({ progressing: 'it takes its time' }).board('2.0.0').settle(1);
  expect(yard.ticket('main-2').status?.waiting?.reason).toBe('Pushing');
  yard.say({ abort: true }, 'main-2').settle();
  const { status } = yard.ticket('main-2');
  expect(status).toMatchObject({ phase: 'Aborted', stamps: [{ result: 'Aborted' }] });
  const commit = status?.arrival?.applications[0]?.commit;
  expect(commit).toBeDefined();
  expect(yard.station().status?.applications).toMatchObject([{ head: { commit }, good: { commit: good } }]);
});

test('A5, G1: an abort during an arrival frees the station; what it pushed is its head, and good stays', () => {
  const yard = new Yard().board('1.0.0').settle();
  const pushed = () => yard.station().status?.applications?.[0];
  const good = pushed()?.good?.commit;
  yard.health({ progressing: 'it takes its time' }).board('2.0.0').settle(100);
  expect(yard.ticket('main-2').status?.phase).toBe('Arriving');
  yard.say({ abort: true }, 'main-2').settle();
  expect(yard.ticket('main-2').status?.phase).toBe('Aborted');
  expect(yard.station().status?.occupant).toBeUndefined();
  expect(pushed()?.good?.commit).toBe(good);
  expect(pushed()?.head?.commit).not.toBe(good);
});

test('C3: an occupant that somebody deletes frees its station', () => {
  const yard = new Yard().board().health({ progressing: 'it takes its time' }).settle(10);
  expect(yard.station().status?.occupant).toMatchObject({ ticket: 'main-1' });
  yard.simulation.tickets.delete('shop/main-1');
  yard.settle();
  expect(yard.station().status?.occupant).toBeUndefined();
});
