import type { ApplicationReference, RenderedState } from '../../../../lib/api';
import { originFile, originTrailers } from '../../../../runtime/dispatch/arrivals/origin';
import { prepare } from '../../../../runtime/dispatch/arrivals/prepare';
import type { Git } from '../../../../runtime/git';
import type { PrepareApplication, PreparedApplication } from '../../../../runtime/journey';
import type { Renderer } from '../../../../runtime/render';
import { soon, stockGit, World, type Files } from '../../git/world';
import { referenceTo } from '../reference';

const IMAGE = 'ghcr.io/acme/web';

let world: World;
let repo: string;
let git: Git;
let count = 0;
beforeAll(async () => {
  world = await World.start();
});
beforeEach(async () => {
  repo = await world.repository(`acme/origin-${(count += 1)}`);
  git = world.git({ folder: `${world.mirrors}-${count}` });
});
afterAll(() => world.stop());

/** Shows the image of the base, and what the overlay is called. */
const renderer: Renderer = {
  render: async () => ({
    renderer: { name: 'showing', version: '1' },
    manifests: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: { template: { spec: { containers: [{ name: 'web', image: `${IMAGE}:0` }] } } },
      },
    ],
  }),
  close: async () => undefined,
};

const reference = (more: Partial<ApplicationReference> = {}): ApplicationReference => referenceTo(repo, more);

const commitSource = (message: string, files: Files = {}): string =>
  world.personCommits(repo, 'main', { 'env/prod/app.yaml': message, ...files }, { message });

interface Visit extends Partial<PrepareApplication> {
  readonly tag?: string;
  readonly source?: string;
}

/** One ticket arrives: what became of it, pushed where it is a commit. */
async function arrive({ tag, source, ...application }: Visit): Promise<PreparedApplication> {
  const change = {
    ...(tag === undefined ? {} : { images: [{ repoURL: IMAGE, tag }] }),
    ...(source === undefined ? {} : { sources: [{ repoURL: repo, commit: source }] }),
  };
  const own = { reference: reference(), listed: [], unfinished: [], resumed: [], ...application };
  const [prepared] = await prepare(
    { git, renderer },
    {
      kind: 'prepare',
      key: '',
      namespace: 'shop',
      station: 'prod',
      ticket: 'web-1',
      start: new Date('2026-01-01T00:00:00Z'),
      change,
      cargo: [{ change, root: { track: 'web', sequence: 1 } }],
      approvedBy: [],
      resumes: [],
      applications: [own],
      seen: '',
    },
    new AbortController().signal,
  );
  if (prepared === undefined) throw new Error('nothing was prepared');
  if (prepared.outcome === 'Commit') {
    const { parent: expected, commit } = prepared;
    await git.push(repo, [{ branch: 'env/prod', expected, commit }], soon());
  }
  return prepared;
}

/** A commit that an arrival made, as the next one knows it. */
function shown(prepared: PreparedApplication): Pick<PrepareApplication, 'head' | 'good'> & { commit: string } {
  if (prepared.outcome !== 'Commit') throw new Error(JSON.stringify(prepared));
  const { commit, state } = prepared;
  return { commit, head: commit, good: { commit, state } };
}

const known = ({ head, good }: ReturnType<typeof shown>): Visit => ({
  ...(head === undefined ? {} : { head }),
  ...(good === undefined ? {} : { good }),
});

const told = (): unknown => JSON.parse(world.filesAt(repo, 'env/prod')['hydrator.metadata'] ?? 'null');
const fileOf = async (state: RenderedState): Promise<string> =>
  Buffer.from((await originFile(git, reference(), state)) ?? []).toString();

