import type { Window } from '../../../../lib/api';
import { windowObstacle, windowProblems } from '../../../../runtime/journey/gates/window';

const allow = (cron: string, duration: string, timeZone = 'UTC'): Window => ({ allow: cron, duration, timeZone });
const deny = (cron: string, duration: string, timeZone = 'UTC'): Window => ({ deny: cron, duration, timeZone });
const at = (time: string): Date => new Date(time);

const cases: readonly (readonly [string, readonly Window[], string, string | undefined])[] = [
  ['opens at the very moment', [allow('0 9 * * *', '1h')], '2030-01-01T09:00:00Z', undefined],
  ['is shut a moment before', [allow('0 9 * * *', '1h')], '2030-01-01T08:59:59.999Z', '2030-01-01T09:00:00.000Z'],
  ['is open to its last moment', [allow('0 9 * * *', '1h')], '2030-01-01T09:59:59.999Z', undefined],
  ['is shut at its end', [allow('0 9 * * *', '1h')], '2030-01-01T10:00:00Z', '2030-01-02T09:00:00.000Z'],
  ['goes by its time zone', [allow('0 9 * * *', '1h', 'Europe/Berlin')], '2030-07-01T07:30:00Z', undefined],
  ['opens on a leap day', [allow('0 0 29 2 *', '1h')], '2030-01-01T00:00:00Z', '2032-02-29T00:00:00.000Z'],
  ['never opens', [allow('0 0 30 2 *', '1h')], '2030-01-01T00:00:00Z', 'Never'],
  ['one of two is enough', [allow('0 0 30 2 *', '1h'), allow('0 9 * * *', '1h')], '2030-01-01T09:30:00Z', undefined],
  [
    'a denying one goes before',
    [allow('* * * * *', '2m'), deny('0 9 * * *', '1h')],
    '2030-01-01T09:30:00Z',
    '2030-01-01T10:00:00.000Z',
  ],
  ['denying spans that meet are one', [deny('0 * * * *', '90m')], '2030-01-01T09:30:00Z', '2030-01-05T14:30:00.000Z'],
  ['longer than a day', [allow('0 0 * * 1', '48h')], '2030-01-08T12:00:00Z', undefined],
];

test.each(cases)('F1: a window %s', (_what, windows, now, until) => {
  const obstacle = windowObstacle(windows, at(now));
  if (until === undefined) return expect(obstacle).toBeUndefined();
  expect(obstacle).toMatchObject({ reason: 'Window' });
  expect(obstacle?.until?.toISOString()).toBe(until === 'Never' ? undefined : until);
});

test.each([
  [allow('at noon', '1h'), "entry.windows: 'at noon' in time zone 'UTC' cannot be read: "],
  [allow('0 9 * * *', '1h', 'Mars/Phobos'), "entry.windows: '0 9 * * *' in time zone 'Mars/Phobos' cannot be read: "],
  [allow('0 0 30 2 *', '1h'), "entry.windows: '0 0 30 2 *' in time zone 'UTC' never opens."],
])('a window that cannot open is said by the station', (window, words) => {
  expect(windowProblems([window], at('2030-01-01T00:00:00Z'))[0]).toContain(words);
});

test('a window that cannot be read keeps the gate shut', () => {
  expect(windowObstacle([allow('at noon', '1h')], at('2030-01-01T00:00:00Z'))?.message).toContain(
    'the gate stays shut',
  );
});
