import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Duration, Gate, GitRepository, Station, Subject, Subscription, Track } from 'k8sta';

export const IMAGE = 'ghcr.io/acme/checkout';

/** A network that its own tests ride: a soak on stage, an approval before prod. */
export class Checkout extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'checkout' });
    const repository = GitRepository.at('https://git.example.com/checkout.git');
    const stop = (name: string) =>
      new Station(this, name).application('web', { repository, overlay: `env/${name}`, images: [IMAGE] });
    new Track(this, 'main', {
      subscriptions: [Subscription.image(IMAGE, { semver: '^2.0.0' })],
      stations: [
        stop('test'),
        stop('stage').exit(Gate.soak(Duration.hours(4))),
        stop('prod').entry(Gate.approval({ by: [Subject.group('release')] })),
      ],
    });
  }
}
