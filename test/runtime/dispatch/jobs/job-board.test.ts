import { JobBoard } from '../../../../runtime/dispatch/jobs/job-board';
import { TransientError } from '../../../../runtime/errors';
import type { Job } from '../../../../runtime/journey';
import { silentLog } from '../../../../runtime/log';
import { FakeClock, settle } from '../../kube/fake-clock';

const HOUR = 3_600_000;
const job: Job = {
  kind: 'relate',
  key: 'one',
  repoURL: 'https://git.example.com/shop.git',
  commit: 'a',
  revision: 'b',
};

/** A board with one job in it, which has ended. */
async function ended(run: () => Promise<'same'>) {
  const clock = new FakeClock();
  // What the runner gives is of the kind of the one job of this test.
  const board = new JobBoard({ run: run as never, wake: () => undefined, clock, random: () => 0.5, log: silentLog });
  board.start('track', job);
  await settle();
  const fact = () => board.view('track', new Set())('relate', 'one');
  return { clock, fact };
}

describe('a clock that is set back by an hour', () => {
  test('does not put off the next try of a job that failed', async () => {
    const { clock, fact } = await ended(async () => Promise.reject(new TransientError('the server is away')));
    const wait = (): number => {
      const now = fact();
      return now?.state === 'Failed' ? now.retryAt.getTime() - clock.now() : NaN;
    };
    expect(wait()).toBe(1_000);
    clock.setWall(-HOUR);
    expect(wait()).toBe(1_000);
    await clock.pass(400);
    expect(wait()).toBe(600);
  });

  test('does not make an answer one of the future, so that the next look is on time', async () => {
    const { clock, fact } = await ended(async () => 'same');
    clock.setWall(-HOUR);
    await clock.pass(5_000);
    const now = fact();
    expect(now?.state === 'Done' && clock.now() - now.at.getTime()).toBe(5_000);
  });
});

describe('with one place', () => {
  /** Jobs that are under way, in the order in which they began; each ends when it is told to. */
  function open() {
    const clock = new FakeClock();
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const run = async ({ kind, key }: Job): Promise<unknown> => {
      begun.push(`${kind} ${key}`);
      return new Promise<void>((resolve) => ends.set(key, resolve));
    };
    const woken: string[] = [];
    const wake = (owner: string): unknown => woken.push(owner);
    const options = { wake, clock, random: () => 0.5, log: silentLog, atOnce: 1 };
    // What the runner gives does not matter here.
    const board = new JobBoard({ ...options, run: run as never });
    const start = (owner: string, kind: string, key: string): void =>
      board.start(owner, { ...job, kind, key } as unknown as Job);
    const end = async (key: string): Promise<void> => {
      ends.get(key)?.();
      await settle();
    };
    return { board, clock, begun, woken, start, end };
  }

  test('jobs run one after the other, what ends an arrival first, and looks at registries at any time', async () => {
    const { begun, start, end } = open();
    start('a', 'prepare', '1');
    start('b', 'prepare', '2');
    start('c', 'land', '3');
    start('d', 'look', '4');
    await settle();
    expect(begun).toEqual(['prepare 1', 'look 4']);
    await end('1');
    await end('3');
    expect(begun).toEqual(['prepare 1', 'look 4', 'land 3', 'prepare 2']);
  });

  test('one that nobody asks for any more leaves the line, and one that fails leaves its place', async () => {
    const { board, begun, start, end } = open();
    start('a', 'prepare', '1');
    start('b', 'prepare', '2');
    start('c', 'prepare', '3');
    board.sweep('b', new Set());
    await end('1');
    expect(begun).toEqual(['prepare 1', 'prepare 3']);
    await end('3');
    start('b', 'prepare', '2');
    await settle();
    expect(begun).toEqual(['prepare 1', 'prepare 3', 'prepare 2']);
  });

  test('one that hangs gives up its place after two seconds, once', async () => {
    const { clock, begun, start, end } = open();
    start('a', 'prepare', '1');
    start('b', 'prepare', '2');
    start('c', 'prepare', '3');
    await clock.pass(1_999);
    expect(begun).toEqual(['prepare 1']);
    await clock.pass(1);
    expect(begun).toEqual(['prepare 1', 'prepare 2']);
    await end('1');
    expect(begun).toEqual(['prepare 1', 'prepare 2']);
    await end('2');
    expect(begun).toEqual(['prepare 1', 'prepare 2', 'prepare 3']);
    await end('3');
    expect(clock.waiting).toBe(0);
  });

  test('what has others before it says so, and counts from when it was asked for', async () => {
    const { board, clock, start, end } = open();
    const second = () => board.view('b', new Set())('prepare', '2');
    start('a', 'prepare', '1');
    start('b', 'prepare', '2');
    const fact = { state: 'Running', since: new Date(clock.now()), inTurn: true };
    await clock.pass(1_500);
    expect(second()).toEqual(fact);
    expect(board.oldest()?.job).toBe('prepare of a');
    await end('1');
    expect(second()).toEqual(fact);
    expect(board.oldest()).toEqual({ job: 'prepare of b', runningMs: 0 });
  });
});
