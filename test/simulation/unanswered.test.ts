import { found, Yard } from './yard';

/** A leader has fallen asleep before its push; the next one finds an abort. */
function asleep(before: 'the record is read' | 'the push'): Yard {
  const yard = new Yard();
  yard.board('1.0.0');
  yard.settle();
  yard.simulation.sleepBefore(before);
  yard.board('1.1.0');
  yard.settle();
  expect(yard.ticket('main-2').status).toMatchObject({ phase: 'Arriving', station: 'test' });
  yard.simulation.restart();
  yard.say(yard.ticket('main-2'), { abort: true });
  return yard;
}

const after = (yard: Yard, ms: number): Date => new Date(yard.simulation.now.getTime() + ms);
const head = (yard: Yard) => {
  const [reference] = yard.station('test').spec.applications;
  return yard.simulation.model.head(found(reference, 'test'));
};

describe('D5: an abort with a push that has no answer', () => {
  test('waits for the deadline of the push, saying so, and leaves the branch alone (history e)', () => {
    const yard = asleep('the record is read');
    const before = head(yard);
    const aborted = yard.simulation.now;
    yard.simulation.settle(undefined, after(yard, 5_000));
    expect(yard.ticket('main-2').status).toMatchObject({
      phase: 'Arriving',
      waiting: { reason: 'Pushing', until: new Date(aborted.getTime() + 10_000).toISOString() },
    });
    yard.simulation.wakeSleeper();
    expect(head(yard)).toBe(before);
    yard.settle();
    const [stamp] = yard.ticket('main-2').status?.stamps?.slice(-1) ?? [];
    expect(yard.visits('main-2')).toEqual(['test Aborted']);
    expect(Date.parse(stamp?.departed ?? '') - aborted.getTime()).toBe(10_000);
    expect(yard.station('test').status?.occupant).toBeUndefined();
    expect(yard.station('test').status?.applications?.[0]?.good?.commit).toBe(before);
  });

  test('ends with the commit on record where the push landed in the meantime (history e)', () => {
    const yard = asleep('the push');
    const before = head(yard);
    yard.simulation.settle(undefined, after(yard, 5_000));
    yard.simulation.wakeSleeper();
    yard.settle();
    const landed = head(yard);
    expect(landed).not.toBe(before);
    expect(yard.ticket('main-2').status?.stamps?.at(-1)).toMatchObject({
      result: 'Aborted',
      commits: [{ application: 'argocd/shop-test-web', commit: landed }],
    });
    const [application] = yard.station('test').status?.applications ?? [];
    expect(application).toMatchObject({ head: { commit: landed }, good: { commit: before } });
  });

  test('whoever wakes after the deadline moves nothing (history e)', () => {
    const yard = asleep('the push');
    const before = head(yard);
    yard.settle();
    yard.simulation.wakeSleeper();
    expect(head(yard)).toBe(before);
    yard.board('1.2.0');
    yard.settle();
    expect(yard.ticket('main-3').status?.phase).toBe('Completed');
    expect(yard.goodTag('prod')).toBe('1.2.0');
  });

  test('ends at once where the push had its answer', () => {
    const yard = new Yard();
    yard.simulation.model.scripts.set('argocd/shop-test-web', { suspended: 'paused' });
    yard.board('1.0.0');
    yard.settle();
    const aborted = yard.simulation.now;
    yard.say(yard.ticket('main-1'), { abort: true });
    yard.settle();
    expect(yard.ticket('main-1').status?.stamps?.at(-1)?.departed).toBe(aborted.toISOString());
  });
});
