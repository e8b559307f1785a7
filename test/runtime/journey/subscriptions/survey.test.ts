import { survey } from '../../../../runtime/journey/subscriptions/survey';

const overlays = ['env/prod', 'env/test', 'services/api/env/prod'];
const everything = { folder: '', include: [], exclude: [], overlays };

/** Commits as a person would tell them, the oldest first: `1 base/a env/test/b`. */
const history = (...commits: string[]) =>
  commits
    .map((line) => {
      const [commit = '', ...paths] = line.split(' ');
      return { commit, paths };
    })
    .reverse();

describe('B3: new commits ask for', () => {
  test('a source ticket of the newest that touches anything outside the overlays', () => {
    expect(survey(history('1 base/a', '2 base/b env/test/x', '3 env/test/y'), everything)).toEqual({
      commits: 3,
      source: '2',
      overlays: [{ path: 'env/test', commit: '3' }],
      skipped: { count: 1, oldest: '1', newest: '1' },
    });
  });

  test('the newest of each overlay folder, of commits that touch overlays only', () => {
    const found = survey(
      history('1 env/prod/a', '2 env/prod/b env/test/b', '3 env/test/c', '4 env/prodigy/x'),
      everything,
    );
    expect(found).toMatchObject({
      source: '4',
      overlays: [
        { path: 'env/prod', commit: '2' },
        { path: 'env/test', commit: '3' },
      ],
      skipped: { count: 1, oldest: '1', newest: '1' },
    });
  });

  test('nothing where nothing that counts was touched, and say which commits were skipped', () => {
    const docs = { ...everything, exclude: ['**/*.md', 'docs'] };
    expect(survey(history('1 README.md', '2', '3 docs/a.txt'), docs)).toEqual({
      commits: 3,
      overlays: [],
      skipped: { count: 3, oldest: '1', newest: '3' },
    });
  });

  test('L5: what lies in the folder that the repository is seen from, globs and all', () => {
    const api = { ...everything, folder: 'services/api', include: ['base/**', 'env/**'] };
    const found = survey(
      history(
        '1 services/api/base/x',
        '2 services/api/env/prod/x env/prod/y',
        '3 services/apis/base/x',
        '4 services/api/README',
      ),
      api,
    );
    expect(found).toMatchObject({ source: '1', overlays: [{ path: 'services/api/env/prod', commit: '2' }] });
  });

  test('a source ticket of a commit that touches an overlay and what does not count: it is not torn apart', () => {
    const docs = { ...everything, exclude: ['docs'] };
    expect(survey(history('1 env/prod/a docs/b', '2 docs/c'), docs)).toMatchObject({ source: '1', overlays: [] });
  });

  test('a file that is called like an overlay folder lies outside of it', () => {
    expect(survey(history('1 env/prod'), everything).source).toBe('1');
  });

  test('names that are no text in any encoding count like all others', () => {
    expect(survey(history('1 env/prod/caf\ufffd', '2 \u0001\n\ufffd'), everything)).toMatchObject({
      source: '2',
      overlays: [{ path: 'env/prod', commit: '1' }],
    });
  });
});
