/** The jobs under way and what became of them: facts of the next decision. */

import { messageOf, TransientError } from '../../errors';
import type { Job, JobFact, JobKind, JobResults } from '../../journey';
import type { WaitingReason } from '../../../lib/api';
import type { Clock } from '../../kube';
import type { Log } from '../../log';
import { fieldsOfJob, fieldsOfKey } from './log-fields';
import { Line } from '../../line';

/** Does one job; `signal` aborts when nobody asks for it any more. */
export type JobRunner = <J extends Job>(job: J, signal: AbortSignal) => Promise<JobResults[J['kind']]>;

/** A failure that knows which wait it is. Anything else that goes wrong in a job counts as Git being unavailable. */
export class Unavailable extends TransientError {
  constructor(
    readonly reason: WaitingReason,
    message: string,
    options?: ErrorOptions & { readonly retryAfterMs?: number },
  ) {
    super(message, options?.retryAfterMs, options);
  }
}

/** A fact with the times of a clock that is never set; a decision sees them on the wall clock as it is then. */
type Kept =
  | { readonly state: 'Running'; readonly since: number; readonly inTurn?: true }
  | { readonly state: 'Done'; readonly at: number; readonly result: unknown; readonly seen?: string }
  | { readonly state: 'Failed'; readonly reason: WaitingReason; readonly message: string; readonly retryAt: number };

interface Entry {
  /** What decisions see; while a job runs again, what it found before. */
  fact: Kept;
  running: AbortController | undefined;
  failures: number;
  /** Of the clock's `uptime`. */
  startedAt: number;
  /** Resolves when it does not run any more. */
  ended: Promise<void>;
}

export interface JobBoardOptions {
  readonly run: JobRunner;
  /** Called when a job of this owner has ended: its next decision sees the fact. */
  readonly wake: (owner: string) => void;
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** How many jobs run at once that take processes, and processor time with it. @default 8 */
  readonly atOnce?: number;
}

/** Jobs that wait for a server and take next to nothing here. */
const LIGHT: readonly JobKind[] = ['look', 'tip', 'tag', 'analyse'];
/** What others wait for: it ends an arrival, or says what became of one. */
const URGENT: readonly JobKind[] = ['land', 'heads', 'close', 'relate', 'goods'];

/** Whoever takes longer waits for a server, and one that hangs must not hold up the jobs of all others. */
const LONGEST_PLACE_MS = 2_000;

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** Jobs of all owners. An owner is the queue key whose decisions asked for the job. */
export class JobBoard {
  readonly #options: JobBoardOptions;
  readonly #owners = new Map<string, Map<string, Entry>>();
  readonly #line: Line;
  #closed = false;

  constructor(options: JobBoardOptions) {
    this.#options = options;
    this.#line = new Line(options.atOnce ?? 8);
  }

  /** What an owner's decision sees; `asked` collects the keys that it looked at. */
  view(owner: string, asked: Set<string>) {
    return <K extends JobKind>(kind: K, key: string): JobFact<JobResults[K]> | undefined => {
      const place = `${kind} ${key}`;
      asked.add(place);
      const entry = this.#owners.get(owner)?.get(place);
      if (entry === undefined) return undefined;
      const fact = this.#onTheWall(entry.fact);
      const seen = fact.state === 'Done' && entry.running !== undefined ? { ...fact, again: true as const } : fact;
      // A fact under this key was put there by a job of this kind, so its result is of that kind.
      return seen as JobFact<JobResults[K]>;
    };
  }

