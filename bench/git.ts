/**
 * What the Git work of one arrival costs on a small and on a large repository: one file changed, committed on top of a
 * known head, and pushed to an HTTP server on the loopback interface.
 *
 * Floor, in the same run: the same objects in one hand-made request to receive-pack. Peer: clone, checkout, commit and
 * push with stock Git.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { openGit, type Git } from '../runtime/git';
import { encodeCommit, parseTree, type EncodedObject, type TreeRow } from '../runtime/git/objects';
import { editTree } from '../runtime/git/tree-edit';
import { startGitServer, type GitServer } from '../runtime/railyard/git';

const SIZES = [
  { files: 50, commits: 20, peerRounds: 5 },
  { files: 20_000, commits: 2_000, peerRounds: 1 },
] as const;
const ROUNDS = 25;
const BRANCHES = 100;
const TARGET = { toFloor: 2, toPeer: 100, betweenSizes: 1.3, branchesPerSecond: 200 };
const AUTHOR = { name: 'K8sTA', email: 'k8sta@example.com' };

interface Place {
  readonly git: Git;
  readonly url: string;
  readonly bare: string;
  readonly folder: string;
}

interface Row {
  readonly files: number;
  readonly floor: number;
  readonly ours: number;
  readonly withLook: number;
  readonly peer: number;
  readonly branchesPerSecond: number;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'k8sta-bench-'));
  const server = await startGitServer({ folder: join(folder, 'server') });
  const git = openGit({ folder: join(folder, 'mirrors') });
  try {
    const rows: Row[] = [];
    for (const size of SIZES) rows.push(await measure(size, { server, git, folder }));
    print(rows);
  } finally {
    await git.close();
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

async function measure(
  size: (typeof SIZES)[number],
  around: { server: GitServer; git: Git; folder: string },
): Promise<Row> {
  const name = `files-${size.files}`;
  const url = await around.server.createRepository(name);
  const place = { git: around.git, url, bare: join(around.folder, 'server', `${name}.git`), folder: around.folder };
  await fill(place.bare, size.files, size.commits);
  const [head] = (await place.git.heads(url, ['main'])).values();
  if (head === undefined) throw new Error('the repository is empty');

  const arrivals = new Arrivals(place, head);
  const direct = new DirectPush(place, head);
  await direct.prepare();
  const samples = { floor: [] as number[], ours: [] as number[], withLook: [] as number[], peer: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++) {
    const floor = await timed(() => direct.run(round));
    const ours = await timed(() => arrivals.run(round, false));
    const withLook = await timed(() => arrivals.run(round, true));
    // The first round warms up.
    if (round === 0) continue;
    samples.floor.push(floor);
    samples.ours.push(ours);
    samples.withLook.push(withLook);
  }
  for (let round = 0; round < size.peerRounds; round++) samples.peer.push(await timed(() => clonePush(place, round)));
  return {
    files: size.files,
    floor: median(samples.floor),
    ours: median(samples.ours),
    withLook: median(samples.withLook),
    peer: median(samples.peer),
    branchesPerSecond: BRANCHES / ((await timed(() => pushMany(place, head))) / 1000),
  };
}

/** Ours: a commit on the head that is known, and one push; with or without a look at the head before. */
class Arrivals {
  constructor(
    private readonly place: Place,
    private head: string,
  ) {}

  async run(round: number, look: boolean): Promise<void> {
    const { git, url } = this.place;
    const branch = 'env-ours';
    const expected = round === 0 && !look ? undefined : this.head;
    if (look && (await git.heads(url, [branch])).get(branch) !== this.head) throw new Error('the head moved');
    const { commit } = await git.commit(url, {
      parent: this.head,
      remove: [],
      write: new Map([[FILE, Buffer.from(`image: web:${round}-${look}\n`)]]),
      author: AUTHOR,
      date: new Date('2026-01-01T00:00:00Z'),
      message: `arrive ${round} ${look}`,
    });
    const outcome = await git.push(url, [{ branch, expected, commit }], { deadline: new Date(Date.now() + 60_000) });
    if (outcome.outcome !== 'Accepted') throw new Error(JSON.stringify(outcome));
    this.head = commit;
  }
}

const FILE = 'apps/group-000/app-00000.yaml';

/** The floor: objects made from trees in memory, packed, and sent to receive-pack in one request. */
class DirectPush {
  private readonly trees = new Map<string, TreeRow[]>();
  private root = '';
  private branchHead: string | undefined;

  constructor(
    private readonly place: Place,
    private head: string,
  ) {}

  async prepare(): Promise<void> {
    this.root = (await stock(['--git-dir', this.place.bare, 'rev-parse', `${this.head}^{tree}`])).trim();
    await this.run(-1);
  }

  async run(round: number): Promise<void> {
    const edit = await editTree(
      this.read,
      this.root,
      [],
      new Map([[FILE, Buffer.from(`image: web:${round}-floor\n`)]]),
    );
    const commit = encodeCommit({
      tree: edit.oid,
      parent: this.head,
      author: AUTHOR,
      date: new Date('2026-01-01T00:00:00Z'),
      message: `floor ${round}`,
    });
    await this.send(commit.oid, [...edit.objects, commit]);
    for (const object of edit.objects) this.remember(object);
    this.root = edit.oid;
    this.head = commit.oid;
    this.branchHead = commit.oid;
  }

  private readonly read = async (oid: string): Promise<TreeRow[]> => {
    const known = this.trees.get(oid);
    if (known) return known;
    const rows = parseTree(await stockBytes(['--git-dir', this.place.bare, 'cat-file', 'tree', oid]));
    this.trees.set(oid, rows);
    return rows;
  };

