import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const root = resolve(__dirname, '../..');
const register = join(root, 'scripts/typescript.cjs');

let room = '';
beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), 'k8sta-typescript-'));
});
afterEach(() => rmSync(room, { recursive: true, force: true }));

function run(source: string): { status: number | null; output: string } {
  writeFileSync(join(room, 'main.ts'), source);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', register, 'main.ts'], {
    cwd: room,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

test('TypeScript runs from any folder, and k8sta is the sources', () => {
  const { status, output } = run(`
    import { Station } from 'k8sta';
    import { GROUP, type Phase } from 'k8sta/api';
    enum Colour { Red = 'red' }
    const phase: Phase = 'Standing';
    console.log(Station.name, GROUP, phase, Colour.Red, require.resolve('k8sta'));
  `);
  expect({ status, output }).toEqual({
    status: 0,
    output: `Station k8sta.io Standing red ${join(root, 'lib/index.ts')}\n`,
  });
});

test('an error points to the line of the source', () => {
  const { status, output } = run(`interface Gone {\n  a: string;\n}\n\nthrow new Error('here');\n`);
  expect(status).toBe(1);
  expect(output).toMatch(/main\.ts:5/);
});

test('every entry of the package is known under the same name to Node, the compiler, jest and the readers of types', () => {
  const json = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const { exports, typesVersions } = json('package.json') as {
    exports: Record<string, { types: string; default: string } | string>;
    typesVersions: { '*': Record<string, string[]> };
  };
  const { paths } = (json('tsconfig.json') as { compilerOptions: { paths: Record<string, string[]> } }).compilerOptions;
  for (const [name, [source = '']] of Object.entries(paths)) {
    const built = source.replace('./', './dist/').replace(/\.ts$/, '');
    expect(exports[name.replace('k8sta', '.')]).toEqual({ types: `${built}.d.ts`, default: `${built}.js` });
    if (name !== 'k8sta') {
      expect(typesVersions['*'][name.replace('k8sta/', '')]).toEqual([`${built.replace('./', '')}.d.ts`]);
    }
    const { output } = run(`console.log(require.resolve('${name}'));`);
    expect(output).toBe(`${join(root, source)}\n`);
  }
  expect(new Set(Object.keys(exports))).toEqual(
    new Set([...Object.keys(paths).map((name) => name.replace('k8sta', '.')), './package.json']),
  );
});

test('cdk8s synth in the root compiles all examples without a build', () => {
  const { app } = parse(readFileSync(join(root, 'cdk8s.yaml'), 'utf8')) as { app: string };
  const outdir = join(room, 'synth');
  const { status, stderr } = spawnSync(app, {
    cwd: root,
    shell: true,
    encoding: 'utf8',
    env: { ...process.env, CDK8S_OUTDIR: outdir },
  });
  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  expect(readFileSync(join(outdir, 'guestbook.k8s.yaml'), 'utf8')).toContain('kind: Track');
});
