import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Yaml } from 'cdk8s';
import { parseStation, parseTrack } from '../../lib/api/validation';
import { problemsOf } from '../../lib/synth-check';
import { manifests, stderrOf, type Manifest } from '../lib/manifests';
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

  test('runs as a program, in its own folder', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'example-'));
    try {
      const run = spawnSync(process.execPath, ['-r', '../../scripts/typescript.cjs', 'main.ts'], {
        cwd: join(ROOT, 'examples', name),
        env: { ...process.env, CDK8S_OUTDIR: outdir },
        encoding: 'utf8',
      });
      expect({ status: run.status, stderr: run.stderr.replace(/^consent: .*\n/gm, '') }).toEqual({
        status: 0,
        stderr: '',
      });
      const [file = '', ...others] = readdirSync(outdir);
      expect(others).toEqual([]);
      expect(readFileSync(join(outdir, file), 'utf8')).toBe(Yaml.stringify(...synth(name)));
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });
});
