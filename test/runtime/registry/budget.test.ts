/** R11: a registry that has enough is left alone, and nobody else pays for it. */

import type { Clock } from '../../../runtime/clock';
import { Budget } from '../../../runtime/registry/budget';
import { FakeClock } from '../kube/fake-clock';

const budgetOn = (clock: Clock): Budget => new Budget({ clock, host: 'ghcr.io', atOnce: 8, perSecond: 40 });

/** A request that takes 50 ms. */
const request = (clock: Clock) => (): Promise<void> => new Promise((resolve) => void clock.after(50, resolve));

/** How long one request of a small repository takes, in milliseconds. */
async function small(time: FakeClock, budget: Budget): Promise<number> {
  const start = time.now();
  let end: number | undefined;
  void budget.run('small', request(time)).then(() => (end = time.now()));
  for (let waited = 0; end === undefined && waited < 1_000; waited += 5) await time.pass(5);
  return (end ?? Infinity) - start;
}

test('a repository of which 20,000 things are wanted slows others at most twice', async () => {
  const time = new FakeClock();
  const budget = budgetOn(time);
  const alone = await small(time, budget);
  const errors: unknown[] = [];
  for (let tag = 0; tag < 20_000; tag += 1)
    budget.run('large', request(time)).catch((error: unknown) => errors.push(error));
  const times: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    await time.pass(100);
    times.push(await small(time, budget));
  }
  expect(Math.max(...times)).toBeLessThanOrEqual(2 * alone);
  budget.tooMany('large', 60_000);
  expect(await small(time, budget)).toBeLessThanOrEqual(2 * alone);
  await time.pass(0);
  expect(errors.length).toBeGreaterThan(19_000);
  expect(String(errors[0])).toMatch(/ghcr\.io asks to be left alone for another 60 s/);
});

test('after "too many requests" a repository is not asked about until the registry wants it', async () => {
  const time = new FakeClock();
  const budget = budgetOn(time);
  budget.tooMany('large', 7_000);
  await expect(budget.run('large', request(time))).rejects.toMatchObject({ retryAfterMs: 7_000 });
  await time.pass(7_000);
  const again = budget.run('large', request(time));
  await time.pass(50);
  await again;
});

test('said of a second repository, it is meant for all', async () => {
  const time = new FakeClock();
  const budget = budgetOn(time);
  budget.tooMany('one', 10_000);
  budget.tooMany('other', 20_000);
  await expect(budget.run('third', request(time))).rejects.toMatchObject({ retryAfterMs: 20_000 });
});

test('no more than so many requests are under way, and no more a second in the long run', async () => {
  const time = new FakeClock();
  const budget = budgetOn(time);
  let [underWay, most, done] = [0, 0, 0];
  for (let index = 0; index < 1_000; index += 1) {
    void budget.run(`repository ${index % 10}`, async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await request(time)();
      underWay -= 1;
      done += 1;
    });
  }
  await time.pass(10_000);
  expect(most).toBe(8);
  expect(done).toBeLessThanOrEqual(80 + 10 * 40);
  expect(done).toBeGreaterThan(400);
  await time.pass(30_000);
  expect(done).toBe(1_000);
});

test('who calls off while waiting takes no place', async () => {
  const time = new FakeClock();
  const budget = budgetOn(time);
  const stop = new AbortController();
  const running = Array.from({ length: 7 }, () => budget.run('one', request(time)));
  const waiting = budget.run('one', () => Promise.reject(new Error('it was asked')), stop.signal);
  stop.abort();
  await expect(waiting).rejects.toThrow('called off');
  await time.pass(50);
  await Promise.all(running);
});
