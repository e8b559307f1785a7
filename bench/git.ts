/**
 * What the Git work of one arrival costs, on a small and on a large repository: a look at the head, the source's files,
 * a commit on the head of the rendered branch, one push. Against an HTTP server on the loopback interface.
 *
 * Floor, in the same run: a commit of the same size from memory, in one hand-made request to receive-pack. Peer: clone,
 * checkout, commit and push with stock Git.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGit, type Git } from '../runtime/git';
import { startGitServer, type GitServer } from '../runtime/railyard/git';
import { Arrivals } from './arrival';
import { DirectPush } from './direct-push';
import { FILE, fill, median, OVERLAY, stock, timed } from './repositories';

const SIZES = [
  { files: 50, commits: 20, peerRounds: 3 },
  { files: 20_000, commits: 2_000, peerRounds: 2 },
] as const;
const ROUNDS = 15;
const MANY_ROUNDS = 5;
const BRANCHES = 100;
const HEAP_BYTES = 400 * 2 ** 20;
const TARGET = { toFloor: 2, toPeer: 100, betweenSizes: 1.3, branchesPerSecond: 200, heavy: 1.3, firstSight: 1.5 };

interface Place {
  readonly git: Git;
  readonly url: string;
  /** A small one, for runtimes that have worked before. */
  readonly another: string;
  readonly source: string;
  readonly folder: string;
}

