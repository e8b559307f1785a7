/** Carries out the steps of a plan. Each step can run twice: a write decided on an old version is refused. */

import { LABELS, type Ticket, type TicketReference, type Track } from '../../lib/api';
import { refreshPatch, syncOperation } from '../argocd';
import { ConflictError, TerminalError } from '../errors';
import { changeLine, transitionsOf, type Step } from '../journey';
import { AlreadyExistsError, type Cluster, type EventRecorder, type KubeObject } from '../kube';
import type { Log } from '../log';
import { APPLICATIONS, STATIONS, TICKETS, TRACKS } from './resources';
import type { World } from './world';

/** Names that are tried for a new ticket before giving up. */
const MOST_NAMES = 100;

export interface ExecutorOptions {
  readonly cluster: Cluster;
  readonly world: World;
  readonly events: EventRecorder;
  readonly now: () => Date;
  readonly log: Log;
}

type Write = Exclude<Step, { step: 'Start' }>;
type CreateTicket = Extract<Step, { step: 'CreateTicket' }>;

export class Executor {
  readonly #options: ExecutorOptions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /** @throws ConflictError where the world has moved on since the decision: decide again */
  async execute(step: Write): Promise<void> {
    const { cluster, world } = this.#options;
    switch (step.step) {
      case 'WriteTrack':
        return world.observe(await cluster.objects(TRACKS).replaceStatus(withStatus(step.track, step.status)));
      case 'WriteStation':
        if (step.ifGone && (await this.#isThere(step.station.metadata.namespace, step.ifGone))) return;
        return world.observe(await cluster.objects(STATIONS).replaceStatus(withStatus(step.station, step.status)));
      case 'WriteTicket':
        return this.#writeTicket(step.ticket, step.status);
      case 'CreateTicket':
        return this.#createTicket(step);
      case 'Refresh':
        return world.observe(
          await cluster.objects(APPLICATIONS).merge(step.reference, refreshPatch(this.#options.now())),
        );
      case 'Sync':
        return this.#sync(step);
    }
  }

  /** Whether a ticket that the cache does not show, or cannot read, is there after all. */
  async #isThere(namespace: string, { ticket, uid }: TicketReference): Promise<boolean> {
    const { cluster, world } = this.#options;
    const present = await cluster.objects(TICKETS).get({ namespace, name: ticket });
    if (present?.metadata.uid !== uid) return false;
    world.observe(present);
    return true;
  }

  async #writeTicket(ticket: Ticket, status: NonNullable<Ticket['status']>): Promise<void> {
    const { cluster, world, events, log } = this.#options;
    const written = await cluster.objects(TICKETS).replaceStatus(withStatus(ticket, status));
    world.observe(written);
    for (const { reason, message, warning } of transitionsOf(ticket.status, status)) {
      events.record({ object: written, reason, message, type: warning ? 'Warning' : 'Normal' });
      const fields = {
        ticket: `${ticket.metadata.namespace}/${ticket.metadata.name}`,
        track: ticket.spec.track,
        reason,
      };
      log.info({ ...fields, station: status.station, detail: message }, 'A ticket moved');
    }
  }

  /** Rule B8: the name is only a label; a ticket of the same identity is adopted, another one's name is left to it. */
  async #createTicket({ track, number, spec }: CreateTicket): Promise<void> {
    const { cluster, world, log } = this.#options;
    const tickets = cluster.objects(TICKETS);
    const { namespace } = track.metadata;
    for (
      let next = number, tries = 0;
      tries < MOST_NAMES;
      next = Math.max(next, this.#highest(track)) + 1, tries += 1
    ) {
      const name = `${track.metadata.name}-${next}`;
      const labels = { [LABELS.track]: track.metadata.uid };
      try {
        const created = await tickets.create({ metadata: { name, namespace, labels }, spec });
        world.observe(created);
        log.info({ ticket: `${namespace}/${name}`, change: changeLine(spec.change) }, 'A ticket was made');
        return;
      } catch (error) {
        if (!(error instanceof AlreadyExistsError)) throw error;
      }
      const present = await tickets.get({ namespace, name });
      if (present === undefined) throw new ConflictError(`ticket ${namespace}/${name} came and went`);
      world.observe(present);
      if (sameIdentity(present, track, spec)) return;
    }
    throw new TerminalError(
      `no name is free for a ticket of ${namespace}/${track.metadata.name} from number ${number} on`,
    );
  }

  /** The highest number that a ticket of the track has in its name, as far as the cache knows. */
  #highest({ metadata: { name, namespace } }: Track): number {
    const numbers = this.#options.world.tickets.list(namespace).map(({ metadata }) => {
      const rest = metadata.name.startsWith(`${name}-`) ? metadata.name.slice(name.length + 1) : '';
      return /^\d{1,15}$/.test(rest) ? Number(rest) : 0;
    });
    return Math.max(0, ...numbers);
  }

  async #sync({ reference, commit, ticketUid }: Extract<Step, { step: 'Sync' }>): Promise<void> {
    const { cluster, world, now } = this.#options;
    const view = world.application(reference);
    if (view === undefined) throw new ConflictError(`Application ${reference.namespace}/${reference.name} is gone`);
    const request = syncOperation(view, { commit, ticketUid, now: now() });
    if (request.kind !== 'Patch') return;
    world.observe(await cluster.objects(APPLICATIONS).merge(reference, request.patch));
  }
}

/** The object with another status; its resourceVersion is the one that was decided on. */
const withStatus = <T extends KubeObject, S>(resource: T, status: S): T & { status: S } => ({ ...resource, status });

const sameIdentity = (present: Ticket, track: Track, spec: CreateTicket['spec']): boolean =>
  present.spec.track === track.metadata.name &&
  present.metadata.labels?.[LABELS.track] === track.metadata.uid &&
  present.spec.origin?.subscription === spec.origin.subscription &&
  (present.spec.origin?.after ?? '') === (spec.origin.after ?? '') &&
  changeLine(present.spec.change) === changeLine(spec.change);
