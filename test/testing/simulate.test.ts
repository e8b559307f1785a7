import { Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { Gate, GitRepository, HelmChart, Station, Subject, Subscription, Track } from '../../lib';
import { Duration } from 'cdk8s';
import { simulate } from '../../testing';

class Guestbook extends Chart {
  constructor(scope: Construct, id: string, gated = true) {
    super(scope, id, { namespace: 'guestbook' });
    const repository = GitRepository.at('https://git.example.com/guestbook.git');
    const stop = (name: string) => new Station(this, name).application('web', { repository, overlay: `env/${name}` });
    const prod = stop('prod');
    if (gated) prod.entry(Gate.approval({ by: [Subject.group('release')] }));
    new Track(this, 'main', {
      subscriptions: [
        Subscription.image('ghcr.io/acme/guestbook', { semver: '^1.0.0' }),
        Subscription.chart(HelmChart.at('oci://ghcr.io/acme/charts/web', { version: '2.0.0' }), { semver: '^2' }),
        Subscription.source(repository, { exclude: ['docs'] }),
      ],
      stations: [stop('test'), stop('stage').exit(Gate.soak(Duration.hours(1))), prod],
    });
  }
}

const network = (gated?: boolean) => new Guestbook(Testing.app(), 'guestbook', gated);

describe('simulate', () => {
  test('a new image visits test and stage and waits for approval before prod', async () => {
    const journey = await simulate(network()).image('ghcr.io/acme/guestbook:1.2.3').run();
    expect(journey).toVisit('test', 'stage');
    expect(journey).toWaitAt('prod', 'Approval');
    expect(journey).not.toComplete();
  });

  test('a person approves what waits at prod, and the change completes there', async () => {
    const journey = await simulate(network()).image('ghcr.io/acme/guestbook:1.2.3').approve('prod', 'ada').run();
    expect(journey).toComplete();
    expect(journey.tickets[0]?.status?.stamps?.at(-1)?.approvals).toMatchObject([{ station: 'prod', by: 'ada' }]);
  });

  test('an approval that nobody waits for is refused, with a picture of where everybody is', () => {
    expect(() => simulate(network()).image('ghcr.io/acme/guestbook:1.2.3').approve('stage')).toThrow(
      'no ticket waits for an approval of stage:\nmain-1 guestbook 1.2.3: test (Arrived) -> stage (Arrived) -> prod [Approval]',
    );
  });

  test('without the gate it completes, and the picture tells each stop', async () => {
    const journey = await simulate(network(false)).image('ghcr.io/acme/guestbook:1.2.3').run();
    expect(journey).toComplete();
    expect(journey.toString()).toBe(
      'main-1 guestbook 1.2.3: test (Arrived) -> stage (Arrived) -> prod (Arrived) -> Completed',
    );
  });

  test('a push boards by itself: the base rides, an overlay goes express to its station, documents do not count', async () => {
    const url = 'https://git.example.com/guestbook';
    const simulation = simulate(network(false)).image('ghcr.io/acme/guestbook:1.2.3');
    await simulation.run();
    await simulation.push(url, 'docs/a.md').run();
    const journey = await simulation.push(url, 'env/prod/patch.yaml').push(url, 'base/a.yaml').run();
    expect(journey.phases()).toEqual(['Completed', 'Completed', 'Completed']);
    expect(journey.toString()).toMatch(/main-2 source [0-9a-f]{7}: test \(Arrived\) -> stage \(Arrived\) -> prod/);
    expect(journey.toString()).toMatch(/main-3 env\/prod [0-9a-f]{7}: prod \(Arrived\) -> Completed/);
  });

  const chart = (version: string, name = 'web') => HelmChart.at(`oci://ghcr.io/acme/charts/${name}`, { version });

  test('a new version of a chart rides like any change', async () => {
    const journey = await simulate(network(false)).chart(chart('2.1.0')).run();
    expect(journey.toString()).toBe(
      'main-1 web 2.1.0: test (Arrived) -> stage (Arrived) -> prod (Arrived) -> Completed',
    );
    expect(() => simulate(network()).chart(chart('2.1.0', 'api'))).toThrow('nothing boards for chart api of oci://');
  });

  test('what is published boards by the rules of its subscription, which leave out what it does not take', async () => {
    const simulation = simulate(network(false));
    const journey = await simulation
      .publish('ghcr.io/acme/guestbook:2.0.0')
      .publish('ghcr.io/acme/guestbook:1.4.0')
      .publish('ghcr.io/acme/guestbook:1.3.0')
      .publish(chart('3.0.0'))
      .publish(chart('2.1.0'))
      .run();
    expect(journey.toString().match(/(guestbook|web) [\d.]+(?=:)/g)).toEqual(['guestbook 1.4.0', 'web 2.1.0']);
    expect((await simulation.publish('ghcr.io/acme/guestbook:1.3.9').run()).phases()).toHaveLength(2);
    expect(() => simulation.publish('ghcr.io/acme/other:1')).toThrow('nothing boards for image ghcr.io/acme/other');
    expect(() => simulation.publish('ghcr.io/acme/guestbook')).toThrow('has no tag: publish one such as');
  });

  test('a push to what no track subscribes to is refused', () => {
    expect(() => simulate(network()).push('https://git.example.com/other', 'a')).toThrow(
      'nothing boards for the source of https://git.example.com/other; tracks are main',
    );
  });

  test('a degraded stage fails the ticket in its own words, and the next one rides on', async () => {
    const simulation = simulate(network(false)).health('stage', { degraded: 'crash loop' });
    const failed = await simulation.image('ghcr.io/acme/guestbook:1.2.3').run();
    expect(failed.tickets[0]?.status?.failure).toMatchObject({ reason: 'Degraded', station: 'stage' });
    expect(failed.tickets[0]?.status?.failure?.message).toContain('crash loop');
    const mended = await simulation
      .health('stage', { healthyAfterMs: 100 })
      .image('ghcr.io/acme/guestbook:1.2.4')
      .run();
    expect(mended.phases()).toEqual(['Failed', 'Completed']);
  });

  test('an image that nobody subscribes to is refused by name', () => {
    expect(() => simulate(network()).image('ghcr.io/acme/other:1')).toThrow(
      'nothing boards for image ghcr.io/acme/other',
    );
  });
});