interface Row {
  readonly floor: number;
  readonly ours: number;
  readonly heavy: number;
  readonly peer: number;
  readonly manyFloor: number;
  readonly many: number;
  readonly manyHeavy: number;
  readonly clone: number;
  readonly sight: number;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'k8sta-bench-'));
  const server = await startGitServer({ folder: join(folder, 'server') });
  try {
    await server.createRepository('another');
    await fill(join(folder, 'server', 'another.git'), 50, 20);
    const rows: Row[] = [];
    for (const size of SIZES) {
      const row = await measure(size, server, folder);
      print(size.files, row);
      rows.push(row);
    }
    const [small, large] = rows;
    if (small && large) {
      line('large to small', ratio(large.ours, small.ours, TARGET.betweenSizes));
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

async function measure(size: (typeof SIZES)[number], server: GitServer, folder: string): Promise<Row> {
  const name = `files-${size.files}`;
  const url = await server.createRepository(name);
  await fill(join(folder, 'server', `${name}.git`), size.files, size.commits);
  const git = openGit({ folder: join(folder, name) });
  try {
    const source = (await git.heads(url, ['main'])).get('main') ?? '';
    const another = url.replace(name, 'another');
    const place: Place = { git, url, another, source, folder: await mkdtemp(join(folder, 'peers-')) };
    const one = await compare(place, 1, ROUNDS);
    const many = await compare(place, BRANCHES, MANY_ROUNDS);
    const peers: number[] = [];
    for (let round = 0; round < size.peerRounds; round += 1) peers.push(await timed(() => clonePush(place, round)));
    const sights = await firstSight(place, size.peerRounds);
    return {
      ...one,
      manyFloor: many.floor,
      many: many.ours,
      manyHeavy: many.heavy,
      peer: median(peers),
      ...sights,
    };
  } finally {
    await git.close();
  }
}

/** Rounds of floor and ours in turn, so that both meet the same weather; then ours once more beside a full heap. */
async function compare({ git, url, source }: Place, applications: number, rounds: number) {
  const arrivals = new Arrivals(git, url, source, { applications, prefix: `ours-${applications}` });
  const branches = Array.from({ length: applications }, (_, at) => `floor-${applications}/${at}`);
  const direct = new DirectPush(url, branches);
  const samples = { floor: [] as number[], ours: [] as number[], heavy: [] as number[] };
  await direct.run();
  await arrivals.run();
  for (let round = 0; round < rounds; round += 1) {
    samples.floor.push(await timed(() => direct.run()));
    samples.ours.push(await timed(() => arrivals.run()));
  }
  const ballast = fullHeap();
  for (let round = 0; round < rounds; round += 1) samples.heavy.push(await timed(() => arrivals.run()));
  if (ballast.length === 0) throw new Error('the heap is empty');
  return { floor: median(samples.floor), ours: median(samples.ours), heavy: median(samples.heavy) };
}

/** What a runtime of a large organisation keeps. */
function fullHeap(): object[] {
  const objects: object[] = [];
  const full = process.memoryUsage().heapUsed + HEAP_BYTES;
  while (process.memoryUsage().heapUsed < full) {
    for (let at = 0; at < 50_000; at += 1) objects.push({ at, name: `application-${at}`, labels: [at, at + 1] });
  }
  return objects;
}

/** What peers do for each promotion. */
async function clonePush(place: Place, round: number): Promise<void> {
  const work = join(place.folder, `clone-${round}`);
  await stock(['clone', '--quiet', place.url, work]);
  await writeFile(join(work, FILE), `image: web:${round}-peer\n`);
  await stock(['-C', work, 'commit', '--quiet', '--all', '--message', `peer ${round}`]);
  await stock(['-C', work, 'push', '--quiet', 'origin', `HEAD:refs/heads/env-peer-${round}`]);
  await rm(work, { recursive: true });
}

/** A repository that nobody has seen yet, up to the contents of one overlay; against a clone without contents. */
async function firstSight({ url, another, folder }: Place, rounds: number): Promise<{ clone: number; sight: number }> {
  const clones: number[] = [];
  const sights: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bare = join(folder, `bare-${round}`);
    clones.push(
      await timed(() => stock(['clone', '--quiet', '--bare', '--filter=blob:none', '--single-branch', url, bare])),
    );
    const git = openGit({ folder: join(folder, `sight-${round}`) });
    // The process that Git commands leave from starts with the runtime, not with a repository.
    await see(git, another);
    sights.push(await timed(() => see(git, url)));
    await git.close();
  }
  return { clone: median(clones), sight: median(sights) };
}

async function see(git: Git, url: string): Promise<void> {
  const head = (await git.heads(url, ['main'])).get('main') ?? '';
  const files = await git.files(url, head, OVERLAY);
  const oids = [...files.values()].map(({ oid }) => oid);
  await git.blobs(url, oids);
}

const ms = (value: number): string => `${value.toFixed(0)} ms`;
const ratio = (one: number, other: number, target: number): string =>
  `${(one / other).toFixed(2)}x (at most ${target}x)`;
const line = (what: string, figure: string): void => console.log(`${what.padEnd(44)}${figure}`);

function print(files: number, row: Row): void {
  const perSecond = (value: number): string => `${(BRANCHES / (value / 1000)).toFixed(0)} branches/s`;
  console.log(`${files} files`);
  line('  one arrival, floor', ms(row.floor));
  line('  one arrival, ours', `${ms(row.ours)}, ${ratio(row.ours, row.floor, TARGET.toFloor)}`);
  line('  the same beside 400 MB of heap', `${ms(row.heavy)}, ${ratio(row.heavy, row.ours, TARGET.heavy)}`);
  const toPeer = files > 1000 ? ` (at least ${TARGET.toPeer}x)` : '';
  line('  clone, checkout, commit, push', `${ms(row.peer)}, ${(row.peer / row.ours).toFixed(0)}x ours${toPeer}`);
  line(`  ${BRANCHES} branches, floor`, `${ms(row.manyFloor)}, ${perSecond(row.manyFloor)}`);
  line(
    `  ${BRANCHES} branches, ours`,
    `${ms(row.many)}, ${perSecond(row.many)} (at least ${TARGET.branchesPerSecond})`,
  );
  line('  the same beside 400 MB of heap', `${ms(row.manyHeavy)}, ${ratio(row.manyHeavy, row.many, TARGET.heavy)}`);
  line('  first sight, bare clone without contents', ms(row.clone));
  line('  first sight, ours', `${ms(row.sight)}, ${ratio(row.sight, row.clone, TARGET.firstSight)}`);
}

void main();
