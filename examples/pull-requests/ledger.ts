import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { GitRepository, Station, Subscription, Track, type StationProps } from 'k8sta';

const IMAGE = 'ghcr.io/acme/ledger';

/** Test is pushed to; the commit for prod enters its branch by a pull request, which people of the forge merge. */
export class Ledger extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'ledger' });
    const repository = GitRepository.at('https://git.example.com/ledger.git');
    const stop = (name: string, props?: StationProps) =>
      new Station(this, name, props).application('app', { repository, overlay: `env/${name}`, images: [IMAGE] });

    new Track(this, 'main', {
      subscriptions: [Subscription.image(IMAGE, { semver: '^1.0.0' })],
      stations: [stop('test'), stop('prod', { via: 'PullRequest' })],
    });
  }
}
