/** The dashboard for Grafana: what moves, what waits, and how the runtime fares. */

interface Graph {
  readonly title: string;
  readonly description: string;
  readonly unit: 'short' | 's' | 'ops' | 'bytes' | 'percentunit';
  readonly stacked?: boolean;
  /** PromQL, and what its lines are called. */
  readonly lines: readonly (readonly [string, string])[];
}

const JOB = 'job=~"$job"';
const rate = (metric: string, by: string, match = ''): string =>
  `sum by (${by}) (rate(${metric}{${JOB}${match}}[$__rate_interval]))`;
const quantile = (of: number, metric: string, by: string): string =>
  `histogram_quantile(${of}, sum by (${by}, le) (rate(${metric}_bucket{${JOB}}[$__rate_interval])))`;

const ROWS: readonly { readonly title: string; readonly graphs: readonly Graph[] }[] = [
  {
    title: 'What moves',
    graphs: [
      {
        title: 'Tickets by phase',
        description: 'All tickets that the cluster has.',
        unit: 'short',
        stacked: true,
        lines: [[`max by (phase) (k8sta_tickets{${JOB}})`, '{{phase}}']],
      },
      {
        title: 'Arrivals by result',
        description: 'Visits of stations that ended.',
        unit: 'ops',
        stacked: true,
        lines: [[rate('k8sta_arrival_duration_seconds_count', 'result'), '{{result}}']],
      },
      {
        title: 'How long arrivals take',
        description: 'From taking a station to leaving it, gates behind it included.',
        unit: 's',
        lines: [
          [quantile(0.5, 'k8sta_arrival_duration_seconds', 'result'), 'half of {{result}}'],
          [quantile(0.95, 'k8sta_arrival_duration_seconds', 'result'), '95% of {{result}}'],
        ],
      },
      {
        title: 'What tickets waited for',
        description: 'Waits that ended, by their reason.',
        unit: 's',
        lines: [[quantile(0.95, 'k8sta_waiting_duration_seconds', 'reason'), '95% of {{reason}}']],
      },
    ],
  },
  {
    title: 'How the runtime works',
    graphs: [
      {
        title: 'Who leads',
        description: 'One does the work; the others stand by.',
        unit: 'short',
        lines: [[`k8sta_leader{${JOB}}`, '{{pod}}']],
      },
      {
        title: 'Work queue',
        description: 'Keys that wait for a worker, are worked on, wait for their time, and failed last.',
        unit: 'short',
        lines: [[`max by (state) (k8sta_queue_depth{${JOB}})`, '{{state}}']],
      },
      {
        title: 'Git',
        description: 'Operations on repositories.',
        unit: 's',
        lines: [[quantile(0.95, 'k8sta_git_operation_duration_seconds', 'operation'), '95% of {{operation}}']],
      },
      {
        title: 'Git that fails',
        description: 'Operations on repositories that ended in a failure.',
        unit: 'ops',
        lines: [
          [rate('k8sta_git_operation_duration_seconds_count', 'operation', ',outcome="failure"'), '{{operation}}'],
        ],
      },
      {
        title: 'Renders',
        description: 'Without results that were there.',
        unit: 's',
        lines: [[quantile(0.95, 'k8sta_render_duration_seconds', 'outcome'), '95%, {{outcome}}']],
      },
    ],
  },
  {
    title: 'Whom it talks to',
    graphs: [
      {
        title: 'Requests to the Kubernetes API',
        description: 'By what became of them.',
        unit: 'ops',
        stacked: true,
        lines: [[rate('k8sta_api_requests_total', 'code'), '{{code}}']],
      },
      {
        title: 'How long the Kubernetes API takes',
        description: 'To the headers of the answer; watches are left out.',
        unit: 's',
        lines: [[quantile(0.95, 'k8sta_api_request_duration_seconds', 'verb'), '95% of {{verb}}']],
      },
      {
        title: 'Webhooks',
        description: 'By their sender and what became of them.',
        unit: 'ops',
        lines: [[rate('k8sta_webhooks_total', 'sender, outcome'), '{{sender}} {{outcome}}']],
      },
      {
        title: 'Notifications',
        description: 'By whom they are for and what became of them.',
        unit: 'ops',
        lines: [[rate('k8sta_notifications_total', 'to, outcome'), '{{to}} {{outcome}}']],
      },
    ],
  },
  {
    title: 'The process',
    graphs: [
      {
        title: 'Memory',
        description: 'Resident.',
        unit: 'bytes',
        lines: [[`process_resident_memory_bytes{${JOB}}`, '{{pod}}']],
      },
      {
        title: 'CPU',
        description: 'Cores.',
        unit: 'short',
        lines: [[`rate(process_cpu_seconds_total{${JOB}}[$__rate_interval])`, '{{pod}}']],
      },
      {
        title: 'Event loop',
        description: 'How late the process is with its own work.',
        unit: 's',
        lines: [[`nodejs_eventloop_lag_p99_seconds{${JOB}}`, '{{pod}}']],
      },
    ],
  },
];

const COLUMNS = 24;
const WIDTH = 8;
const HEIGHT = 8;
const SOURCE = { type: 'prometheus', uid: '${datasource}' };

/** As Grafana imports it. */
export function dashboard(): object {
  const panels: object[] = [];
  let y = 0;
  for (const { title, graphs } of ROWS) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: [],
    });
    y += 1;
    graphs.forEach((graph, index) => {
      const place = { x: (index * WIDTH) % COLUMNS, y: y + HEIGHT * Math.floor((index * WIDTH) / COLUMNS) };
      panels.push(panel(graph, panels.length + 1, place));
    });
    y += HEIGHT * Math.ceil((graphs.length * WIDTH) / COLUMNS);
  }
  return {
    uid: 'k8sta',
    title: 'K8sTA',
    tags: ['k8sta'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [variable('datasource', 'datasource'), variable('job', 'query')] },
    panels,
  };
}

function panel(graph: Graph, id: number, { x, y }: { readonly x: number; readonly y: number }): object {
  const { title, description, unit, stacked = false, lines } = graph;
  const custom = { fillOpacity: 10, showPoints: 'never', stacking: { mode: stacked ? 'normal' : 'none' } };
  return {
    id,
    type: 'timeseries',
    title,
    description,
    datasource: SOURCE,
    gridPos: { x, y, w: WIDTH, h: HEIGHT },
    fieldConfig: { defaults: { unit, min: 0, custom }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: lines.map(([expr, legendFormat], index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: SOURCE,
      expr,
      legendFormat,
    })),
  };
}

function variable(name: string, type: 'datasource' | 'query'): object {
  if (type === 'datasource') return { name, type, label: 'Data source', query: 'prometheus' };
  const query = 'label_values(k8sta_build_info, job)';
  return {
    name,
    type,
    label: 'Installation',
    datasource: SOURCE,
    query,
    definition: query,
    refresh: 2,
    includeAll: true,
    multi: true,
  };
}
