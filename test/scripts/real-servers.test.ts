import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { eventually } from '../waiting';
import { Repository } from './repository';

/** Stands in for the go command: builds a program of one line when `go` is there, and keeps count. */
const GO = `#!${process.execPath}
const fs = require('node:fs');
const path = require('node:path');
const args = process.argv.slice(2);
const room = path.resolve(__dirname, '..');
const offline = path.join(room, 'offline');
if (fs.existsSync(offline)) { fs.rmSync(offline); console.error('dial tcp: no route to host'); process.exit(1); }
if (args[0] === 'list') { console.log(path.join(room, 'module')); process.exit(0); }
fs.appendFileSync(path.join(room, 'builds'), args.at(-1) + '\\n');
if (!fs.existsSync('go.mod')) throw new Error('no module here');
while (!fs.existsSync(path.join(room, 'go'))) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
if (fs.existsSync(path.join(room, 'broken'))) { console.error('main.go:1: no'); process.exit(1); }
fs.writeFileSync(args[args.indexOf('-o') + 1], 'a program');
`;

const ETCD = 'go.etcd.io/etcd/server/v3';

let repository: Repository;
beforeEach(() => {
  repository = new Repository({
    go: '',
    'bin/go': GO,
    'module/manifests/crds/a-crd.yaml': 'kind: A\n',
    'test/real/servers/etcd/go.mod': 'module etcd\n',
    'test/real/servers/argo/go.mod': 'module argo\n',
  });
  chmodSync(join(repository.folder, 'bin', 'go'), 0o755);
});
afterEach(() => repository.remove());

const env = (): NodeJS.ProcessEnv => ({
  XDG_CACHE_HOME: join(repository.folder, 'cache'),
  PATH: [join(repository.folder, 'bin'), process.env['PATH'] ?? ''].join(delimiter),
});
const build = (...names: string[]) => repository.node(['scripts/real-servers.cjs', ...names], env());
const begin = (...names: string[]) => repository.start(['scripts/real-servers.cjs', ...names], env());
const cached = (): string[] => {
  const folder = join(repository.folder, 'cache', 'k8sta', 'servers');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
};
const erase = (file: string): void => rmSync(join(repository.folder, file));
const builds = () => (existsSync(join(repository.folder, 'builds')) ? repository.read('builds') : '');

test('a server is built once, and again when its pins change', () => {
  expect(build('etcd')).toMatchObject({
    code: 0,
    output: expect.stringContaining('etcd (1 of 1): built in') as string,
  });
  expect(build('etcd')).toEqual({ code: 0, output: '' });
  expect(cached()).toEqual([expect.stringMatching(/^etcd-[0-9a-f]{16}$/)]);
  repository.write('test/real/servers/etcd/go.sum', 'other sums');
  build('etcd');
  expect(builds()).toBe(`${ETCD}\n${ETCD}\n`);
  expect(cached()).toHaveLength(2);
});

test('what a server needs beside its program is taken from its module', () => {
  expect(build('rollouts').code).toBe(0);
  const folder = join('cache', 'k8sta', 'servers', cached()[0] ?? '');
  expect(readdirSync(join(repository.folder, folder)).sort()).toEqual(['manifests', 'rollouts-controller']);
  expect(repository.read(join(folder, 'manifests/crds/a-crd.yaml'))).toBe('kind: A\n');
});

test('a download that fails is tried again', () => {
  repository.write('offline', '');
  const { code, output } = build('etcd');
  expect(code).toBe(0);
  expect(output).toMatch(/etcd: trying again in 1 s: go list ended with exit code 1\n.*no route to host/);
  expect(cached()).toHaveLength(1);
});

test('two that start at once build once', async () => {
  erase('go');
  const first = begin('etcd');
  await eventually('the first builds', () => builds() !== '');
  const second = begin('etcd');
  await eventually('the second waits', () => second.output.includes('another process builds it'));
  repository.write('go', '');
  expect([(await first.ended).code, (await second.ended).code]).toEqual([0, 0]);
  expect(builds()).toBe(`${ETCD}\n`);
});

test('a build that is interrupted or fails leaves nothing, and the next one succeeds', async () => {
  erase('go');
  const stopped = begin('etcd');
  await eventually('it builds', () => builds() !== '');
  stopped.signal('SIGTERM');
  expect((await stopped.ended).code).toBe(143);
  expect(cached()).toEqual([]);
  repository.write('go', '');
  repository.write('broken', '');
  expect(build('etcd')).toMatchObject({ code: 1, output: expect.stringContaining('main.go:1: no') as string });
  expect(cached()).toEqual([]);
  erase('broken');
  expect(build('etcd').code).toBe(0);
});

test('a server that nobody knows is named, with those that there are', () => {
  expect(build('etcetera')).toMatchObject({
    code: 1,
    output: expect.stringContaining("no server 'etcetera'") as string,
  });
});
