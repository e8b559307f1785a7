/**
 * Bugs to plant, one at a time, in the code under test: the proof that the invariants have no holes. Each is a change of
 * source text, made when the file is loaded; one whose text is not there exactly once any more says so.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Invariant } from './invariants';

/** A change of source text. */
export interface Edit {
  /** From the root of the project. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface PlantedBug extends Edit {
  /** What is wrong then. */
  readonly name: string;
  /** What else has to be taken away: where several defences stand behind each other, one alone is not missed. */
  readonly also?: readonly Edit[];
  /** The saved story that it shows itself in, where chance seldom comes to what it takes. @default - any history */
  readonly story?: string;
  /** Who has to catch it. */
  readonly caughtBy: Invariant;
}

const ROOT = join(__dirname, '../..');

export const PLANTED: readonly PlantedBug[] = [
  {
    name: 'a station is written without compare-and-swap',
    file: 'runtime/dispatch/caches/execute.ts',
    find: 'replaceStatus(withStatus(step.station, step.status))',
    replace:
      'replaceStatus(withStatus((await cluster.objects(STATIONS).get(step.station.metadata)) ?? step.station, step.status))',
    caughtBy: 'I4',
  },
  {
    name: 'a ticket rides the track of its name in whatever namespace',
    file: 'runtime/dispatch/caches/world.ts',
    find: 'keyOf({ ...(namespace ? { namespace } : {}), name: resource.spec.track })',
    replace: "keyOf({ namespace: 'shop', name: resource.spec.track })",
    caughtBy: 'I1',
  },
  {
    name: 'a window is not looked at',
    file: 'runtime/journey/gates/window.ts',
    find: 'if (allowing.length === 0 || allowing.some((phase) => phase.open)) return undefined;',
    replace: 'if (allowing.length >= 0) return undefined;',
    caughtBy: 'I4',
  },
  {
    name: 'a soak ends at once',
    file: 'runtime/journey/arrival/exit.ts',
    find: 'if (draft.isPast(until)) return undefined;',
    replace: 'if (until <= draft.now || soak !== "") return undefined;',
    caughtBy: 'I4',
  },
  {
    name: 'a hold of the station is ignored',
    file: 'runtime/journey/order/turn.ts',
    find: 'if (station.spec.hold) return',
    replace: 'if (station.spec.hold && name === "") return',
    caughtBy: 'I4',
  },
  {
    name: 'Argo CD is not waited for',
    file: 'runtime/journey/arrival/waiting.ts',
    find: "const open = judged.filter(({ verdict }) => verdict.outcome !== 'Synced');",
    replace: "const open = judged.filter(({ verdict }) => verdict.outcome === 'Failed');",
    caughtBy: 'I4',
  },
  {
    name: 'an approval is not bound to the trees',
    file: 'runtime/journey/visits/approval.ts',
    find: 'if (approval.station === station && approval.digest === digest) named',
    replace: 'if (approval.station === station || approval.digest === digest) named',
    caughtBy: 'I4',
  },
  {
    name: 'what people are asked to merge needs no approval',
    file: 'runtime/journey/visits/approval.ts',
    find: 'undefined || validApprovals(ticket, station).length > 0) return undefined;',
    replace:
      "undefined || validApprovals(ticket, station).length > 0 || station.spec.via === 'PullRequest') return undefined;",
    also: [
      {
        file: 'runtime/journey/arrival/preparing.ts',
        find: 'const asked = somethingShown || ticket.spec.rollback !== undefined;',
        replace:
          "const asked = somethingShown || ticket.spec.rollback !== undefined || station.spec.via === 'PullRequest';",
      },
    ],
    caughtBy: 'I4',
  },
  {
    name: 'a station on the way is left out',
    file: 'runtime/journey/facts/ride.ts',
    find: 'if (name !== undefined && !beyond.has(name)) return name;',
    replace: 'if (name !== undefined && !beyond.has(name) && (from !== 1 || at > 1)) return name;',
    caughtBy: 'I4',
  },
  {
    name: 'a commit is dated by the clock',
    file: 'runtime/dispatch/arrivals/branch-commit.ts',
    find: 'date: job.start,',
    replace: 'date: new Date(job.start.getTime() + 1_000 * (1 + (performance.now() % 1_000))),',
    caughtBy: 'I5',
  },
  {
    name: 'a commit does not say its change',
    file: 'runtime/dispatch/arrivals/commit-message.ts',
    find: '[TRAILERS.change, words.rollback ?? changeLine(words.change)],',
    replace: "[TRAILERS.change, ''],",
    caughtBy: 'I5',
  },
  {
    name: 'a commit does not say what it wrote over at whose word',
    file: 'runtime/dispatch/arrivals/branch-commit.ts',
    find: '...overwroteTrailers(overwritten), ',
    replace: '',
    story: 'resumed-over-an-edit-I3.json',
    caughtBy: 'I3',
  },
  {
    name: 'an occupant is not freed',
    file: 'runtime/journey/station.ts',
    find: 'hasPassed(station, ticket) || hasEnded(ticket.status)',
    replace: 'hasPassed(station, ticket)',
    caughtBy: 'I1',
  },
  {
    name: 'a failed ticket goes on',
    file: 'lib/api/reasons.ts',
    find: 'ENDINGS.some((ending) => ending === status?.phase);',
    replace: "ENDINGS.some((ending) => ending === status?.phase && ending !== 'Failed');",
    caughtBy: 'I1',
  },
  {
    name: 'a job that failed is not tried again',
    file: 'runtime/journey/plan/plan.ts',
    find: 'if (this.hasCome(fact.retryAt)) this.start(job());',
    replace: 'if (fact.retryAt <= this.now) return fact;',
    caughtBy: 'I1',
  },
  {
    name: 'an older ticket does not count',
    file: 'runtime/journey/facts/ride.ts',
    find: 'if (found !== undefined) this.ahead.set(ticket.metadata.uid, found);',
    replace: 'if (found === ticket) this.ahead.set(ticket.metadata.uid, found);',
    also: [
      {
        file: 'runtime/journey/order/turn.ts',
        find: 'const first = order.firstBefore(name);',
        replace: 'const first = order.tickets.findLast(({ status }) => status?.station === name);',
      },
    ],
    caughtBy: 'I6',
  },
  {
    name: 'a sequence is given twice',
    file: 'runtime/journey/order/boarding.ts',
    find: '  return highest + 1;',
    replace: '  return Math.max(highest, 1);',
    caughtBy: 'I6',
  },
  {
    name: 'what failed counts as good',
    file: 'runtime/journey/visits/ending.ts',
    find: "const completed = stamp?.result === 'Arrived' || stamp?.result === 'NoChange';",
    replace: "const completed = stamp?.result !== 'Aborted';",
    caughtBy: 'I7',
  },
  {
    name: 'a change starts from the first state instead of the good one',
    file: 'runtime/dispatch/arrivals/prepare.ts',
    find: 'let state = good?.state ?? application.start ?? {};',
    replace: 'let state = application.start ?? good?.state ?? {};',
    caughtBy: 'I7',
  },
  {
    name: 'one image takes the place of all',
    file: 'runtime/journey/facts/state.ts',
    find: 'return [...list.filter((item) => !mine(item)), { ...next, root }];',
    replace: 'return [{ ...next, root }];',
    caughtBy: 'I7',
  },
  {
    name: 'whoever built on our commit counts as us',
    file: 'runtime/journey/facts/ownership.ts',
    find: 'const untouched = descent.find((kin) => kin.touched.length === 0);',
    replace: 'const untouched = descent[0];',
    caughtBy: 'I3',
  },
  {
    name: 'a ticket of the same identity is made again',
    file: 'runtime/dispatch/caches/execute.ts',
    find: 'if (isSameTicket(present, spec)) return;',
    replace: 'if (isSameTicket(present, spec) && name === "") return;',
    also: [
      {
        file: 'runtime/journey/visits/junction.ts',
        find: 'origin?.parent?.station === station && origin.track === track.metadata.uid',
        replace: 'origin?.parent?.station === station && origin.track === undefined && track',
      },
    ],
    caughtBy: 'I2',
  },
  {
    name: 'an analysis is not waited for',
    file: 'runtime/journey/arrival/analysis.ts',
    find: "else if (view.phase !== 'Successful') {",
    replace: "else if (view.phase === '') {",
    caughtBy: 'I4',
  },
  {
    name: 'what branched off is not waited for',
    file: 'runtime/journey/gates/completed.ts',
    find: 'return open.length === 0 ? undefined :',
    replace: 'return open.length >= 0 ? undefined :',
    caughtBy: 'I4',
  },
  {
    name: 'what is written already is written again',
    file: 'runtime/journey/plan/plan.ts',
    find: 'if (same(ticket.status ?? {}, complete) || !this.claim(ticket.metadata.uid)) return;',
    replace: 'if (!this.claim(ticket.metadata.uid)) return;',
    caughtBy: 'I8',
  },
  {
    name: 'a stale cache is trusted around a push',
    file: 'runtime/dispatch/caches/records.ts',
    find: 'if (isOnRecord(job, ticket, station)) return;',
    replace: "if (job.ticket !== '') return;",
    also: [
      {
        file: 'runtime/dispatch/arrivals/land.ts',
        find: 'const deadline = pushesOverAt(tools.now());',
        replace: 'const deadline = new Date(pushesOverAt(tools.now()).getTime() + 3_600_000);',
      },
      {
        file: 'runtime/dispatch/fenced-git.ts',
        find: '{ ...until, permit: () => fence.remainingMs() }',
        replace: 'until',
      },
    ],
    story: 'asleep-around-a-push-I2.json',
    caughtBy: 'I2',
  },
];

/** All changes of a bug. */
export const editsOf = ({ file, find, replace, also = [] }: PlantedBug): readonly Edit[] => [
  { file, find, replace },
  ...also,
];

/** @returns the whole source of a file with the change in it. @throws Error where its text is not there exactly once */
export function edited({ file, find, replace }: Edit): string {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const found = source.split(find).length - 1;
  if (found === 1) return source.replace(find, () => replace);
  throw new Error(`a bug cannot be planted: its text is ${found} times in ${file}. Bring it in step: ${find}`);
}
