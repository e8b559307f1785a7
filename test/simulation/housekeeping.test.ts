import { Chart, Testing } from 'cdk8s';
import { GitRepository, Station, Subscription, Track } from '../../lib';
import { stateAt } from '../../runtime/journey/facts/state';
import { growth, open, ride } from './many-tickets';
import { found, Yard } from './yard';

const names = (yard: Yard): string[] => [...yard.simulation.tickets.values()].map(({ metadata }) => metadata.name);
const size = (value: unknown): number => JSON.stringify(value).length;

describe('H2: ended tickets', () => {
  test('are removed beyond the newest of the track', () => {
    const yard = open({ historyLimit: 3 });
    ride(yard, 1, 10);
    expect(names(yard)).toEqual(['t-8', 't-9', 't-10']);
    expect(yard.goodTag('test')).toBe('1.10.0');
  });

  test('none where the limit is 0, and all unfinished ones stay', () => {
    const yard = open({ historyLimit: 0 });
    ride(yard, 1, 2);
    yard.say(yard.station('test'), { hold: true });
    ride(yard, 3, 4);
    expect(names(yard)).toEqual(['t-3', 't-4']);
  });

  test('stay while a station names them: the one that halted it can be resumed', () => {
    const yard = open({ historyLimit: 1, onFailure: 'Halt' });
    ride(yard, 1, 1);
    yard.simulation.model.scripts.set('argocd/shop-test-web', { syncFails: 'no such image' });
    ride(yard, 2, 2);
    yard.simulation.model.scripts.clear();
    ride(yard, 3, 4);
    for (const name of ['t-3', 't-4']) yard.say(yard.ticket(name), { abort: true });
    yard.settle();
    expect(names(yard)).toEqual(['t-2', 't-4']);
    const { uid } = yard.ticket('t-2').metadata;
    yard.say(yard.ticket('t-2'), { resumes: [{ uid, by: 'ada' }] });
    ride(yard, 5, 5);
    expect(names(yard)).toEqual(['t-5']);
    expect(yard.goodTag('test')).toBe('1.5.0');
  });

  test('stay while a retry of them has not ended, and its root is kept (A4, G2)', () => {
    const yard = open({ historyLimit: 1 });
    ride(yard, 1, 1);
    yard.simulation.model.scripts.set('argocd/shop-test-web', { syncFails: 'no such image' });
    ride(yard, 2, 2);
    yard.simulation.model.scripts.clear();
    const failed = yard.ticket('t-2');
    yard.say(yard.station('test'), { hold: true });
    yard.simulation.make('shop', 'again', {
      track: 'main',
      ...(failed.spec.change && { change: failed.spec.change }),
      origin: { retryOf: { name: 't-2', uid: failed.metadata.uid } },
      hold: false,
      abort: false,
    });
    ride(yard, 3, 3);
    yard.say(yard.ticket('t-3'), { abort: true });
    yard.settle();
    expect(names(yard)).toEqual(['t-2', 'again', 't-3']);
    expect(yard.ticket('again').status?.root).toEqual(found(failed.status, 't-2').root);
    yard.say(yard.station('test'), { hold: false });
    yard.settle();
    expect(names(yard)).toEqual(['t-3']);
  });

  test('of rollbacks, the newest fifty of the station stay', () => {
    const yard = open({ historyLimit: 2 });
    ride(yard, 1, 2);
    for (let number = 1; number <= 60; number += 1) {
      yard.simulation.make('shop', `back-${number}`, {
        rollback: { station: 'test', to: { previous: true } },
        hold: false,
        abort: false,
      });
      yard.settle();
    }
    expect(names(yard).filter((name) => name.startsWith('back-'))).toHaveLength(50);
  });

  test('are all that is left of five hundred tickets: neither their number nor any object grows', () => {
    expect(growth(500)).toEqual([]);
  });
});

describe('H1: in the largest station', () => {
  const LIMIT = 256 * 1024;
  const images = (number: number) =>
    Array.from({ length: 64 }, (_, index) => ({
      repoURL: `ghcr.io/acme/a-long-name-of-an-image-${(index * 3 + number) % 200}`,
      tag: `1.${number}.${index}`,
      digest: `sha256:${'a'.repeat(64)}`,
    }));

  test('two hundred applications, each of its own repository, and two hundred images fit, with twelve arrivals', () => {
    const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
    const station = new Station(chart, 'test');
    for (let index = 0; index < 200; index += 1) {
      const repository = GitRepository.at(`https://git.example.com/an-organisation/shop-${index}.git`);
      station.application(`a-rather-long-name-of-an-application-${index}`, {
        repository,
        overlay: `env/test/${index}`,
      });
    }
    new Track(chart, 'main', {
      subscriptions: [Subscription.image('ghcr.io/acme/shop', { semver: '*' })],
      service: 'Every',
      stations: [station],
    });
    const yard = new Yard(chart);
    for (let number = 1; number <= 12; number += 1) {
      yard.simulation.make('shop', `t-${number}`, { track: 'main', change: { images: images(number) } } as never);
      yard.settle();
      expect(yard.ticket(`t-${number}`).status?.phase).toBe('Completed');
      expect(size(yard.ticket(`t-${number}`))).toBeLessThan(LIMIT);
      expect(size(yard.station('test'))).toBeLessThan(LIMIT);
    }
    const { status } = yard.station('test');
    expect(stateAt(status?.states, 199)?.images).toHaveLength(stateAt(status?.states, 0)?.images?.length ?? 0);
    expect(yard.shows('test').filter((tag) => tag === '1.12.0')).toHaveLength(200);
  });

  test('more images than can be kept on record fail the ticket before anything is pushed, and the station goes on', () => {
    const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
    const repository = GitRepository.at('https://git.example.com/shop.git');
    const station = new Station(chart, 'test').application('web', { repository, overlay: 'env/test' });
    new Track(chart, 'main', {
      subscriptions: [Subscription.image('ghcr.io/acme/shop', { semver: '*' })],
      service: 'Every',
      stations: [station],
    });
    const yard = new Yard(chart);
    const many = (number: number) =>
      Array.from({ length: 64 }, (_, index) => ({
        repoURL: `ghcr.io/acme/${'a'.repeat(100)}-${number}-${index}`,
        tag: '1',
        digest: `sha256:${'a'.repeat(64)}`,
      }));
    const phases: (string | undefined)[] = [];
    for (let number = 1; number <= 12; number += 1) {
      yard.simulation.make('shop', `t-${number}`, { track: 'main', change: { images: many(number) } } as never);
      yard.settle();
      phases.push(yard.ticket(`t-${number}`).status?.phase);
      expect(size(yard.ticket(`t-${number}`))).toBeLessThan(LIMIT);
      expect(size(yard.station('test'))).toBeLessThan(LIMIT);
    }
    const [first] = phases.flatMap((phase, index) => (phase === 'Failed' ? [index] : []));
    expect(first).toBeGreaterThan(3);
    expect(phases.slice(first)).toEqual(phases.slice(first).map(() => 'Failed'));
    expect(yard.ticket('t-12').status).toMatchObject({
      failure: { reason: 'TooLarge', message: expect.stringContaining('split the station') as string },
    });
    expect(yard.station('test').status?.occupant).toBeUndefined();
    yard.simulation.make('shop', 'small', { track: 'main', change: { images: many(1).slice(0, 1) } } as never);
    yard.settle();
    expect(yard.ticket('small').status?.phase).toBe('Completed');
  });
});
