import fc from 'fast-check';
import type { ImageSubscription } from '../../../../lib/api';
import {
  ranksAbove,
  selectChart,
  selectTag,
  versionRanksAbove,
  type Selection,
} from '../../../../runtime/journey/subscriptions/selection';
import { siftTags, tagFilter } from '../../../../runtime/journey/subscriptions/tag-filter';

const subscription = (more: Partial<ImageSubscription>): ImageSubscription => ({
  repositories: ['ghcr.io/acme/web'],
  interval: '5m',
  select: { semver: { constraint: '*', prereleases: false } },
  ...more,
});
const semver = (constraint: string, prereleases = false) =>
  subscription({ select: { semver: { constraint, prereleases } } });
const choose = (tags: readonly string[], images: ImageSubscription, built?: ReadonlyMap<string, Date>): Selection =>
  selectTag(siftTags(tags, tagFilter(images)), images, built);

describe('B2: which version is chosen', () => {
  test('9.1.45 is newer than 9.1.9', () => {
    expect(choose(['9.1.9', '9.1.45', '9.1.10'], semver('^9')).tag).toBe('9.1.45');
  });

  test('the choice is explained', () => {
    const choice = choose(['1.0.0', '1.4.0', '2.0.0', '1.4.0-rc.1', 'sha-1', 'sha-2'], {
      ...semver('^1.0.0'),
      allowTags: '^[0-9]',
      ignoreTags: '-rc',
    });
    expect(choice.explanation).toBe(
      '1.4.0 of 6 tags: highest that satisfies ^1.0.0; 1 ignored by ignoreTags; 2 not let in by allowTags',
    );
  });

  test('pre-releases count only where they are asked for', () => {
    expect(choose(['1.0.0', '1.1.0-rc.1'], semver('*')).tag).toBe('1.0.0');
    expect(choose(['1.0.0', '1.1.0-rc.1'], semver('*', true)).tag).toBe('1.1.0-rc.1');
  });

  test('tags that are no versions are never chosen by semver', () => {
    expect(choose(['latest', 'main', 'sha-1234', '1.2', '20240101'], semver('*'))).toEqual({
      explanation: 'none of 5 tags: none satisfies *, as none is a version',
    });
  });

  test('a constraint that is none says so instead of choosing', () => {
    expect(choose(['1.0.0'], semver('not a range')).explanation).toContain("'not a range' is no range");
  });

  test('a comma in a range means "and", as a space does', () => {
    expect(choose(['1.0.0', '1.9.0', '2.0.0'], semver('>=1.0.0, <2')).tag).toBe('1.9.0');
  });

  test('equal versions are reported as a tie', () => {
    expect(choose(['1.0.0', 'v1.0.0', '0.9.0'], semver('*'))).toEqual({
      tag: 'v1.0.0',
      explanation: 'v1.0.0 of 3 tags: highest that satisfies *; 1.0.0 is the same version',
    });
  });

  test('name chooses the last tag in byte order', () => {
    expect(choose(['2024-01-02', '2024-01-10', 'Z'], subscription({ select: { name: {} } })).tag).toBe('Z');
  });

  test('newest chooses by build time and reports equal ones', () => {
    const at = (time: string) => new Date(`2026-01-01T${time}Z`);
    const built = new Map([
      ['a', at('10:00:00')],
      ['c', at('11:00:00')],
      ['b', at('11:00:00')],
    ]);
    const choice = choose(['a', 'b', 'c', 'undated'], subscription({ select: { newest: {} } }), built);
    expect(choice).toMatchObject({ tag: 'c', created: at('11:00:00') });
    expect(choice.explanation).toContain('b was built at the same time');
  });

  test('the choice is the same in whatever order the tags come, and no tag outranks it', () => {
    const part = fc.integer({ min: 0, max: 12 });
    const version = fc
      .tuple(fc.constantFrom('', 'v'), part, part, part, fc.constantFrom('', '-rc.1', '-alpha'))
      .map(([v, major, minor, patch, pre]) => `${v}${major}.${minor}.${patch}${pre}`);
    const tags = fc.uniqueArray(fc.oneof(version, fc.constantFrom('latest', 'main', '1.2')), { maxLength: 30 });
    const selects = fc.constantFrom(semver('^1 || >=5'), semver('*', true), subscription({ select: { name: {} } }));
    fc.assert(
      fc.property(tags, selects, (all, images) => {
        const choice = choose(all, images);
        expect(choose([...all].reverse(), images)).toEqual(choice);
        if (choice.tag === undefined) return;
        const { tag } = choice;
        const alone = all.filter((one) => choose([one], images).tag !== undefined);
        expect(alone.filter((one) => ranksAbove({ tag: one }, { tag }, images))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  test('an expression that is catastrophic elsewhere takes linear time', () => {
    const filter = tagFilter(subscription({ allowTags: '^(a+)+$' }));
    expect(filter.leavesOut(`${'a'.repeat(20_000)}!`)).toBe('allowTags');
  });

  test.each([
    ['that RE2 does not take', '(', /allowTags '\(' is no RE2 expression/],
    ['with a look-ahead', '(?=a)b', /is no RE2 expression/],
    ['that repeats repetitions', '((a{100}){100}){100}', /is no RE2 expression/],
    ['that becomes large', '(a?){450}a{450}', /is too large: with its repetitions it has \d+ steps/],
    ['that is long', 'a'.repeat(257), /has 257 characters: at most 256/],
  ])('an expression %s is refused by name', (_what, allowTags, words) => {
    expect(() => tagFilter(subscription({ allowTags }))).toThrow(words);
  });

  test('what a tag costs grows with the expression and the tag, so that whoever sifts many can stop between', () => {
    const costs = ['a', 'ab', 'ab{20}'].map((allowTags) =>
      tagFilter(subscription({ allowTags })).cost('x'.repeat(100)),
    );
    expect([...costs].sort((one, other) => one - other)).toEqual(costs);
    expect(tagFilter(subscription({})).cost('x')).toBe(1);
  });
});

describe('B2: which version of a chart is chosen', () => {
  const versions = ['2.0.0', 'v2.1.0', '2.2.0-rc.1', '3.0.0', '2.1', 'latest'];

  test.each([
    ['^2', 'v2.1.0', 'v2.1.0 of 6 versions: highest that satisfies ^2'],
    ['>=2.0.0-0 <3', '2.2.0-rc.1', '2.2.0-rc.1 of 6 versions: highest that satisfies >=2.0.0-0 <3'],
    ['>=2.0.0, <2.1', '2.0.0', '2.0.0 of 6 versions: highest that satisfies >=2.0.0, <2.1'],
    ['*', '3.0.0', '3.0.0 of 6 versions: highest that satisfies *'],
    ['^4', undefined, 'none of 6 versions: none satisfies ^4'],
    ['two', undefined, "none of 6 versions: 'two' is no range of semantic versions"],
  ])('by %s it is %s', (range, tag, explanation) => {
    const chosen = selectChart(versions, { semver: range });
    expect([chosen.tag, chosen.explanation]).toEqual([tag, explanation]);
  });

  test('versions that differ in what they were built from are a tie, which is reported', () => {
    expect(selectChart(['1.0.0+b', '1.0.0+a'], { semver: '*' })).toEqual({
      tag: '1.0.0+b',
      explanation: '1.0.0+b of 2 versions: highest that satisfies *; 1.0.0+a is the same version',
    });
    expect(versionRanksAbove('1.0.0+b', '1.0.0+a')).toBe(false);
  });
});

describe('B2: a ticket is made only for what ranks above the last one', () => {
  test.each([
    ['a higher version', '1.1.0', '1.0.9', true],
    ['the same version', '1.0.0', '1.0.0', false],
    ['a lower one, as when a tag vanished', '1.2.0', '1.3.0', false],
  ])('%s', (_what, chosen, last, expected) => {
    expect(ranksAbove({ tag: chosen }, { tag: last }, semver('*'))).toBe(expected);
  });

  test('any move of a digest tag counts', () => {
    expect(
      ranksAbove({ tag: 'stable' }, { tag: 'stable' }, subscription({ select: { digest: { tag: 'stable' } } })),
    ).toBe(true);
  });
});
