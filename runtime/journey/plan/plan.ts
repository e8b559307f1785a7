/** What a decision asks for: steps that can each run twice, and when to decide again if nothing happens. */

import type {
  ApplicationReference,
  Station,
  StationStatus,
  Ticket,
  TicketReference,
  TicketStatus,
  Track,
  TrackStatus,
} from '../../../lib/api';
import type { AnalysisView } from '../facts/analysis-view';
import { same } from '../facts/canonical';
import { withSummary } from '../facts/cargo';
import { withConditions } from './conditions';
import type { MadeSpec } from '../facts/identity';
import type { Job, JobFact, JobKind, JobResults } from '../facts/job';
import type { Sight } from '../facts/snapshot';
import { textOf } from '../facts/time';

export type Step =
  /** Replaces a status by compare-and-swap on the resourceVersion of the object that was decided on. */
  | { readonly step: 'WriteTrack'; readonly track: Track; readonly status: TrackStatus }
  | {
      readonly step: 'WriteStation';
      readonly station: Station;
      readonly status: StationStatus;
      /** Only if this ticket is really gone: to be asked past the cache, which may lag behind (rule C3). */
      readonly ifGone?: TicketReference;
    }
  | { readonly step: 'WriteTicket'; readonly ticket: Ticket; readonly status: TicketStatus }
  /** Makes a ticket, or adopts the one that has this identity (rule B8). */
  | {
      readonly step: 'CreateTicket';
      readonly namespace: string;
      /** Names to try in order, or the track and the number of the first one. */
      readonly names: readonly string[] | { readonly track: string; readonly number: number };
      readonly labels: Readonly<Record<string, string>>;
      readonly spec: MadeSpec;
    }
  /** Removes an ended ticket, this very version of it. */
  | { readonly step: 'DeleteTicket'; readonly ticket: Ticket }
  /** Asks Argo CD to look at the branch again. */
  | { readonly step: 'Refresh'; readonly reference: ApplicationReference; readonly why: string }
  /** Asks Argo CD to sync to a commit, where it does not by itself. */
  | {
      readonly step: 'Sync';
      readonly reference: ApplicationReference;
      readonly commit: string;
      readonly ticketUid: string;
    }
  /** Tells a run of Argo Rollouts to end. */
  | { readonly step: 'EndAnalysis'; readonly run: AnalysisView }
  | { readonly step: 'Start'; readonly job: Job };

export interface Plan {
  readonly steps: readonly Step[];
  /** When to decide again although nothing happened; absent where only an event can change the decision. */
  readonly wakeAt?: Date;
  /** Whoever decided it has nothing to add once what it writes is seen, as long as nothing else changes. */
  readonly final?: true;
}

/**
 * A plan in the making. Each object is written at most once in a plan: what was decided on its old version is decided
 * again once the write is seen.
 */
export class Draft {
  private readonly steps: Step[] = [];
  private readonly written = new Set<string>();
  private wakeAt: Date | undefined;
  /** Whether something was left to a later plan, since this one writes the object already. */
  private deferred = false;
  private final = false;

  constructor(readonly snapshot: Sight) {}

  get now(): Date {
    return this.snapshot.now;
  }

  /** The time as status writes it. */
  get time(): string {
    return textOf(this.now.getTime());
  }

  /**
   * Decides a part of the plan, unless it asked for nothing before and all that it is made of is as it was.
   *
   * @param inputs what it is made of besides facts; values that never change, and lists of such values
   */
  part(key: string, inputs: readonly unknown[], decide: () => void): void {
    if (!this.isQuiet(key, inputs)) this.work(key, inputs, decide);
  }

  /** Whether a part would ask for nothing again; it is decided again when it would otherwise have been. */
  isQuiet(key: string, inputs: readonly unknown[]): boolean {
    const quiet = this.snapshot.recall?.quiet(key, inputs, this.now);
    if (quiet === undefined) return false;
    this.wake(quiet.until);
    return true;
  }

  /** Decides a part that is not quiet. */
  work(key: string, inputs: readonly unknown[], decide: () => void): void {
    const { recall } = this.snapshot;
    if (recall === undefined) return decide();
    const before = this.wakeAt;
    const steps = this.steps.length;
    this.wakeAt = undefined;
    this.deferred = false;
    const reads = recall.watch(decide);
    const until = this.wakeAt;
    if (this.steps.length === steps && !this.deferred) recall.keep(key, { inputs, reads, since: this.now, until });
    this.wake(before);
  }