  private remember(object: EncodedObject): void {
    if (object.bytes.toString('latin1', 0, 5) !== 'tree ') return;
    this.trees.set(object.oid, parseTree(object.bytes.subarray(object.bytes.indexOf(0) + 1)));
  }

  private async send(commit: string, objects: readonly EncodedObject[]): Promise<void> {
    const line = `${this.branchHead ?? '0'.repeat(40)} ${commit} refs/heads/env-floor\0report-status agent=bench\n`;
    const length = (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0');
    const response = await fetch(`${this.place.url}/git-receive-pack`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-git-receive-pack-request' },
      body: Buffer.concat([Buffer.from(`${length}${line}0000`), packOf(objects)]),
    });
    const answer = await response.text();
    if (!answer.includes('ok refs/heads/env-floor')) throw new Error(`receive-pack said ${answer}`);
  }
}

function packOf(objects: readonly EncodedObject[]): Buffer {
  const kinds: Readonly<Record<string, number>> = { commit: 1, tree: 2, blob: 3 };
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objects.length, 8);
  const entries = objects.flatMap(({ bytes }) => {
    const end = bytes.indexOf(0);
    const [kind = ''] = bytes.toString('latin1', 0, end).split(' ');
    const content = bytes.subarray(end + 1);
    return [entryHeader(kinds[kind] ?? 0, content.length), deflateSync(content, { level: 1 })];
  });
  const body = Buffer.concat([head, ...entries]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

function entryHeader(kind: number, size: number): Buffer {
  const bytes = [(kind << 4) | (size & 15)];
  for (let rest = size >> 4; rest > 0; rest >>= 7) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
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

/** One arrival of a hundred applications: a commit for each branch, one push. */
async function pushMany({ git, url }: Place, parent: string): Promise<void> {
  const updates = await Promise.all(
    Array.from({ length: BRANCHES }, async (_, number) => {
      const write = new Map([[FILE, Buffer.from(`image: web:${number}\n`)]]);
      const date = new Date('2026-01-01T00:00:00Z');
      const { commit } = await git.commit(url, {
        parent,
        remove: [],
        write,
        author: AUTHOR,
        date,
        message: `many ${number}`,
      });
      return { branch: `many/${number}`, expected: undefined, commit };
    }),
  );
  const outcome = await git.push(url, updates, { deadline: new Date(Date.now() + 60_000) });
  if (outcome.outcome !== 'Accepted') throw new Error(JSON.stringify(outcome));
}

/** A history of commits that each change one file, on top of one that adds them all. */
async function fill(bare: string, files: number, commits: number): Promise<void> {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const path = (number: number): string => {
    const group = String(Math.floor(number / 100)).padStart(3, '0');
    return `apps/group-${group}/app-${String(number).padStart(5, '0')}.yaml`;
  };
  const text = (number: number, version: number): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-${number}\ndata:\n  version: "${version}"\n`;
  const stream: string[] = [];
  for (let commit = 0; commit < commits; commit++) {
    stream.push(
      `commit refs/heads/main\ncommitter Ada <ada@example.com> ${1_700_000_000 + commit} +0000\n${data('change')}`,
    );
    const changed = commit === 0 ? Array.from({ length: files }, (_, number) => number) : [(commit * 7919) % files];
    for (const number of changed) stream.push(`M 100644 inline ${path(number)}\n${data(text(number, commit))}`);
  }
  await stock(['--git-dir', bare, 'fast-import', '--quiet'], stream.join(''));
  await stock(['--git-dir', bare, 'repack', '-adbq']);
}

function stock(args: readonly string[], input?: string): Promise<string> {
  return stockBytes(args, input).then((bytes) => bytes.toString());
}

function stockBytes(args: readonly string[], input?: string): Promise<Buffer> {
  const person = ['author', 'committer'].flatMap((role) => [
    [`GIT_${role.toUpperCase()}_NAME`, AUTHOR.name],
    [`GIT_${role.toUpperCase()}_EMAIL`, AUTHOR.email],
  ]);
  const env = { ...process.env, ...(Object.fromEntries(person) as Record<string, string>) };
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      [...args],
      { env, encoding: 'buffer', maxBuffer: 2 ** 30 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`git ${args.join(' ')}: ${stderr.toString()}`, { cause: error }));
        else resolve(stdout);
      },
    );
    child.stdin?.end(input);
  });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(samples: readonly number[]): number {
  return [...samples].sort((one, other) => one - other)[Math.floor(samples.length / 2)] ?? Number.NaN;
}

function print(rows: readonly Row[]): void {
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  console.log(
    'Git work of one arrival, medians; floor is one request to receive-pack, peer is clone, checkout, commit, push',
  );
  for (const row of rows) {
    console.log(
      [
        `${row.files} files`.padEnd(14),
        `floor ${ms(row.floor)}`.padEnd(16),
        `ours ${ms(row.ours)} (${(row.ours / row.floor).toFixed(1)}x, target ${TARGET.toFloor}x)`.padEnd(36),
        `with a look ${ms(row.withLook)}`.padEnd(22),
        `peer ${ms(row.peer)} (${(row.peer / row.ours).toFixed(0)}x ours)`.padEnd(32),
        `${row.branchesPerSecond.toFixed(0)} branches/s (target ${TARGET.branchesPerSecond})`,
      ].join(''),
    );
  }
  const [small, large] = rows;
  if (small && large) {
    console.log(
      `large to small ${(large.ours / small.ours).toFixed(2)}x (target ${TARGET.betweenSizes}x), ` +
        `large peer to ours target ${TARGET.toPeer}x`,
    );
  }
}

void main();
