import fc from 'fast-check';
import type { ImageSubscription } from '../../../../lib/api';
import { selectTag, siftTags, tagFilter, tagStories } from '../../../../runtime/journey';

const subscription = (more: Partial<ImageSubscription>): ImageSubscription => ({
  repositories: ['ghcr.io/acme/web'],
  interval: '5m',
  select: { semver: { constraint: '^1', prereleases: false } },
  ...more,
});
const nothing = {
  lacking: new Map<string, string>(),
  unusable: new Map<string, string>(),
  built: new Map<string, Date>(),
};
const told = (tags: readonly string[], images: ImageSubscription, more: object = {}): string[] => {
  const { tag: chosen } = selectTag(siftTags(tags, tagFilter(images)), images);
  return tagStories({ tags, chosen, ...nothing, ...more }, images).map(({ tag, why }) => `${tag} ${why}`);
};

describe('what became of each tag', () => {
  test('is told best first, each with its reason', () => {
    const tags = ['latest', '1.3.9', '2.0.0', '1.4.0', 'v1.4.0', '1.5.0-rc.1', '1.10.0-debug', '1.2.0', 'sha-1'];
    const images = subscription({ allowTags: '\\d\\.', ignoreTags: 'debug' });
    expect(told(tags, images)).toEqual([
      'v1.4.0 is chosen',
      '1.4.0 is the same version as v1.4.0',
      '1.3.9 is lower than v1.4.0',
      '1.2.0 is lower than v1.4.0',
      '2.0.0 is outside ^1',
      '1.5.0-rc.1 is a pre-release',
      "1.10.0-debug is ignored by ignoreTags 'debug'",
      "sha-1 is not let in by allowTags '\\d\\.'",
      "latest is not let in by allowTags '\\d\\.'",
    ]);
  });

  test('names the image that lacks it, and why it was passed over', () => {
    const more = {
      chosen: '1.0.0',
      lacking: new Map([['1.2.0', 'ghcr.io/acme/api']]),
      unusable: new Map([['1.1.0', 'ghcr.io/acme/web:1.1.0 is not for linux/arm64']]),
    };
    expect(told(['1.0.0', '1.1.0', '1.2.0'], subscription({}), more)).toEqual([
      '1.0.0 is chosen',
      '1.1.0 was passed over: ghcr.io/acme/web:1.1.0 is not for linux/arm64',
      '1.2.0 is missing in ghcr.io/acme/api',
    ]);
  });

  test('by build tells when, and by a moving tag which', () => {
    const at = (minute: number) => new Date(Date.UTC(2030, 0, 1, 0, minute));
    const built = new Map([
      ['a', at(2)],
      ['b', at(1)],
      ['c', at(2)],
    ]);
    const newest = subscription({ select: { newest: {} } });
    expect(told(['a', 'b', 'c', 'd'], newest, { chosen: 'c', built })).toEqual([
      'c is chosen',
      'a was built at the same time as c',
      'b was built before c',
      'd does not say when it was built, or is for no such platform',
    ]);
    expect(told(['stable'], subscription({ select: { digest: { tag: 'stable' } } }))).toEqual(['stable is chosen']);
  });

  test('is the choice that a look makes, and nobody outranked stands above it', () => {
    const tags = fc.uniqueArray(fc.stringMatching(/^v?[0-3]\.[0-3]\.[0-3](-rc)?$|^[a-c]{1,2}$/), { maxLength: 20 });
    const selects = fc.constantFrom({ semver: { constraint: '>=1', prereleases: true } }, { name: {} });
    fc.assert(
      fc.property(tags, selects, (all, select) => {
        const images = subscription({ select: select, ignoreTags: '^a' });
        const { tag: chosen } = selectTag(siftTags(all, tagFilter(images)), images);
        const stories = tagStories({ tags: all, chosen, ...nothing }, images);
        expect(stories.filter(({ fate }) => fate === 'Chosen').map(({ tag }) => tag)).toEqual(chosen ? [chosen] : []);
        expect(stories.map(({ tag }) => tag).sort()).toEqual([...all].sort());
        if (chosen !== undefined) expect(stories[0]?.tag).toBe(chosen);
      }),
      { numRuns: 50 },
    );
  });
});
