/** Rule G4 through the dashboard, on a real API server: who sees what, who may say what, with tokens that it gave out. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rights } from '../../runtime/dashboard/protocol';
import { sightOf } from '../../runtime/dispatch/sight';
import { World } from '../../runtime/dispatch/caches/world';
import { connect, systemClock } from '../../runtime/kube';
import { silentLog } from '../../runtime/log';
import { serveDashboard, type Served } from '../../runtime/server';
import { Page } from '../runtime/server/dashboard/scene';
import { eventually } from '../waiting';
import { installAuthority } from './authority';
import { kubectl } from './line';
import { realStack } from './stack';

const NAMESPACE = 'board';
const OTHER = 'board-other';
const DIGEST = `sha256:${'b'.repeat(64)}`;
const ROLES = { vera: 'k8sta-viewer', anna: 'k8sta-approver', carl: 'k8sta-conductor', ed: 'k8sta-editor' } as const;
type Person = keyof typeof ROLES;

const apply = (object: object): Promise<string> => kubectl(['apply', '-f', '-'], JSON.stringify(object));
const ours = (kind: string, name: string, spec: object, namespace = NAMESPACE): object => ({
  apiVersion: 'k8sta.io/v1alpha1',
  kind,
  metadata: { name, namespace },
  spec,
});
const change = { images: [{ repoURL: 'ghcr.io/acme/web', tag: '1.0.0' }] };
const account = (person: Person): string => `system:serviceaccount:${NAMESPACE}:${person}`;

let folder: string;
let world: World;
let served: Served;
const pages = new Map<Person, Page>();
const pageOf = (person: Person): Page =>
  pages.get(person) ?? new Page(`http://127.0.0.1:${served.port}`, () => served.close());

beforeAll(async () => {
  await installAuthority();
  for (const namespace of [NAMESPACE, OTHER]) await kubectl(['create', 'namespace', namespace]);
  await apply(ours('Station', 'prod', { entry: { approval: {} } }));
  await apply(ours('Track', 'main', { stations: [{ name: 'prod' }] }));
  await apply(ours('Track', 'main', { stations: [{ name: 'prod' }] }, OTHER));
  await apply(ours('Ticket', 'main-1', { track: 'main', change }));
  const entry = { station: 'prod', digest: DIGEST, diffs: [] };
  const patch = JSON.stringify({ status: { phase: 'Standing', station: 'prod', entry } });
  await kubectl(['patch', 'ticket', 'main-1', '-n', NAMESPACE, '--subresource=status', '--type=merge', '-p', patch]);
  const { kubernetes } = realStack();
  const cluster = connect({ kubeconfig: kubernetes.kubeconfig });
  world = new World({ cluster, credentialsNamespace: NAMESPACE, clock: systemClock, log: silentLog });
  await world.start();
  folder = await mkdtemp(join(tmpdir(), 'k8sta-board-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  const noTools = undefined as never;
  const sight = sightOf(world, noTools);
  const options = { address: '127.0.0.1', port: 0, open: false, page: folder, sight, cluster, log: silentLog };
  served = await serveDashboard(options);
  for (const [person, role] of Object.entries(ROLES) as [Person, string][]) {
    await kubectl(['create', 'serviceaccount', person, '-n', NAMESPACE]);
    const who = `--serviceaccount=${NAMESPACE}:${person}`;
    await kubectl(['create', 'rolebinding', person, '-n', NAMESPACE, `--clusterrole=${role}`, who]);
    const token = (await kubectl(['create', 'token', person, '-n', NAMESPACE])).trim();
    const page = new Page(`http://127.0.0.1:${served.port}`, () => served.close());
    const me = await page.post('/api/sign-in', { token });
    expect(me).toMatchObject({ code: 200, body: { name: account(person), signIn: 'token', namespaces: [NAMESPACE] } });
    pages.set(person, page);
  }
  // An API server knows a policy some moments after it was stored.
  await eventually('the policies hold', async () => (await hold('ed')).code === 403, 30_000);
}, 180_000);

afterAll(async () => {
  await served.close();
  await world.stop();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

const hold = (person: Person) =>
  pageOf(person).post('/api/verbs', { verb: 'hold', target: { kind: 'Station', namespace: NAMESPACE, name: 'prod' } });
const approve = (person: Person) =>
  pageOf(person).post('/api/verbs', {
    verb: 'approve',
    namespace: NAMESPACE,
    ticket: 'main-1',
    station: 'prod',
    digest: DIGEST,
  });

test.each([
  ['vera', []],
  ['ed', ['board']],
  ['anna', ['approve']],
  ['carl', ['hold', 'resume', 'abort', 'retry', 'rollback', 'board']],
] as const)('%s hears beforehand which verbs are theirs', async (person, verbs) => {
  const { body } = await pageOf(person).get(`/api/rights/${NAMESPACE}?station=prod`);
  const rights = (body.verbs ?? {}) as Rights['verbs'];
  const allowed = Object.entries(rights).filter(([, right]) => right.allowed);
  expect(allowed.map(([verb]) => verb)).toEqual(verbs);
});

test('what nobody told them is theirs is refused by the API server, in its own words', async () => {
  expect(await approve('vera')).toMatchObject({
    code: 403,
    body: { error: expect.stringContaining('cannot patch') as unknown },
  });
  const words = `${account('ed')} needs the verb 'approve' on stations.k8sta.io 'prod' in namespace ${NAMESPACE} to approve`;
  const refused = await approve('ed');
  expect(refused.body.error).toContain(words);
  expect(refused.code).toBeGreaterThanOrEqual(403);
  expect((await hold('anna')).code).toBe(403);
});

test('an approval is written as the approver, and a hold as the conductor', async () => {
  expect(await approve('anna')).toMatchObject({ code: 200 });
  const stored = JSON.parse(await kubectl(['get', 'ticket', 'main-1', '-n', NAMESPACE, '-o', 'json'])) as {
    spec: { approvals: object[] };
  };
  expect(stored.spec.approvals).toEqual([{ station: 'prod', digest: DIGEST, by: account('anna') }]);
  expect(await hold('carl')).toMatchObject({ code: 200 });
});

test('nobody reads what is not theirs, nor signs in with a token that was not given out', async () => {
  expect((await pageOf('vera').get(`/api/tracks/${OTHER}/main`)).code).toBe(403);
  const stream = await pageOf('vera').follow();
  const { data } = await stream.event('all', ({ name }) => name === 'all');
  expect(data.tracks?.map(({ metadata }) => metadata.namespace)).toEqual([NAMESPACE]);
  stream.close();
  const stranger = new Page(`http://127.0.0.1:${served.port}`, () => served.close());
  expect(await stranger.post('/api/sign-in', { token: 'made.up.token' })).toMatchObject({ code: 401 });
});
