import { shortCommit } from '../../lib/api/words';
import type {
  ApplicationCondition,
  ApplicationView,
  ApplicationWaitingReason,
  Expectation,
  RevisionRelation,
  Verdict,
} from '../journey/facts/application';
import { isOnBranch } from './branch';
import { floorToSecond, later, plus, timeOf } from './time';

/** How patient a judgement is. All in milliseconds. */
export interface Patience {
  /** How long a word of Argo CD, good or bad, must stand before it counts. @default 5000 */
  readonly settleMs: number;
  /** How long Argo CD has for its next look before it is asked again. @default 10000 */
  readonly lookAgainMs: number;
  /** How long a request may stay unanswered before Argo CD counts as unavailable. @default 60000 */
  readonly unansweredMs: number;
  /**
   * How old a comparison may be while its health is waited for. A controller that was restarted learns nothing of what
   * happened meanwhile until it compares again, by itself after two to three minutes; asking once a minute costs it twice
   * what it does anyway, and only for what is waited for.
   *
   * @default 60000
   */
  readonly freshMs: number;
}

const DEFAULT_PATIENCE: Patience = { settleMs: 5_000, lookAgainMs: 10_000, unansweredMs: 60_000, freshMs: 60_000 };

/** One question to Argo CD's word: a verdict ends the judgement, `undefined` passes to the next question. */
type Question = (moment: Moment) => Verdict | undefined;

interface Moment {
  readonly view: ApplicationView;
  readonly expectation: Expectation;
  readonly now: Date;
  readonly patience: Patience;
  /** Which source of the Application is ours. */
  readonly index: number;
  readonly revision: string;
  readonly relation: RevisionRelation;
}

const FULL_SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** In this order: each question relies on the answers before it. */
const QUESTIONS: readonly Question[] = [
  isLeftAlone,
  isSpecInvalid,
  isLookPending,
  isOperationUnderWay,
  isComparisonOlderThanOperation,
  isComparisonFailing,
  isComparisonOfOtherSources,
  isOurCommitUnseen,
  isSyncFailed,
  isOutOfSync,
  isUnhealthy,
  isUnsettled,
];

/**
 * Whether Argo CD says *synced to our commit and healthy*, and if not, what that means for the arrival.
 *
 * Argo CD writes sync, operation and health from independent loops with a resolution of one second, so no single field
 * can be trusted: health counts only with our revision synced, no operation open, and the comparison not older than the
 * operation's end. Graces and deadlines are not decided here.
 *
 * A report of the very commit proves that Argo CD looked after the push, whatever the clocks say; `since` decides only
 * about reports of anything else.
 *
 * @param view `undefined` where the Application does not exist
 */
export function judge(
  view: ApplicationView | undefined,
  expectation: Expectation,
  now: Date,
  patience: Partial<Patience> = {},
): Verdict {
  if (view === undefined) return waiting('ApplicationMissing', 'the Application does not exist');
  if (view.deletionTimestamp !== undefined) {
    return waiting('ApplicationMissing', 'the Application is being deleted', { since: timeOf(view.deletionTimestamp) });
  }
  const index = view.sources.findIndex((source) => isOnBranch(source, expectation));
  if (index < 0) return waiting('WrongBranch', `the Application no longer syncs ${describe(expectation)}`);
  const revision = view.sync.revisions[index] ?? '';
  const moment: Moment = {
    view,
    expectation,
    now,
    patience: { ...DEFAULT_PATIENCE, ...patience },
    index,
    revision,
    relation: relationOf(revision, expectation),
  };
  for (const question of QUESTIONS) {
    const verdict = question(moment);
    if (verdict !== undefined) return verdict;
  }
  return { outcome: 'Synced', revision };
}

function isLeftAlone({ view }: Moment): Verdict | undefined {
  if (!view.skipReconcile) return undefined;
  return waiting(
    'ArgoCDUnavailable',
    'Argo CD leaves this Application alone: its annotation argocd.argoproj.io/skip-reconcile is "true"; remove it',
  );
}

