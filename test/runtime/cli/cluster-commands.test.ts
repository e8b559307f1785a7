import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Station, Ticket, Track } from '../../../lib/api';
import { crds } from '../../../lib/api/crd';
import { resources } from '../../../runtime/cli/cluster';
import { runProgram } from '../../../runtime/cli/program';
import { connect, type Draft, type KubeObject, type Resource } from '../../../runtime/kube';
import { startKubernetes, type KubernetesServer } from '../../../runtime/railyard/kubernetes';
import { eventually } from '../../waiting';
import { testTerminal } from './terminal';
import { at, good, sha, station, ticket, track } from './view/network';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const NAMESPACE = 'guestbook';

let folder: string;
let server: KubernetesServer;
let cluster: ReturnType<typeof connect>;

function kubeconfigFor(url: string, name = 'kubeconfig'): string {
  const path = join(folder, name);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'here', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'me', user: {} }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'me', namespace: NAMESPACE } }],
    'current-context': 'here',
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cli-cluster-'));
  server = await startKubernetes({ folder: join(folder, 'kubernetes') });
  cluster = connect({ kubeconfig: kubeconfigFor(server.url) });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What the command ends with; `answer` is what a person at the terminal types. */
async function command(args: readonly string[], parts: { kubeconfig?: string; answer?: string } = {}) {
  const { kubeconfig = join(folder, 'kubeconfig'), answer } = parts;
  const terminal = testTerminal({ cwd: folder });
  const asked: string[] = [];
  const ask = (question: string): Promise<string> => {
    asked.push(question);
    return Promise.resolve(answer ?? '');
  };
  const code = await runProgram([...args, '--kubeconfig', kubeconfig], {
    ...terminal,
    ...(answer === undefined ? {} : { ask }),
  });
  return { code, asked, ...terminal.written };
}

async function put<K extends KubeObject & (Track | Station | Ticket)>(
  resource: Resource<K>,
  object: Track | Station | Ticket,
): Promise<K> {
  const objects = cluster.objects(resource);
  const { name, namespace } = object.metadata;
  await objects.delete({ name, namespace });
  const { status, ...draft } = { ...object, metadata: { name, namespace } };
  const made = await objects.create(draft as unknown as Draft<K>);
  return status === undefined ? made : objects.merge(made.metadata, { status }, { subresource: 'status' });
}

const putTicket = (object: Ticket): Promise<KubeObject & Ticket> => put(resources.tickets, object);
const stored = async (name: string): Promise<Ticket | undefined> =>
  cluster.objects(resources.tickets).get({ name, namespace: NAMESPACE });

const waiting = (name = 'main-7'): Ticket =>
  ticket(name, {
    phase: 'Standing',
    station: 'prod',
    sequence: 7,
    waiting: { reason: 'Approval', since: at(0), message: 'waits for an approval of prod: it changes 2 files' },
    entry: { station: 'prod', digest: DIGEST, diffs: [] },
  });

describe('without our definitions', () => {
  test('a command says how to apply them', async () => {
    const { code, err } = await command(['tickets']);
    expect(err).toContain('tickets.k8sta.io/v1alpha1 is not served: apply the definitions: k8sta crds | kubectl apply');
    expect(code).toBe(1);
  });
});

