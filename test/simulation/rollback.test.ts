import { Chart, Duration, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { Gate, GitRepository, Station, Subscription, Track, type TrackProps } from '../../lib';
import type { CommitReference, Ticket } from '../../lib/api';
import { found, Yard } from './yard';

const APPLICATIONS = ['web', 'api'];

/** One track over `test` and `prod`; both stations have two applications in two repositories. */
class Line extends Chart {
  constructor(scope: Construct, onFailure: NonNullable<TrackProps['onFailure']>, soak = false) {
    super(scope, 'shop', { namespace: 'shop' });
    const stop = (name: string): Station => {
      const station = new Station(this, name);
      for (const app of APPLICATIONS) {
        station.application(app, {
          repository: GitRepository.at(`https://git.example.com/${app}.git`),
          overlay: `env/${name}`,
        });
      }
      return station;
    };
    const test = stop('test');
    if (soak) test.exit(Gate.soak(Duration.hours(24)));
    new Track(this, 'main', {
      subscriptions: [Subscription.image('ghcr.io/acme/shop', { semver: '*' })],
      onFailure,
      stations: [test, stop('prod')],
    });
  }
}

const open = (onFailure: NonNullable<TrackProps['onFailure']> = 'Continue', soak = false): Yard =>
  new Yard(new Line(Testing.app(), onFailure, soak));

const after = (yard: Yard, ms: number): Date => new Date(yard.simulation.now.getTime() + ms);

/** A person asks for a rollback of a station. */
function rollBack(
  yard: Yard,
  name: string,
  station: string,
  to: { previous: true } | { commits: CommitReference[] },
): Ticket {
  return yard.simulation.make(yard.station(station).metadata.namespace, name, {
    rollback: { station, to },
    origin: { person: 'ada' },
    hold: false,
    abort: false,
  });
}

const heads = (yard: Yard, station: string) =>
  yard.station(station).spec.applications.map((reference) => yard.simulation.model.head(reference));

/** The image tags that the branches of a station show. */
const shown = (yard: Yard, station: string): (string | undefined)[] =>
  yard.station(station).spec.applications.map((reference) => yard.simulation.model.state(reference)?.images?.[0]?.tag);

/** Who shuts a station, and who is in it. */
const stops = (yard: Yard, station: string) => {
  const { holdBy, haltBy, occupant } = yard.station(station).status ?? {};
  return { holdBy: holdBy?.ticket, haltBy: haltBy?.ticket, occupant: occupant?.ticket };
};

const goods = (yard: Yard, station: string): CommitReference[] =>
  (yard.station(station).status?.applications ?? []).map(({ namespace, name, good }) => ({
    application: `${namespace}/${name}`,
    commit: found(good, name).commit,
  }));

describe('G3: a person rolls a station back', () => {
  test('from a bad release that soaks for a day: at once, held until a person resumes (history g)', () => {
    const yard = open('Continue', true);
    yard.board('1.0.0');
    yard.settle();
    yard.board('2.0.0');
    yard.simulation.settle(undefined, after(yard, 3_600_000));
    expect(yard.ticket('main-2').status).toMatchObject({ station: 'test', waiting: { reason: 'Soak' } });
    expect(shown(yard, 'test')).toEqual(['2.0.0', '2.0.0']);

    const said = yard.simulation.now.getTime();
    rollBack(yard, 'back', 'test', { previous: true });
    yard.simulation.settle(undefined, after(yard, 5_000));
    expect(shown(yard, 'test')).toEqual(['1.0.0', '1.0.0']);
    const rollback = yard.ticket('back').status;
    expect(rollback).toMatchObject({ phase: 'Completed', stamps: [{ station: 'test', result: 'Arrived' }] });
    expect(Date.parse(rollback?.stamps?.[0]?.departed ?? '') - said).toBeLessThanOrEqual(5_000);
    expect(yard.ticket('main-2').status).toMatchObject({
      phase: 'Aborted',
      stamps: [{ station: 'test', result: 'RolledBack', message: 'the rollback back took test from it' }],
    });

    yard.board('3.0.0');
    yard.settle();
    const { uid } = yard.ticket('back').metadata;
    expect(yard.station('test').status?.holdBy).toEqual({ ticket: 'back', uid });
    expect(yard.ticket('main-3').status?.waiting?.reason).toBe('Held');
    expect(yard.ticket('main-3').status?.waiting?.message).toContain(uid);
    yard.say(yard.ticket('back'), { resumes: [{ uid: 'another', by: 'ada' }] });
    yard.settle();
    expect(yard.ticket('main-3').status?.waiting?.reason).toBe('Held');
    yard.say(yard.ticket('back'), { resumes: [{ uid, by: 'ada' }] });
    yard.settle();
    expect(yard.ticket('main-3').status?.phase).toBe('Completed');
    expect(yard.goodTag('test')).toBe('3.0.0');
  });

  test('to the state before the good one, where the branches show the good one', () => {
    const yard = open();
    for (const tag of ['1.0.0', '2.0.0']) {
      yard.board(tag);
      yard.settle();
    }
    rollBack(yard, 'back', 'prod', { previous: true });
    yard.settle();
    expect(shown(yard, 'prod')).toEqual(['1.0.0', '1.0.0']);
    expect(shown(yard, 'test')).toEqual(['2.0.0', '2.0.0']);
    expect(yard.goodTag('prod')).toBe('1.0.0');
    expect(yard.station('prod').status?.history?.[0]).toMatchObject({ ticket: 'back' });
  });

  test('to any good commits that it names, and a retry of the newer ones goes forward again', () => {
    const yard = open();
    yard.board('1.0.0');
    yard.settle();
    const first = goods(yard, 'prod');
    for (const tag of ['2.0.0', '3.0.0']) {
      yard.board(tag);
      yard.settle();
    }
    const newest = goods(yard, 'prod');
    rollBack(yard, 'back', 'prod', { commits: first });
    yard.settle();
    expect(shown(yard, 'prod')).toEqual(['1.0.0', '1.0.0']);
    rollBack(yard, 'forth', 'prod', { commits: newest });
    yard.settle();
    expect(shown(yard, 'prod')).toEqual(['3.0.0', '3.0.0']);
  });

  test.each([
    ['a commit that never was good', { commits: [{ application: 'argocd/shop-prod-web', commit: 'f'.repeat(40) }] }],
    ['an application of another station', { commits: [{ application: 'argocd/other', commit: 'f'.repeat(40) }] }],
    ['the state before the first', { previous: true as const }],
  ])('is refused, and nothing moves: %s', (_what, to) => {
    const yard = open();
    yard.board('1.0.0');
    yard.settle();
    const before = { heads: heads(yard, 'prod'), status: yard.station('prod').status };
    rollBack(yard, 'back', 'prod', to);
    yard.settle();
    expect(yard.ticket('back').status).toMatchObject({
      phase: 'Failed',
      failure: { reason: 'NeverGood', station: 'prod' },
    });
    expect({ heads: heads(yard, 'prod'), status: yard.station('prod').status }).toEqual(before);
  });

  test('passes holds and halts', () => {
    const yard = open();
    for (const tag of ['1.0.0', '2.0.0']) {
      yard.board(tag);
      yard.settle();
    }
    yard.say(yard.station('prod'), { hold: true });
    yard.say(yard.track('main'), { hold: true });
    rollBack(yard, 'back', 'prod', { previous: true });
    yard.settle();
    expect(shown(yard, 'prod')).toEqual(['1.0.0', '1.0.0']);
  });

  test.each(['the record is read', 'the push'] as const)(
    'wins over a push without an answer whose process sleeps before %s, whichever lands first (history r)',
    (before) => {
      for (const wakes of ['early', 'late']) {
        const yard = open();
        yard.board('1.0.0');
        yard.settle();
        yard.simulation.sleepBefore(before);
        yard.board('2.0.0');
        yard.settle();
        const first = heads(yard, 'test');
        yard.simulation.restart();
        rollBack(yard, 'back', 'test', { previous: true });
        if (wakes === 'early') yard.simulation.wakeSleeper();
        yard.simulation.settle(undefined, after(yard, 5_000));
        if (wakes === 'late') yard.simulation.wakeSleeper();
        yard.settle();
        expect(yard.ticket('back').status?.phase).toBe('Completed');
        expect(shown(yard, 'test')).toEqual(['1.0.0', '1.0.0']);
        expect(heads(yard, 'test')).not.toEqual(first);
        expect(
          yard
            .station('test')
            .status?.applications?.map(({ head }) => head?.commit)
            .sort(),
        ).toEqual(heads(yard, 'test').sort());
      }
    },
  );

  test('takes the station from a rollback under way: the last word of a person counts', () => {
    const yard = open();
    for (const tag of ['1.0.0', '2.0.0', '3.0.0']) {
      yard.board(tag);
      yard.settle();
    }
    const third = goods(yard, 'test');
    yard.simulation.model.scripts.set('argocd/shop-test-web', { suspended: 'paused' });
    rollBack(yard, 'one', 'test', { previous: true });
    yard.settle();
    expect(yard.ticket('one').status?.phase).toBe('Suspended');
    rollBack(yard, 'two', 'test', { commits: third });
    yard.settle();
    expect(yard.ticket('one').status?.phase).toBe('Aborted');
    yard.simulation.model.scripts.clear();
    yard.settle();
    expect(yard.ticket('two').status?.phase).toBe('Completed');
    expect(shown(yard, 'test')).toEqual(['3.0.0', '3.0.0']);
  });

  test('I2: a process that dies before any one of its steps is followed by one that ends the same', () => {
    const begin = (): Yard => {
      const yard = open('Continue', true);
      yard.board('1.0.0');
      yard.settle();
      yard.board('2.0.0');
      yard.simulation.settle(undefined, after(yard, 3_600_000));
      rollBack(yard, 'back', 'test', { previous: true });
      return yard;
    };
    const outcome = (yard: Yard) => ({
      heads: heads(yard, 'test'),
      tickets: ['main-2', 'back'].map((name) => [yard.visits(name), yard.ticket(name).status?.phase]),
      station: { ...yard.station('test').status, history: undefined, conditions: undefined },
    });
    const uninterrupted = begin();
    const steps = uninterrupted.simulation.settle();
    for (let at = 0; at < steps; at += 1) {
      const yard = begin();
      yard.simulation.settle(at);
      yard.simulation.restart();
      yard.settle();
      expect({ at, ...outcome(yard) }).toEqual({ at, ...outcome(uninterrupted) });
    }
  });
});

describe('E3: what a failed ticket leaves behind', () => {
  const failing = (onFailure: NonNullable<TrackProps['onFailure']>): Yard => {
    const yard = open(onFailure);
    yard.board('1.0.0');
    yard.settle();
    yard.simulation.model.scripts.set('argocd/shop-test-web', { syncFails: 'no such image' });
    yard.board('2.0.0');
    return yard;
  };

  test('Halt: nothing takes the station until a person resumes; the resume is spent on that halt alone', () => {
    const yard = failing('Halt');
    yard.settle();
    const halted = yard.ticket('main-2').metadata;
    expect(yard.station('test').status?.haltBy).toEqual({ ticket: 'main-2', uid: halted.uid });
    yard.simulation.model.scripts.clear();
    yard.board('3.0.0');
    yard.settle();
    expect(yard.ticket('main-3').status?.waiting).toMatchObject({ reason: 'Halted' });
    expect(yard.ticket('main-3').status?.waiting?.message).toContain('spec.resumes of ticket main-2');
    yard.say(yard.ticket('main-2'), { resumes: [{ uid: halted.uid, heads: ['a'.repeat(40)], by: 'ada' }] });
    yard.settle();
    expect(yard.ticket('main-3').status?.waiting).toMatchObject({ reason: 'Halted' });
    yard.say(yard.ticket('main-2'), { resumes: [{ uid: halted.uid, by: 'ada' }] });
    yard.settle();
    expect(yard.ticket('main-3').status?.phase).toBe('Completed');
    expect(yard.station('test').status?.haltBy).toBeUndefined();
  });

  test('Rollback: the runtime puts the good commits back, and holds nothing', () => {
    const yard = failing('Rollback');
    yard.simulation.settle(undefined, after(yard, 1_500));
    yard.simulation.model.scripts.clear();
    yard.settle();
    expect(shown(yard, 'test')).toEqual(['1.0.0', '1.0.0']);
    expect(yard.ticket('main-2').status?.phase).toBe('Failed');
    expect(yard.ticket('main-2-rollback')).toMatchObject({
      spec: { origin: { failed: { name: 'main-2', uid: yard.ticket('main-2').metadata.uid } } },
      status: { phase: 'Completed' },
    });
    expect(stops(yard, 'test')).toEqual({});
    yard.board('3.0.0');
    yard.settle();
    expect(yard.ticket('main-3').status?.phase).toBe('Completed');
  });

  test('Rollback: one that fails halts the station, and is not rolled back itself', () => {
    const yard = failing('Rollback');
    yard.settle();
    expect(yard.ticket('main-2-rollback').status).toMatchObject({ phase: 'Failed', failure: { reason: 'SyncFailed' } });
    expect(stops(yard, 'test')).toEqual({ haltBy: 'main-2-rollback' });
    expect([...yard.simulation.tickets.values()]).toHaveLength(3);
  });

  test('Rollback: a person who was faster has the last word', () => {
    const yard = failing('Rollback');
    yard.simulation.settle(undefined, after(yard, 500));
    rollBack(yard, 'back', 'test', { previous: true });
    yard.simulation.model.scripts.clear();
    yard.settle();
    expect(yard.ticket('back').status?.phase).toBe('Completed');
    expect(yard.station('test').status?.holdBy?.ticket).toBe('back');
    expect(shown(yard, 'test')).toEqual(['1.0.0', '1.0.0']);
  });

  test('Continue: the next ticket goes on from good', () => {
    const yard = failing('Continue');
    yard.settle();
    expect(stops(yard, 'test')).toEqual({});
  });
});
