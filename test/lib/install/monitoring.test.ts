import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App, Chart } from 'cdk8s';
import { TransitAuthority, type TransitAuthorityProps } from 'k8sta/install';
import { PHASES, STAMP_RESULTS } from '../../../lib/api';
import { Metrics } from '../../../runtime/metrics';
import { manifests } from '../manifests';

const ROOT = resolve(__dirname, '../../..');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

function objects(monitoring?: TransitAuthorityProps['monitoring']) {
  const chart = new Chart(new App(), 'k8sta');
  new TransitAuthority(chart, 'authority', { image: 'k8sta:1', ...(monitoring && { monitoring }) });
  return manifests(chart);
}

const of = (kind: string, all = objects({})) =>
  all.find((one) => one.kind === kind && one.metadata.name.startsWith('k8sta'));

const rules = (all = objects({})): Rule[] => {
  const { groups } = of('PrometheusRule', all)?.spec as { readonly groups: readonly { readonly rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
};

function panels(): { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[] {
  const { data } = objects({}).find(({ metadata }) => metadata.name === 'k8sta-dashboard') as unknown as {
    readonly data: Readonly<Record<string, string>>;
  };
  return (JSON.parse(data['k8sta.json'] ?? '') as { readonly panels: ReturnType<typeof panels> }).panels;
}

/** Metrics of a process that has done each thing once, with the labels that they have. */
async function exposed(): Promise<Map<string, Set<string>>> {
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
  const { text } = await metrics.exposition();
  const found = new Map<string, Set<string>>();
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [, name = '', labels = ''] = /^(\w+)(?:\{(.*?)\})? /.exec(line) ?? [];
    const known = found.get(name) ?? new Set(['job', 'pod']);
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    found.set(name, known);
  }
  return found;
}

test('without a word of it nothing watches', () => {
  const kinds = objects().map(({ kind }) => kind);
  for (const kind of ['PodMonitor', 'PrometheusRule', 'ConfigMap']) expect(kinds).not.toContain(kind);
});

test('every metric that alerts and dashboard name exists, with the labels that they ask for', async () => {
  const known = await exposed();
  const queries = [
    ...rules().map(({ expr }) => expr),
    ...panels().flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ];
  expect(queries.length).toBeGreaterThan(25);
  for (const query of queries) {
    const named = [...query.matchAll(/\b((?:k8sta|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)];
    expect(named).not.toEqual([]);
    for (const [, name = '', matchers = ''] of named) {
      expect([...known.keys()]).toContain(name);
      for (const [, label = ''] of matchers.matchAll(/(\w+)(?:=~|=|!=)"/g)) expect(known.get(name)).toContain(label);
    }
    for (const [, by = ''] of query.matchAll(/by \(([^)]*)\)/g)) {
      const labels = new Set(named.flatMap(([, name = '']) => [...(known.get(name) ?? [])]));
      for (const label of by.split(',').map((one) => one.trim())) expect(labels).toContain(label);
    }
    expect(query.split('(').length).toBe(query.split(')').length);
  }
});

test('words that alerts look for are words that the runtime says', () => {
  const said = rules().flatMap(({ expr }) =>
    [...expr.matchAll(/(result|phase)="(\w+)"/g)].map(([, , word = '']) => word),
  );
  expect(said.length).toBeGreaterThan(1);
  for (const word of said) expect([...PHASES, ...STAMP_RESULTS, 'Unreadable']).toContain(word);
});

test('every alert has its section in the runbook, and the runbook no other', () => {
  const runbook = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
  const sections = [...runbook.matchAll(/^## (K8sta\w+)$/gm)].map(([, name]) => name);
  expect(sections).toEqual(rules().map(({ alert }) => alert));
  for (const { alert, annotations } of rules())
    expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
});

test('alerts link to runbooks where they are served', () => {
  const [first] = rules(objects({ runbookURL: 'https://docs.example.com/runbook' }));
  expect(first?.annotations.runbook_url).toBe('https://docs.example.com/runbook#k8staabsent');
});

test('rules and monitors carry the labels by which they are found', () => {
  const all = objects({ labels: { release: 'prometheus' } });
  for (const kind of ['PodMonitor', 'PrometheusRule']) {
    expect(of(kind, all)?.metadata).toMatchObject({ namespace: 'k8sta-system', labels: { release: 'prometheus' } });
  }
});

test('panels lie side by side, and no two of them in one place', () => {
  const places = (panels() as unknown as { readonly gridPos: object }[]).map(({ gridPos }) => JSON.stringify(gridPos));
  expect(new Set(places).size).toBe(places.length);
});
