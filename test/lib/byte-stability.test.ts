import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** All examples, synthesised by a process of its own. */
function synthesise(hashSeed: number, environment: Record<string, string>): string {
  const outdir = mkdtempSync(join(tmpdir(), 'stable-'));
  try {
    const run = spawnSync(
      process.execPath,
      [`--hash-seed=${hashSeed}`, '-r', './scripts/typescript.cjs', 'examples/main.ts'],
      {
        cwd: ROOT,
        env: { ...process.env, ...environment, CDK8S_OUTDIR: outdir },
        encoding: 'utf8',
      },
    );
    if (run.status !== 0) throw new Error(run.stderr);
    return readdirSync(outdir)
      .sort()
      .map((file) => `${file}\n${readFileSync(join(outdir, file), 'utf8')}`)
      .join('');
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

test('two machines of different language, time zone and hash seed give the same bytes', () => {
  const here = synthesise(1, { LC_ALL: 'C', TZ: 'UTC' });
  const there = synthesise(7, {
    LC_ALL: 'tr_TR.UTF-8',
    LANG: 'tr_TR.UTF-8',
    TZ: 'Pacific/Auckland',
  });
  expect(here.length).toBeGreaterThan(5_000);
  expect(there).toBe(here);
});
