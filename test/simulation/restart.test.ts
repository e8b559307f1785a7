import { Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { GitRepository, Station, Subscription, Track } from '../../lib';
import { resourcesOf } from '../../testing/network';
import { Simulation } from '../../testing/simulation';

class TwoApplications extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'shop' });
    const repository = GitRepository.at('https://git.example.com/shop.git');
    const stop = (name: string) =>
      new Station(this, name)
        .application('web', { repository, overlay: `web/${name}` })
        .application('api', { repository, overlay: `api/${name}` });
    new Track(this, 'main', {
      subscriptions: [Subscription.image('ghcr.io/acme/shop', { semver: '*' })],
      service: 'Every',
      stations: [stop('test'), stop('stage'), stop('prod')],
    });
  }
}

const begin = (): Simulation => {
  const simulation = new Simulation(resourcesOf(new TwoApplications(Testing.app(), 'shop')));
  const [track] = simulation.tracks.values();
  if (track === undefined) throw new Error('the network has a track');
  for (const tag of ['1.0.0', '1.1.0']) simulation.board(track, { images: [{ repoURL: 'ghcr.io/acme/shop', tag }] });
  return simulation;
};

/** Everything that a ride leaves behind: heads of branches, and where the tickets are. */
const outcome = (simulation: Simulation) => ({
  tickets: [...simulation.tickets.values()].map(({ metadata, status }) => [
    metadata.name,
    status?.phase,
    status?.stamps?.map(({ station, result, commits }) => ({ station, result, commits })),
  ]),
  stations: [...simulation.stations.values()].map(({ metadata, spec, status }) => [
    metadata.name,
    status?.occupant,
    status?.applications,
    spec.applications.map((reference) => simulation.model.head(reference)),
  ]),
});

describe('I2: whatever crashes, each application gets the same one commit', () => {
  const uninterrupted = begin();
  const steps = uninterrupted.settle();
  const expected = outcome(uninterrupted);

  test('the uninterrupted ride completes both tickets in the order they boarded', () => {
    expect([...uninterrupted.tickets.values()].map((ticket) => ticket.status?.phase)).toEqual([
      'Completed',
      'Completed',
    ]);
    expect([...uninterrupted.stations.values()].map((station) => station.status?.occupant)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(steps).toBeGreaterThan(30);
  });

  test('a process that dies before any one of its steps is followed by one that ends the same', () => {
    for (let at = 0; at < steps; at += 1) {
      const simulation = begin();
      simulation.settle(at);
      simulation.restart();
      simulation.settle();
      expect({ at, ...outcome(simulation) }).toEqual({ at, ...expected });
    }
  });

  test('so is one that lives for eight steps at a time', () => {
    const simulation = begin();
    while (simulation.settle(8) === 8) simulation.restart();
    expect(outcome(simulation)).toEqual(expected);
  });
});
