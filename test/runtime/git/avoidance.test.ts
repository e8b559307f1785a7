import { Avoidance, type Reason } from '../../../runtime/git/wire/avoidance';

const MINUTE_MS = 60_000;

/** How many milliseconds a server is avoided after this happened, a moment after each other. */
function avoidedAfter(happened: readonly (Reason | 'Understood')[]): number {
  let now = 0;
  const avoidance = new Avoidance(() => new Date(now));
  for (const one of happened) {
    if (one === 'Understood') avoidance.understood();
    else avoidance.outdone(one);
  }
  while (!avoidance.isOver) now += 1_000;
  return now;
}

describe('a server', () => {
  test.each<[readonly (Reason | 'Understood')[], string, number]>([
    [['Foreign'], 'that does not understand is left to Git for ten minutes', 10 * MINUTE_MS],
    [['Hiccup'], 'that had one error is not avoided', 0],
    [['Hiccup', 'Hiccup'], 'that had two errors in a row is avoided for seconds', 5_000],
    [['Hiccup', 'Hiccup', 'Hiccup'], 'that goes on with errors is avoided longer each time', 10_000],
    [
      Array<Reason>(20).fill('Hiccup'),
      'that always has errors is avoided like one that does not understand',
      10 * MINUTE_MS,
    ],
    [['Hiccup', 'Understood', 'Hiccup'], 'that was understood between two errors is not avoided', 0],
    [['Unable', 'Unable', 'Unable'], 'that lacks an ability is spoken to about all else', 0],
  ])('%j: %s', (happened, _what, ms) => {
    expect(avoidedAfter(happened)).toBe(ms);
  });
});
