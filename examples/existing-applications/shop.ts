import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Application, GitRepository, Station, Subscription, Track } from 'k8sta';

/**
 * Applications that exist already stay as they are: nothing is emitted for them, and synth prints the lines that give
 * their consent.
 */
export class ExistingShop extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'shop' });
    const repository = GitRepository.at('https://git.example.com/shop.git');
    const stop = (name: string) =>
      new Station(this, name, {
        applications: [Application.fromName(`shop-${name}`, { repository, overlay: `env/${name}`, adopt: true })],
      });

    new Track(this, 'main', {
      subscriptions: [Subscription.image('ghcr.io/acme/shop', { newest: true })],
      stations: [stop('test'), stop('prod')],
    });
  }
}
