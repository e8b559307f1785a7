/** What an installation is watched by, as tests read it, and a process in which everything has happened once. */

import { App, Chart } from 'cdk8s';
import { TransitAuthority, type TransitAuthorityProps } from 'k8sta/install';
import { Metrics } from '../../../runtime/metrics';
import { manifests } from '../manifests';

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

export function installed(monitoring?: TransitAuthorityProps['monitoring']) {
  const chart = new Chart(new App(), 'k8sta');
  new TransitAuthority(chart, 'authority', { image: 'k8sta:1', ...(monitoring && { monitoring }) });
  return manifests(chart);
}

/** The object of that kind which is ours. */
export const watcher = (kind: string, all = installed({})) =>
  all.find((one) => one.kind === kind && one.metadata.name.startsWith('k8sta'));

/** As a PrometheusRule has them, and a file of rules. */
export const groups = (all = installed({})) =>
  (watcher('PrometheusRule', all)?.spec as { readonly groups: readonly { readonly rules: Rule[] }[] }).groups;

export const rules = (all = installed({})): Rule[] => groups(all).flatMap((group) => group.rules);

export function panels(): readonly Panel[] {
  const { data } = installed({}).find(({ metadata }) => metadata.name === 'k8sta-dashboard') as unknown as {
    readonly data: Readonly<Record<string, string>>;
  };
  return (JSON.parse(data['k8sta.json'] ?? '') as { readonly panels: readonly Panel[] }).panels;
}

/** Every query that alerts and dashboard ask. */
export const queries = (): string[] => [
  ...rules().map(({ expr }) => expr),
  ...panels().flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
];

/** Metrics of a process that has done each thing once, with the labels that they have. */
export async function busyProcess(): Promise<Metrics> {
  const metrics = new Metrics({ version: '1', node: '24' });
  metrics.watchProcess();
  metrics.follow({
    tickets: () => new Map([['Standing', 1]]),
    queue: () => ({ waiting: 0, running: 0, delayed: 0, failing: 0 }),
    leading: () => true,
  });
  metrics.arrived('Arrived', 1);
  metrics.waited('Soak', 1);
  await metrics.git('push', async () => undefined);
  await metrics.render(async () => undefined);
  metrics.called({ verb: 'get', resource: 'tickets', code: '200', seconds: 1 });
  metrics.webhook('github', 'taken');
  metrics.notification('slack', 'success');
  return metrics;
}
