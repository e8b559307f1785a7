import { Chart, Duration } from 'cdk8s';
import { type Construct } from 'constructs';
import { Gate, GitRepository, Station, Subject, Subscription, Track, type StationProps } from 'k8sta';

/** The smallest network. */
export class Guestbook extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'guestbook' });
    const repository = GitRepository.at('https://git.example.com/guestbook.git');
    const stop = (name: string, gates?: StationProps) =>
      new Station(this, name, gates).application('web', { repository, overlay: `env/${name}` });

    new Track(this, 'main', {
      subscriptions: [
        Subscription.image('ghcr.io/acme/guestbook', { semver: '^1.0.0' }),
        Subscription.source(repository),
      ],
      stations: [
        stop('test'),
        stop('stage', { exit: [Gate.soak(Duration.hours(1))] }),
        stop('prod', { entry: [Gate.approval({ by: [Subject.group('release')] })] }),
      ],
    });
  }
}
