import type { Waiting } from '../../../../lib/api';
import { type Obstacle, waitingFor } from '../../../../runtime/journey/plan/obstacle';

const START = Date.UTC(2026, 0, 1, 12);
const at = (ms: number): Date => new Date(START + ms);

/** What status says that long after the wait began, and when the decision is taken again for the words' sake. */
function said(before: Omit<Waiting, 'since'> | undefined, obstacle: Obstacle, ms: number) {
  const woken: number[] = [];
  const draft = {
    now: at(ms),
    time: at(ms).toISOString(),
    hasCome: (time: Date) => {
      const isPast = time.getTime() <= at(ms).getTime();
      if (!isPast) woken.push(time.getTime() - START);
      return isPast;
    },
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
  const lasting = { reason, message: 'runs' } as const;
  const shut = { reason, message: window.message } as const;
  test.each([
    { when: 'the first step, at once', now: step('asked'), ms: 0, message: brief.message, wakes: 30_000 },
    { when: 'another step', before: brief, now: step('runs'), ms: 5_000, message: brief.message, wakes: 30_000 },
    { when: 'a step that lasts', before: brief, now: step('runs'), ms: 30_000, message: 'runs' },
    { when: 'a step after what lasted', before: lasting, now: step('compares'), ms: 31_000, message: 'compares' },
    { when: 'a closed window, at once', now: window, ms: 0, message: window.message },
    { when: 'a closed window, soon', before: brief, now: window, ms: 1_999, message: brief.message, wakes: 2_000 },
    { when: 'a closed window, two seconds later', before: brief, now: window, ms: 2_000, message: window.message },
    { when: 'a window that opens', before: shut, now: step('runs'), ms: 9_000, message: brief.message, wakes: 30_000 },
  ])('$when', ({ before, now, ms, message, wakes }) => {
    expect(said(before, now, ms)).toEqual({ message, wakes });
  });

  test('of another reason are told at once', () => {
    expect(said(brief, { reason: 'Degraded', message: 'it crashes' }, 500).message).toBe('it crashes');
  });
});
