import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorsOf, linksOf, pages, ROOT } from './documents';

const all = pages();
const byPath = new Map(all.map((page) => [page.path, page]));

test('every link between the documents leads somewhere', () => {
  const dead = all.flatMap((page) =>
    linksOf(page)
      .filter((link) => {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? page.path : normalize(join(dirname(page.path), file));
        if (!existsSync(join(ROOT, target))) return true;
        const known = byPath.get(target);
        return anchor !== undefined && known !== undefined && !anchorsOf(known).has(anchor);
      })
      .map((link) => `${page.path}: ${link}`),
  );
  expect(dead).toEqual([]);
});

test('every document can be reached from README.md', () => {
  const reached = new Set<string>();
  const follow = (path: string): void => {
    const page = byPath.get(path);
    if (page === undefined || reached.has(path)) return;
    reached.add(path);
    for (const link of linksOf(page)) {
      const target = normalize(join(dirname(path), link.split('#')[0] ?? ''));
      follow(target);
      follow(join(target, 'README.md'));
    }
  };
  follow('README.md');
  expect([...byPath.keys()].filter((path) => !reached.has(path))).toEqual([]);
});
