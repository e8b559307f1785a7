import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { simulate } from 'k8sta/testing';
import { k8sta } from './terminal';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-init-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = (path: string) => readFileSync(join(folder, path), 'utf8');
const dependencies = (project: string) =>
  (JSON.parse(text(join(project, 'package.json'))) as { dependencies: Record<string, string> }).dependencies;

test('it begins a project in a folder that it makes, and says what to do next', async () => {
  const { code, out, err } = await k8sta(['init', 'shop'], folder);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('created  shop/network.ts');
  expect(out).toContain('Next, after cd shop:\n  npm install');
  expect(readdirSync(join(folder, 'shop')).sort()).toEqual([
    '.gitignore',
    'README.md',
    'cdk8s.yaml',
    'main.ts',
    'network.test.ts',
    'network.ts',
    'package.json',
    'tsconfig.json',
  ]);
  expect(dependencies('shop')).toEqual({ cdk8s: '^2.68.0', constructs: '^10.3.0', k8sta: '^0.1.0' });
});

test('the network that it writes can be ridden', async () => {
  const args = ['--image', 'ghcr.io/acme/store', '--repository', 'https://git.example.com/store.git'];
  await k8sta(['init', 'shop', ...args], folder);
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it has been written this moment
  const module: unknown = require(join(folder, 'shop/network.ts'));
  const { Network } = module as { readonly Network: new (scope: Construct, id: string) => Chart };
  const network = () => simulate(new Network(Testing.app(), 'shop'));
  expect(await network().image('ghcr.io/acme/store:1.2.3').run()).toWaitAt('prod', 'Approval');
  expect(await network().push('https://git.example.com/store.git', 'base/a.yaml').run()).toVisit('test', 'stage');
});

test('what is there is not overwritten, and then nothing else is written either', async () => {
  mkdirSync(join(folder, 'shop'));
  writeFileSync(join(folder, 'shop/network.ts'), 'mine');
  const { code, out, err } = await k8sta(['init', 'shop'], folder);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toContain('shop has network.ts already, and nothing is overwritten: name another folder');
  expect(readdirSync(join(folder, 'shop'))).toEqual(['network.ts']);
  expect(text('shop/network.ts')).toBe('mine');
});

test('in a fresh clone its README stays', async () => {
  writeFileSync(join(folder, 'README.md'), 'mine');
  const { code, out } = await k8sta(['init', '--name', 'shop'], folder);
  expect(code).toBe(0);
  expect(out).toContain('kept     README.md');
  expect(text('README.md')).toBe('mine');
  expect(text('main.ts')).toContain("new Network(app, 'shop')");
});

test('a packed file is found from the project', async () => {
  writeFileSync(join(folder, 'k8sta-0.1.0.tgz'), '');
  await k8sta(['init', 'teams/shop', '--package', 'k8sta-0.1.0.tgz'], folder);
  expect(dependencies('teams/shop').k8sta).toBe('file:../../k8sta-0.1.0.tgz');
  expect(existsSync(resolve(folder, 'teams/shop', '../../k8sta-0.1.0.tgz'))).toBe(true);
});

test.each([
  [['--name', 'My Shop'], "--name 'My Shop' is not a DNS label"],
  [['--image', 'ghcr.io/acme/shop:1.0'], '--image ghcr.io/acme/shop:1.0 cannot be used: leave out the version'],
  [['--image', 'ghcr.io/A B'], '--image ghcr.io/A B cannot be used'],
  [['--repository', 'shop'], '--repository shop cannot be used'],
  [['--package', './nowhere.tgz'], '--package ./nowhere.tgz is not there: npm pack makes it'],
])('%j is refused, and nothing is written', async (args, words) => {
  const { code, err } = await k8sta(['init', 'shop', ...args], folder);
  expect(err).toContain(words);
  expect(code).toBe(2);
  expect(readdirSync(folder)).toEqual([]);
});
