/** Carries out the steps of a plan. Each step can run twice: a write decided on an old version is refused. */

import type { Ticket, TicketReference } from '../../../lib/api';
import { numberedTicketName } from '../../../lib/network/ticket-name';
import { refreshPatch, syncOperation } from '../../argocd';
import { ConflictError, TerminalError } from '../../errors';
import { changeLine, isSameTicket, transitionsOf, type Step } from '../../journey';
import { AlreadyExistsError, type Cluster, type EventRecorder, type KubeObject } from '../../kube';
import type { Log } from '../../log';
import { ANALYSIS_RUNS, terminatePatch } from '../../rollouts';
import { APPLICATIONS, STATIONS, TICKETS, TRACKS } from '../../resources';
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
      case 'DeleteTicket': {
        const { namespace, name, uid, resourceVersion } = step.ticket.metadata;
        await cluster.objects(TICKETS).delete({ namespace, name }, { uid, resourceVersion });
        return;
      }
      case 'Refresh': {
        const at = this.#options.now();
        world.observe(await cluster.objects(APPLICATIONS).merge(step.reference, refreshPatch(at)));
        // Only what went out was asked: what was held back or refused is asked again without a pause.
        return world.noteAsked(step.reference, at);
      }
      case 'Sync':
        return this.#sync(step);
      case 'EndAnalysis':
        return world.observe(await cluster.objects(ANALYSIS_RUNS).merge(step.run, terminatePatch()));
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
        namespace: ticket.metadata.namespace,
        ticket: ticket.metadata.name,
        track: ticket.spec.track,
        reason,
      };
      log.info({ ...fields, station: status.station, detail: message }, 'A ticket moved');
    }
  }

  /** Rule B8: the name is only a label; a ticket of the same identity is adopted, another one's name is left to it. */
  async #createTicket({ namespace, names, labels, spec }: CreateTicket): Promise<void> {
    const { cluster, world, log } = this.#options;
    const tickets = cluster.objects(TICKETS);
    const tried: string[] = [];
    for (const name of this.#candidates(namespace, names)) {
      try {
        const created = await tickets.create({ metadata: { name, namespace, labels }, spec });
        world.observe(created);
        log.info({ namespace, ticket: name, track: spec.track, change: changeLine(spec.change) }, 'A ticket was made');
        return;
      } catch (error) {
        if (!(error instanceof AlreadyExistsError)) throw error;
      }
      const present = await tickets.get({ namespace, name });
      if (present === undefined) throw new ConflictError(`ticket ${namespace}/${name} came and went`);
      world.observe(present);
      if (isSameTicket(present, spec)) return;
      tried.push(name);
    }
    throw new TerminalError(
      `no name is free for a ticket in ${namespace}: ${tried[0]} to ${tried.at(-1)} are other tickets`,
    );
  }

  /** Names to try; a number goes on above the highest that a ticket of the track has, as far as the cache knows. */
  *#candidates(namespace: string, names: CreateTicket['names']): Generator<string, undefined> {
    if (!('number' in names)) {
      yield* names;
      return undefined;
    }
    for (let number = names.number, tries = 0; tries < MOST_NAMES; tries += 1) {
      yield numberedTicketName(names.track, number);
      number = Math.max(number, this.#highest(namespace, names.track)) + 1;
    }
    return undefined;
  }

  #highest(namespace: string, track: string): number {
    const numbers = this.#options.world.tickets.list(namespace).map(({ metadata }) => {
      const rest = metadata.name.startsWith(`${track}-`) ? metadata.name.slice(track.length + 1) : '';
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
