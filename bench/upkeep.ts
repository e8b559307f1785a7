/**
 * What 10,000 arrivals leave behind: disk of the mirror beside one repack of the same commits as the floor, and memory of
 * the process that made them, a thousand at a time. 20 applications of a station in one repository, each arrival a commit
 * that is pushed to a Git server over HTTP; one commit in ten is withdrawn, as after a lost race.
 */
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGit } from '../runtime/git';
import { startGitServer } from '../runtime/railyard/git';
import { Arrivals } from './arrival';
import { AUTHOR, fill, stock } from './repositories';

const ARRIVALS = Number(process.env['K8STA_BENCH_ARRIVALS'] ?? 10_000);
const APPLICATIONS = 20;
const ROWS = 10;
const FILES = 500;
const TARGET = 1.2;
const MIB = 2 ** 20;

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'k8sta-bench-'));
  const server = await startGitServer({ folder: join(folder, 'server') });
  try {
    const url = await server.createRepository('deploy');
    await fill(join(folder, 'server', 'deploy.git'), FILES, 20);
    const mirrors = join(folder, 'mirrors');
    const git = openGit({ folder: mirrors });
    const source = (await git.heads(url, ['main'])).get('main') ?? '';
    const arrivals = new Arrivals(git, url, source, { applications: APPLICATIONS, prefix: 'env' });
    const rounds = ARRIVALS / APPLICATIONS;
    console.log('| arrivals | disk of the mirror, MiB | packs | heap, MiB | outside the heap, MiB | process, MiB |');
    console.log('|--:|--:|--:|--:|--:|--:|');
    for (let round = 1; round <= rounds; round += 1) {
      await arrivals.run();
      if (round % 10 === 0) {
        // Nobody ever sees these.
        const order = { remove: [], author: AUTHOR, date: new Date(round * 1000), message: 'withdrawn' };
        const write = new Map([['app.yaml', Buffer.from(`round: ${round}\n${'a line of a manifest\n'.repeat(40)}`)]]);
        for (let at = 0; at < APPLICATIONS; at += 1)
          await git.commit(url, { ...order, message: `withdrawn ${at}`, write });
      }
      if (round % (rounds / ROWS) === 0) await row(round * APPLICATIONS, await mirrorIn(mirrors));
    }
    await git.close();
    const mirror = await mirrorIn(mirrors);
    const [ours, floor] = [await bytesIn(mirror), await repacked(mirror, join(folder, 'server', 'deploy.git'), folder)];
    console.log(
      `\ndisk ${(ours / MIB).toFixed(1)} MiB, one repack ${(floor / MIB).toFixed(1)} MiB: ${(ours / floor).toFixed(2)}x (at most ${TARGET}x)`,
    );
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

const mirrorIn = async (mirrors: string): Promise<string> =>
  join(mirrors, (await readdir(mirrors)).find((name) => name.endsWith('.git')) ?? '');

async function row(arrivals: number, mirror: string): Promise<void> {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const packs = (await readdir(join(mirror, 'objects', 'pack'))).filter((name) => name.endsWith('.pack')).length;
  const figures = [(await bytesIn(mirror)) / MIB, packs, heapUsed / MIB, external / MIB, rss / MIB];
  console.log(`| ${arrivals} | ${figures.map((figure, at) => figure.toFixed(at === 1 ? 0 : 1)).join(' | ')} |`);
}

async function bytesIn(folder: string): Promise<number> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  // Some are on their way to another name.
  const sizeOf = (file: string): Promise<number> =>
    stat(file).then(
      ({ size }) => size,
      () => 0,
    );
  const sizes = await Promise.all(entries.map((entry) => sizeOf(join(entry.parentPath, entry.name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** What Git itself makes of all that is on the server's branches and in the mirror. */
async function repacked(mirror: string, served: string, folder: string): Promise<number> {
  const copy = join(folder, 'floor.git');
  await cp(mirror, copy, { recursive: true });
  const heads = await stock([
    '--git-dir',
    served,
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    'refs/heads/env',
  ]);
  const updates = heads
    .trim()
    .split('\n')
    .map((line) => `update ${line.split(' ')[1]} ${line.split(' ')[0]}\n`);
  await stock(['--git-dir', copy, 'update-ref', '--stdin'], updates.join(''));
  // What was left out of the mirror stays out.
  const partial = ['-c', 'remote.origin.url=.', '-c', 'remote.origin.promisor=true'];
  await stock(['--git-dir', copy, ...partial, 'repack', '-adq']);
  await rm(join(copy, 'refs'), { recursive: true });
  return bytesIn(copy);
}

void main();
