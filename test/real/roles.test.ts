/** Rule G4 on a real API server: roles, bindings and admission policies together, for each verb and role. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { Gate, Station, Subject } from '../../lib';
import type { Ticket } from '../../lib/api';
import { k8sta, type Ended } from '../runtime/cli/terminal';
import { eventually } from '../waiting';
import { installAuthority } from './authority';
import { kubectl } from './line';
import { call, realStack } from './stack';

const NAMESPACE = 'roles';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const API = '/apis/k8sta.io/v1alpha1/namespaces';

const apply = (object: unknown): Promise<string> => kubectl(['apply', '-f', '-'], JSON.stringify(object));

const bind = (role: string, user: string, namespace: string): Promise<string> =>
  apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: `${role}-${user}`, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  });

const ours = (kind: string, name: string, spec: object): object => ({
  apiVersion: 'k8sta.io/v1alpha1',
  kind,
  metadata: { name, namespace: NAMESPACE },
  spec,
});
const change = { images: [{ repoURL: 'ghcr.io/acme/web', tag: '1.0.0' }] };

/** What a team writes: Station prod, and who may approve there. */
function prod(): unknown[] {
  const chart = new Chart(Testing.app(), 'shop', { namespace: NAMESPACE });
  new Station(chart, 'prod', { entry: [Gate.approval({ by: [Subject.user('ada')] })] });
  return Testing.synth(chart);
}

beforeAll(async () => {
  await installAuthority();
  for (const namespace of [NAMESPACE, 'roles-other']) await kubectl(['create', 'namespace', namespace]);
  const network = [
    ...prod(),
    ours('Station', 'test', {}),
    ours('Station', 'held', { hold: true }),
    ours('Track', 'main', { stations: [{ name: 'test' }, { name: 'prod' }] }),
    ours('Ticket', 'riding', { track: 'main', change }),
    ours('Ticket', 'new', { track: 'main', change }),
    ours('Ticket', 'arrived', { track: 'main', change }),
    ours('Ticket', 'failed', { track: 'main', change }),
    ours('Ticket', 'undone', { rollback: { station: 'prod', to: { previous: true } } }),
  ];
  for (const object of network) await apply(object);
  for (const [name, phase] of [
    ['riding', 'Standing'],
    ['arrived', 'Completed'],
    ['failed', 'Failed'],
    ['undone', 'Completed'],
  ] as const) {
    const patch = JSON.stringify({ status: { phase, station: 'prod' } });
    await kubectl(['patch', 'ticket', name, '-n', NAMESPACE, '--subresource=status', '--type=merge', '-p', patch]);
  }
  await bind('k8sta-viewer', 'vera', NAMESPACE);
  await bind('k8sta-editor', 'ed', NAMESPACE);
  await bind('k8sta-conductor', 'carl', NAMESPACE);
  await bind('k8sta-approver', 'anna', NAMESPACE);
  for (const role of ['k8sta-approver', 'k8sta-conductor', 'k8sta-editor']) await bind(role, 'olga', 'roles-other');
  // An API server knows a policy some moments after it was stored.
  for (const [kind, body] of [
    ['tickets/riding', { spec: { abort: true } }],
    ['stations/test', { spec: { hold: true } }],
    ['tracks/main', { spec: { hold: true } }],
  ] as const) {
    await eventually(
      `the policy on ${kind} holds`,
      async () => (await ask('ed', 'PATCH', kind, body)).code === 403,
      30_000,
    );
  }
}, 120_000);

/** Asks as somebody, without leaving anything behind. */
function ask(user: string, method: string, path: string, body?: object, dryRun = true): ReturnType<typeof call> {
  const url = `${API}/${NAMESPACE}/${path}${dryRun ? '?dryRun=All' : ''}`;
  return call(realStack().kubernetes, method, url, body && JSON.stringify(body), {
    'impersonate-user': user,
    'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
  });
}

const approvals = (by: string, station = 'prod'): object => ({ approvals: [{ station, digest: DIGEST, by }] });
const approves = (by: string, station = 'prod'): object => ({ spec: approvals(by, station) });
const tickets = 'tickets';
const made = (spec: object): object => ours('Ticket', 'made', { track: 'main', change, ...spec });
const rollback = ours('Ticket', 'back', { rollback: { station: 'prod', to: { previous: true } } });
const retry = made({ origin: { retryOf: { name: 'riding', uid: 'f3b1' } } });

