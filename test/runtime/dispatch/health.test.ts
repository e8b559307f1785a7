import { clockWords, leadWords, stuck, unready, type Vitals } from '../../../runtime/dispatch/health';
import { WorkQueue } from '../../../runtime/kube';
import { silentLog } from '../../../runtime/log';
import { FakeClock } from '../kube/fake-clock';

const well: Vitals = { caches: [{ kind: 'Ticket', synced: true, contactAgeMs: 40_000, quietMs: 40_000 }] };

test('what works is neither stuck nor unready', () => {
  expect([stuck(well), unready(well)]).toEqual([[], []]);
});

test('a worker that does not come back turns liveness red, naming its key and what waits behind it', async () => {
  const clock = new FakeClock();
  const queue = new WorkQueue({ handle: () => new Promise(() => undefined), workers: 1, log: silentLog, clock });
  queue.add('track shop/main');
  queue.add('track shop/other');
  queue.start();
  await clock.pass(60_000);
  expect(stuck({ ...well, queue: queue.stats() })).toEqual([]);
  await clock.pass(1_000);
  expect(stuck({ ...well, queue: queue.stats() })).toEqual([
    'the work on "track shop/main" has stood still for 61 s; 1 keys wait behind it',
  ]);
  queue.progress('track shop/main');
  expect(stuck({ ...well, queue: queue.stats() })).toEqual([]);
  await queue.stop(0);
});

test('an API server that is away makes it unready, and no restart is asked for', () => {
  const caches = [{ kind: 'Ticket', synced: true, contactAgeMs: 600_000, quietMs: 12_000, lastError: 'ECONNREFUSED' }];
  expect(stuck({ caches })).toEqual([]);
  expect(unready({ caches })).toEqual(['nothing was heard of Ticket objects for 600 s: ECONNREFUSED']);
});

test('a cache that has not been filled is named, with what keeps it empty', () => {
  const caches = [{ kind: 'Track', synced: false, quietMs: 100, lastError: '403 Forbidden' }];
  expect(unready({ caches })).toEqual(['the Track objects have not been listed yet: 403 Forbidden']);
});

test.each([
  ['a cache whose loop stands still', { caches: [{ kind: 'Station', synced: true, quietMs: 130_000 }] }, 'the cache of Station objects has stood still for 130 s'], // prettier-ignore
  ['a job that never ends', { ...well, oldestJob: { job: 'prepare of track shop/main', runningMs: 46 * 60_000 } }, 'the job prepare of track shop/main has been running for 2760 s'], // prettier-ignore
  ['an election that stands still', { ...well, standing: { leading: false, quietMs: 61_000 } }, 'the election has stood still for 61 s'], // prettier-ignore
] satisfies [string, Vitals, string][])('%s turns liveness red', (_what, vitals, words) => {
  expect(stuck(vitals)).toEqual([words]);
});

test('who leads is told, by whoever stands by too', () => {
  expect(leadWords({ leading: false, holder: 'k8sta-1_ab', quietMs: 0 })).toBe('this one stands by; k8sta-1_ab leads');
  expect(leadWords({ leading: false, quietMs: 0, lastError: '403' })).toBe('this one stands by; nobody leads (403)');
});

test('a clock is off from a minute on', () => {
  expect(clockWords(59_000)).toBeUndefined();
  expect(clockWords(-61_000)).toMatch(/^the clock of this machine is 61 s behind the API server's: .* set it right/);
});
