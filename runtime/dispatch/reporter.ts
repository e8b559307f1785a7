/**
 * Where source commits get their words on forges. No ticket waits for it: what cannot be said now is tried again for a
 * day, and is named once in the ticket and in the log.
 */

import type { Ticket } from '../../lib/api';
import { isRetriable, messageOf } from '../errors';
import type { Forges } from '../forge';
import { commitReports, type CommitReport } from '../journey';
import { keyOf, WorkQueue, type Clock, type Cluster } from '../kube';
import type { Log } from '../log';
import { ownsTicket } from './caches/shares';
import type { World } from './caches/world';
import { markTicket } from './ticket-mark';

export interface ReporterOptions {
  readonly world: World;
  readonly cluster: Cluster;
  readonly forges: Pick<Forges, 'report'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** Tickets that are seen to at a time. */
const AT_ONCE = 2;
/** How long the end of what is under way is waited for, in milliseconds. */
const GRACE_MS = 2_000;
/** Between two tries of the same ticket: twice the one before, within these bounds. */
const PAUSE_MS = { least: 5_000, most: 10 * 60_000 } as const;

const LONGEST_PROBLEM = 1_000;

export class Reporter {
  private readonly queue: WorkQueue;
  /** Tries in vain, by ticket. */
  private readonly tries = new Map<string, number>();
  private deafen = (): void => undefined;

  constructor(private readonly options: ReporterOptions) {
    const { clock, random, log } = options;
    this.queue = new WorkQueue({
      handle: (key) => this.tell(key),
      workers: AT_ONCE,
      fieldsOf: (key) => ({ commitsOf: key }),
      clock,
      random,
      log,
    });
  }

  start(): void {
    const { tickets } = this.options.world;
    const note = (key: string, ticket: Ticket | undefined): void => {
      if (ticket !== undefined && this.reportsOf(ticket).length > 0) this.queue.add(key);
    };
    this.deafen = tickets.onChange((key, _before, after) => note(key, after?.resource));
    for (const { metadata, resource } of tickets.list()) note(keyOf(metadata), resource);
    this.queue.start();
  }

  /** @param graceMs how long what is under way may take */
  async stop(graceMs = GRACE_MS): Promise<void> {
    this.deafen();
    await this.queue.stop(graceMs);
  }

  private reportsOf(ticket: Ticket): CommitReport[] {
    const { world, clock } = this.options;
    const asks = (place: { readonly namespace: string; readonly name: string }): boolean =>
      world.stations.get(keyOf(place))?.resource?.spec.commitStatus === true;
    return commitReports(ticket, asks, new Date(clock.now()));
  }

  private async tell(key: string): Promise<void> {
    const { world } = this.options;
    const ticket = world.tickets.get(key)?.resource;
    const reports = ticket === undefined || !ownsTicket(world, ticket) ? [] : this.reportsOf(ticket);
    if (ticket === undefined || reports.length === 0) {
      this.tries.delete(key);
      return;
    }
    const failures = await this.say(reports);
    const later = failures.some(isRetriable);
    await this.note(ticket, failures[0], later);
    if (later) this.again(key);
    else this.tries.delete(key);
  }

  /** Marks the ticket, unless it says so already. */
  private async note({ metadata, status }: Ticket, failure: Error | undefined, later: boolean): Promise<void> {
    const { stamps: before = 0, problem: named } = status?.reported ?? {};
    const stamps = later ? before : (status?.stamps?.length ?? 0);
    const problem = failure && messageOf(failure).slice(0, LONGEST_PROBLEM);
    if (stamps !== before || problem !== named) await this.mark(metadata, stamps, problem);
  }

  /** What is said already is said again in vain: the forge is looked at first. @returns what failed */
  private async say(reports: readonly CommitReport[]): Promise<Error[]> {
    const failures: Error[] = [];
    for (const { repoURL, commit, ...word } of reports) {
      try {
        await this.options.forges.report(repoURL, commit, word);
      } catch (error) {
        failures.push(error instanceof Error ? error : new Error(messageOf(error)));
      }
    }
    return failures;
  }

  private again(key: string): void {
    const tries = this.tries.get(key) ?? 0;
    this.tries.set(key, tries + 1);
    this.queue.addAfter(key, Math.min(PAUSE_MS.most, PAUSE_MS.least * 2 ** Math.min(tries, 20)));
  }

  private async mark(ticket: Ticket['metadata'], stamps: number, problem: string | undefined): Promise<void> {
    const { namespace, name } = ticket;
    if (problem !== undefined) {
      this.options.log.warn({ namespace, ticket: name, problem }, 'A commit does not show where it is');
    }
    await markTicket(this.options, ticket, { reported: { stamps, problem: problem ?? null } });
  }
}
