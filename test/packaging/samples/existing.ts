import { Chart } from 'cdk8s';
import { type Construct } from 'constructs';
import { Application, GitRepository, Station, Subscription, Track } from 'k8sta';

/** Applications that exist already. */
export class Shop extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'shop' });
    const repository = GitRepository.at('https://git.example.com/shop.git');
    const stop = (name: string) =>
      new Station(this, name, {
        applications: [Application.fromName(`shop-${name}`, { repository, overlay: `env/${name}` })],
      });
    new Track(this, 'main', {
      subscriptions: [Subscription.image('ghcr.io/acme/shop', { newest: true })],
      stations: [stop('test'), stop('prod')],
    });
  }
}
