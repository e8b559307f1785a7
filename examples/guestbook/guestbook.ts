import { Chart, Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { GitRepository, Station, Subscription, Track } from 'k8sta';

export interface GuestbookProps {
  /** Address of the repository that holds `base/` and `env/<station>/`. */
  readonly repositoryURL: string;
  /** How often to look for new images. @default Duration.minutes(5) */
  readonly interval?: Duration;
}

/** The smallest network: every new image, and every commit, rides through test and stage to prod. */
export class Guestbook extends Chart {
  constructor(scope: Construct, id: string, props: GuestbookProps) {
    super(scope, id, { namespace: 'guestbook' });
    const repository = GitRepository.at(props.repositoryURL);
    const stop = (name: string) => new Station(this, name).application('web', { repository, overlay: `env/${name}` });

    new Track(this, 'main', {
      subscriptions: [
        Subscription.image('ghcr.io/acme/guestbook', {
          semver: '^1.0.0',
          interval: props.interval ?? Duration.minutes(5),
        }),
        Subscription.source(repository),
      ],
      stations: [stop('test'), stop('stage'), stop('prod')],
    });
  }
}