describe('what is told of a source commit', () => {
  test('is its author, date and message, in the fields, order and form of Argo CD, byte for byte', async () => {
    const base = commitSource(
      'Use <two> & more\n\nBecause\u2028 one\nis few.\n\nSigned-off-by: Bob <bob@example.com>\n',
    );
    const date = new Date(Number(world.on(repo, 'log', '-1', '--format=%at', base)) * 1000);
    expect(await fileOf({ base })).toBe(`{
  "repoURL": "${repo}",
  "drySha": "${base}",
  "author": "Ada <ada@example.com>",
  "date": "${date.toISOString().replace('.000', '')}",
  "subject": "Use <two> & more",
  "body": "Because\\u2028 one\\nis few.\\n\\nSigned-off-by: Bob <bob@example.com>\\n"
}
`);
  });

  test('names the commit of the code that its trailers name, as far as Argo CD would read them', async () => {
    const trailers = [
      'Argocd-reference-commit-author: Bob B. <bob@example.com>',
      'Argocd-reference-commit-sha: 0123abc',
      'Argocd-reference-commit-date: yesterday',
      'Argocd-reference-commit-subject: Build it',
      'Argocd-reference-commit-body: "two\\nlines"',
      'Argocd-reference-commit-repourl: https://git.example.com/acme/code',
      'Reviewed-by: Cy <cy@example.com>',
    ];
    const base = commitSource(`Bump\n\n${trailers.join('\n')}\n`);
    expect(JSON.parse(await fileOf({ base }))).toMatchObject({
      body: 'Reviewed-by: Cy <cy@example.com>\n',
      references: [
        {
          commit: {
            author: '"Bob B." <bob@example.com>',
            subject: 'Build it',
            body: 'two\nlines',
            sha: '0123abc',
            repoUrl: 'https://git.example.com/acme/code',
          },
        },
      ],
    });
  });

  test('refers to the commit of the overlay where that is another one', async () => {
    const base = commitSource('base');
    const overlay = commitSource('overlay');
    expect(JSON.parse(await fileOf({ base, overlay }))).toMatchObject({
      drySha: base,
      subject: 'base',
      references: [{ commit: { author: '"Ada" <ada@example.com>', subject: 'overlay', sha: overlay, repoUrl: repo } }],
    });
  });

  test('is its id alone where the commit is gone, and nothing where manifests come from no commit', async () => {
    commitSource('base');
    const gone = 'a'.repeat(40);
    expect(JSON.parse(await fileOf({ base: gone }))).toEqual({ repoURL: repo, drySha: gone });
    expect(await originFile(git, reference(), {})).toBeUndefined();
  });

  test('is bounded, and breaks no line of a commit of ours', async () => {
    const base = commitSource(`Hi\u001b[31m\u202e\r${'x'.repeat(5_000)}\n\n${'y'.repeat(50_000)}\n`);
    const file = await originFile(git, reference(), { base });
    expect(file?.byteLength).toBeLessThan(20_000);
    const trailers = originTrailers(file);
    expect(trailers.map(([key]) => key)).toEqual(
      ['repourl', 'sha', 'author', 'date', 'subject'].map((field) => `Argocd-reference-commit-${field}`),
    );

    expect(trailers.map(([, value]) => value).join('')).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(trailers.at(-1)?.[1].length).toBeLessThanOrEqual(500);
  });
});

