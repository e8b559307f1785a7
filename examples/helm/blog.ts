import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { GitRepository, Render, Station, Subscription, Track } from 'k8sta';

const IMAGE = 'ghcr.io/acme/blog';

/**
 * A Helm chart that lies in the source repository, below `source/`: `base/values.yaml` holds for every environment,
 * `values.yaml` of an overlay for one.
 */
export class Blog extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'blog' });
    const repository = GitRepository.at('https://git.example.com/blog.git');
    const stop = (name: string) =>
      new Station(this, name).application('web', {
        repository,
        overlay: `env/${name}`,
        images: [IMAGE],
        render: Render.helm('chart', { kubeVersion: '1.34' }),
      });

    new Track(this, 'main', {
      subscriptions: [Subscription.image(IMAGE, { semver: '^5.0.0' }), Subscription.source(repository)],
      stations: [stop('test'), stop('prod')],
    });
  }
}
