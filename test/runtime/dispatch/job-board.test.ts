import { JobBoard } from '../../../runtime/dispatch/job-board';
import { TransientError } from '../../../runtime/errors';
import type { Job } from '../../../runtime/journey';
import { silentLog } from '../../../runtime/log';
import { FakeClock, settle } from '../kube/fake-clock';

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