/** Who (vera views, ed edits, anna and ada approve, carl conducts, olga does all that elsewhere), what, and who may. */
const cases: readonly [
  what: string,
  method: string,
  path: string,
  body: ((who: string) => object) | undefined,
  may: string,
][] = [
  ['reads tickets', 'GET', tickets, undefined, 'vera ed anna ada carl'],
  ['reads stations', 'GET', 'stations', undefined, 'vera ed anna carl'],
  ['makes a ticket', 'POST', tickets, () => made({}), 'ed carl'],
  ['makes a ticket in their own name', 'POST', tickets, (who) => made({ origin: { person: who } }), 'ed carl'],
  ["makes a ticket in another's name", 'POST', tickets, () => made({ origin: { person: 'zoe' } }), ''],
  ['makes a ticket with an approval in it', 'POST', tickets, (who) => made(approvals(who)), ''],
  ['makes a ticket that is held', 'POST', tickets, () => made({ hold: true }), 'carl'],
  [
    'makes a ticket in the name of a junction',
    'POST',
    tickets,
    () => made({ origin: { parent: { name: 'a', uid: 'b', station: 'c' } } }),
    '',
  ],
  ['approves at prod', 'PATCH', 'tickets/riding', (who) => approves(who), 'anna ada'],
  ['approves at test', 'PATCH', 'tickets/riding', (who) => approves(who, 'test'), 'anna'],
  ["approves in another's name", 'PATCH', 'tickets/riding', () => approves('zoe'), ''],
  ['holds a ticket', 'PATCH', 'tickets/riding', () => ({ spec: { hold: true } }), 'carl'],
  ['aborts a ticket', 'PATCH', 'tickets/riding', () => ({ spec: { abort: true } }), 'carl'],
  ['aborts a ticket that has not boarded', 'PATCH', 'tickets/new', () => ({ spec: { abort: true } }), 'carl'],
  ['resumes a ticket', 'PATCH', 'tickets/riding', (who) => ({ spec: { resumes: [{ uid: 'f3b1', by: who }] } }), 'carl'],
  [
    "resumes in another's name",
    'PATCH',
    'tickets/riding',
    () => ({ spec: { resumes: [{ uid: 'f3b1', by: 'zoe' }] } }),
    '',
  ],
  ['retries a ticket', 'POST', tickets, () => retry, 'carl'],
  ['rolls a station back', 'POST', tickets, () => rollback, 'carl'],
  ['deletes a ticket that rides', 'DELETE', 'tickets/riding', undefined, 'carl'],
  ['deletes a ticket that arrived', 'DELETE', 'tickets/arrived', undefined, 'ed carl'],
  ['deletes a ticket that failed, which may have shut its station', 'DELETE', 'tickets/failed', undefined, 'carl'],
  ['deletes a rollback that is over, which may have shut its station', 'DELETE', 'tickets/undone', undefined, 'carl'],
  ['edits a station', 'PATCH', 'stations/test', () => ({ spec: { exit: { soak: '1h' } } }), 'ed carl'],
  ['holds a station', 'PATCH', 'stations/test', () => ({ spec: { hold: true } }), 'carl'],
  ['releases a station', 'PATCH', 'stations/held', () => ({ spec: { hold: false } }), 'carl'],
  ['deletes a station', 'DELETE', 'stations/test', undefined, 'ed'],
  ['deletes a station that is held', 'DELETE', 'stations/held', undefined, ''],
  ['takes an approval gate away', 'PATCH', 'stations/prod', () => ({ spec: { entry: null } }), ''],
  ['holds a track', 'PATCH', 'tracks/main', () => ({ spec: { hold: true } }), 'carl'],
  ['writes the status of a ticket', 'PATCH', 'tickets/riding/status', () => ({ status: { phase: 'Completed' } }), ''],
];

describe.each(cases)('who %s', (_, method, path, body, may) => {
  test(`is ${may || 'nobody'}`, async () => {
    const people = ['vera', 'ed', 'anna', 'ada', 'carl', 'olga'];
    const replies = await Promise.all(
      people.map(async (who) => [who, await ask(who, method, path, body?.(who))] as const),
    );
    const answers = replies.map(([who, { code, text }]) => [who, code, code < 400 ? '' : text] as const);
    for (const [who, code, text] of answers) {
      // Anything but a refusal would be a question that nobody could be let through with.
      if (code >= 400) expect(`${who}: ${code} ${text}`).toContain(`${who}: 403`);
    }
    expect(
      answers
        .filter(([, code]) => code < 400)
        .map(([who]) => who)
        .join(' '),
    ).toBe(may);
  });
});

test.each(['arrived', 'failed', 'undone'])(
  'the runtime takes away ticket %s when its history is full',
  async (name) => {
    expect((await ask('system:serviceaccount:k8sta-system:k8sta', 'DELETE', `tickets/${name}`)).code).toBe(200);
  },
);

test('whoever is refused is told which verb they lack, on what and for what', async () => {
  const { text } = await ask('ed', 'PATCH', 'tickets/riding', { spec: { abort: true } });
  expect(text).toContain("ed needs the verb 'hold' on stations.k8sta.io 'prod' in namespace roles to abort a ticket");
});

