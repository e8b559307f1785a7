import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Repository } from './repository';

const FILES = {
  'lib/index.ts': `export const words = ['stand', 'clear'] as const;\n`,
  'testing/index.ts': `export { words } from '../lib';\n`,
  'imports/argoproj.io.ts': 'export enum Mode { On }\n',
  'imports/argocd-crds/application-crd.yaml': 'kind: CustomResourceDefinition\n',
  'runtime/cli/main.ts': [
    `import { Command } from 'commander';`,
    `import { words } from '../../lib';`,
    `const later: Promise<object> = import('chalk');`,
    `export {};`,
    `void later.then((module) => console.log(typeof Command, words.join(' '), 'default' in module));`,
    '',
  ].join('\n'),
  'runtime/render/worker.cjs': 'module.exports = 1;\n',
  'runtime/render/page.html': '<p>\n',
  'runtime/render/notes.md': 'for people\n',
  'runtime/render/shim/main.cjs': 'not shipped\n',
};

let repository: Repository;
beforeEach(() => {
  repository = new Repository(FILES).borrowPackages();
});
afterEach(() => repository.remove());

const there = (file: string) => existsSync(join(repository.folder, file));
const build = (...args: string[]) => repository.node(['scripts/build.cjs', ...args]);
const BUILT = 'dist/lib/index.js';

test('what is built runs: packages that are ES modules, import(), the command of the package', () => {
  expect(build('--javascript')).toEqual({ code: 0, output: '' });
  expect(repository.node(['dist/runtime/cli/main.js'])).toEqual({ code: 0, output: 'function stand clear true\n' });
  expect(repository.read('dist/runtime/cli/main.js')).toMatch(/^#!\/usr\/bin\/env node\n/);
  expect(repository.read('dist/runtime/cli/main.js')).toContain("import('chalk')");
  expect(repository.mode('dist/runtime/cli/main.js')).toBe(0o755);
});

test('files that the sources read are shipped beside them, others are not', () => {
  build('--javascript');
  expect(there('dist/runtime/render/worker.cjs')).toBe(true);
  expect(there('dist/runtime/render/page.html')).toBe(true);
  expect(there('dist/imports/argocd-crds/application-crd.yaml')).toBe(true);
  expect(there('dist/runtime/render/notes.md')).toBe(false);
  expect(there('dist/runtime/render/shim')).toBe(false);
});

test('an error points to the line of the source', () => {
  repository.write('runtime/cli/main.ts', `interface Gone { readonly a: string }\n\nthrow new Error('here');\n`);
  build('--javascript');
  const { output } = repository.node(['--enable-source-maps', 'dist/runtime/cli/main.js']);
  expect(output).toMatch(/runtime\/cli\/main\.ts:3/);
});

test('nothing is built again while nothing has changed', () => {
  build('--javascript');
  rmSync(join(repository.folder, BUILT));
  build('--javascript');
  expect(there(BUILT)).toBe(false);
});

test('what changes is built again, and what is gone is removed', () => {
  build('--javascript');
  repository.write('lib/index.ts', `export const words = ['mind', 'the gap'] as const;\n`);
  rmSync(join(repository.folder, 'testing/index.ts'));
  expect(build('--javascript').code).toBe(0);
  expect(repository.read(BUILT)).toContain('the gap');
  expect(there('dist/testing/index.js')).toBe(false);
});

test('a whole build brings declarations, and keeps them at the next', () => {
  expect(build()).toEqual({ code: 0, output: '' });
  expect(repository.read('dist/lib/index.d.ts')).toContain('export declare const words: readonly ["stand", "clear"]');
  repository.write('runtime/render/page.html', '<b>\n');
  build('--javascript');
  expect(there('dist/lib/index.d.ts')).toBe(true);
});

test('sources that are no TypeScript fail the build', () => {
  repository.write('lib/index.ts', 'export const = 1;\n');
  const { code, output } = build('--javascript');
  expect(code).toBe(1);
  expect(output).toContain('lib/index.ts');
});

test('wrong types fail the whole build, with their place', () => {
  repository.write('lib/index.ts', `export const words: readonly number[] = ['a'];\n`);
  const { code, output } = build();
  expect(code).toBe(1);
  expect(output).toContain('lib/index.ts(1,');
});