describe('hydrator.metadata of a rendered branch', () => {
  test('comes with each commit, which Git reads trailers of, and goes on with the next source', async () => {
    const base = commitSource('one');
    const first = shown(await arrive({ tag: '1', start: { base } }));
    expect(told()).toMatchObject({ repoURL: repo, drySha: base, subject: 'one' });
    const trailers = world.on(repo, 'log', '-1', '--format=%(trailers:only,unfold)', 'env/prod');
    expect(trailers).toContain(`Argocd-reference-commit-sha: ${base}\n`);
    expect(trailers).toContain('Argocd-reference-commit-author: "Ada" <ada@example.com>\n');

    const next = commitSource('two');
    await arrive({ ...known(first), tag: '2', source: next });
    expect(told()).toMatchObject({ drySha: next, subject: 'two' });
  });

  test('is no reason for a commit: a source that renders the same is NoChange, and no difference names the file', async () => {
    const first = await arrive({ tag: '1', start: { base: commitSource('one') } });
    expect(first).toMatchObject({ trees: { changed: 1, summary: '+deployment.apps_web.yaml' }, message: '1 file' });
    const again = await arrive({ ...known(shown(first)), source: commitSource('two') });
    expect(again).toMatchObject({ outcome: 'NoChange', commit: shown(first).commit, trees: { summary: 'no change' } });
  });

  test('a branch from before there was one is ours as it is, and gets one with its next commit', async () => {
    const base = commitSource('one');
    const first = shown(await arrive({ tag: '1', start: { base } }));
    const state = world.filesAt(repo, 'env/prod')['.k8sta/state.yaml'] ?? '';
    const older = world.personCommits(
      repo,
      'env/prod',
      { '.k8sta/state.yaml': state.replace(/^ {2}hydrator\.metadata:.*\n/m, '') },
      { remove: ['hydrator.metadata'] },
    );
    const good = { commit: older, state: first.good?.state ?? {} };
    expect(await arrive({ head: older, good, tag: '1' })).toMatchObject({ outcome: 'NoChange', commit: older });
    await arrive({ head: older, good, tag: '2' });
    expect(told()).toMatchObject({ drySha: base });
  });

  test('one that a person put there survives byte for byte, and is said', async () => {
    const base = commitSource('one');
    const theirs = world.personCommits(repo, 'env/prod', { 'hydrator.metadata': 'mine', 'README.md': 'hi' });
    const made = await arrive({ head: theirs, tag: '1', start: { base } });
    expect(made).toMatchObject({ message: '1 file; hydrator.metadata on the branch is not ours and stays' });
    expect(world.filesAt(repo, 'env/prod')).toMatchObject({ 'hydrator.metadata': 'mine', 'README.md': 'hi' });
  });

  test('D10: that of a branch taken over stays with its files, and goes on with the first source', async () => {
    const theirs = world.personCommits(repo, 'env/prod', {
      'hydrator.metadata': '{"repoURL":"https://git.example.com/dry","drySha":"abc"}',
      'web.yaml': `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{image: ${IMAGE}:0}]}\n`,
    });
    const taken = shown(await arrive({ reference: reference({ adopt: true }), tag: '1' }));
    expect(world.on(repo, 'rev-parse', 'env/prod^').trim()).toBe(theirs);
    expect(told()).toEqual({ repoURL: 'https://git.example.com/dry', drySha: 'abc' });
    expect(world.on(repo, 'log', '-1', '--format=%b', 'env/prod')).toContain('Argocd-reference-commit-sha: abc');

    const base = commitSource('one');
    await arrive({ ...known(taken), source: base });
    expect(told()).toMatchObject({ drySha: base });
    expect(Object.keys(world.filesAt(repo, 'env/prod'))).not.toContain('web.yaml');
  });

  test('G3: a rollback puts it back byte for byte', async () => {
    const first = shown(await arrive({ tag: '1', start: { base: commitSource('one') } }));
    const before = world.filesAt(repo, first.commit)['hydrator.metadata'];
    const second = shown(await arrive({ ...known(first), tag: '2', source: commitSource('two') }));
    await arrive({ ...known(first), head: second.commit, restore: { commit: first.commit, fence: false } });
    expect(world.filesAt(repo, 'env/prod')['hydrator.metadata']).toBe(before);
  });

  test('an edit of it is an edit of ours: the head is foreign until a person says otherwise (D8)', async () => {
    const first = shown(await arrive({ tag: '1', start: { base: commitSource('one') } }));
    const edit = world.personCommits(repo, 'env/prod', { 'hydrator.metadata': 'edited' });
    const suspended = await arrive({ ...known(first), tag: '2' });
    expect(suspended).toMatchObject({
      ownership: { whose: 'ForeignCommit', head: edit, paths: ['hydrator.metadata'] },
    });
    expect(stockGit(['--git-dir', world.bare(repo), 'show', 'env/prod:hydrator.metadata'])).toBe('edited');
  });
});
