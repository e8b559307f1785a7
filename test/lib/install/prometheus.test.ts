/** What watches an installation, read by Prometheus itself: its rules, its scrapes, its queries. */

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crds } from '../../../lib/api/crd';
import { runProgram } from '../../../runtime/cli/program';
import { connect } from '../../../runtime/kube';
import { startRailyard, type Railyard } from '../../../runtime/railyard';
import { onPath, unpacked } from '../../debian';
import { testTerminal } from '../../runtime/cli/terminal';
import { eventually } from '../../waiting';
import { busyProcess, groups, queries, rules } from './watched';

const DEADLINE_MS = 60_000;
const JOB = 'job="k8sta-system/k8sta"';
const program = (name: string): string => onPath(name) ?? join(unpacked('prometheus'), 'usr/bin', name);

const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
const file = (name: string, content: object): string => {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
};
const RULES = file('rules.yaml', { groups: groups() });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('promtool finds nothing wrong with the rules', () => {
  const said = execFileSync(program('promtool'), ['check', 'rules', '--lint-fatal', RULES], { encoding: 'utf8' });
  expect(said).toContain(`SUCCESS: ${rules().length} rules found`);
});

/** Values of a series, minute by minute, as promtool writes them: `1x20` is 1 and twenty times more. */
type Series = Readonly<Record<string, string>>;

interface Story {
  readonly alert: string;
  /** Minutes after which it rings, and one before which it does not. */
  readonly after: number;
  readonly rings: Series;
  readonly silent: Series;
  /** Labels that the query leaves on it, beside the severity. */
  readonly labels?: Readonly<Record<string, string>>;
}

const requests = (code: string): string =>
  `k8sta_api_requests_total{${JOB},verb="get",resource="tickets",code="${code}"}`;
const git = (outcome: string): string =>
  `k8sta_git_operation_duration_seconds_count{${JOB},operation="push",outcome="${outcome}"}`;
const arrivals = (result: string): string => `k8sta_arrival_duration_seconds_count{${JOB},result="${result}"}`;
const webhooks = (outcome: string): string => `k8sta_webhooks_total{${JOB},sender="github",outcome="${outcome}"}`;
const notifications = (outcome: string): string => `k8sta_notifications_total{${JOB},to="slack",outcome="${outcome}"}`;
const leads = (pod: string): string => `k8sta_leader{${JOB},pod="${pod}"}`;
const queue = (state: string): string => `k8sta_queue_depth{${JOB},state="${state}"}`;

const STORIES: readonly Story[] = [
  {
    alert: 'K8staAbsent',
    after: 10,
    rings: { 'k8sta_build_info{job="another"}': '1x40' },
    silent: { [`k8sta_build_info{${JOB},version="1"}`]: '1x40' },
    labels: { job: 'k8sta-system/k8sta' },
  },
  {
    alert: 'K8staNobodyLeads',
    after: 5,
    rings: { [leads('a')]: '0x40', [leads('b')]: '0x40' },
    silent: { [leads('a')]: '0x40', [leads('b')]: '1x40' },
  },
  {
    alert: 'K8staTwoLead',
    after: 2,
    rings: { [leads('a')]: '1x40', [leads('b')]: '1x40' },
    silent: { [leads('a')]: '1x40', [leads('b')]: '0x40' },
  },
  {
    alert: 'K8staQueueStands',
    after: 15,
    rings: { [queue('waiting')]: '501x60' },
    silent: { [queue('waiting')]: '500x60', [queue('delayed')]: '900x60' },
  },
  {
    alert: 'K8staDecisionsFail',
    after: 15,
    rings: { [queue('failing')]: '1x60' },
    silent: { [queue('failing')]: '0x60', [queue('running')]: '4x60' },
  },
  {
    alert: 'K8staTicketsFail',
    after: 2,
    rings: { [arrivals('Failed')]: '0 0 1x60' },
    silent: { [arrivals('Failed')]: '3x60', [arrivals('Arrived')]: '0+1x60' },
  },
  {
    alert: 'K8staUnreadable',
    after: 10,
    rings: { [`k8sta_tickets{${JOB},phase="Unreadable"}`]: '1x60' },
    silent: { [`k8sta_tickets{${JOB},phase="Standing"}`]: '1x60' },
  },
  {
    alert: 'K8staGitFails',
    after: 11,
    rings: { [git('success')]: '0+3x60', [git('failure')]: '0+1x60' },
    silent: { [git('success')]: '0+9x60', [git('failure')]: '0+1x60' },
  },
  {
    alert: 'K8staForbidden',
    after: 11,
    rings: { [requests('200')]: '0+9x60', [requests('403')]: '0+1x60' },
    silent: { [requests('200')]: '0+9x60', [requests('403')]: '7x60', [requests('404')]: '0+1x60' },
  },
  {
    alert: 'K8staApiFails',
    after: 11,
    rings: { [requests('200')]: '0+3x60', [requests('503')]: '0+1x60' },
    silent: { [requests('200')]: '0+9x60', [requests('503')]: '0+1x60' },
  },
  {
    alert: 'K8staWebhooksRefused',
    after: 16,
    rings: { [webhooks('refused')]: '0+120x60' },
    silent: { [webhooks('refused')]: '0+1x60', [webhooks('taken')]: '0+60x60' },
  },
  {
    alert: 'K8staNotificationsFail',
    after: 6,
    rings: { [notifications('failure')]: '0+1x60' },
    silent: { [notifications('failure')]: '0+0x60', [notifications('success')]: '0+9x60' },
  },
];