/** Argo CD gives up before it compares and stamps no time, so this one counts as it stands. */
function isSpecInvalid({ view }: Moment): Verdict | undefined {
  const condition = conditionOf(view, 'InvalidSpecError');
  if (condition === undefined || view.refresh !== undefined) return undefined;
  return { outcome: 'Failed', reason: 'InvalidSpec', message: condition.message };
}

/** The commit is live as far as Argo CD last saw. */
const isLive = ({ view, relation }: Moment): boolean =>
  view.sync.status === 'Synced' && (relation === 'same' || relation === 'contains');

function isLookPending(moment: Moment): Verdict | undefined {
  const { view, now, patience } = moment;
  if (view.refresh === undefined) return undefined;
  const since = timeOf(view.refresh.requestedAt);
  const until = since && plus(since, patience.unansweredMs);
  if (until !== undefined && now >= until) {
    return waiting(
      'ArgoCDUnavailable',
      `Argo CD has not answered a refresh since ${since?.toISOString()}: is its application controller running, ` +
        `and does it watch namespace ${view.namespace}?`,
      { since },
    );
  }
  // Until it answers, what it said of this very commit stands.
  const said = isLive(moment) && !isOperating(view) && !isOutdated(view) ? isUnhealthy(moment) : undefined;
  if (said?.outcome === 'Waiting') return { ...said, recheckAt: until };
  return waiting('NotSynced', 'Argo CD has been asked to look at the branch again', {
    since,
    recheckAt: until,
    synced: isLive(moment),
    brief: briefly(moment),
  });
}

const isOperating = ({ operation, operationState: state }: ApplicationView): boolean =>
  operation !== undefined || state?.phase === 'Running' || state?.phase === 'Terminating';

/** Whether sync status and health describe the time before the last operation's end. */
function isOutdated({ operationState, reconciledAt }: ApplicationView): boolean {
  const finished = timeOf(operationState?.finishedAt);
  const compared = timeOf(reconciledAt);
  return finished !== undefined && (compared === undefined || compared < finished);
}

/** One wording for all steps of a sync that goes its way: they follow each other faster than anybody reads. */
const briefly = ({ expectation }: Moment): string => `waits for Argo CD to see and sync ${short(expectation.commit)}`;

function isOperationUnderWay(moment: Moment): Verdict | undefined {
  const { view, now, patience } = moment;
  const state = view.operationState;
  const open = state?.phase === 'Running' || state?.phase === 'Terminating';
  const since = timeOf(state?.startedAt);
  if (view.operation !== undefined) {
    const words = open && state.message !== '' ? `: ${state.message}` : '';
    const target = view.operation.revision === '' ? '' : ` to ${short(view.operation.revision)}`;
    const message = `Argo CD runs a sync${target} by ${view.operation.initiatedBy}${words}`;
    // A closed window holds it for hours.
    const brief = words.includes('sync window') ? undefined : briefly(moment);
    return waiting('NotSynced', message, { since, synced: isLive(moment), brief });
  }
  if (!open) return undefined;
  const until = plus(since ?? now, patience.unansweredMs);
  if (now < until) {
    return waiting('NotSynced', 'Argo CD reports a running sync that nobody asks for any more', {
      since,
      recheckAt: until,
      synced: isLive(moment),
      brief: briefly(moment),
    });
  }
  return { outcome: 'Sync', message: 'Argo CD left a sync behind as running; a new one replaces it' };
}

/** Sync status and health describe the time before the operation's end: Argo CD looks again by itself, mostly. */
function isComparisonOlderThanOperation(moment: Moment): Verdict | undefined {
  const finished = timeOf(moment.view.operationState?.finishedAt);
  if (finished === undefined || !isOutdated(moment.view)) return undefined;
  const message = 'Argo CD has not compared since its last sync ended';
  return lookAgain(moment, message, plus(finished, moment.patience.lookAgainMs), briefly(moment));
}

