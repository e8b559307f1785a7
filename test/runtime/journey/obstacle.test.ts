import type { Waiting } from '../../../lib/api';
import { type Obstacle, waitingFor } from '../../../runtime/journey/obstacle';

const START = Date.UTC(2026, 0, 1, 12);
const at = (ms: number): Date => new Date(START + ms);

/** What status says that long after the wait began, and when the decision is taken again for the words' sake. */
function said(before: Omit<Waiting, 'since'> | undefined, obstacle: Obstacle, ms: number) {
  const woken: number[] = [];
  const draft = {
    now: at(ms),
    time: at(ms).toISOString(),
    wake: (time: Date | undefined) => void (time && woken.push(time.getTime() - START)),
  };
  const waiting = before && { ...before, since: at(0).toISOString() };
  const ticket = { status: { station: 'test', ...(waiting && { waiting }) } };
  const { message } = waitingFor(
    draft as unknown as Parameters<typeof waitingFor>[0],
    obstacle,
    ticket as unknown as Parameters<typeof waitingFor>[2],
    'test',
  );
  return { message, wakes: woken.length === 0 ? undefined : Math.min(...woken) };
}

const reason = 'NotSynced';
const step = (message: string): Obstacle => ({ reason, message, brief: 'waits for a sync' });
const window: Obstacle = { reason, message: 'a window is closed' };
const brief = { reason, message: 'waits for a sync' } as const;

describe('the words of a wait', () => {
  test.each([
    ['the first step, at once', undefined, step('asked'), 0, 'waits for a sync', 30_000],
    ['another step', brief, step('runs'), 5_000, 'waits for a sync', 30_000],
    ['a step that lasts', brief, step('runs'), 30_000, 'runs', undefined],
    ['a step after what lasted', { reason, message: 'runs' }, step('compares'), 31_000, 'compares', undefined],
    ['a closed window, at once', undefined, window, 0, 'a window is closed', undefined],
    ['a closed window after the first steps', brief, window, 1_999, 'waits for a sync', 2_000],
    ['a closed window two seconds after the first step', brief, window, 2_000, 'a window is closed', undefined],
    [
      'a step when the window is open again',
      { reason, message: window.message },
      step('runs'),
      9_000,
      brief.message,
      30_000,
    ],
  ] as const)('%s', (_when, before, obstacle, ms, message, wakes) => {
    expect(said(before, obstacle, ms)).toEqual({ message, wakes });
  });

  test('of another reason are told at once', () => {
    expect(said(brief, { reason: 'Degraded', message: 'it crashes' }, 500).message).toBe('it crashes');
  });
});
