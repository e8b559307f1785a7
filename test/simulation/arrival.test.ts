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
