import { transitions } from '../../../../runtime/cli/view';
import type { Ticket, TicketStatus } from '../../../../lib/api';
import { at, sha, snapshot, ticket } from './network';

const texts = (before: Ticket | undefined, after: Ticket): string[] =>
  transitions(before && snapshot({ tickets: [before] }), snapshot({ tickets: [after] })).map(({ text }) => text);

const standing: TicketStatus = { phase: 'Standing', sequence: 1, station: 'test' };
const arriving: TicketStatus = { phase: 'Arriving', sequence: 1, station: 'test' };

describe('what happened, a sentence for each transition', () => {
  test('a new ticket says what it carries, then that it boarded', () => {
    expect(texts(undefined, ticket('main-1'))).toEqual(['main-1 carries guestbook 1.2.0']);
    expect(texts(ticket('main-1'), ticket('main-1', standing))).toEqual([
      'main-1 boarded main as number 1',
      'main-1 stands before test',
    ]);
  });

  test('an arrival says its commit once', () => {
    const applications = [
      { name: 'web', namespace: 'argocd', branch: 'env/test', commit: sha('c'), result: 'Commit' as const },
    ];
    const arrival = { station: 'test', stationUid: 'u', start: at(0), applications };
    const recorded = ticket('main-1', { ...arriving, arrival });
    expect(texts(ticket('main-1', standing), ticket('main-1', arriving))).toEqual(['main-1 arrives at test']);
    expect(texts(ticket('main-1', arriving), recorded)).toEqual([
      'main-1 at test: commit ccccccc for web, branch env/test',
    ]);
    expect(texts(recorded, recorded)).toEqual([]);
  });

  test('a wait is said when its reason changes, not when its words do', () => {
    const waits = (reason: 'NotSynced' | 'Progressing', message: string) =>
      ticket('main-1', { ...arriving, waiting: { reason, since: at(0), message } });
    expect(texts(waits('NotSynced', 'a'), waits('NotSynced', 'b'))).toEqual([]);
    expect(texts(waits('NotSynced', 'a'), waits('Progressing', '0 of 1'))).toEqual([
      'main-1 waits, Progressing: 0 of 1',
    ]);
  });

  test('a departure comes before the next stand, and tells how long it took', () => {
    const next = ticket('main-1', {
      phase: 'Standing',
      sequence: 1,
      station: 'stage',
      stamps: [{ station: 'test', arrived: at(0), departed: at(1.25), result: 'Arrived' }],
    });
    expect(texts(ticket('main-1', arriving), next)).toEqual([
      'main-1 departed test after 1.3 s',
      'main-1 stands before stage',
    ]);
  });

  test.each<[string, TicketStatus, string]>([
    ['completed', { phase: 'Completed' }, 'main-1 completed'],
    [
      'failed',
      { phase: 'Failed', failure: { reason: 'SyncFailed', station: 'test', message: 'no such\nkind' } },
      'main-1 failed at test, SyncFailed: no such kind',
    ],
    [
      'superseded',
      { phase: 'Superseded', supersededBy: { ticket: 'main-2', uid: 'u' } },
      'main-1 superseded by main-2',
    ],
  ])('an ending is said once: %s', (_what, ending, words) => {
    const ended = ticket('main-1', { sequence: 1, ...ending });
    expect(texts(ticket('main-1', arriving), ended)).toEqual([words]);
    expect(texts(ended, ended)).toEqual([]);
  });

  test('a station left without an arrival says why', () => {
    const skipped = ticket('main-1', {
      ...standing,
      station: 'stage',
      stamps: [{ station: 'test', departed: at(1), result: 'Skipped', message: 'the station is disabled' }],
    });
    expect(texts(ticket('main-1', standing), skipped)[0]).toBe('main-1 left test: Skipped: the station is disabled');
  });
});