test('an approval stands as it was given: an editor neither withdraws nor moves it, its giver does', async () => {
  expect((await ask('ada', 'PATCH', 'tickets/riding', approves('ada'), false)).code).toBe(200);
  const moved = { spec: { approvals: [{ station: 'prod', digest: `sha256:${'b'.repeat(64)}`, by: 'ada' }] } };
  for (const body of [{ spec: { approvals: [] } }, moved]) {
    expect((await ask('ed', 'PATCH', 'tickets/riding', body)).code).toBe(403);
  }
  expect((await ask('anna', 'PATCH', 'tickets/riding', moved)).code).toBe(403);
  expect((await ask('ada', 'PATCH', 'tickets/riding', { spec: { approvals: [] } }, false)).code).toBe(200);
});

describe('the command, with the rights of whoever types', () => {
  const as = async (user: string, ...args: string[]): Promise<Ended> => {
    const folder = mkdtempSync(join(tmpdir(), 'k8sta-as-'));
    const config = parse(readFileSync(realStack().kubernetes.kubeconfig, 'utf8')) as { users: { user: object }[] };
    const users = config.users.map((one) => ({ ...one, user: { ...one.user, as: user } }));
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, JSON.stringify({ ...config, users }));
    try {
      return await k8sta([...args, '--kubeconfig', kubeconfig, '-n', NAMESPACE]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const stored = async (name: string): Promise<Ticket> =>
    JSON.parse(await kubectl(['get', 'ticket', name, '-n', NAMESPACE, '-o', 'json'])) as Ticket;

  beforeAll(async () => {
    await apply(ours('Ticket', 'shown', { track: 'main', change }));
    const status = { phase: 'Standing', station: 'prod', entry: { station: 'prod', digest: DIGEST, diffs: [] } };
    const patch = JSON.stringify({ status });
    await kubectl(['patch', 'ticket', 'shown', '-n', NAMESPACE, '--subresource=status', '--type=merge', '-p', patch]);
  });

  test('ada approves in her own name; ed, who may edit, is told which verb he lacks; vera may not write at all', async () => {
    expect(await as('ada', 'approve', 'shown')).toMatchObject({ out: 'shown is approved for prod by ada\n', code: 0 });
    expect((await stored('shown')).spec.approvals).toEqual([{ station: 'prod', digest: DIGEST, by: 'ada' }]);
    const ed = await as('ed', 'approve', 'shown');
    expect([ed.err, ed.code]).toEqual([
      expect.stringContaining("ed needs the verb 'approve' on stations.k8sta.io 'prod'"),
      1,
    ]);
    const vera = await as('vera', 'approve', 'shown');
    expect([vera.err, vera.code]).toEqual([expect.stringContaining('User "vera" cannot patch resource "tickets"'), 1]);
  });

  test('ada and anna approve at once, and both words stay', async () => {
    const [anna, ada] = await Promise.all([as('anna', 'approve', 'shown'), as('ada', 'approve', 'shown')]);
    expect([anna.code, ada.code]).toEqual([0, 0]);
    expect((await stored('shown')).spec.approvals?.map(({ by }) => by).sort()).toEqual(['ada', 'anna']);
  });

  test('carl holds, releases and retries; ed boards a ticket in his own name, and holds none', async () => {
    for (const args of [
      ['hold', 'shown'],
      ['resume', 'shown'],
      ['hold', 'station/test'],
      ['resume', 'station/test'],
    ])
      expect(await as('carl', ...args)).toMatchObject({ err: '', code: 0 });
    expect(await as('carl', 'retry', 'failed')).toMatchObject({ out: 'failed-retry tries failed again\n', code: 0 });
    const { out, code } = await as('ed', 'board', 'main', '--image', 'ghcr.io/acme/web=1.1.0', '-o', 'json');
    expect([JSON.parse(out), code]).toEqual([
      expect.objectContaining({ spec: expect.objectContaining({ origin: { person: 'ed' } }) as object }),
      0,
    ]);
    expect((await as('ed', 'hold', 'shown')).err).toContain("ed needs the verb 'hold' on stations.k8sta.io 'prod'");
  });

  test('vera sees everything, and somebody without rights is told what to grant', async () => {
    for (const args of [
      ['status'],
      ['tickets'],
      ['get', 'stations'],
      ['describe', 'station/prod'],
      ['why', 'shown'],
      ['history', 'prod'],
    ])
      expect((await as('vera', ...args)).code).toBe(0);
    const nobody = await as('zoe', 'tickets');
    expect([nobody.err, nobody.code]).toEqual([
      expect.stringContaining(
        `no right to list tickets.k8sta.io/v1alpha1 in namespace ${NAMESPACE}: grant list and watch`,
      ),
      1,
    ]);
  });
});
