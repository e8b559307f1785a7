import fc from 'fast-check';
import { LeaseWorld, type Process } from './lease-world';

let world: LeaseWorld;
let first: Process;
let second: Process;
beforeEach(async () => {
  world = new LeaseWorld();
  first = world.join();
  second = world.join();
  first.election.start();
  await world.pass(0);
  second.election.start();
  await world.pass(5_000);
});
afterEach(async () => {
  for (const process of world.processes) {
    process.paused = false;
    const end = process.election.stop();
    await world.pass(60_000);
    await end;
  }
});

const leaders = (): string[] => world.leaders().map(({ name }) => name);

/** How long until this one leads. */
async function until(process: Process, withinMs: number): Promise<number> {
  const begin = world.time;
  while (!world.leaders().includes(process)) {
    if (world.time - begin > withinMs) throw new Error(`${process.name} does not lead after ${withinMs} ms`);
    await world.pass(250);
  }
  return world.time - begin;
}

test('the first one leads and goes on leading, the other waits', async () => {
  await world.pass(600_000);
  expect(leaders()).toEqual(['p0']);
  expect([first.terms, second.terms]).toEqual([1, 0]);
  expect(second.election.standing()).toMatchObject({ leading: false, holder: 'p0' });
});

test('the lease says who, since when and for how long, in microseconds', () => {
  expect(world.lease?.spec).toEqual({
    holderIdentity: 'p0',
    leaseDurationSeconds: 15,
    acquireTime: '2026-01-01T00:00:00.000000Z',
    renewTime: '2026-01-01T00:00:04.000000Z',
    leaseTransitions: 0,
  });
});

test('a leader that dies is followed after at most 15 seconds', async () => {
  first.paused = true;
  expect(await until(second, 20_000)).toBeLessThanOrEqual(15_000);
  expect(world.lease?.spec).toMatchObject({ holderIdentity: 'p1', leaseTransitions: 1 });
});

test('a leader that stops gives the lease back, and is followed at once', async () => {
  await first.election.stop();
  expect(await until(second, 1_000)).toBe(0);
});

test('a leader that was paused past its lease has no effects afterwards, and stands behind the new one', async () => {
  const term = first.term;
  first.paused = true;
  await until(second, 20_000);
  expect(term?.remainingMs()).toBe(0);
  first.paused = false;
  await world.pass(60_000);
  expect(leaders()).toEqual(['p1']);
  expect(term?.signal.aborted).toBe(true);
  expect(term?.remainingMs()).toBe(0);
});

test('a leader that was paused with nobody else about leads again, in a new term', async () => {
  second.paused = true;
  const term = first.term;
  first.paused = true;
  await world.pass(60_000);
  first.paused = false;
  await until(first, 5_000);
  expect(term?.remainingMs()).toBe(0);
  expect(first.terms).toBe(2);
});

test('what a leader begins is over before anybody else can lead', async () => {
  for (let ms = 0; ms < 20_000; ms += 250) {
    const left = first.term?.remainingMs() ?? 0;
    expect(left).toBeLessThanOrEqual(14_000);
    if (ms === 3_000) first.cut = true;
    if (left > 0) expect(second.term).toBeUndefined();
    await world.pass(250);
  }
});

test('a leader that cannot reach the server stops after 10 seconds, before the other one begins', async () => {
  first.cut = true;
  await world.pass(11_000);
  expect(leaders()).toEqual([]);
  expect(first.term?.signal.aborted).toBe(true);
  await until(second, 6_000);
});

test.each([3_600_000, -3_600_000])('a clock that is %d ms off changes nothing', async (off) => {
  first.setWall(off);
  second.setWall(-off);
  await world.pass(120_000);
  expect(leaders()).toEqual(['p0']);
  expect(first.terms).toBe(1);
  first.paused = true;
  expect(await until(second, 20_000)).toBeLessThanOrEqual(15_000);
});

test('a renewal whose answer was lost does not cost the lease', async () => {
  first.cut = first.deaf = true;
  await world.pass(4_000);
  first.cut = first.deaf = false;
  await world.pass(60_000);
  expect(first.terms).toBe(1);
  expect(leaders()).toEqual(['p0']);
});

test('a lease that somebody deletes is not taken while its holder may still believe in it', async () => {
  first.cut = true;
  world.remove();
  await world.pass(5_000);
  expect(leaders()).toEqual(['p0']);
  await world.pass(6_000);
  expect(leaders()).toEqual([]);
  await until(second, 6_000);
});

type Event = { readonly process: number; readonly what: 'pause' | 'resume' | 'cut' | 'deafen' | 'heal' | 'set'; readonly waitMs: number }; // prettier-ignore

test('whatever pauses, cuts and wrong clocks befall three processes, at most one may have effects', async () => {
  const event: fc.Arbitrary<Event> = fc.record({
    process: fc.nat(2),
    what: fc.constantFrom('pause', 'resume', 'cut', 'deafen', 'heal', 'set'),
    waitMs: fc.integer({ min: 0, max: 20_000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 25 }), async (events) => {
      const chaos = new LeaseWorld();
      const processes = [chaos.join(), chaos.join(), chaos.join()];
      for (const process of processes) process.election.start();
      for (const { process: index, what, waitMs } of events) {
        const process = processes[index] ?? first;
        if (what === 'pause' || what === 'resume') process.paused = what === 'pause';
        if (what === 'set') process.setWall(waitMs * 1000 - 10_000_000);
        if (what === 'cut' || what === 'deafen' || what === 'heal') process.cut = what !== 'heal';
        process.deaf = what === 'deafen';
        chaos.check();
        await chaos.pass(waitMs);
      }
      for (const process of processes) {
        process.paused = process.cut = process.deaf = false;
      }
      await chaos.pass(40_000);
      expect(chaos.leaders()).toHaveLength(1);
      const ends = processes.map((process) => process.election.stop());
      await chaos.pass(40_000);
      await Promise.all(ends);
    }),
    { numRuns: 15 },
  );
});