test('every alert has its story here', () => {
  expect(STORIES.map(({ alert }) => alert)).toEqual(rules().map(({ alert }) => alert));
});

test.each(STORIES)('$alert rings after $after minutes, and not a minute before', (story) => {
  const ringing = [{ at: story.after - 1, rings: false }, { at: story.after, rings: true }]; // prettier-ignore
  expect(judged(story, story.rings, ringing)).toBe('');
});

test.each(STORIES)('$alert is silent where all is well', (story) => {
  const silence = [story.after, story.after + 10, story.after + 20].map((at) => ({ at, rings: false }));
  expect(judged(story, story.silent, silence)).toBe('');
});

/** What promtool has against it: nothing. */
function judged({ alert, labels }: Story, series: Series, at: readonly { at: number; rings: boolean }[]): string {
  const rule = rules().find((each) => each.alert === alert);
  const expected = { exp_labels: { ...rule?.labels, ...labels }, exp_annotations: rule?.annotations };
  const story = file(`${alert}.yaml`, {
    rule_files: [RULES],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        alert_rule_test: at.map((each) => ({
          eval_time: `${each.at}m`,
          alertname: alert,
          exp_alerts: each.rings ? [expected] : [],
        })),
      },
    ],
  });
  const { status, stdout, stderr } = spawnSync(program('promtool'), ['test', 'rules', story], { encoding: 'utf8' });
  return status === 0 ? '' : stdout + stderr;
}

