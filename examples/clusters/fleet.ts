import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Duration, Gate, GitRepository, Station, Subscription, Track, type StationProps } from 'k8sta';

const IMAGE = 'ghcr.io/acme/edge';

/**
 * Several clusters, named as Argo CD knows them: one first, alone, then the rest of the fleet at one station, where all of
 * them change together.
 */
export class Fleet extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'edge' });
    const repository = GitRepository.at('https://git.example.com/edge.git');
    const stop = (name: string, clusters: readonly string[], gates?: StationProps) => {
      const station = new Station(this, name, gates);
      for (const cluster of clusters) {
        station.application(cluster, {
          repository,
          overlay: `clusters/${cluster}`,
          images: [IMAGE],
          destination: { cluster, namespace: 'edge' },
        });
      }
      return station;
    };

    new Track(this, 'main', {
      subscriptions: [Subscription.image(IMAGE, { semver: '^2.0.0' }), Subscription.source(repository)],
      onFailure: 'Halt',
      stations: [
        stop('staging', ['staging']),
        stop('canary', ['prod-fra'], { exit: [Gate.soak(Duration.hours(2))] }),
        stop('fleet', ['prod-iad', 'prod-sin', 'prod-syd']),
      ],
    });
  }
}
