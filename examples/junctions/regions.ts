import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Duration, Gate, GitRepository, Station, Subscription, Track, type StationProps } from 'k8sta';

/** Fan-out and fan-in: a release branches off into three regions, and the handbook follows when all have arrived. */
export class Regions extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'regions' });
    const repository = GitRepository.at('https://git.example.com/regions.git');
    const stop = (name: string, gates?: StationProps) =>
      new Station(this, name, gates).application('web', { repository, overlay: `env/${name}` });

    const regions = ['us-east', 'eu-west', 'ap-south'].map(
      (region) =>
        new Track(this, region, {
          onFailure: 'Halt',
          stations: [stop(`${region}-canary`, { exit: [Gate.soak(Duration.minutes(30))] }), stop(`${region}-full`)],
        }),
    );

    new Track(this, 'main', {
      subscriptions: [Subscription.source(repository)],
      stations: [
        stop('test'),
        new Station(this, 'release', { junctions: regions }),
        stop('docs', { entry: [Gate.completed(...regions)] }),
      ],
    });
  }
}
