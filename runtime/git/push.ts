/** Moves heads at the server: all or none, from the head expected, forward only; and reads what became of it. */

import { TerminalError } from '../errors';
import type { Contact, ContactResult } from './contact';
import type { HeadUpdate, PushOutcome } from './contract';
import { explain, wordsOf } from './failure';

const STATUS_LINE = /^([ +\-*=!])\t[^\t]*:refs\/heads\/([^\t]+)\t(.*)$/;
/** Another writer holds or held the ref; trying again on a fresh look may work. */
const CONTENDED =
  /stale info|fetch first|non-fast-forward|cannot lock ref|incorrect old value|reference already exists|failed to (update|lock) ref|but expected/i;
/** What stands before a server said no to all of it, for its size: the server never saw it. */
const TOO_LARGE = /returned error: 413/i;
const NO_ATOMIC = /does not support --atomic/i;

/** What a server did with one head. */
interface Verdict {
  readonly landed: boolean;
  readonly summary: string;
  /** The server took the objects and did not say what it did with this head. */
  readonly silent: boolean;
}

/** What came back of a push. */
export interface PushAnswer {
  /** By branch; those that the server said nothing of are absent. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly result: ContactResult;
}

/** @throws TerminalError `InvalidBranch` where one branch is named twice */
export function assertDistinct(updates: readonly HeadUpdate[]): void {
  const seen = new Set<string>();
  for (const { branch } of updates) {
    if (seen.has(branch))
      throw new TerminalError(`The branch "${branch}" is named twice in one push.`, 'InvalidBranch');
    seen.add(branch);
  }
}

/** One push. The lease makes it compare-and-swap; the caller has seen to it that it only goes forward. */
export function sendPush(
  contact: Contact,
  updates: readonly HeadUpdate[],
  options: {
    readonly partial: boolean;
    readonly wholeMs: number;
    readonly permit?: () => number;
    readonly signal?: AbortSignal;
  },
): Promise<ContactResult> {
  const leases = updates.map(({ branch, expected }) => `--force-with-lease=refs/heads/${branch}:${expected ?? ''}`);
  const refs = updates.map(({ branch, commit }) => `${commit}:refs/heads/${branch}`);
  const atomic = updates.length > 1 ? ['--atomic'] : [];
  const args = ['push', '--porcelain', '--no-verify', '--no-progress', ...atomic, ...leases, '--', 'origin', ...refs];
  // A hook of the server may take its time without a word: the deadline alone bounds a push.
  return contact.run(args, { ...options, silenceMs: options.wholeMs });
}

/** @param look reads the heads as they are now; asked only after a refusal, since they say what became of it */
export async function judgePush(
  repository: string,
  updates: readonly HeadUpdate[],
  { verdicts, result }: PushAnswer,
  look: () => Promise<ReadonlyMap<string, string>>,
): Promise<PushOutcome | { readonly outcome: 'Partly'; readonly left: readonly HeadUpdate[] }> {
  const told = updates.map(({ branch }) => verdicts.get(branch)).filter((verdict) => verdict !== undefined);
  const complete = told.length === updates.length && told.every((verdict) => !verdict.silent);
  if (complete && told.every((verdict) => verdict.landed)) return { outcome: 'Accepted' };
  const refused = (complete && told.some((verdict) => !verdict.landed)) || TOO_LARGE.test(result.stderr);
  if (!refused && !NO_ATOMIC.test(result.stderr)) {
    return { outcome: 'Unanswered', message: explain(repository, result, result.secrets).text };
  }
  const message = refusalWords(verdicts, result);
  // Who cannot look takes the server by its word; the caller looks again anyway.
  const heads = await look().catch(() => undefined);
  const left = updates.filter(({ branch, commit }) => heads?.get(branch) !== commit);
  const moved = heads !== undefined && left.some(({ branch, expected }) => heads.get(branch) !== expected);
  if (left.length === 0) return { outcome: 'Accepted' };
  if (left.length < updates.length && !moved) return { outcome: 'Partly', left };
  return { outcome: 'Refused', kind: moved || CONTENDED.test(message) ? 'Moved' : 'Rejected', message };
}

export function readVerdicts(stdout: string): Map<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  for (const line of stdout.split('\n')) {
    const [, sign, branch, summary = ''] = STATUS_LINE.exec(line) ?? [];
    if (branch !== undefined) {
      verdicts.set(branch, { landed: sign !== '!', summary, silent: summary.startsWith('[remote failure]') });
    }
  }
  return verdicts;
}

function refusalWords(verdicts: ReadonlyMap<string, Verdict>, result: ContactResult): string {
  const reasons = [...verdicts]
    .filter(([, verdict]) => !verdict.landed)
    .map(([branch, verdict]) => `${branch}: ${verdict.summary}`);
  const words = wordsOf(result, result.secrets)
    .split('\n')
    .filter((line) => !/^error: (failed to push some refs|atomic push failed)/.test(line))
    .map((line) => line.replace(/^remote: ?/, ''));
  return [...words, ...reasons].filter((line) => line !== '').join('\n');
}
