/** Where news of tickets go out: tried until they are taken, in their order, and marked in the ticket once they are. */

import type { Ticket } from '../../lib/api';
import { isRetriable, messageOf } from '../errors';
import { keyOf, WorkQueue, type Clock, type Cluster } from '../kube';
import type { Log } from '../log';
import type { Metrics } from '../metrics';
import {
  markOf,
  type News,
  type Post,
  senderOf,
  type StoredTarget,
  type Target,
  Targets,
  untold,
} from '../notifications';
import { forgetOldest } from '../oldest';
import { ownsTicket } from './caches/shares';
import type { World } from './caches/world';
import { markTicket } from './ticket-mark';

export interface AnnouncerOptions {
  readonly world: World;
  readonly cluster: Cluster;
  readonly post: Post;
  /** Where notifications are counted, if they are. */
  readonly metrics: Pick<Metrics, 'notification'> | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** What label `k8sta.io/credential` says of a Secret that wants news. */
const KIND = 'notification';
/** Tickets that are told of at a time. */
const AT_ONCE = 4;
/** How long the end of what is under way is waited for, in milliseconds. */
const GRACE_MS = 2_000;
/** News that were taken and are not marked yet, or whose mark the cache does not show yet. */
const MOST_REMEMBERED = 10_000;

export class Announcer {
  private readonly queue: WorkQueue;
  /** Deleted before all was told. */
  private readonly gone = new Map<string, Ticket>();
  private readonly taken = new Set<string>();
  private targets = new Targets([]);
  private version = '';
  private deafen = (): void => undefined;

  constructor(private readonly options: AnnouncerOptions) {
    const { clock, random, log } = options;
    this.queue = new WorkQueue({
      handle: (key) => this.tell(key),
      workers: AT_ONCE,
      backoff: { baseMs: 1_000, capMs: 60_000 },
      fieldsOf: (key) => ({ notificationsOf: key }),
      clock,
      random,
      log,
    });
  }

  /** Tells what nobody was told yet, and from now on whatever happens. */
  start(): void {
    const { tickets } = this.options.world;
    this.deafen = tickets.onChange((key, before, after) => {
      if (this.present().list.length === 0) return;
      if (after === undefined && before?.resource !== undefined) this.gone.set(key, before.resource);
      this.queue.add(key);
    });
    // Who comes later wants to hear nothing that was before.
    if (this.present().list.length > 0) for (const { metadata } of tickets.list()) this.queue.add(keyOf(metadata));
    this.queue.start();
  }

  /** @param graceMs how long what is under way may take */
  async stop(graceMs = GRACE_MS): Promise<void> {
    this.deafen();
    await this.queue.stop(graceMs);
  }

  private async tell(key: string): Promise<void> {
    const { world, clock } = this.options;
    const ticket = world.tickets.get(key)?.resource ?? this.gone.get(key);
    const targets = this.present();
    const news = ticket === undefined || targets.list.length === 0 || !ownsTicket(world, ticket) ? [] : untold(ticket);
    const wanted = news.filter((one) => targets.for(one, clock.now()).length > 0);
    if (ticket === undefined || wanted.length === 0) {
      this.gone.delete(key);
      return;
    }
    const failures = await Promise.all(targets.list.map((target) => this.send(target, wanted, targets)));
    const [failure, ...others] = failures.filter((one) => one !== undefined);
    if (failure !== undefined) throw [failure, ...others].find(isRetriable) ?? failure;
    await this.mark(key, ticket);
  }

  /** Tells one target in order: what comes after something that was not taken waits for it. @returns why it waits */
  private async send(target: Target, news: readonly News[], targets: Targets): Promise<Error | undefined> {
    const { clock, post, metrics } = this.options;
    for (const one of news) {
      const id = `${target.name} ${one.id}`;
      if (this.taken.has(id) || !targets.for(one, clock.now()).includes(target)) continue;
      try {
        await post(target, senderOf(target)(one, target, clock.now()));
      } catch (error) {
        metrics?.notification(target.to, 'failure');
        return error instanceof Error ? error : new Error(messageOf(error));
      }
      metrics?.notification(target.to, 'success');
      forgetOldest(this.taken.add(id), MOST_REMEMBERED);
    }
    return undefined;
  }

  private async mark(key: string, ticket: Ticket): Promise<void> {
    if (this.gone.delete(key)) return;
    await markTicket(this.options, ticket.metadata, { told: markOf(ticket) });
  }

  /** The targets by the Secrets as they are now; what is wrong with one is said once. */
  private present(): Targets {
    const { world, log } = this.options;
    const secrets = world.credentials.list().filter(({ serves }) => serves.startsWith(`${KIND} `));
    const version = secrets.map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`).join('\n');
    if (version === this.version) return this.targets;
    const stored = secrets.map(({ metadata: { namespace = '', name }, created, serves, values }): StoredTarget => {
      return { namespace, name, created, url: serves.slice(KIND.length + 1), values };
    });
    this.version = version;
    this.targets = new Targets(stored);
    for (const problem of this.targets.problems) log.error({}, problem);
    return this.targets;
  }
}
