/**
 * What watches the runtime: alert rules, a dashboard, and who scrapes. Lives here: objects for the Prometheus Operator and
 * for Grafana, made from the runtime's own metrics. May not: anything that the runtime needs to run.
 */

import { alertGroups } from './alerts';
import { dashboard } from './dashboard';

/** What an installation is watched by. */
export interface MonitoringProps {
  /** Labels by which the cluster's Prometheus finds rules and monitors, such as `{ release: 'prometheus' }`. @default {} */
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels by which Grafana finds dashboards in ConfigMaps. @default { grafana_dashboard: '1' } */
  readonly dashboardLabels?: Readonly<Record<string, string>>;
  /** Address of the page of runbooks, which alerts link to. @default - alerts name the page of this package */
  readonly runbookURL?: string;
}

export interface Watched {
  readonly name: string;
  readonly namespace: string;
  /** Labels of the runtime's pods. */
  readonly podLabels: Readonly<Record<string, string>>;
}

/** An object of Kubernetes with its id below the construct. */
export interface MonitoringObject {
  readonly id: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly [part: string]: unknown;
}

const OPERATOR = 'monitoring.coreos.com/v1';

export function monitoringObjects({ name, namespace, podLabels }: Watched, props: MonitoringProps): MonitoringObject[] {
  const { labels = {}, dashboardLabels = { grafana_dashboard: '1' }, runbookURL } = props;
  return [
    {
      id: 'pod-monitor',
      apiVersion: OPERATOR,
      kind: 'PodMonitor',
      metadata: { name, namespace, labels },
      spec: { selector: { matchLabels: podLabels }, podMetricsEndpoints: [{ port: 'http', path: '/metrics' }] },
    },
    {
      id: 'alerts',
      apiVersion: OPERATOR,
      kind: 'PrometheusRule',
      metadata: { name, namespace, labels },
      spec: { groups: alertGroups({ job: `${namespace}/${name}`, runbookURL }) },
    },
    {
      id: 'dashboard',
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${name}-dashboard`, namespace, labels: dashboardLabels },
      data: { [`${name}.json`]: `${JSON.stringify(dashboard(), undefined, 2)}\n` },
    },
  ];
}