/**
 * A comparison that fails ends the arrival only when it was made after the push (a branch that did not exist fails
 * every comparison before it), and only when it still fails a little later: a restarting repo server fails some, too.
 */
function isComparisonFailing(moment: Moment): Verdict | undefined {
  const { view, expectation, now, patience } = moment;
  const condition = conditionOf(view, 'ComparisonError');
  if (condition === undefined) return undefined;
  const compared = timeOf(view.reconciledAt);
  const pushed = expectation.since && plus(floorToSecond(expectation.since), 1_000);
  if (compared === undefined || (pushed !== undefined && compared < pushed)) {
    return lookAgain(moment, `Argo CD could not compare before the push: ${condition.message}`, now);
  }
  const stands = plus(timeOf(condition.since) ?? compared, patience.settleMs);
  if (compared >= floorToSecond(stands)) {
    return { outcome: 'Failed', reason: 'ComparisonError', message: condition.message };
  }
  return lookAgain(moment, `Argo CD cannot compare: ${condition.message}`, stands);
}

function isComparisonOfOtherSources(moment: Moment): Verdict | undefined {
  const { view, patience, now } = moment;
  const asked = JSON.stringify(view.sources);
  if (view.reconciledAt !== undefined && JSON.stringify(view.sync.comparedTo) === asked) return undefined;
  const due = plus(timeOf(view.reconciledAt) ?? now, view.reconciledAt === undefined ? 0 : patience.lookAgainMs);
  return lookAgain(moment, 'Argo CD has not yet compared with the sources that the Application names now', due);
}

function isOurCommitUnseen(moment: Moment): Verdict | undefined {
  const { view, expectation, now, patience, revision, relation } = moment;
  if (relation === 'same' || relation === 'contains') return undefined;
  const compared = timeOf(view.reconciledAt) ?? new Date(0);
  const seen = revision === '' ? 'no revision' : short(revision);
  const message = `Argo CD is at ${seen}, not at ${short(expectation.commit)}`;
  const before = expectation.since !== undefined && compared <= floorToSecond(expectation.since);
  return lookAgain(moment, message, before ? now : plus(compared, patience.lookAgainMs), briefly(moment));
}

/** Argo CD does not try a commit again by itself; a failure older than the push was another arrival's. */
function isSyncFailed(moment: Moment): Verdict | undefined {
  const state = moment.view.operationState;
  if (state === undefined || (state.phase !== 'Failed' && state.phase !== 'Error')) return undefined;
  if (!concerns(state.revisions[moment.index], moment)) return undefined;
  if (endedBefore(state.finishedAt, moment.expectation.since)) {
    return { outcome: 'Sync', message: `an earlier sync of this commit failed: ${state.message}` };
  }
  return { outcome: 'Failed', reason: 'SyncFailed', message: state.message };
}

function isOutOfSync(moment: Moment): Verdict | undefined {
  const { view, expectation, now, patience } = moment;
  if (view.sync.status === 'Synced') return undefined;
  const compared = timeOf(view.reconciledAt);
  if (view.sync.status === 'Unknown') {
    return lookAgain(
      moment,
      'Argo CD does not know how branch and cluster compare',
      plus(compared ?? now, patience.lookAgainMs),
    );
  }
  const state = view.operationState;
  const done = state?.phase === 'Succeeded' && concerns(state.revisions[moment.index], moment);
  if (done && !endedBefore(state.finishedAt, expectation.since)) {
    return waiting('NotSynced', `synced, and live objects differ from the branch since${pruneHint(view)}`, {
      since: compared,
    });
  }
  if (!view.automated.enabled) return { outcome: 'Sync', message: 'automated sync is off', brief: briefly(moment) };
  return waiting(
    'NotSynced',
    'Argo CD has seen the commit and not started to sync it; where this lasts, look for a closed sync window' +
      pruneHint(view),
    { since: compared },
  );
}

