import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplicationReference } from '../../../../lib/api';
import { compose } from '../../../../runtime/dispatch/arrivals/compose';
import type { Git } from '../../../../runtime/git';
import type { Renderer } from '../../../../runtime/render';
import { stockGit, World } from '../../git/world';
import { referenceTo } from '../reference';

let world: World;
let repo: string;
let git: Git;
let count = 0;
beforeAll(async () => {
  world = await World.start();
});
beforeEach(async () => {
  repo = await world.repository(`acme/source-${(count += 1)}`);
  git = world.git({ folder: `${world.mirrors}-${count}` });
});
afterAll(() => world.stop());

/** Shows what it was given: a manifest that names the files. */
const showing: Renderer = {
  render: async ({ files }) => ({
    renderer: { name: 'showing', version: '1' },
    manifests: [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'given' },
        data: Object.fromEntries([...files].sort().map(([path, bytes]) => [path, Buffer.from(bytes).toString()])),
      },
    ],
  }),
  close: async () => undefined,
};

const reference = (more: Partial<ApplicationReference> = {}): ApplicationReference =>
  referenceTo(repo, { namespace: 'shop', ...more });

/** Paths that a render was given. */
async function given(base: string, overlay = base, more: Partial<ApplicationReference> = {}): Promise<string[]> {
  const signal = new AbortController().signal;
  const { files } = await compose(git, showing, reference(more), { base, overlay }, signal);
  const text = Buffer.from([...files.values()][0] ?? []).toString();
  return [...text.matchAll(/^ {2}(\S+):/gm)].map(([, path = '']) => path).filter((path) => path !== 'name');
}

const kustomization = (...resources: string[]): string =>
  `resources:\n${resources.map((one) => `  - ${one}\n`).join('')}`;

describe('the input of a render', () => {
  const rest = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`others/${at}/app.yaml`, `n: ${at}\n`]));

  test('is what its kustomization reaches, however far, and nothing else leaves the server', async () => {
    const commit = world.personCommits(repo, 'main', {
      ...rest,
      'env/prod/kustomization.yaml': kustomization('../../base', '../../shared/quota.yaml', 'own.yaml'),
      'env/prod/own.yaml': 'own',
      'env/test/kustomization.yaml': kustomization('../../base'),
      'base/kustomization.yaml': kustomization('../parts/a'),
      'base/deployment.yaml': 'base',
      'parts/a/kustomization.yaml': 'resources: []',
      'parts/b/kustomization.yaml': 'resources: []',
      'shared/quota.yaml': 'quota',
      'shared/other.yaml': 'other',
    });

    expect(await given(commit)).toEqual([
      'base/deployment.yaml',
      'base/kustomization.yaml',
      'env/prod/kustomization.yaml',
      'env/prod/own.yaml',
      'parts/a/kustomization.yaml',
      'shared/quota.yaml',
    ]);
    const mirrors = `${world.mirrors}-${count}`;
    const [mirror = ''] = readdirSync(mirrors).filter((name) => name.endsWith('.git'));
    const objects = stockGit(['--git-dir', join(mirrors, mirror), 'rev-list', '--objects', '--missing=print', commit]);
    expect(objects.split('\n').filter((line) => line.startsWith('?'))).toHaveLength(Object.keys(rest).length + 2);
  });

  test('holds a resource that is written out where others name a file', async () => {
    const inline = 'generators:\n  - |-\n    apiVersion: v1\n    kind: ConfigMap\n    metadata:\n      name: x\n';
    const commit = world.personCommits(repo, 'main', { 'env/prod/kustomization.yaml': inline, ...rest });
    expect(await given(commit)).toEqual(['env/prod/kustomization.yaml']);
  });

  test('of plain manifests is the overlay and the base', async () => {
    const commit = world.personCommits(repo, 'main', { ...rest, 'env/prod/a.yaml': 'a', 'base/b.yaml': 'b' });
    expect(await given(commit)).toEqual(['base/b.yaml', 'env/prod/a.yaml']);
  });

  test('is all of the repository where a kustomization cannot be followed', async () => {
    const commit = world.personCommits(repo, 'main', {
      'env/prod/kustomization.yaml': `#${'x'.repeat(300_000)}`,
      far: 'f',
    });
    expect(await given(commit)).toEqual(['env/prod/kustomization.yaml', 'far']);
  });

  test('A3: takes the overlay from its own commit, also below a folder that both are in', async () => {
    const old = world.personCommits(repo, 'main', {
      'env/kustomization.yaml': 'resources: []',
      'env/prod/kustomization.yaml': kustomization('..'),
      'env/prod/gone.yaml': 'old',
    });
    const overlay = world.personCommits(
      repo,
      'main',
      { 'env/prod/new.yaml': 'new' },
      { remove: ['env/prod/gone.yaml'] },
    );
    expect(await given(old, overlay)).toEqual([
      'env/kustomization.yaml',
      'env/prod/kustomization.yaml',
      'env/prod/new.yaml',
    ]);
  });

  test('is seen from the folder of the application, and ends there', async () => {
    const commit = world.personCommits(repo, 'main', {
      'shop/env/prod/kustomization.yaml': kustomization('../../base', '../../../secret'),
      'shop/base/kustomization.yaml': 'resources: []',
      'secret/kustomization.yaml': 'resources: []',
    });
    expect(await given(commit, commit, { folder: 'shop' })).toEqual([
      'shop/base/kustomization.yaml',
      'shop/env/prod/kustomization.yaml',
    ]);
  });

  test('S3, S4: holds neither what symlinks lead to nor submodules, and LFS pointers as the text that they are', async () => {
    const blob = world.personCommits(repo, 'other', { x: '1' });
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n';
    const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
    const stream = [
      `commit refs/heads/main\ncommitter Ada <ada@example.com> 1700000000 +0000\n${data('odd')}`,
      `M 120000 inline env/prod/passwd.yaml\n${data('/etc/passwd')}`,
      `M 120000 inline env/prod/up\n${data('../../base')}`,
      `M 160000 ${blob} env/prod/module\n`,
      `M 100644 inline env/prod/lfs.yaml\n${data(pointer)}`,
      `M 100644 inline env/prod/a.yaml\n${data('a')}`,
    ].join('');
    stockGit(['--git-dir', world.bare(repo), 'fast-import', '--quiet'], { input: stream });
    expect(await given(world.head(repo, 'main') ?? '')).toEqual(['env/prod/a.yaml', 'env/prod/lfs.yaml']);
  });

  test('without the overlay is an OverlayMissing that names the folder', async () => {
    const commit = world.personCommits(repo, 'main', rest);
    await expect(given(commit)).rejects.toMatchObject({
      reason: 'OverlayMissing',
      message: expect.stringContaining('folder env/prod does not exist') as string,
    });
  });
});

test('a base that cannot be fetched any more is named, and what to do about it (B5)', async () => {
  const gone = '1'.repeat(40);
  const composing = compose(git, showing, reference(), { base: gone, overlay: gone }, new AbortController().signal);
  await expect(composing).rejects.toMatchObject({
    reason: 'SourceNotContained',
    message: expect.stringMatching(new RegExp(`${repo} has commit ${gone} no more.*a source ticket`)) as string,
  });
});
