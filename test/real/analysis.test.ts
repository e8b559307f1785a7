/** Rule F5 with Argo Rollouts itself: its definitions, its controller, and what it makes of a metric. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../waiting';
import { driven } from './driven';
import { kubectl, Line } from './line';
import { installRollouts, realStack } from './stack';

/** What the metric is told, by the tag of the image that it asks about. */
const VERDICTS: Readonly<Record<string, string>> = { '1.0.0': 'good', '2.0.0': 'bad', '3.0.0': 'who knows' };
const NAMESPACE = 'analysed';
const DEFINITIONS = ['analysisruns', 'analysistemplates', 'clusteranalysistemplates'].map(
  (plural) => `crd/${plural}.argoproj.io`,
);

let metrics: Server;
beforeAll(async () => {
  metrics = createServer((request, response) => {
    const tag = new URL(request.url ?? '/', 'http://localhost').searchParams.get('version') ?? '';
    const verdict = VERDICTS[tag];
    response.writeHead(verdict === undefined ? 500 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ verdict }));
  });
  await new Promise<void>((resolve) => metrics.listen(0, '127.0.0.1', resolve));
  // As on a cluster where nobody has installed it.
  await realStack().servers.stop('rollouts');
  await kubectl(['delete', '--wait', ...DEFINITIONS]);
}, 60_000);
driven();
afterAll(async () => {
  await new Promise((resolve) => metrics.close(resolve));
});

/** A template with one `web` metric, whose address has the tag in it. */
function template(): string {
  // A server that listens on TCP has an address of this shape.
  const { port } = metrics.address() as AddressInfo;
  return JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'smoke', namespace: NAMESPACE },
    spec: {
      args: [{ name: 'version' }],
      metrics: [
        {
          name: 'verdict',
          consecutiveErrorLimit: 0,
          successCondition: "result == 'good'",
          failureCondition: "result == 'bad'",
          provider: {
            web: { url: `http://127.0.0.1:${port}/?version={{args.version}}`, jsonPath: '{$.verdict}' },
          },
        },
      ],
    },
  });
}

interface Run {
  readonly metadata: {
    readonly uid: string;
    readonly ownerReferences: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly status?: { readonly phase?: string };
}

/** The one run that was made for a ticket. */
async function runOf(ticket: string): Promise<Run> {
  const text = await kubectl(['get', 'analysisruns', '-n', NAMESPACE, '-o', 'json']);
  // Argo Rollouts' own definition has validated them.
  const { items } = JSON.parse(text) as { readonly items: readonly Run[] };
  const [run, ...others] = items.filter(({ metadata }) =>
    metadata.ownerReferences.some(({ kind, name }) => kind === 'Ticket' && name === ticket),
  );
  if (run === undefined || others.length > 0) throw new Error(`not one run was made for ${ticket}`);
  return run;
}

let line: Line;

test('without Argo Rollouts, then without the template, a ticket waits and says what to do, and goes on when they are there', async () => {
  line = await Line.open({
    namespace: NAMESPACE,
    stations: [
      { name: 'test', applications: [{ id: 'web' }], analyses: ['smoke'] },
      { name: 'prod', applications: [{ id: 'web' }] },
    ],
  });
  const says = (words: string): Promise<unknown> =>
    line.until('one', `says "${words}"`, ({ status }) => status?.waiting?.message.includes(words) ?? false);
  await line.ticket('one', '1.0.0');
  await says('analysisruns.argoproj.io/v1alpha1 is not served: install Argo Rollouts');
  expect(await line.repository.head('env/prod')).toBeUndefined();
  await installRollouts(realStack());
  await says(`AnalysisTemplate ${NAMESPACE}/smoke does not exist: create it`);
  await kubectl(['apply', '-f', '-'], template());
  await line.completed('one', 240_000);
  expect((await runOf('one')).status?.phase).toBe('Successful');
}, 600_000);

test('an analysis that fails, and one that gets no measurement, fail their tickets in the words of the metric', async () => {
  await line.ticket('two', '2.0.0');
  const failed = await line.until('two', 'fails', ({ status }) => status?.phase === 'Failed');
  expect(failed.status?.failure).toMatchObject({ reason: 'AnalysisFailed', station: 'test' });
  expect(failed.status?.failure?.message).toMatch(/ended Failed: metric verdict: .*failed \(1\) > failureLimit \(0\)/);
  await line.ticket('broken', '2.1.0');
  const broken = await line.until('broken', 'fails', ({ status }) => status?.phase === 'Failed');
  expect(broken.status?.failure?.message).toMatch(/ended Error: metric verdict: .*received non 2xx response code: 500/);
  expect(await line.repository.manifests('env/prod')).toContain(':1.0.0');
});

test('an inconclusive analysis suspends its ticket until a person takes that run as passed', async () => {
  await line.ticket('three', '3.0.0');
  const suspended = await line.until(
    'three',
    'says how to go on',
    ({ status }) => status?.waiting?.message.includes('spec.resumes') ?? false,
  );
  const { metadata } = await runOf('three');
  expect(suspended.status?.phase).toBe('Suspended');
  expect(suspended.status?.waiting?.message).toContain(
    `add {uid: ${metadata.uid}, by: <you>} to spec.resumes of three`,
  );
  const patch = JSON.stringify({ spec: { resumes: [{ uid: metadata.uid, by: 'admin' }] } });
  await kubectl(['patch', 'ticket', 'three', '-n', NAMESPACE, '--type', 'merge', '-p', patch]);
  const done = await line.completed('three');
  expect(JSON.stringify(done.status?.stamps)).toContain('admin took it as passed');
});

test('a run whose ticket is aborted is ended by Argo Rollouts', async () => {
  const slow = template().replace('"consecutiveErrorLimit":0', '"consecutiveErrorLimit":0,"interval":"60s","count":9');
  await kubectl(['apply', '-f', '-'], slow);
  await line.ticket('four', '1.0.0');
  await eventually('it runs', async () => (await runOf('four')).status?.phase === 'Running', 60_000);
  await kubectl(['patch', 'ticket', 'four', '-n', NAMESPACE, '--type', 'merge', '-p', '{"spec":{"abort":true}}']);
  await line.until('four', 'is aborted', ({ status }) => status?.phase === 'Aborted');
  await eventually('it has ended', async () => (await runOf('four')).status?.phase === 'Successful', 60_000);
});
