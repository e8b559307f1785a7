import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Yaml } from 'cdk8s';
import { parseStation, parseTrack } from '../../lib/api/validation';
import { problemsOf } from '../../lib/synth-check';
import { manifests, stderrOf, type Manifest } from '../lib/manifests';
import { k8sta } from '../runtime/cli/terminal';
import { EXAMPLES } from './networks';

const ROOT = resolve(__dirname, '../..');

/** Synthesises without the lines that go to stderr. */
function synth(name: string): readonly Manifest[] {
  const chart = EXAMPLES[name]?.();
  if (chart === undefined) throw new Error(`there is no example ${name}`);
  let objects: readonly Manifest[] = [];
  stderrOf(() => (objects = manifests(chart)));
  return objects;
}

/** Runs an example's `main.ts` as a fresh process would, and spares the process. */
function main(name: string, outdir: string): void {
  const file = join(ROOT, 'examples', name, 'main.ts');
  const before = process.env.CDK8S_OUTDIR;
  process.env.CDK8S_OUTDIR = outdir;
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a program, and to be run now
    require(file);
  } finally {
    delete require.cache[file];
    if (before === undefined) delete process.env.CDK8S_OUTDIR;
    else process.env.CDK8S_OUTDIR = before;
  }
}

describe.each(Object.keys(EXAMPLES))('%s', (name) => {
  test('synthesises to what is known', () => {
    expect(Yaml.stringify(...synth(name))).toMatchSnapshot();
  });

  test('gives the same bytes each time', () => {
    expect(Yaml.stringify(...synth(name))).toBe(Yaml.stringify(...synth(name)));
  });

  test('has no problems', () => {
    const chart = EXAMPLES[name]?.();
    expect(chart === undefined ? undefined : problemsOf(chart)).toEqual([]);
  });

  test('emits what the API server takes', () => {
    for (const object of synth(name)) {
      const stored = { ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: '1' } };
      const parse = { Track: parseTrack, Station: parseStation }[object.kind];
      const parsed = parse?.(stored);
      expect(parsed === undefined || 'resource' in parsed ? [] : parsed.problems).toEqual([]);
    }
  });

  test('runs as a program, and `k8sta check` finds no error in what it writes', async () => {
    const outdir = mkdtempSync(join(tmpdir(), 'example-'));
    try {
      stderrOf(() => main(name, outdir));
      const [file = '', ...others] = readdirSync(outdir);
      expect(others).toEqual([]);
      expect(readFileSync(join(outdir, file), 'utf8')).toBe(Yaml.stringify(...synth(name)));
      const { code, out } = await k8sta(['check', outdir]);
      expect(out).toContain(': 0 errors, ');
      expect(code).toBe(0);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });

  test('is synthesised by a line that works in a clone', () => {
    const lines = readFileSync(join(ROOT, 'examples', name, 'cdk8s.yaml'), 'utf8');
    expect(lines).toBe('language: typescript\napp: node -r ../../scripts/typescript.cjs main.ts\n');
  });
});

test('that line works', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'example-'));
  try {
    const run = spawnSync(process.execPath, ['-r', '../../scripts/typescript.cjs', 'main.ts'], {
      cwd: join(ROOT, 'examples/gates'),
      env: { ...process.env, CDK8S_OUTDIR: outdir },
      encoding: 'utf8',
    });
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
    expect(readdirSync(outdir)).toEqual(['gates.k8s.yaml']);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

test('no example is left out', () => {
  const folders = readdirSync(join(ROOT, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(Object.keys(EXAMPLES).sort()).toEqual(folders.map((entry) => entry.name).sort());
});
