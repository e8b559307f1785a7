/** The network that the figures of decisions are taken on. */

import { App, Chart } from 'cdk8s';
import { GitRepository, Station, Subscription, Track } from '../lib';

/** A line of stations with one application each, and nothing else. */
export function line(stations: number): Chart {
  const chart = new Chart(new App(), 'line', { namespace: 'line' });
  const repository = GitRepository.at('https://git.example.com/shop.git');
  new Track(chart, 'main', {
    subscriptions: [Subscription.image('ghcr.io/acme/shop', { semver: '*' })],
    service: 'Every',
    stations: Array.from({ length: stations }, (_, at) =>
      new Station(chart, `stop-${at}`).application('web', { repository, overlay: `env/stop-${at}` }),
    ),
  });
  return chart;
}