describe('a Prometheus that scrapes the runtime', () => {
  let railyard: Railyard;
  let prometheus: ChildProcess;
  let exposition: Server;
  let url: string;
  let said = '';
  const terminal = testTerminal({ cwd: folder });
  let ended: Promise<number>;

  beforeAll(async () => {
    railyard = await startRailyard({ folder: join(folder, 'yard'), latencyScale: 0 });
    const cluster = connect({ kubeconfig: railyard.kubeconfigPath });
    for (const definition of crds()) await cluster.apply(definition);
    ended = runProgram(['run', '--port', '0', '--folder', 'caches', '--kubeconfig', railyard.kubeconfigPath], terminal);
    const runtime = await eventually(
      'the runtime answers',
      () => /"port":(\d+).*Answering|Answering.*"port":(\d+)/.exec(terminal.written.err)?.slice(1).find(Boolean),
      DEADLINE_MS,
    );
    const metrics = await busyProcess();
    exposition = createServer((_, response) => {
      void metrics.exposition().then(({ text, contentType }) => {
        response.setHeader('content-type', contentType);
        response.end(text);
      });
    });
    await new Promise<void>((done) => exposition.listen(0, '127.0.0.1', done));
    const busy = (exposition.address() as AddressInfo).port;
    const target = (pod: string, port: number | string) => ({ targets: [`127.0.0.1:${port}`], labels: { pod } });
    const config = file('prometheus.yaml', {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [RULES],
      scrape_configs: [
        { job_name: 'k8sta-system/k8sta', static_configs: [target('runtime', runtime), target('busy', busy)] },
      ],
    });
    prometheus = spawn(
      program('prometheus'),
      [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`, '--web.listen-address=127.0.0.1:0'],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    prometheus.stderr?.on('data', (part: Buffer) => (said += part.toString()));
    const address = await eventually(
      'Prometheus listens',
      () => /msg="Listening on" address=(\S+)/.exec(said)?.[1],
      DEADLINE_MS,
    );
    url = `http://${address}`;
  });

  afterAll(async () => {
    prometheus.kill();
    await eventually(
      'Prometheus ends',
      () => prometheus.exitCode !== null || prometheus.signalCode !== null,
      DEADLINE_MS,
    );
    exposition.closeAllConnections();
    exposition.close();
    terminal.interrupt();
    await ended;
    await railyard.stop();
  });

  const ask = async <Data>(path: string): Promise<Data> => {
    const answer = (await (await fetch(`${url}/api/v1/${path}`)).json()) as {
      status: string;
      data: Data;
      error?: string;
    };
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  };
  const query = async (text: string): Promise<readonly { metric: Readonly<Record<string, string>> }[]> =>
    (
      await ask<{ result: readonly { metric: Readonly<Record<string, string>> }[] }>(
        `query?query=${encodeURIComponent(text)}`,
      )
    ).result;

  test('takes all that the runtime says of itself', async () => {
    const up = await eventually(
      'both are scraped',
      async () => {
        const found = await query('up == 1');
        return found.length === 2 && found;
      },
      DEADLINE_MS,
    );
    expect(up.map(({ metric }) => metric.pod).sort()).toEqual(['busy', 'runtime']);
    expect(await query('k8sta_leader{pod="runtime"} == 1')).toHaveLength(1);
  });

  test('knows every query of alerts and dashboard, and answers those that count something with something', async () => {
    const asked = queries().map((text) => text.replaceAll('$__rate_interval', '30s').replaceAll('$job', '.*'));
    for (const text of asked) await query(text);
    const names = new Set(
      asked.flatMap((text) => [...text.matchAll(/\b(?:k8sta|process|nodejs)_\w+/g)].map(([name]) => name)),
    );
    expect(names.size).toBeGreaterThan(12);
    await eventually(
      'every name is known',
      async () => {
        for (const name of names) if ((await query(name)).length === 0) throw new Error(`${name} has no series`);
        return true;
      },
      DEADLINE_MS,
    );
  });

  test('carries the rules, and none of them rings for a runtime that works', async () => {
    interface Loaded {
      readonly groups: readonly { readonly rules: readonly { name: string; health: string; state: string }[] }[];
    }
    const loaded = async () => (await ask<Loaded>('rules')).groups.flatMap((group) => group.rules);
    const waiting = await eventually(
      'every rule has been judged by what was scraped',
      async () => {
        const found = await loaded();
        const notYet = found.some(
          ({ name, health, state }) => health === 'unknown' || (name === 'K8staAbsent' && state !== 'inactive'),
        );
        const waits = found.filter(({ state }) => state !== 'inactive');
        return !notYet && waits.length > 0 && waits;
      },
      DEADLINE_MS,
    );
    // Two that work, once both are scraped, is what one of the alerts is for; it would ring in two minutes.
    expect(waiting.map(({ name }) => name)).toEqual(['K8staTwoLead']);
    const all = await loaded();
    expect(all.map(({ name }) => name)).toEqual(rules().map(({ alert }) => alert));
    expect(all.filter(({ health }) => health !== 'ok')).toEqual([]);
  });
});
