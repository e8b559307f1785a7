import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PHASES, STAMP_RESULTS } from '../../../lib/api';
import { Metrics } from '../../../runtime/metrics';
import { busyProcess, installed, panels, queries, rules, watcher } from './watched';

const ROOT = resolve(__dirname, '../../..');

/** The metrics that a process shows, each with its labels. */
async function exposed(): Promise<Map<string, Set<string>>> {
  const metrics = await busyProcess();
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
  const kinds = installed().map(({ kind }) => kind);
  for (const kind of ['PodMonitor', 'PrometheusRule', 'ConfigMap']) expect(kinds).not.toContain(kind);
});

test('every metric that alerts and dashboard name exists, with the labels that they ask for', async () => {
  const known = await exposed();
  const asked = queries();
  expect(asked.length).toBeGreaterThan(25);
  for (const query of asked) {
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

test('results of arrivals are counted from nothing on, so that the first failure is an increase', async () => {
  const { text } = await new Metrics({ version: '1', node: '24' }).exposition();
  for (const result of STAMP_RESULTS) {
    expect(text).toContain(`k8sta_arrival_duration_seconds_count{result="${result}"} 0\n`);
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
  const [first] = rules(installed({ runbookURL: 'https://docs.example.com/runbook' }));
  expect(first?.annotations.runbook_url).toBe('https://docs.example.com/runbook#k8staabsent');
});

test('rules and monitors carry the labels by which they are found', () => {
  const all = installed({ labels: { release: 'prometheus' } });
  for (const kind of ['PodMonitor', 'PrometheusRule']) {
    expect(watcher(kind, all)?.metadata).toMatchObject({
      namespace: 'k8sta-system',
      labels: { release: 'prometheus' },
    });
  }
});

test('panels lie side by side, and no two of them in one place', () => {
  const places = (panels() as unknown as { readonly gridPos: object }[]).map(({ gridPos }) => JSON.stringify(gridPos));
  expect(new Set(places).size).toBe(places.length);
});