describe('with a network', () => {
  beforeAll(async () => {
    await Promise.all(crds().map((definition) => cluster.apply({ ...definition })));
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    await eventually('the kinds are served', () =>
      cluster
        .objects(resources.tickets)
        .list()
        .then(
          () => true,
          () => false,
        ),
    );
    await put(
      resources.tracks,
      track(['test', 'prod'], {
        subscriptions: [
          { name: 'web', images: { repositories: ['ghcr.io/acme/guestbook'], select: { newest: {} }, interval: '5m' } },
        ],
      }),
    );
    await put(resources.stations, station('test'));
    const commits = (digit: string) => [{ application: 'argocd/guestbook-prod-web', commit: sha(digit) }];
    await put(resources.stations, {
      ...good('prod', sha('c'), '1.3.0'),
      spec: { ...station('prod').spec, entry: { approval: {} } },
      status: {
        ...good('prod', sha('c'), '1.3.0').status,
        history: [
          { ticket: 'main-5', uid: 'u5', time: at(50), change: 'guestbook 1.3.0', commits: commits('c') },
          { ticket: 'main-4', uid: 'u4', time: at(40), change: 'guestbook 1.2.0', commits: commits('b') },
        ],
      },
    });
  });

  test('approve names who the cluster says that we are, and the trees that the ticket shows; once', async () => {
    await putTicket(waiting());
    const { code, out } = await command(['approve', 'main-7']);
    expect([out, code]).toEqual(['main-7 is approved for prod by railyard\n', 0]);
    expect((await stored('main-7'))?.spec.approvals).toEqual([{ station: 'prod', digest: DIGEST, by: 'railyard' }]);
    const again = await command(['approve', 'ticket/main-7', '-o', 'name']);
    expect([again.out, again.err, again.code]).toEqual(['', 'railyard has approved main-7 for prod already\n', 0]);
  });

  test('at a terminal approve shows, asks, and takes nothing but a yes', async () => {
    await putTicket(waiting());
    const no = await command(['approve', 'main-7'], { answer: '' });
    expect([no.asked, no.code]).toEqual([['Approve main-7 as railyard? [y/N] '], 1]);
    expect((await stored('main-7'))?.spec.approvals).toBeUndefined();
    expect((await command(['approve', 'main-7'], { answer: 'y' })).code).toBe(0);
    expect((await stored('main-7'))?.spec.approvals).toHaveLength(1);
  });

  test('approve of other trees than were looked at, and of what waits for nothing, is refused in words', async () => {
    await putTicket(waiting());
    const other = await command(['approve', 'main-7', '--digest', `sha256:${'b'.repeat(64)}`]);
    expect([other.code, other.err]).toEqual([1, expect.stringContaining('would change something else at prod')]);
    await putTicket(ticket('main-8', { phase: 'Completed' }));
    const ended = await command(['approve', 'main-8']);
    expect([ended.code, ended.err]).toEqual([
      1,
      'k8sta: main-8 has ended: Completed. There is nothing left to approve\n',
    ]);
  });

  test('two people who write at once both get their word in', async () => {
    await putTicket(waiting());
    const words = await Promise.all([command(['approve', 'main-7']), command(['hold', 'main-7'])]);
    expect(words.map(({ code, err }) => [code, err])).toEqual([[0, ''], [0, '']]); // prettier-ignore
    expect((await stored('main-7'))?.spec).toMatchObject({ hold: true, approvals: [{ by: 'railyard' }] });
  });

  test('hold, resume and abort of tickets, stations and tracks', async () => {
    await putTicket(waiting());
    for (const [args, words] of [
      [['hold', 'main-7'], 'main-7 is held. It takes no further station; an arrival under way goes on'],
      [['resume', 'main-7'], 'main-7 is not held any more'],
      [
        ['hold', 'station/prod'],
        'station prod is held. No ticket but a rollback takes it; an arrival under way goes on',
      ],
      [['resume', 'st/prod'], 'station prod goes on, by the word of railyard'],
      [['resume', 'track/main'], 'track main is not held'],
      [['abort', 'main-7'], 'main-7 ends'],
    ] as const)
      expect(await command(args)).toMatchObject({ code: 0, out: `${words}\n` });
    expect((await stored('main-7'))?.spec).toMatchObject({ hold: false, abort: true });
  });

  test('retry and board print names that the next command takes', async () => {
    await putTicket(ticket('main-6', { phase: 'Failed' }));
    const retried = await command(['retry', 'main-6', '-o', 'name']);
    expect(retried.out).toBe('ticket.k8sta.io/main-6-retry\n');
    expect((await command(['retry', 'main-6'])).err).toBe('k8sta: main-6-retry tries main-6 again already\n');
    const { out, code } = await command(['board', 'main', '--image', 'guestbook=1.4.0', '-o', 'name']);
    expect([out, code]).toEqual([expect.stringMatching(/^ticket\.k8sta\.io\/main-[a-z0-9]{5}\n$/), 0]);
    const name = out.trim().split('/')[1] ?? '';
    expect((await stored(name))?.spec).toMatchObject({
      track: 'main',
      change: { images: [{ repoURL: 'ghcr.io/acme/guestbook', tag: '1.4.0' }] },
      origin: { person: 'railyard' },
    });
    expect((await command(['abort', out.trim()])).code).toBe(0);
  });

  test('rollback goes to what history lists', async () => {
    const listed = await command(['history', 'prod', '-o', 'name']);
    expect(listed.out).toBe('main-5\nmain-4\n');
    const { out } = await command(['rollback', 'prod', '--to', 'main-4', '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      spec: {
        rollback: {
          station: 'prod',
          to: { commits: [{ application: 'argocd/guestbook-prod-web', commit: sha('b') }] },
        },
      },
    });
    expect(await command(['rollback', 'prod', '--to', 'main-1'])).toMatchObject({
      code: 1,
      err: "k8sta: prod has no arrival of 'main-1' on record: it has main-5, main-4\n",
    });
  });

  test('get prints as kubectl does: tables, names, JSON, YAML', async () => {
    await putTicket(waiting());
    const { out } = await command(['get', 'tt', 'main-7', '-o', 'wide']);
    expect(out).toMatch(
      /^NAME +TRACK +PARENT +CHANGE +STATION +PHASE +WAITING +AGE +WORDS\nmain-7 +main .* prod +Standing +Approval +\d+s +waits for/,
    );
    expect((await command(['get', 'station/prod', '-o', 'name'])).out).toBe('station.k8sta.io/prod\n');
    const list = JSON.parse((await command(['get', 'stations', '-o', 'json'])).out) as {
      kind: string;
      items: unknown[];
    };
    expect([list.kind, list.items.length]).toEqual(['List', 2]);
    expect((await command(['get', 'track', 'main', '-o', 'yaml'])).out).toMatch(
      /^apiVersion: k8sta.io\/v1alpha1\nkind: Track\n/,
    );
    expect((await command(['tickets', '--station', 'prod', '-A'])).out).toMatch(
      /^NAMESPACE +NAME.*\n(.*\n)*guestbook +main-7 /,
    );
  });

  test('what is not there is said with what is', async () => {
    expect(await command(['describe', 'station/prdo'])).toMatchObject({
      code: 1,
      err: "k8sta: there is no station 'prdo' in namespace guestbook: there are prod, test. Choose another namespace with -n\n",
    });
    expect(await command(['get', 'pods'])).toMatchObject({
      code: 2,
      err: "k8sta: 'pods' is no kind of ours: say track, station or ticket\n",
    });
  });

  test('why, describe and status tell what is waited for, and what would end it', async () => {
    await putTicket(waiting());
    const why = await command(['why', 'main-7']);
    expect(why.out).toMatch(/waits for +Approval\n +why +waits for an approval of prod: it changes 2 files\n/);
    expect(why.out).toMatch(/next +k8sta approve main-7\n/);
    expect((await command(['describe', 'main-7'])).out).toContain(`digest  ${DIGEST}`);
    expect((await command(['describe', 'station', 'prod'])).out).toMatch(/images +guestbook 1\.3\.0\n/);
    expect((await command(['describe', 'track/main'])).out).toMatch(/choice +it has not looked yet\n/);
    const status = await command(['status']);
    expect(status.out).toMatch(/^guestbook\/main\n/);
    expect(status.out).toMatch(/main-7 .*standing before prod/);
    expect(status.err).toContain('without health and sync of the Applications in argocd');
  });

  test('control characters of a message reach no terminal', async () => {
    const hostile = waiting();
    await putTicket({
      ...hostile,
      status: { ...hostile.status, waiting: { reason: 'Approval', since: at(0), message: 'x\u001b[2Jy\u202ez' } },
    });
    for (const args of [['why', 'main-7'], ['describe', 'main-7'], ['status'], ['tickets', '-o', 'wide']])
      expect((await command(args)).out).not.toMatch(/[\u001b\u202e]/);
  });

  test('wait ends with 0 when it came so, 3 when it cannot any more, 4 when the time is up, 1 when it is gone', async () => {
    await putTicket(waiting());
    expect(await command(['wait', 'main-7', '--for', 'approval'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^main-7: Standing at prod, Approval/) as string,
    });
    expect(await command(['wait', 'main-7', '--timeout', '0.1'])).toMatchObject({
      code: 4,
      err: expect.stringMatching(/^after 0.1 s: main-7/) as string,
    });
    const tickets = cluster.objects(resources.tickets);
    const place = { name: 'main-7', namespace: NAMESPACE };
    const completed = command(['wait', 'main-7']);
    const departed = command(['wait', 'main-7', '--for', 'departed=test']);
    await tickets.merge(place, { status: { phase: 'Completed' } }, { subresource: 'status' });
    expect(await completed).toMatchObject({ code: 0, out: 'main-7: Completed at prod\n' });
    expect(await departed).toMatchObject({ code: 3, err: 'main-7: Completed at prod\n' });
    await putTicket(waiting());
    const gone = command(['wait', 'main-7']);
    await eventually('it watches', () => server.openWatches > 0);
    await tickets.delete(place);
    expect(await gone).toMatchObject({ code: 1, err: expect.stringContaining('main-7') as string });
    expect(await command(['wait', 'main-7', '--for', 'lunch'])).toMatchObject({ code: 2 });
  });

  test('a shell is told what may follow: tickets under way, kinds, options and their values', async () => {
    await putTicket(waiting());
    await putTicket(ticket('main-3', { phase: 'Failed' }));
    const complete = async (...words: string[]): Promise<string[]> => {
      const place = ['--kubeconfig', join(folder, 'kubeconfig')];
      const terminal = testTerminal({ cwd: folder });
      await runProgram(['__complete', words[0] ?? '', ...(words.length > 1 ? place : []), ...words.slice(1)], terminal);
      const lines = terminal.written.out.trim().split('\n');
      return lines.map((line) => line.split('\t')[0] ?? '').sort();
    };
    expect(await complete('ro')).toEqual(['rollback']);
    // Tickets that were boarded by hand here have names of chance.
    const numbered = (names: string[]): string[] => names.filter((name) => /^main-\d$/.test(name));
    expect(numbered(await complete('approve', 'main-7'))).toEqual(['main-7']);
    expect(numbered(await complete('approve', 'main-3'))).toEqual([]);
    expect(await complete('retry', 'main-3')).toEqual(['main-3']);
    expect(await complete('hold', 'st')).toEqual(['station/prod', 'station/test']);
    expect(await complete('get', '')).toEqual(['stations', 'tickets', 'tracks']);
    expect(await complete('get', 'stations', 'p')).toEqual(['prod']);
    expect(await complete('get', 'stations', '-o', '')).toEqual(['json', 'name', 'wide', 'yaml']);
    expect(await complete('approve', '--d')).toEqual(['--digest']);
    const terminal = testTerminal();
    await runProgram(['__complete', '--for-kubectl', 'ticke'], terminal);
    expect(terminal.written.out).toBe('tickets\tlist the tickets that are under way\n:4\n');
  });

  test('doctor says what is there, and what is not with its fix', async () => {
    const { out, code } = await command(['doctor']);
    expect(out).toMatch(/✓ cluster +v\S+ at http:.*, context here, namespace guestbook\n/);
    expect(out).toMatch(/✓ you +railyard\n/);
    expect(out).toMatch(/✕ definitions +.*applications\.argoproj\.io.* is not served: install Argo CD/);
    expect(out).toMatch(
      /· runtime +no runtime has ever led in namespace k8sta-system\n +install it with k8sta manifests/,
    );
    expect(code).toBe(1);
  });

  test('watch prints a line for each change until it is told to end', async () => {
    await putTicket(waiting());
    const terminal = testTerminal({ cwd: folder });
    const end = runProgram(['get', 'tickets', '-w', '--kubeconfig', join(folder, 'kubeconfig')], terminal);
    await eventually('the table is there', () => terminal.written.out.includes('main-7'));
    const place = { name: 'main-7', namespace: NAMESPACE };
    await cluster.objects(resources.tickets).merge(place, { status: { phase: 'Aborted' } }, { subresource: 'status' });
    await eventually('the change is there', () => /main-7 .*Aborted/.test(terminal.written.out));
    terminal.interrupt();
    expect(await end).toBe(0);
  });
});

test('a cluster that does not answer is named, and ends with 1', async () => {
  const kubeconfig = kubeconfigFor('http://127.0.0.1:1', 'nobody');
  const { code, err } = await command(['status'], { kubeconfig });
  expect([code, err]).toEqual([1, expect.stringContaining('http://127.0.0.1:1')]);
});
