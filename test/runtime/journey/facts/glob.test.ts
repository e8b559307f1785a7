import { globMatcher } from '../../../../runtime/journey/facts/glob';

describe('a glob', () => {
  test.each([
    ['docs/**', 'docs/a/b.md', true],
    ['docs/**', 'docs.md', false],
    ['docs', 'docs/a/b.md', true],
    ['docs/', 'docs/a.md', true],
    ['/docs', 'docs/a.md', true],
    ['docs', 'docs2/a.md', false],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['**/*.md', 'README.md', true],
    ['**/*.md', 'docs/deep/README.md', true],
    ['**', '.hidden/x', true],
    ['base/*/x.yaml', 'base/a/x.yaml', true],
    ['base/*/x.yaml', 'base/a/b/x.yaml', false],
    ['base/?.yaml', 'base/a.yaml', true],
    ['base/?.yaml', 'base/ab.yaml', false],
    ['base/{a,b}.yaml', 'base/b.yaml', true],
    ['base/{a,b}.yaml', 'base/c.yaml', false],
    ['base/[a-c].yaml', 'base/b.yaml', true],
    ['base/[!a-c].yaml', 'base/b.yaml', false],
    ['a+(b).yaml', 'a+(b).yaml', true],
    ['\\*.md', '*.md', true],
    ['\\*.md', 'a.md', false],
    ['a\nb/*', 'a\nb/c', true],
    ['größe/*', 'größe/ü.yaml', true],
    ['x', 'line\nfeed', false],
    ['**', 'line\nfeed', true],
  ])('%j and the path %j: %j', (glob, path, fits) => {
    expect(globMatcher(glob)(path)).toBe(fits);
  });

  test.each([
    ['base/{a', 'a brace is not closed'],
    ['[z-a]', "'[z-a]' is no glob"],
  ])('%j is refused in words', (glob, words) => {
    expect(() => globMatcher(glob)).toThrow(words);
  });

  test('full of stars takes no longer for a name that is made to stall it', () => {
    const fits = globMatcher(`${'*a'.repeat(100)}b`);
    const began = performance.now();
    expect(fits('a'.repeat(4_000))).toBe(false);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
