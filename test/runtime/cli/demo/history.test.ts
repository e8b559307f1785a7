import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Ticket } from '../../../../lib/api';
import { gatherEvidence } from '../../../../runtime/cli/demo/evidence';
import { git } from '../../../../runtime/cli/demo/git';
import { branchesOf, historyProblems, type Branch } from '../../../../runtime/cli/demo/history';
import type { Snapshot } from '../../../../runtime/cli/view';
import { at, healthy, snapshot, station, ticket, track } from '../view/network';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-history-'));
  await git(folder, 'init', '--quiet', '--initial-branch=main', '.');
});
afterEach(() => rm(folder, { recursive: true }));

const TRAILERS = [
  'K8sTA-Ticket: guestbook/main-1',
  'K8sTA-Station: guestbook/test',
  'K8sTA-Application: argocd/guestbook-test-web',
  'K8sTA-Change: image ghcr.io/acme/guestbook:1.2.0',
];
const FILES = {
  '.k8sta/state.yaml': 'kind: RenderedState\n',
  'web.yaml': 'kind: Deployment\nspec:\n  containers:\n    - image: ghcr.io/acme/guestbook:1.2.0@sha256:abc\n',
};

interface Made {
  readonly trailers?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly orphan?: boolean;
}

/** Puts a commit on `env/test`, as an arrival would. @returns its SHA */
async function commit({ trailers = TRAILERS, files = FILES, orphan = true }: Made = {}): Promise<string> {
  if (orphan) await git(folder, 'checkout', '--quiet', '--orphan', 'env/test');
  else await git(folder, 'checkout', '--quiet', '-B', 'env/test');
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--allow-empty', '-m', `test: guestbook 1.2.0\n\n${trailers.join('\n')}`);
  return (await git(folder, 'rev-parse', 'HEAD')).trim();
}

const rode = (sha: string): Ticket =>
  ticket('main-1', {
    phase: 'Completed',
    sequence: 1,
    stamps: [
      {
        station: 'test',
        arrived: at(1),
        departed: at(2),
        result: 'Arrived',
        commits: [{ application: 'argocd/guestbook-test-web', commit: sha }],
      },
    ],
  });

function world(tickets: readonly Ticket[], parts: Partial<Snapshot> = {}): Snapshot {
  const test = station('test');
  test.spec.applications = test.spec.applications.map((one) => ({ ...one, repoURL: folder }));
  return snapshot({ tracks: [track(['test'])], stations: [test], tickets, ...parts });
}

async function problems(state: Snapshot): Promise<string[]> {
  const [first] = state.tickets;
  if (first === undefined) throw new Error('no ticket');
  return historyProblems(first, state, await gatherEvidence(branchesOf(state.stations)));
}

describe('the record of a completed ride', () => {
  test('is right when Git, Argo CD and the ticket tell the same', async () => {
    const sha = await commit();
    expect(await problems(world([rode(sha)], { applications: [healthy('test', sha)] }))).toEqual([]);
  });

  test('a ticket behind it that is arriving does not spoil it', async () => {
    const first = await commit();
    const second = await commit({ orphan: false, trailers: TRAILERS.map((line) => line.replace('main-1', 'main-2')) });
    const behind = ticket('main-2', {
      phase: 'Arriving',
      sequence: 2,
      station: 'test',
      arrival: {
        station: 'test',
        stationUid: 'u',
        start: at(3),
        applications: [{ name: 'guestbook-test-web', namespace: 'argocd', commit: second, result: 'Commit' }],
      },
    });
    expect(await problems(world([rode(first), behind], { applications: [healthy('test', first)] }))).toEqual([]);
  });

  test.each<[string, Made, RegExp]>([
    ['a missing trailer', { trailers: TRAILERS.slice(0, 3) }, /lacks K8sTA-Change/],
    [
      'another station',
      { trailers: TRAILERS.map((l) => l.replace('/test', '/prod')) },
      /names the station guestbook\/prod/,
    ],
    ['no state file', { files: { 'web.yaml': FILES['web.yaml'] } }, /\.k8sta\/state\.yaml is missing/],
    [
      'another image',
      { files: { ...FILES, 'web.yaml': 'image: ghcr.io/acme/guestbook:1.1.0\n' } },
      /show ghcr\.io\/acme\/guestbook:1\.1\.0, not 1\.2\.0/,
    ],
    ['no image', { files: { ...FILES, 'web.yaml': 'kind: Service\n' } }, /show no ghcr\.io\/acme\/guestbook/],
  ])('%s is named', async (_what, made, words) => {
    const sha = await commit(made);
    const found = await problems(world([rode(sha)], { applications: [healthy('test', sha)] }));
    expect(found).toEqual([expect.stringMatching(words)]);
  });

  test('a commit that no ticket records is named', async () => {
    const sha = await commit();
    await commit({ orphan: false, trailers: [] });
    const found = await problems(world([rode(sha)], { applications: [healthy('test', sha)] }));
    expect(found).toEqual([expect.stringMatching(/^branch env\/test: no ticket records [0-9a-f]{7}$/)]);
  });

  test('a second commit of the same ticket is named', async () => {
    await commit();
    const sha = await commit({ orphan: false, files: { ...FILES, 'more.yaml': 'a: 1\n' } });
    const found = await problems(world([rode(sha)], { applications: [healthy('test', sha)] }));
    expect(found.join('\n')).toContain('2 commits of main-1, expected exactly one');
  });

  test('a branch that grew out of another is no orphan', async () => {
    await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'source');
    const sha = await commit({ orphan: false });
    const found = await problems(world([rode(sha)], { applications: [healthy('test', sha)] }));
    expect(found.join('\n')).toContain('no ticket records');
  });

  test('a recorded commit that is not there, and a branch that does not exist, are named', async () => {
    await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'source');
    expect(await problems(world([rode('a'.repeat(40))]))).toEqual(['branch env/test does not exist']);
  });

  test.each<[string, Partial<Snapshot['applications'][number]>, RegExp]>([
    ['not synced', { sync: 'OutOfSync' }, /Application argocd\/guestbook-test-web is OutOfSync/],
    ['elsewhere', { revision: 'f'.repeat(40) }, /shows f{40}, not [0-9a-f]{40}/],
    [
      'without the image',
      { images: [] },
      /Application argocd\/guestbook-test-web: it deployed no ghcr\.io\/acme\/guestbook, not 1\.2\.0/,
    ],
    ['unwell', { health: 'Degraded' }, /is Degraded/],
  ])('an Application that is %s is named', async (_what, live, words) => {
    const sha = await commit();
    const found = await problems(world([rode(sha)], { applications: [{ ...healthy('test', sha), ...live }] }));
    expect(found).toEqual([expect.stringMatching(words)]);
  });

  test('a ride that met no Application proves nothing', () => {
    const bare: Branch[] = branchesOf([station('test', undefined, { applications: [] })]);
    expect(bare).toEqual([]);
    expect(historyProblems(ticket('main-1'), world([]), new Map())).toEqual([
      'main-1 visited no station that drives an Application',
    ]);
  });
});
