/** The package as a team installs it. Runs on whatever Node the machine has: 20 is the oldest that the language supports. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from './project';

const MINUTE = 60_000;

const project = new Project();
beforeAll(() => project.install(), 6 * MINUTE);
afterAll(() => project.remove());

const packaged = (file: string): string => join(project.folder, 'node_modules/k8sta', file);

/** Packages, and rooms of ours, that an import loads. */
function loaded(name: string): Set<string> {
  return new Set(
    project.loadedBy(name).map((file) => {
      const [, inside] = /node_modules\/k8sta\/dist\/(.*)\//.exec(file) ?? [];
      if (inside !== undefined) return inside;
      return /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file;
    }),
  );
}

test("the samples compile under the template's own options", () => {
  // All declarations are checked but those that the compiler brings. Of the global ones the project's own: those of Babel,
  // which come with jest, alone take as long as everything else.
  project.run('tsc --types jest,node --skipDefaultLibCheck');
});

test(
  'the unit test of the samples passes under jest 29',
  () => {
    expect(project.versionOf('jest')).toMatch(/^29\./);
    // The compiler has checked the types: here and in the next test it only takes them away.
    const globals = JSON.stringify({ 'ts-jest': { isolatedModules: true } });
    expect(project.run(`jest --ci --globals '${globals}' 2>&1`)).toContain('1 passed, 1 total');
  },
  MINUTE,
);

test('cdk8s synth runs the samples under ts-node and writes the networks', () => {
  expect(project.run('TS_NODE_TRANSPILE_ONLY=true cdk8s synth 2>&1')).toContain('wrote k8sta.io/v1alpha1\n');
  const written = readdirSync(join(project.folder, 'dist')).filter((file) => file.endsWith('.yaml'));
  expect(written.sort()).toEqual([
    'guestbook.k8s.yaml',
    'install.k8s.yaml',
    'monorepo.k8s.yaml',
    'regions.k8s.yaml',
    'shop.k8s.yaml',
  ]);
  const [guestbook, monorepo] = ['guestbook', 'monorepo'].map((name) =>
    readFileSync(join(project.folder, 'dist', `${name}.k8s.yaml`), 'utf8'),
  );
  expect(guestbook).toContain('name: guestbook-prod-web');
  expect(monorepo).toContain('name: mono-api-test-app');
});

test('importing the constructs loads no runtime, no client and no cdk8s-plus', () => {
  const rooms = loaded('k8sta');
  expect(rooms).toContain('lib');
  for (const room of rooms)
    expect(room).not.toMatch(/^(runtime|testing|cdk8s-plus|@kubernetes|simple-git|fastify|pino)/);
});

test('importing the resource model loads neither constructs nor cdk8s', () => {
  const rooms = loaded('k8sta/api');
  expect(rooms).toContain('lib/api');
  for (const room of rooms) expect(room).not.toMatch(/^(runtime|testing|lib$|cdk8s|constructs|yaml$)/);
});

test('importing the simulation loads decisions and what people say, and nothing else of the runtime', () => {
  const rooms = loaded('k8sta/testing');
  expect(rooms).toContain('testing');
  for (const room of rooms)
    expect(room).not.toMatch(/^(runtime\/(?!journey|verbs)|runtime$|cdk8s-plus|@kubernetes|simple-git|fastify|pino)/);
});

test('importing the installer loads no runtime', () => {
  const rooms = loaded('k8sta/install');
  expect(rooms).toContain('cdk8s-plus-33');
  for (const room of rooms) expect(room).not.toMatch(/^(runtime|testing|@kubernetes|simple-git|fastify|pino)/);
});

test('the command is there, and runs or says which Node it needs', () => {
  expect(statSync(packaged('dist/runtime/cli/main.js')).mode & 0o111).toBe(0o111);
  expect(project.run('k8sta --version')).toBe('0.1.0\n');
});

test('the package carries what it needs and nothing of its workshop', () => {
  const files = readdirSync(packaged('.'), { recursive: true, encoding: 'utf8' });
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'dist/lib/index.d.ts', 'dist/runtime/cli/main.js']));
  expect(
    files.filter((file) => /(^|\/)(test|bench|examples|scripts)(\/|$)|\.test\.|(?<!\.d)\.ts$|\.(go|map)$/.test(file)),
  ).toEqual([]);
});
