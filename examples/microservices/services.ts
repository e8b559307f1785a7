import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Duration, Gate, GitRepository, Station, Subscription, Track, type StationProps } from 'k8sta';

/** The services that are released together. */
export const SERVICES = ['cart', 'catalogue', 'checkout'];

/**
 * Several services on one track: a version boards when every service has it, one ticket carries all of them, and a
 * station is left when all its Applications are healthy.
 */
export class Services extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'services' });
    const repository = GitRepository.at('https://git.example.com/services.git');
    const image = (service: string) => `ghcr.io/acme/${service}`;
    const stop = (name: string, gates?: StationProps) => {
      const station = new Station(this, name, gates);
      for (const service of SERVICES) {
        station.application(service, {
          repository: repository.folder(service),
          overlay: `env/${name}`,
          images: [image(service)],
        });
      }
      return station;
    };

    new Track(this, 'main', {
      subscriptions: [Subscription.images(SERVICES.map(image), { semver: '^4.0.0', as: 'release' })],
      stations: [stop('test'), stop('stage', { exit: [Gate.soak(Duration.minutes(10))] }), stop('prod')],
    });
  }
}