/** Live objects that are missing are not live, whatever the comparison said before. */
function isUnhealthy({ view, expectation, now, patience }: Moment): Verdict | undefined {
  const { status, message, since } = view.health;
  if (status === 'Healthy') return undefined;
  const reason = status === 'Degraded' || status === 'Suspended' ? status : 'Progressing';
  const words = message === undefined ? '' : `: ${message}`;
  // A suspended one waits for a person, for hours perhaps: nobody asks every minute.
  const stale = status === 'Suspended' ? undefined : staleAt(view, expectation, patience);
  const old = stale !== undefined && now >= stale;
  return waiting(reason, `Argo CD reports ${status}${words}`, {
    since: timeOf(since),
    synced: status !== 'Missing',
    ...(old ? { ask: true } : { recheckAt: stale }),
  });
}

/** When a comparison is too old to wait by, if it was not asked for since. */
function staleAt(
  { refresh, reconciledAt }: ApplicationView,
  { askedAt }: Expectation,
  patience: Patience,
): Date | undefined {
  if (refresh !== undefined) return undefined;
  const heard = later(timeOf(reconciledAt), askedAt);
  return heard && plus(heard, patience.freshMs);
}

function isUnsettled({ view, now, patience }: Moment): Verdict | undefined {
  const change = later(timeOf(view.operationState?.finishedAt), timeOf(view.health.since));
  if (change === undefined) return undefined;
  const settled = plus(change, patience.settleMs);
  if (now >= settled) return undefined;
  return waiting('Progressing', 'healthy, and watched a moment for staying so', {
    since: change,
    recheckAt: settled,
    synced: true,
  });
}

/** Asks Argo CD to look again when that is due, and not too soon after the last time; otherwise waits for that moment. */
function lookAgain({ expectation, now, patience }: Moment, message: string, due: Date, brief?: string): Verdict {
  const held = expectation.askedAt && plus(expectation.askedAt, patience.lookAgainMs);
  const at = later(due, held) ?? due;
  if (now >= at) return { outcome: 'Refresh', message, ...(brief === undefined ? {} : { brief }) };
  return waiting('NotSynced', message, { recheckAt: at, brief });
}

/** Whether an operation on `revision` was about our commit, or about the later one that Argo CD reports in its place. */
function concerns(revision: string | undefined, { expectation, revision: reported }: Moment): boolean {
  return revision !== undefined && revision !== '' && (revision === expectation.commit || revision === reported);
}

function endedBefore(finishedAt: string | undefined, since: Date | undefined): boolean {
  const finished = timeOf(finishedAt);
  return finished !== undefined && since !== undefined && finished < floorToSecond(since);
}

function relationOf(revision: string, expectation: Expectation): RevisionRelation {
  if (revision === expectation.commit) return 'same';
  if (!FULL_SHA.test(revision)) return 'unknown';
  return expectation.accepts?.(revision) ?? 'unknown';
}

function conditionOf(view: ApplicationView, type: string): ApplicationCondition | undefined {
  return view.conditions.find((condition) => condition.type === type);
}

function pruneHint(view: ApplicationView): string {
  if (view.requiresPruning === 0 || view.automated.prune) return '';
  return ` (${view.requiresPruning} resources wait for a prune, which its sync policy does not allow)`;
}

function describe({ repoURL, branch }: Expectation): string {
  return `branch ${branch} of ${repoURL}`;
}

function short(revision: string): string {
  return FULL_SHA.test(revision) ? shortCommit(revision) : revision;
}

function waiting(
  reason: ApplicationWaitingReason,
  message: string,
  more: { since?: Date; recheckAt?: Date; synced?: boolean; brief?: string; ask?: true } = {},
): Verdict {
  return {
    outcome: 'Waiting',
    reason,
    message,
    synced: more.synced ?? false,
    since: more.since,
    recheckAt: more.recheckAt,
    ...(more.brief === undefined ? {} : { brief: more.brief }),
    ...(more.ask === undefined ? {} : { ask: more.ask }),
  };
}
