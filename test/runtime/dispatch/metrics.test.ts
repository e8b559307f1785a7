import { PHASES, STAMP_RESULTS, WAITING_REASONS } from '../../../lib/api/reasons';
import { connect } from '../../../runtime/kube';
import { Metrics } from '../../../runtime/metrics';
import { eventually } from '../../waiting';
import { Yard } from './yard';

let yard: Yard;
const metrics = new Metrics({ version: '1.2.3', node: '24.0.0' });

beforeAll(async () => {
  yard = await Yard.open({ started: false });
  const cluster = connect({ kubeconfig: yard.railyard.kubeconfigPath }, { onCall: (call) => metrics.called(call) });
  await yard.start({ metrics, cluster });
}, 60_000);

afterAll(() => yard.close(), 30_000);

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

async function samples(): Promise<Sample[]> {
  const { text } = await metrics.exposition();
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', word = '']) => [key, word]);
      return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
    });
}

const sum = (all: readonly Sample[], name: string, labels: Record<string, string> = {}): number =>
  all
    .filter((one) => one.name === name && Object.entries(labels).every(([key, word]) => one.labels[key] === word))
    .reduce((total, { value }) => total + value, 0);

test('a ride is counted: arrivals, waits, Git, renders, requests, tickets by phase and the queue', async () => {
  const scene = await yard.scene('metered', { stations: ['test', { name: 'prod', spec: { hold: true } }] });
  await scene.ticket('unmistakable', '1.0.0');
  await scene.waiting('unmistakable', 'Held');
  await eventually('the ticket stands', async () => sum(await samples(), 'k8sta_tickets', { phase: 'Standing' }) === 1);
  await scene.say('station', 'prod', { hold: false });
  await scene.completed('unmistakable');
  const all = await samples();
  expect(sum(all, 'k8sta_tickets', { phase: 'Completed' })).toBe(1);
  expect(sum(all, 'k8sta_tickets')).toBe(1);
  expect(sum(all, 'k8sta_arrival_duration_seconds_count', { result: 'Arrived' })).toBe(2);
  expect(sum(all, 'k8sta_waiting_duration_seconds_count', { reason: 'Held' })).toBe(1);
  expect(sum(all, 'k8sta_git_operation_duration_seconds_count', { operation: 'push', outcome: 'success' })).toBe(2);
  // One overlay for each station.
  expect(sum(all, 'k8sta_render_duration_seconds_count', { outcome: 'success' })).toBe(2);
  expect(sum(all, 'k8sta_api_requests_total', { verb: 'update', resource: 'tickets/status', code: '200' })).toBeGreaterThan(4); // prettier-ignore
  expect(all.filter(({ name }) => name === 'k8sta_queue_depth').map(({ labels }) => labels.state)).toEqual([
    'waiting',
    'running',
    'delayed',
    'failing',
  ]);
  expect(sum(all, 'k8sta_leader')).toBe(1);
});

test('labels have the words of closed vocabularies, and the names of nobody', async () => {
  const all = (await samples()).filter(({ name }) => name.startsWith('k8sta_'));
  const words = (label: string): string[] => [...new Set(all.flatMap(({ labels }) => labels[label] ?? []))];
  expect(PHASES).toEqual(expect.arrayContaining(words('phase')));
  expect(STAMP_RESULTS).toEqual(expect.arrayContaining(words('result')));
  expect(WAITING_REASONS).toEqual(expect.arrayContaining(words('reason')));
  const names = new Set(all.flatMap(({ labels }) => Object.keys(labels)));
  expect([...names].sort()).toEqual(['code', 'le', 'node_version', 'operation', 'outcome', 'phase', 'reason', 'resource', 'result', 'state', 'verb', 'version']); // prettier-ignore
  expect((await metrics.exposition()).text).not.toMatch(/unmistakable|metered/);
});

test('two processes in one keep their figures apart', async () => {
  const other = new Metrics({ version: '1.2.3', node: '24.0.0' });
  expect((await other.exposition()).text).not.toContain('k8sta_leader');
});
