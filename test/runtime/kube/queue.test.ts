import { ConflictError, TerminalError, TransientError } from '../../../runtime/errors';
import { type LogFields, silentLog } from '../../../runtime/log';
import { WorkQueue, type WorkQueueOptions } from '../../../runtime/kube';
import { FakeClock, settle } from './fake-clock';

describe('A work queue', () => {
  let clock: FakeClock;
  /** Keys in the order in which their work began. */
  let begun: string[];
  /** Ends the work of a key that is held. */
  let release: Map<string, (error?: Error) => void>;
  let queue: WorkQueue;

  const queueOf = (more: Partial<WorkQueueOptions> = {}): WorkQueue => {
    const handle = async (key: string): Promise<void> => void begun.push(key);
    return (queue = new WorkQueue({ handle, log: silentLog, clock, random: () => 0.999999, ...more }));
  };
  const holding = (more: Partial<WorkQueueOptions> = {}): WorkQueue =>
    queueOf({
      handle: (key) =>
        new Promise((resolve, reject) => {
          begun.push(key);
          release.set(key, (error) => (error ? reject(error) : resolve()));
        }),
      ...more,
    });

  beforeEach(() => {
    clock = new FakeClock();
    begun = [];
    release = new Map();
  });
  afterEach(() => queue.stop(0));

  test('works on nothing before it is started, then on everything in order', async () => {
    queueOf({ workers: 1 });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await settle();
    expect(begun).toEqual([]);
    expect(queue.stats().depth).toBe(3);
    queue.start();
    await settle();
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  test('works once on a key that was added many times', async () => {
    queueOf();
    for (let times = 0; times < 5; times++) queue.add('a');
    queue.start();
    await settle();
    expect(begun).toEqual(['a']);
  });

  test('never gives a key to two workers, and works once more on one that was added meanwhile', async () => {
    holding().start();
    queue.add('a');
    queue.add('a');
    queue.add('a');
    await settle();
    expect(begun).toEqual(['a']);
    release.get('a')?.();
    await settle();
    expect(begun).toEqual(['a', 'a']);
    release.get('a')?.();
    await settle();
    expect(begun).toEqual(['a', 'a']);
  });

  test('works on as many keys at once as it has workers', async () => {
    holding({ workers: 2 }).start();
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await settle();
    expect(begun).toEqual(['a', 'b']);
    expect(queue.stats()).toMatchObject({ depth: 1, running: 2 });
    release.get('b')?.();
    await settle();
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  test('brings a failing key back after waits that double up to the cap, and at once again after a success', async () => {
    const outcomes = [true, true, true, true, true, false, true, false];
    const times: number[] = [];
    queueOf({
      backoff: { baseMs: 10, capMs: 50 },
      handle: async () => {
        times.push(clock.uptime());
        if (outcomes.shift()) throw new TransientError('not yet');
      },
    }).start();
    queue.add('a');
    await clock.pass(1_000);
    queue.add('a');
    await clock.pass(1_000);
    const waits = times.slice(1).map((time, index) => Math.round(time - (times[index] ?? 0)));
    expect(waits).toEqual([10, 20, 40, 50, 50, 830, 10]);
    expect(queue.stats()).toMatchObject({ failing: 0, retries: 6 });
  });

  test('takes a random half off each wait', async () => {
    const times: number[] = [];
    const handle = async (): Promise<void> => {
      times.push(clock.uptime());
      throw new ConflictError('lost');
    };
    queueOf({ backoff: { baseMs: 100, capMs: 100 }, random: () => 0, handle }).start();
    queue.add('a');
    await clock.pass(100);
    expect(times).toEqual([0, 50, 100]);
  });

  test.each<[string, Error, string[]]>([
    ['waits as long as the other side asked', new TransientError('busy', 500), ['a']],
    ['tries an unknown error again', new Error('what?'), ['a', 'a']],
    ['lets a key rest that failed for good', new TerminalError('never'), ['a']],
  ])('%s', async (_rule, error, expected) => {
    const handle = async (key: string): Promise<void> => {
      begun.push(key);
      if (begun.length === 1) throw error;
    };
    queueOf({ handle }).start();
    queue.add('a');
    await clock.pass(400);
    expect(begun).toEqual(expected);
  });

  test('works on a key that failed for good when it is added again', async () => {
    const errors: LogFields[] = [];
    const log = { ...silentLog, error: (fields: LogFields) => void errors.push(fields) };
    const handle = async (key: string): Promise<void> => {
      begun.push(key);
      throw new TerminalError('never');
    };
    queueOf({ handle, log }).start();
    queue.add('a');
    await settle();
    queue.add('a');
    await settle();
    expect(begun).toEqual(['a', 'a']);
    expect(errors).toEqual([
      { key: 'a', error: 'never' },
      { key: 'a', error: 'never' },
    ]);
  });

  test.each<[string, (add: WorkQueue) => void, number]>([
    ['after its wait', (to) => to.addAfter('a', 100), 100],
    ['at the earlier of two waits', (to) => (to.addAfter('a', 300), to.addAfter('a', 100)), 100],
    ['at the earlier of two waits, the other way round', (to) => (to.addAfter('a', 100), to.addAfter('a', 300)), 100],
    ['at its time', (to) => to.addAt('a', new Date(clock.now() + 200)), 200],
    [
      'at the earlier of a time and a wait',
      (to) => (to.addAt('a', new Date(clock.now() + 200)), to.addAfter('a', 100)),
      100,
    ],
    [
      'at the earlier of a wait and a time',
      (to) => (to.addAfter('a', 200), to.addAt('a', new Date(clock.now() + 100))),
      100,
    ],
    ['at once, its wait being over', (to) => to.addAfter('a', 0), 0],
    ['at once, its time being past', (to) => to.addAt('a', new Date(clock.now() - 1)), 0],
    ['weeks later', (to) => to.addAfter('a', 30 * 86_400_000), 30 * 86_400_000],
  ])('works on a key %s, once', async (_when, add, due) => {
    const times: number[] = [];
    queueOf({ handle: async () => void times.push(clock.uptime()) }).start();
    add(queue);
    await clock.pass(due + 1_000);
    expect(times).toEqual([due]);
    expect(queue.stats().delayed).toBe(0);
  });

  test('keeps to the date when the wall clock is set, and to the wait when it is not about a date', async () => {
    const times = new Map<string, number>();
    queueOf({ handle: async (key) => void times.set(key, clock.uptime()) }).start();
    queue.addAt('date', new Date(clock.now() + 3_600_000));
    queue.addAfter('wait', 3_600_000);
    await clock.pass(60_000);
    clock.setWall(3_000_000);
    await clock.pass(3_600_000);
    expect(times.get('wait')).toBe(3_600_000);
    // Fifty minutes earlier, noticed within one.
    expect(times.get('date')).toBeGreaterThanOrEqual(600_000);
    expect(times.get('date')).toBeLessThanOrEqual(660_000);
  });

  test('when stopped takes nothing more, drops what waits, and lets running work end', async () => {
    holding({ workers: 1 }).start();
    queue.add('a');
    queue.add('b');
    queue.addAfter('c', 10);
    await settle();
    const stopped = queue.stop(1_000);
    queue.add('d');
    release.get('a')?.();
    await expect(stopped).resolves.toBe(true);
    await clock.pass(100);
    expect(begun).toEqual(['a']);
    expect(clock.waiting).toBe(0);
    expect(queue.stats()).toMatchObject({ depth: 0, running: 0, delayed: 0 });
  });

  test.each([0, 100])('aborts the work that still runs %i ms after it was stopped', async (graceMs) => {
    let aborted = false;
    const handle = (_key: string, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          resolve();
        });
      });
    queueOf({ handle }).start();
    queue.add('a');
    await settle();
    const stopped = queue.stop(graceMs);
    await clock.pass(graceMs);
    await expect(stopped).resolves.toBe(false);
    expect(aborted).toBe(true);
  });

  test('knows how long its oldest work has been running', async () => {
    holding().start();
    queue.add('a');
    await clock.pass(100);
    queue.add('b');
    await clock.pass(50);
    expect(queue.stats().longestRunningMs).toBe(150);
    release.get('a')?.();
    await settle();
    expect(queue.stats().longestRunningMs).toBe(50);
  });
});
