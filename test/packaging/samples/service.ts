import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { GitRepository, HelmChart, Render, Station, Subscription, Track } from 'k8sta';

interface ServiceProps {
  readonly repository: GitRepository;
  readonly environments: string[];
}

/** A team's own line in a monorepo, rendered by Helm. */
class Service extends Construct {
  constructor(scope: Construct, id: string, { repository, environments }: ServiceProps) {
    super(scope, id);
    const source = repository.folder(`services/${id}`);
    const chart = HelmChart.at('oci://ghcr.io/acme/charts/service', { version: '2.1.0' });
    new Track(this, 'main', {
      subscriptions: [
        Subscription.image(`ghcr.io/acme/${id}`, { semver: '^1' }),
        Subscription.chart(chart, { semver: '^2' }),
        Subscription.source(source),
      ],
      stations: environments.map((name) =>
        new Station(this, name).application('app', {
          repository: source,
          overlay: `env/${name}`,
          render: Render.helm(chart),
          destination: { cluster: name, namespace: 'shop' },
        }),
      ),
    });
  }
}

export class Monorepo extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'mono' });
    const repository = GitRepository.at('https://git.example.com/mono.git');
    for (const service of ['api', 'web']) {
      new Service(this, service, { repository, environments: ['test', 'prod'] });
    }
  }
}