  writeTrack(track: Track, status: TrackStatus): void {
    if (same(track.status ?? {}, status) || !this.claim(track.metadata.uid)) return;
    this.steps.push({ step: 'WriteTrack', track, status });
  }

  writeStation(station: Station, status: StationStatus, ifGone?: TicketReference): void {
    if (same(station.status ?? {}, status) || !this.claim(station.metadata.uid)) return;
    this.steps.push({ step: 'WriteStation', station, status, ...(ifGone && { ifGone }) });
  }

  /** Writes a ticket's status, with what is derived from the rest of it. */
  writeTicket(ticket: Ticket, status: TicketStatus): void {
    const complete = withConditions(ticket, withSummary(ticket, status), this.time);
    if (same(ticket.status ?? {}, complete) || !this.claim(ticket.metadata.uid)) return;
    this.steps.push({ step: 'WriteTicket', ticket, status: complete });
  }

  createTicket(ticket: Omit<Extract<Step, { step: 'CreateTicket' }>, 'step'>): void {
    this.steps.push({ step: 'CreateTicket', ...ticket });
  }

  refresh(reference: ApplicationReference, why: string): void {
    this.steps.push({ step: 'Refresh', reference, why });
  }

  sync(reference: ApplicationReference, commit: string, ticketUid: string): void {
    this.steps.push({ step: 'Sync', reference, commit, ticketUid });
  }

  endAnalysis(run: AnalysisView): void {
    this.steps.push({ step: 'EndAnalysis', run });
  }

  /** Whether this plan already writes the object. */
  writes(uid: string): boolean {
    const isWritten = this.written.has(uid);
    this.deferred ||= isWritten;
    return isWritten;
  }

  /** Whether the time has come. */
  isPast(at: Date): boolean {
    return at.getTime() <= this.now.getTime();
  }

  /** The same; where it has not, decides again when it has. */
  hasCome(at: Date): boolean {
    if (this.isPast(at)) return true;
    this.wake(at);
    return false;
  }

  /** Decides again at this time, or earlier. */
  wake(at: Date | undefined): void {
    if (at !== undefined && (this.wakeAt === undefined || at.getTime() < this.wakeAt.getTime())) this.wakeAt = at;
  }

  /**
   * What became of a job; starts it where nobody has, and again where it failed and its time has come.
   *
   * @returns the fact, or `undefined` where it has only now been started
   */
  ask<J extends Job>(job: J): JobFact<JobResults[J['kind']]> | undefined {
    return this.askFor<J['kind']>(job.kind, job.key, () => job);
  }

  /** The same for a job that takes some work to put together: only one that is started is. */
  askFor<K extends JobKind>(kind: K, key: string, job: () => Job): JobFact<JobResults[K]> | undefined {
    const fact = this.snapshot.facts.job(kind, key);
    if (fact?.state === 'Failed') {
      if (this.hasCome(fact.retryAt)) this.start(job());
      return fact;
    }
    if (fact === undefined) this.start(job());
    return fact;
  }

  /** Does a job again whose answer waits for a person, once Argo CD reports something else: the branch may be mended. */
  askAgain<J extends Job & { readonly seen: string }>(job: J): void {
    const fact = this.peek(job.kind, job.key);
    if (fact?.state === 'Done' && fact.seen !== job.seen) this.start(job);
  }

  /** What is known of a job that this decision does not need to run. */
  peek<K extends JobKind>(kind: K, key: string): JobFact<JobResults[K]> | undefined {
    return this.snapshot.facts.job(kind, key);
  }

  deleteTicket(ticket: Ticket): void {
    if (this.claim(ticket.metadata.uid)) this.steps.push({ step: 'DeleteTicket', ticket });
  }

  start(job: Job): void {
    this.steps.push({ step: 'Start', job });
  }

  /** Says that all has been decided, unless something was left to a later plan. */
  finish(): void {
    this.final = !this.deferred;
  }

  plan(): Plan {
    return { steps: this.steps, wakeAt: this.wakeAt, final: this.final || undefined };
  }

  private claim(uid: string): boolean {
    if (this.writes(uid)) return false;
    this.written.add(uid);
    return true;
  }
}
