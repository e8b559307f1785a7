/**
 * Takes hints to the Tracks whose subscriptions they are about, and to the Tickets whose pull requests: a time in the
 * status, so that whichever runtime carries the Track looks, now or after a restart. It needs no leader, and any number of
 * them do no harm.
 */

import type { Track } from '../../../lib/api';
import { messageOf } from '../../errors';
import { keyOf, NotFoundError, type Clock, type Cluster, type KubeObject } from '../../kube';
import type { Log } from '../../log';
import { type Hint, isAbout, type Receiver } from '../../webhooks';
import { TICKETS, TRACKS } from '../../resources';
import type { World } from '../caches/world';

export interface HintsOptions {
  readonly cluster: Cluster;
  readonly world: Pick<World, 'tracks' | 'tickets'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A resource is told at once, and then four times a second at most, of all that has come meanwhile. */
const PAUSE_MS = 250;
/** Resources that are told at a time; the rest wait. */
const AT_ONCE = 8;
const TRIES = 3;
const ALL = '*';

export class Hints {
  /**
   * By kind and place: names of subscriptions of a Track, `ALL` of a Ticket. It is here from when it is told until the
   * pause is over.
   */
  private readonly pending = new Map<string, Set<string>>();
  private readonly queue: string[] = [];
  private telling = 0;
  private closed = false;

  constructor(private readonly options: HintsOptions) {}

  /** @returns how many subscriptions and tickets they are about */
  take(hints: readonly Hint[], receiver: Receiver): number {
    let found = this.takeToTickets(hints, receiver);
    for (const { resource: track } of this.options.world.tracks.list()) {
      if (track === undefined || !receiver.isFor(track.metadata)) continue;
      const names = subscriptionsOf(track, hints);
      if (names.length > 0) this.note(`Track ${keyOf(track.metadata)}`, names);
      found += names.length;
    }
    return found;
  }

  /** A ticket that waits for the pull request is told; a receiver for some Tracks tells those that ride them. */
  private takeToTickets(hints: readonly Hint[], receiver: Receiver): number {
    let found = 0;
    for (const hint of hints) {
      const [kept] = hint.kind === 'Request' ? this.options.world.tickets.find('uid', hint.ticketUid) : [];
      const ticket = kept?.resource;
      if (ticket?.status?.arrival?.pullRequests === undefined) continue;
      const { namespace } = ticket.metadata;
      if (!receiver.isFor({ namespace, name: ticket.spec.track ?? '' })) continue;
      this.note(`Ticket ${keyOf(ticket.metadata)}`, [ALL]);
      found += 1;
    }
    return found;
  }

  stop(): void {
    this.closed = true;
  }

  private note(key: string, names: readonly string[]): void {
    const before = this.pending.get(key);
    const noted = before ?? new Set<string>();
    for (const name of names) noted.add(name);
    if (before !== undefined) return;
    this.pending.set(key, noted);
    this.enqueue(key);
  }

  private enqueue(key: string): void {
    this.queue.push(key);
    void this.next();
  }

  private async next(): Promise<void> {
    if (this.telling >= AT_ONCE || this.closed) return;
    const key = this.queue.shift();
    if (key === undefined) return;
    this.telling += 1;
    await this.tell(key);
    this.telling -= 1;
    this.options.clock.after(PAUSE_MS, () => this.rest(key));
    void this.next();
  }

  /** The pause is over: what has come meanwhile is told now. */
  private rest(key: string): void {
    if (this.pending.get(key)?.size) this.enqueue(key);
    else this.pending.delete(key);
  }

  private async tell(key: string): Promise<void> {
    const { cluster, clock, log } = this.options;
    const names = this.pending.get(key) ?? new Set<string>();
    const [kind, namespace = '', name = ''] = key.split(/[ /]/);
    const now = new Date(clock.now()).toISOString();
    const status =
      kind === 'Ticket' ? { hinted: now } : { hints: Object.fromEntries([...names].map((one) => [one, now])) };
    names.clear();
    const objects = cluster.objects<KubeObject>(kind === 'Ticket' ? TICKETS : TRACKS);
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      try {
        await objects.merge({ namespace, name }, { status }, { subresource: 'status' });
        return;
      } catch (error) {
        if (error instanceof NotFoundError) return;
        if (attempt === TRIES) {
          const lost = 'A hint could not be passed on: the next look by its interval finds what it was about';
          log.warn({ namespace, kind, name, error: messageOf(error) }, lost);
        }
      }
    }
  }
}

const subscriptionsOf = ({ spec }: Track, hints: readonly Hint[]): string[] =>
  spec.subscriptions
    .filter((subscription) => hints.some((hint) => isAbout(hint, subscription)))
    .map(({ name }) => name);
