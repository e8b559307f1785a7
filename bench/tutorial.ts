/**
 * The tutorial, typed as a newcomer would: each line of its blocks of shell in turn, in a fresh clone, until the first ride
 * is over. What needs a cluster is left out. The figure is what the machine takes; reading is up to the reader.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
/** Its first three steps; the fourth needs a cluster. */
const LAST = '## 4.';

/** The lines, with the folder that each leaves the newcomer in. */
function lines(): string[] {
  const text = readFileSync(join(ROOT, 'docs/tutorial.md'), 'utf8');
  const steps = text.slice(0, text.indexOf(LAST));
  return [...steps.matchAll(/^```sh\n(.*?)^```$/gms)]
    .flatMap(([, block = '']) => block.trim().split('\n'))
    .map((line) => line.replace(/\s+#.*$/, ''));
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'k8sta-tutorial-'));
  // A newcomer's own environment: nothing of the npm that runs this.
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$)/i.test(name));
  const path = (process.env.PATH ?? '').split(delimiter).filter((one) => !one.includes('node_modules'));
  const env = { ...Object.fromEntries(own), PATH: [dirname(process.execPath), ...path].join(delimiter) };
  const clone = join(folder, 'k8sta');
  try {
    const cloned = spawnSync('git', ['clone', '-q', ROOT, clone], { encoding: 'utf8' });
    if (cloned.status !== 0) throw new Error(cloned.stderr);
    let here = clone;
    let total = 0;
    for (const line of lines()) {
      // The ride is looked at in the clone, and ends by itself here.
      const isRide = line === 'npm start';
      const command = isRide ? 'npm start -- --once' : line;
      const begin = performance.now();
      const run = spawnSync('bash', ['-ec', `${command}\npwd > "$PLACE"`], {
        cwd: isRide ? clone : here,
        env: { ...env, PLACE: join(folder, 'place') },
        encoding: 'utf8',
      });
      const seconds = (performance.now() - begin) / 1000;
      if (run.status !== 0) throw new Error(`${command} ended with ${String(run.status)}:\n${run.stdout}${run.stderr}`);
      if (!isRide) here = readFileSync(join(folder, 'place'), 'utf8').trim();
      total += seconds;
      process.stdout.write(`${seconds.toFixed(1).padStart(8)} s  ${command}\n`);
    }
    process.stdout.write(`${total.toFixed(1).padStart(8)} s  all of it\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
