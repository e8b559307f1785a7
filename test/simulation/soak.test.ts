import { Duration } from 'cdk8s';
import { Gate } from '../../lib';
import type { HealthScript } from '../../testing/model';
import { Yard } from './exit';

/** A sync takes a second, the roll-out one more: the soak begins at second 2. */
const BEGINS = 2;
const HOUR = 3_600;

describe('F5: a soak of an hour', () => {
  test('F6: ends to the second', () => {
    const yard = new Yard(Gate.soak(Duration.hours(1))).board().settle();
    expect(yard.departed()).toBe(BEGINS + HOUR);
  });

  test.each<[string, HealthScript]>([
    ['Degraded', { degraded: 'crash loop' }],
    ['Missing', { missing: 'the Deployment is gone' }],
    ['not synced', { drifts: 'live objects differ' }],
  ])('breaks on %s, and begins anew after it', (_what, script) => {
    const yard = new Yard(Gate.soak(Duration.hours(1))).board().settle(1_000).health(script).settle(1_030);
    expect(yard.ticket().status).toMatchObject({ phase: 'Arriving' });
    expect(yard.ticket().status?.arrival?.soaking).toBeUndefined();
    yard.health('Healthy').settle();
    expect(yard.departed()).toBe(1_030 + HOUR);
  });

  test.each<[string, HealthScript]>([
    ['Progressing', { progressing: 'a pod moves' }],
    ['Suspended', { suspended: 'a rollout is paused' }],
  ])('is not broken by %s', (_what, script) => {
    const yard = new Yard(Gate.soak(Duration.hours(1))).board().settle(1_000).health(script).settle(1_030);
    yard.health('Healthy').settle();
    expect(yard.departed()).toBe(BEGINS + HOUR);
  });

  test('ends only at a moment that is Healthy', () => {
    const yard = new Yard(Gate.soak(Duration.hours(1))).board().settle(HOUR - 10);
    yard.health({ progressing: 'a pod moves' }).settle(HOUR + 20);
    expect(yard.ticket().status?.waiting).toMatchObject({ reason: 'Soak' });
    yard.health('Healthy').settle();
    expect(yard.departed()).toBe(HOUR + 20);
  });

  test('goes on from where it was after a restart', () => {
    const yard = new Yard(Gate.soak(Duration.hours(1))).board().settle(1_000);
    yard.simulation.restart();
    yard.settle();
    expect(yard.departed()).toBe(BEGINS + HOUR);
  });
});

test('history u: a soak of a day with a deadline of half an hour fails nothing', () => {
  const yard = new Yard(Gate.soak(Duration.days(1))).board().settle(40_000);
  expect(yard.station().spec.deadlines.arrival).toBe('30m');
  yard.health({ progressing: 'a pod moves' }).settle(41_000).health('Healthy').settle();
  expect(yard.ticket().status?.phase).toBe('Completed');
  expect(yard.departed()).toBe(BEGINS + 24 * HOUR);
});

test('E2: while a soak is broken the deadline runs, anew each time', () => {
  const yard = new Yard(Gate.soak(Duration.days(1))).board().settle(40_000);
  yard.health({ drifts: 'live objects differ' }).settle(41_000).health('Healthy').settle(42_000);
  yard.health({ drifts: 'live objects differ' }).settle(43_000);
  expect(yard.ticket().status?.phase).toBe('Arriving');
  yard.settle();
  expect(yard.ticket().status?.failure).toMatchObject({ reason: 'DeadlineExceeded' });
  expect(yard.departed()).toBe(42_000 + 1_800);
});

test('E1: neither deadline nor grace runs while the arrival is suspended', () => {
  const yard = new Yard().board().health({ suspended: 'a rollout is paused' }).settle(40_000);
  expect(yard.ticket().status?.phase).toBe('Suspended');
  yard.health({ degraded: 'crash loop' }).settle(40_050);
  expect(yard.ticket().status?.phase).toBe('Arriving');
  yard.health('Healthy').settle();
  expect(yard.ticket().status?.phase).toBe('Completed');
});

test('history g, its soak: a release that goes bad after hours of it fails in Argo CD’s words, and frees the station', () => {
  const yard = new Yard(Gate.soak(Duration.days(1))).board().settle(20_000).health({ degraded: 'crash loop' }).settle();
  expect(yard.ticket().status?.failure).toMatchObject({ reason: 'Degraded', station: 'prod' });
  expect(yard.ticket().status?.failure?.message).toContain('crash loop');
  expect(yard.departed()).toBe(20_000 + 60);
  expect(yard.station().status?.occupant).toBeUndefined();
});
