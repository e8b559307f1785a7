import type { ImageSubscription } from '../../../lib/api';
import { filterTags, ranksAbove, selectTag } from '../../../runtime/journey/selection';

const subscription = (more: Partial<ImageSubscription>): ImageSubscription => ({
  repositories: ['ghcr.io/acme/web'],
  interval: '5m',
  select: { semver: { constraint: '*', prereleases: false } },
  ...more,
});
const semver = (constraint: string, prereleases = false) =>
  subscription({ select: { semver: { constraint, prereleases } } });
const facts = (...tags: string[]) => tags.map((tag) => ({ tag }));

describe('B2: which version is chosen', () => {
  test('9.1.45 is newer than 9.1.9', () => {
    expect(selectTag(facts('9.1.9', '9.1.45', '9.1.10'), semver('^9')).tag).toBe('9.1.45');
  });

  test('the choice is explained', () => {
    const choice = selectTag(facts('1.0.0', '1.4.0', '2.0.0', '1.4.0-rc.1'), {
      ...semver('^1.0.0'),
      ignoreTags: '-rc',
    });
    expect(choice.explanation).toBe(
      '1.4.0 of 4 tags: highest that satisfies ^1.0.0; 1 left out by allowTags and ignoreTags',
    );
  });

  test('pre-releases count only where they are asked for', () => {
    expect(selectTag(facts('1.0.0', '1.1.0-rc.1'), semver('*')).tag).toBe('1.0.0');
    expect(selectTag(facts('1.0.0', '1.1.0-rc.1'), semver('*', true)).tag).toBe('1.1.0-rc.1');
  });

  test('tags that are no versions are never chosen by semver', () => {
    expect(selectTag(facts('latest', 'main', 'sha-1234'), semver('*'))).toEqual({
      explanation: 'none of 3 tags: none satisfies *',
    });
  });

  test('a constraint that is none says so instead of choosing', () => {
    expect(selectTag(facts('1.0.0'), semver('not a range')).explanation).toContain("'not a range' is no range");
  });

  test('equal versions are reported as a tie', () => {
    expect(selectTag(facts('1.0.0', 'v1.0.0'), semver('*')).explanation).toContain('is the same version');
  });

  test('name chooses the last tag in byte order', () => {
    expect(selectTag(facts('2024-01-02', '2024-01-10', 'Z'), subscription({ select: { name: {} } })).tag).toBe('Z');
  });

  test('newest chooses by build time and reports equal ones', () => {
    const at = (time: string) => new Date(`2026-01-01T${time}Z`);
    const dated = [
      { tag: 'a', created: at('10:00:00') },
      { tag: 'b', created: at('11:00:00') },
      { tag: 'c', created: at('11:00:00') },
    ];
    const choice = selectTag(dated, subscription({ select: { newest: {} } }));
    expect(choice.tag).toBe('c');
    expect(choice.explanation).toContain('b was built at the same time');
  });

  test('a catastrophic expression cannot stall the choice', () => {
    const long = 'a'.repeat(20_000);
    expect(filterTags([`${long}!`], subscription({ allowTags: '^(a+)+$' }))).toEqual([]);
  });

  test('an expression that RE2 does not take is refused by name', () => {
    expect(() => filterTags(['1'], subscription({ allowTags: '(' }))).toThrow("allowTags '(' is no RE2 expression");
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