  #onTheWall(kept: Kept): JobFact<unknown> {
    const { clock } = this.#options;
    const date = (uptime: number): Date => new Date(clock.now() + Math.round(uptime - clock.uptime()));
    switch (kept.state) {
      case 'Running':
        return { ...kept, since: date(kept.since) };
      case 'Done':
        return { ...kept, at: date(kept.at) };
      case 'Failed':
        return { ...kept, retryAt: date(kept.retryAt) };
    }
  }

  /** Starts a job unless it is running. */
  start(owner: string, job: Job): void {
    if (this.#closed) return;
    const place = `${job.kind} ${job.key}`;
    const jobs = this.#owners.get(owner) ?? new Map<string, Entry>();
    this.#owners.set(owner, jobs);
    const before = jobs.get(place);
    if (before?.running) return;
    const running = new AbortController();
    const since = this.#options.clock.uptime();
    const entry: Entry = {
      fact: before?.fact.state === 'Done' ? before.fact : { state: 'Running', since },
      running,
      failures: before?.failures ?? 0,
      startedAt: this.#options.clock.uptime(),
      ended: Promise.resolve(),
    };
    jobs.set(place, entry);
    entry.ended = this.#run(owner, job, entry, running.signal);
  }

  /** Forgets what the owner's last decision did not ask for. A push is never cut off: its answer is worth having. */
  sweep(owner: string, asked: ReadonlySet<string>): void {
    const jobs = this.#owners.get(owner);
    if (!jobs) return;
    for (const [place, entry] of jobs) {
      if (asked.has(place)) continue;
      if (entry.running && !place.startsWith('land ')) entry.running.abort();
      if (!entry.running || !place.startsWith('land ')) jobs.delete(place);
    }
    if (jobs.size === 0) this.#owners.delete(owner);
  }

  /** Jobs that are running. */
  get running(): number {
    return [...this.#owners.values()].flatMap((jobs) => [...jobs.values()]).filter((entry) => entry.running).length;
  }

  /** How long the oldest job has been running, in milliseconds, and which it is; absent with none. */
  oldest(): { readonly job: string; readonly runningMs: number } | undefined {
    const now = this.#options.clock.uptime();
    const running = [...this.#owners].flatMap(([owner, jobs]) =>
      [...jobs].flatMap(([place, entry]) =>
        entry.running ? [{ job: `${place.split(' ')[0]} of ${owner}`, runningMs: now - entry.startedAt }] : [],
      ),
    );
    return running.sort((one, other) => other.runningMs - one.runningMs)[0];
  }

  /** Starts no more, ends all jobs but pushes, and resolves when these have their answer. */
  async drain(): Promise<void> {
    this.#closed = true;
    const pushes: Promise<void>[] = [];
    for (const jobs of this.#owners.values()) {
      for (const [place, entry] of jobs) {
        if (place.startsWith('land ')) pushes.push(entry.ended);
        else entry.running?.abort();
      }
    }
    await Promise.all(pushes);
  }

  /** Ends all jobs and starts no more. */
  close(): void {
    this.#closed = true;
    for (const jobs of this.#owners.values()) for (const entry of jobs.values()) entry.running?.abort();
  }

  async #run(owner: string, job: Job, entry: Entry, signal: AbortSignal): Promise<void> {
    const { clock, log, wake } = this.#options;
    try {
      const result = await this.#inTurn(job, entry, signal);
      entry.fact = { state: 'Done', at: clock.uptime(), result, ...('seen' in job ? { seen: job.seen } : {}) };
      entry.failures = 0;
    } catch (error) {
      if (!signal.aborted)
        log.warn(
          { ...fieldsOfKey(owner), ...fieldsOfJob(job), job: job.kind, error: messageOf(error) },
          'A job failed and is tried again',
        );
      entry.failures += 1;
      entry.fact = this.#failure(error, entry.failures);
    }
    entry.running = undefined;
    if (!this.#closed && !signal.aborted) wake(owner);
  }

  /** Does a job as soon as there is a place for it. */
  async #inTurn<J extends Job>(job: J, entry: Entry, signal: AbortSignal): Promise<JobResults[J['kind']]> {
    const { clock, run } = this.#options;
    if (LIGHT.includes(job.kind)) return run(job, signal);
    const turn = this.#line.enter(URGENT.includes(job.kind), signal);
    if (turn !== undefined) await this.#stand(entry, turn);
    let hasLeft = false;
    const leave = (): void => {
      if (!hasLeft) this.#line.leave();
      hasLeft = true;
    };
    const callOff = clock.after(LONGEST_PLACE_MS, leave);
    try {
      return await run(job, signal);
    } finally {
      callOff();
      leave();
    }
  }

  /** Waits in line. */
  async #stand(entry: Entry, turn: Promise<void>): Promise<void> {
    if (entry.fact.state === 'Running') entry.fact = { ...entry.fact, inTurn: true };
    await turn;
    entry.startedAt = this.#options.clock.uptime();
  }

  #failure(error: unknown, failures: number): Kept {
    const { clock, random } = this.#options;
    const backoff = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)) * (0.75 + random() / 2);
    const wait = Math.max(backoff, error instanceof TransientError ? (error.retryAfterMs ?? 0) : 0);
    return {
      state: 'Failed',
      reason: error instanceof Unavailable ? error.reason : 'GitUnavailable',
      message: messageOf(error),
      retryAt: clock.uptime() + wait,
    };
  }
}
