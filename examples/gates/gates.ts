import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Duration, Gate, GitRepository, Station, Subject, Subscription, Track, Value, type StationProps } from 'k8sta';

const IMAGE = 'ghcr.io/acme/payments';

/** Every gate there is: analysis and soak behind a station, window and approval before one. */
export class Gates extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'payments' });
    const repository = GitRepository.at('https://git.example.com/payments.git');
    const stop = (name: string, gates?: StationProps) =>
      new Station(this, name, gates).application('app', { repository, overlay: `env/${name}`, images: [IMAGE] });

    new Track(this, 'main', {
      subscriptions: [Subscription.image(IMAGE, { semver: '^3.0.0' }), Subscription.source(repository)],
      onFailure: 'Rollback',
      stations: [
        stop('test', { exit: [Gate.analysis('smoke', { args: { version: Value.imageTag(IMAGE), suite: 'short' } })] }),
        stop('stage', { exit: [Gate.soak(Duration.hours(1))], timeout: Duration.minutes(15) }),
        stop('prod', {
          via: 'PullRequest',
          entry: [
            Gate.window({ allow: '0 9 * * 1-4', duration: Duration.hours(8), timeZone: 'Europe/Berlin' }),
            Gate.window({ deny: '0 0 20 12 *', duration: Duration.days(14), timeZone: 'Europe/Berlin' }),
            Gate.approval({ by: [Subject.group('release'), Subject.user('ada@example.com')] }),
          ],
        }),
      ],
    });
  }
}
