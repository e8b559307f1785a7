import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../waiting';
import { Repository } from './repository';

/** Stands in for npm: does to node_modules what `npm ci` does, when `go` is there, and keeps count. */
const NPM = `
const fs = require('node:fs');
fs.appendFileSync('calls', process.argv.slice(2, 3).join() + '\\n');
while (!fs.existsSync('go')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
if (fs.existsSync('no-network')) { console.error('npm error network'); process.exit(1); }
fs.rmSync('node_modules', { recursive: true, force: true });
fs.mkdirSync('node_modules/.bin', { recursive: true });
fs.writeFileSync('node_modules/.bin/node', '');
const { packages } = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));
`;

const lock = (version: string): string =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version: '1.0.0', optional: true } },
  });

let repository: Repository;
beforeEach(() => {
  repository = new Repository({ 'npm.cjs': NPM, 'package-lock.json': lock('1.0.0'), go: '' });
});
afterEach(() => repository.remove());

const env = (): NodeJS.ProcessEnv => ({ npm_execpath: join(repository.folder, 'npm.cjs') });
const ensure = () => repository.node(['scripts/ensure.cjs'], env());
const calls = () => (existsSync(join(repository.folder, 'calls')) ? repository.read('calls') : '');

/** What a developer's own `npm install` leaves behind. */
const install = (packages: object) => repository.write('node_modules/.package-lock.json', JSON.stringify({ packages }));

test('a fresh clone is installed from the lock file, once', () => {
  expect(ensure().code).toBe(0);
  expect(ensure()).toEqual({ code: 0, output: '' });
  expect(calls()).toBe('ci\n');
});

test('a changed lock file is installed', () => {
  ensure();
  repository.write('package-lock.json', lock('2.0.0'));
  ensure();
  ensure();
  expect(calls()).toBe('ci\nci\n');
});

test('an installation that was cut short is done again', () => {
  ensure();
  rmSync(join(repository.folder, 'node_modules/.package-lock.json'));
  ensure();
  expect(calls()).toBe('ci\nci\n');
});

test('packages of another platform are installed anew', () => {
  ensure();
  repository.write('node_modules/.k8sta-platform', 'plan9 mips');
  ensure();
  expect(calls()).toBe('ci\nci\n');
});

test("what a developer's own npm install brought is left alone", () => {
  repository.write('node_modules/.bin/node', '');
  install({ 'node_modules/a': { version: '1.0.0' } });
  expect(ensure()).toEqual({ code: 0, output: '' });
  expect(calls()).toBe('');
});

test('a package of the lock file that is missing is installed', () => {
  repository.write('node_modules/.bin/node', '');
  install({ 'node_modules/b': { version: '1.0.0' } });
  ensure();
  expect(calls()).toBe('ci\n');
});

test('a failed installation ends with a reason, and is tried again', () => {
  repository.write('no-network', '');
  const { code, output } = ensure();
  expect(code).toBe(1);
  expect(output).toContain('npm error network');
  expect(output).toContain('k8sta: the installation failed: npm ci ended with exit code 1.');
  rmSync(join(repository.folder, 'no-network'));
  expect(ensure().code).toBe(0);
});

const WAITS = 'k8sta: another start installs the dependencies, waiting for it\n';

test('two starts at once install once, and both go on only when it is finished', async () => {
  rmSync(join(repository.folder, 'go'));
  const one = repository.start(['scripts/ensure.cjs'], env());
  await eventually('the first installs', () => calls() === 'ci\n');
  const two = repository.start(['scripts/ensure.cjs'], env());
  await eventually('the second waits', () => two.output === WAITS);
  repository.write('go', '');
  expect((await one.ended).code).toBe(0);
  expect(await two.ended).toEqual({ code: 0, output: WAITS });
  expect(calls()).toBe('ci\n');
});

test('the claim of a start that was killed holds nobody up', async () => {
  const dead = repository.start(['-e', '']);
  await dead.ended;
  repository.write('.k8sta-installing', String(dead.pid));
  expect(ensure().code).toBe(0);
  expect(existsSync(join(repository.folder, '.k8sta-installing'))).toBe(false);
});
