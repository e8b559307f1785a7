/** What probes say of the machine, in sentences: whether it gets any further, and whether it can do its work. */

import type { Standing, WorkQueueStats } from '../kube';
import type { Machine } from './machine';
import type { CacheHealth, World } from './caches/world';

/** What is looked at. */
export interface Vitals {
  readonly caches: readonly CacheHealth[];
  /** Of the one that works; absent while this one stands by. */
  readonly queue?: WorkQueueStats;
  readonly oldestJob?: { readonly job: string; readonly runningMs: number };
  /** Absent where nobody is elected. */
  readonly standing?: Standing;
}

export function vitalsOf(world: World, machine: Machine | undefined, standing: Standing | undefined): Vitals {
  const [queue, oldestJob] = [machine?.stats(), machine?.oldestJob()];
  return {
    caches: world.health(),
    ...(queue ? { queue } : {}),
    ...(oldestJob ? { oldestJob } : {}),
    ...(standing ? { standing } : {}),
  };
}

/** A cache hears, or fails to hear, at least once a minute; twice that is a loop that stands still. */
const CACHE_STUCK_MS = 120_000;
/** Each step of a plan has a deadline of 15 seconds. */
const DECISION_STUCK_MS = 60_000;
/** Each command of a job has a deadline of 10 minutes or less. */
const JOB_STUCK_MS = 45 * 60_000;
/** Each attempt of an election has a deadline of seconds. */
const ELECTION_STUCK_MS = 60_000;
/** Nothing heard for longer: what the caches show may be old. */
const CACHE_OLD_MS = 90_000;
/** A clock that is further off opens windows and ends soaks at the wrong time. */
const CLOCK_OFF_MS = 60_000;

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/** What only a restart helps: something stands still. An API server that is away is no such thing. */
export function stuck({ caches, queue, oldestJob, standing }: Vitals): string[] {
  const problems = caches
    .filter(({ quietMs = 0 }) => quietMs > CACHE_STUCK_MS)
    .map(({ kind, quietMs = 0 }) => `the cache of ${kind} objects has stood still for ${seconds(quietMs)}`);
  if (queue?.longestRunning !== undefined && queue.longestRunningMs > DECISION_STUCK_MS) {
    problems.push(
      `the work on "${queue.longestRunning}" has stood still for ${seconds(queue.longestRunningMs)}; ${queue.depth} keys wait behind it`,
    );
  }
  if (oldestJob !== undefined && oldestJob.runningMs > JOB_STUCK_MS) {
    problems.push(`the job ${oldestJob.job} has been running for ${seconds(oldestJob.runningMs)}`);
  }
  if (standing !== undefined && standing.quietMs > ELECTION_STUCK_MS) {
    problems.push(`the election has stood still for ${seconds(standing.quietMs)}`);
  }
  return problems;
}

/** What keeps it from working, or from taking over. */
export function unready({ caches }: Vitals): string[] {
  return caches.flatMap(({ kind, synced, contactAgeMs = 0, lastError }) => {
    const why = lastError === undefined ? '' : `: ${lastError}`;
    if (!synced) return [`the ${kind} objects have not been listed yet${why}`];
    return contactAgeMs > CACHE_OLD_MS
      ? [`nothing was heard of ${kind} objects for ${seconds(contactAgeMs)}${why}`]
      : [];
  });
}

/** Words on a clock that is off; nothing where it is right as far as anybody can tell. */
export function clockWords(aheadMs: number): string | undefined {
  if (Math.abs(aheadMs) < CLOCK_OFF_MS) return undefined;
  const off = `${seconds(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
  return `the clock of this machine is ${off} the API server's: windows open and soaks end at the wrong time; set it right, for instance by NTP`;
}

/** Who leads. */
export function leadWords(standing: Standing | undefined): string {
  if (standing === undefined) return 'this one works alone: no leader is elected';
  if (standing.leading) return 'this one leads';
  const failing = standing.lastError === undefined ? '' : ` (${standing.lastError})`;
  return standing.holder === undefined
    ? `this one stands by; nobody leads${failing}`
    : `this one stands by; ${standing.holder} leads${failing}`;
}
