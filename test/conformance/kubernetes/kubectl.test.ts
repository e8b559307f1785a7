import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../waiting';
import { Server, train, type Space } from './server';

/** What a person sees who works with a stock kubectl. */
let server: Server;
let space: Space;
let folder: string;

beforeAll(async () => {
  server = await Server.open();
  space = await server.space();
  folder = await mkdtemp(join(tmpdir(), 'k8sta-kubectl-'));
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig);
}, 60_000);
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

interface Session {
  out: string;
  readonly ended: Promise<number | null>;
  stop(): void;
}

function start(words: readonly string[], env: Record<string, string> = {}): Session {
  const args = ['--cache-dir', join(folder, 'cache'), '--namespace', space.name, ...words];
  const child = spawn('kubectl', args, {
    env: { ...process.env, KUBECONFIG: join(folder, 'kubeconfig'), TMPDIR: folder, ...env },
  });
  const session: Session = {
    out: '',
    stop: () => void child.kill(),
    ended: new Promise((resolve, reject) => {
      child.once('error', () => reject(new Error('There is no kubectl on the PATH: install kubectl 1.32 or newer.')));
      child.once('close', resolve);
    }),
  };
  const hear = (chunk: Buffer): void => void (session.out += chunk.toString());
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return session;
}

/** What it printed, without what differs from run to run, and how it ended. */
async function run(words: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const session = start(words, env);
  const code = await session.ended;
  return `${clean(session.out)}[${code}]`;
}

const clean = (out: string): string =>
  space.normaliser
    .words(out)
    .replaceAll(folder, '<folder>')
    .replace(/^(\s*resourceVersion: ?).*$/gim, '$1<version>')
    .replace(/^(\s*Resource Version: +).*$/gim, '$1<version>')
    .replace(/<uid \d+>/g, '<uid>')
    // Columns are as wide as what stands in them.
    .replace(/\b\d+m?s( *)$/gm, '<age>')
    .replace(/ +$/gm, '');

const file = async (name: string, object: object): Promise<string> => {
  await writeFile(join(folder, name), JSON.stringify(object));
  return join(folder, name);
};

test('apply, get, describe, edit, patch, wait and delete print the same everywhere', async () => {
  const path = await file('a.json', train('a', { line: 'red' }, { labels: { team: 'shop' } }));
  const said: Record<string, string> = {};
  const say = async (what: string, ...words: string[]): Promise<void> => {
    said[what] = await run(words);
  };
  await say('apply', 'apply', '-f', path);
  await say('apply again', 'apply', '-f', path);
  await file('a.json', train('a', { line: 'red', speed: 100 }, { labels: { team: 'shop' } }));
  await say('diff', 'diff', '-f', path);
  said['diff'] = said['diff']?.replace(/^(---|\+\+\+|diff) .*$/gm, '$1') ?? '';
  await say('apply a change', 'apply', '-f', path);
  await say('get', 'get', 'trains');
  await say('get wide', 'get', 'trn', '-o', 'wide');
  await say('get yaml', 'get', 'train', 'a', '-o', 'yaml', '--show-managed-fields=false');
  await say('get by category', 'get', 'rail');
  await say('get nothing', 'get', 'trains', '-l', 'team=nobody');
  await say('get nobody', 'get', 'train', 'nobody');
  await say('describe', 'describe', 'train', 'a');
  await say('explain', 'explain', 'trains.spec.line');
  await say('label', 'label', 'train', 'a', 'colour=red');
  await say('annotate', 'annotate', 'train', 'a', 'rail.example.com/owner=Ada');
  await say('patch', 'patch', 'train', 'a', '--type', 'merge', '-p', '{"spec":{"speed":50}}');
  await say('patch without effect', 'patch', 'train', 'a', '--type', 'merge', '-p', '{"spec":{"speed":50}}');
  await say('patch strategically', 'patch', 'train', 'a', '-p', '{"spec":{"speed":50}}');
  await say(
    'patch the status',
    'patch',
    'train',
    'a',
    '--subresource=status',
    '--type',
    'merge',
    '-p',
    '{"status":{"phase":"Riding"}}',
  );
  await say('patch against the rules', 'patch', 'train', 'a', '--type', 'merge', '-p', '{"spec":{"line":"blue"}}');
  said['edit'] = await run(['edit', 'train', 'a'], { KUBE_EDITOR: 'sed -i s/speed:.50/speed:\\ 60/' });
  said['edit without a change'] = await run(['edit', 'train', 'a'], { KUBE_EDITOR: 'true' });
  await say('wait', 'wait', 'train/a', '--for=jsonpath={.spec.speed}=60', '--timeout=5s');
  await say('apply what is wrong', 'apply', '-f', await file('odd.json', train('odd', { line: 'red', colour: 'x' })));
  await say('apply what is invalid', 'apply', '-f', await file('bad.json', train('bad', { line: 'RED' })));
  await say('apply on the server', 'apply', '--server-side', '--force-conflicts', '-f', path);
  await say('create', 'create', 'configmap', 'settings', '--from-literal=a=b');
  await say('create again', 'create', 'configmap', 'settings', '--from-literal=a=b');
  await say('get secrets', 'get', 'secrets');
  await say('delete', 'delete', 'train', 'a');
  await say('delete again', 'delete', 'train', 'a');
  expect(said).toMatchSnapshot();
}, 120_000);

test('watching shows each change, and waiting ends with the condition', async () => {
  await space.train('b');
  const watching = start(['get', 'trains', '-w']);
  await eventually('the watch shows what is there', () => watching.out.includes('\nb '), 20_000);
  const waiting = start(['wait', 'train/b', '--for=condition=Ready', '--timeout=20s']);
  await space.raw('PATCH', 'trains/b', { spec: { speed: 5 } }, { 'content-type': 'application/merge-patch+json' });
  const status = { conditions: [{ type: 'Ready', status: 'True' }] };
  await space.raw('PATCH', 'trains/b/status', { status }, { 'content-type': 'application/merge-patch+json' });
  expect(await waiting.ended).toBe(0);
  await eventually('the watch shows two changes', () => watching.out.trim().split('\n').length >= 4, 20_000);
  expect([clean(watching.out), clean(waiting.out)]).toMatchSnapshot();
  const deleted = start(['wait', 'train/b', '--for=delete', '--timeout=20s']);
  await space.raw('DELETE', 'trains/b');
  expect(await deleted.ended).toBe(0);
  watching.stop();
  await watching.ended;
}, 60_000);
