/** From a change in a cache to the keys that it concerns, and from a key to a decision that is carried out. */

import type { Station, Ticket, Track } from '../../lib/api';
import { branchKeysOf, type Patience } from '../argocd';
import { isRetriable, messageOf } from '../errors';
import { decideGoneStation, decideStation, decideTrack, type Plan, type Sight } from '../journey';
import { keyOf, type Cluster, type EventRecorder } from '../kube';
import type { Log } from '../log';
import { Desk } from './desk';
import type { Executor } from './caches/execute';
import type { JobBoard } from './jobs/job-board';
import { fieldsOfKey } from './jobs/log-fields';
import type { NetworkFaults } from './caches/faults';
import { snapshotOf, stationSnapshotOf } from './caches/snapshot';
import { ownsUnreadable } from './caches/shares';
import { sayUnreadable, type OurKind } from './caches/unreadable';
import { standingKeys, type Kept, type World } from './caches/world';

export interface DispatcherOptions {
  readonly world: World;
  readonly executor: Executor;
  readonly board: JobBoard;
  readonly faults: NetworkFaults;
  readonly cluster: Cluster;
  readonly events: EventRecorder;
  readonly patience: Partial<Patience>;
  readonly now: () => Date;
  /** Whether what asked for nothing is not decided again while all that it was made of is as it was. @default true */
  readonly remembers?: boolean;
  /** Told after each step of a key's plan. @default nobody */
  readonly progress?: (key: string) => void;
  readonly log: Log;
}

/** Queue keys: `track <namespace>/<name>`, `station <namespace>/<name>`, `unreadable <Kind> <namespace>/<name>`. */
type Add = (key: string) => void;

/** How long a step that was refused for good rests before it is decided again. */
const REFUSED_RETRY_MS = 60_000;

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #desks = new Map<string, Desk>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /**
   * Feeds keys into a queue: those of everything that is there, and from now on whenever a cache changes.
   *
   * @returns a function that ends it
   */
  feed(add: Add): () => void {
    const { world } = this.#options;
    const ends: (() => void)[] = [];
    ends.push(
      world.tracks.onChange((key, before, after) => {
        add(`track ${key}`);
        // Who may take a station depends on what the track says, never on its status.
        if (before?.resource?.metadata.generation !== after?.resource?.metadata.generation) {
          this.#standing(key, add);
          for (const kept of world.stations.find('junction', key)) add(`station ${keyOf(kept.metadata)}`);
        }
        if (world.shard) this.#shared(key, before?.resource, add);
        this.#unreadable('Track', key, after, add);
      }),
    );
    ends.push(
      world.stations.onChange((key, before, after) => {
        add(`station ${key}`);
        this.#occupants(before, after, add);
        if (before?.resource?.metadata.uid !== after?.resource?.metadata.uid) {
          for (const kept of world.tracks.find('station', key)) add(`track ${keyOf(kept.metadata)}`);
        }
        this.#unreadable('Station', key, after, add);
      }),
    );
    ends.push(
      world.tickets.onChange((key, before, after) => {
        const { metadata, spec } = after?.resource ?? before?.resource ?? {};
        if (metadata && spec?.track !== undefined) {
          this.#track(keyOf({ namespace: metadata.namespace, name: spec.track }), before, after, add);
        }
        this.#maker(before, after, add);
        const places = new Set([before, after].flatMap((kept) => standingKeys(kept?.resource)));
        for (const place of places) add(`station ${place}`);
        this.#parent(spec?.origin?.parent?.uid, add);
        if (metadata) this.#naming(metadata.uid, add);
        this.#absorbed(metadata?.uid, add);
        this.#unreadable('Ticket', key, after, add);
      }),
    );
    ends.push(
      world.applications.onChange((key, before, after) => {
        for (const kept of world.stations.find('application', key)) this.#station(keyOf(kept.metadata), add);
        // Who else is on a branch decides as well: an Application that leaves it may end another station's wait.
        const branches = new Set([before, after].flatMap((view) => (view === undefined ? [] : branchKeysOf(view))));
        for (const branch of branches) {
          for (const kept of world.stations.find('branch', branch)) this.#station(keyOf(kept.metadata), add);
        }
      }),
    );
    ends.push(
      world.analyses.runs.onChange((_key, before, after) => {
        for (const run of [before, after]) {
          if (run) this.#station(keyOf({ namespace: run.namespace, name: run.station }), add);
        }
      }),
    );
    if (world.shard) ends.push(world.shard.onChange((key) => this.#shared(key, undefined, add)));
    ends.push(this.#options.faults.follow(add));
    this.#everything(add);
    return () => {
      for (const end of ends) end();
    };
  }

  /**
   * Decides on a key and carries the plan out.
   *
   * @param wake told before the plan is carried out, so that a step that fails costs no timer
   * @returns when to decide again although nothing happens
   */
  async handle(key: string, wake: (at: Date) => void): Promise<Date | undefined> {
    const [kind = '', ...rest] = key.split(' ');
    switch (kind) {
      case 'track':
        return this.#decideTrack(key, rest.join(' '), wake);
      case 'station':
        return this.#decideStation(key, rest.join(' '), wake);
      default:
        await this.#decideUnreadable(rest[0] ?? '', rest[1] ?? '');
        return undefined;
    }
  }

  async #decideTrack(owner: string, key: string, wake: (at: Date) => void): Promise<Date | undefined> {
    const { world } = this.#options;
    return this.#decide(owner, wake, (sight) => {
      const snapshot = snapshotOf(world, key, sight);
      return snapshot && decideTrack(snapshot);
    });
  }

  async #decideStation(owner: string, key: string, wake: (at: Date) => void): Promise<Date | undefined> {
    const { world } = this.#options;
    return this.#decide(owner, wake, (sight) => {
      const snapshot = stationSnapshotOf(world, key, sight);
      const [namespace = '', name = ''] = key.split('/');
      return snapshot === undefined ? decideGoneStation({ namespace, name }, sight) : decideStation(snapshot);
    });
  }

  /** Decides with what the owner's decisions remember; one that has nothing to decide on any more remembers nothing. */
  async #decide(
    owner: string,
    wake: (at: Date) => void,
    decide: (sight: Sight) => Plan | undefined,
  ): Promise<Date | undefined> {
    const { board, now } = this.#options;
    const desk = this.#desks.get(owner) ?? this.#openDesk(owner);
    const plan = decide(desk.sight(now()));
    board.sweep(owner, desk.asked);
    if (desk.isEmpty) this.#desks.delete(owner);
    if (plan === undefined) return undefined;
    if (plan.wakeAt) wake(plan.wakeAt);
    return this.#carryOut(owner, plan);
  }

  #openDesk(owner: string): Desk {
    const desk = new Desk(this.#options, owner);
    this.#desks.set(owner, desk);
    return desk;
  }

  /**
   * Carries out every step that can be: one that fails keeps no other ticket waiting.
   *
   * @returns when to decide again; for a step that was refused for good, soon enough for a person who mends it
   * @throws the failure that is worth trying again at once, when there is one
   */
  async #carryOut(owner: string, plan: Plan): Promise<Date | undefined> {
    const { board, executor, now, log } = this.#options;
    const failures: Error[] = [];
    for (const step of plan.steps) {
      try {
        if (step.step === 'Start') board.start(owner, step.job);
        else await executor.execute(step);
      } catch (error) {
        failures.push(error instanceof Error ? error : new Error(messageOf(error)));
      }
      this.#options.progress?.(owner);
    }
    const retriable = failures.find(isRetriable);
    if (retriable !== undefined) throw retriable;
    if (failures.length === 0) return plan.wakeAt;
    for (const error of failures)
      log.error({ ...fieldsOfKey(owner), error: messageOf(error) }, 'A step was refused for good');
    const later = new Date(now().getTime() + REFUSED_RETRY_MS);
    return plan.wakeAt !== undefined && plan.wakeAt < later ? plan.wakeAt : later;
  }

  async #decideUnreadable(kind: string, key: string): Promise<void> {
    const { world } = this.#options;
    const caches: Record<OurKind, { get(key: string): Kept<unknown> | undefined }> = {
      Track: world.tracks,
      Station: world.stations,
      Ticket: world.tickets,
    };
    if (kind !== 'Track' && kind !== 'Station' && kind !== 'Ticket') return;
    const kept = caches[kind].get(key);
    if (kept && ownsUnreadable(world, kind, kept)) await sayUnreadable(this.#options, kind, kept);
  }

  /** A track, and where it stops and stopped: whose these are may have changed with it. */
  #shared(key: string, before: Track | undefined, add: Add): void {
    add(`track ${key}`);
    const after = this.#options.world.tracks.get(key)?.resource;
    if (before && before.metadata.generation === after?.metadata.generation) return;
    for (const { metadata, spec } of [before, after].filter((track) => track !== undefined)) {
      for (const { name } of spec.stations) add(`station ${keyOf({ namespace: metadata.namespace, name })}`);
    }
  }

  /** The track of a ticket. On one that was edited those behind it may stand before another station than it was in. */
  #track(track: string, before: Kept<Ticket> | undefined, after: Kept<Ticket> | undefined, add: Add): void {
    add(`track ${track}`);
    const hasLeft = standingKeys(before?.resource).length > 0 && standingKeys(after?.resource).length === 0;
    if (hasLeft) this.#standing(track, add);
  }

  /** The stations before which tickets of a track stand. */
  #standing(track: string, add: Add): void {
    const tickets = this.#options.world.tickets.find('track', track);
    for (const place of new Set(tickets.flatMap((kept) => standingKeys(kept.resource)))) add(`station ${place}`);
  }

  /** Those who are in a station, or were until now: their tracks, and where they stand next. */
  #occupants(before: Kept<Station> | undefined, after: Kept<Station> | undefined, add: Add): void {
    const { world } = this.#options;
    const uids = new Set([before, after].flatMap((kept) => kept?.resource?.status?.occupant?.uid ?? []));
    for (const uid of uids) {
      const ticket = world.tickets.find('uid', uid)[0]?.resource;
      if (ticket === undefined) continue;
      const { namespace } = ticket.metadata;
      if (ticket.spec.track !== undefined) add(`track ${keyOf({ namespace, name: ticket.spec.track })}`);
      for (const place of standingKeys(ticket)) add(`station ${place}`);
    }
  }

  /** The track whose subscription has made a ticket that does not ride it: it notes that the ticket is there. */
  #maker(before: Kept<Ticket> | undefined, after: Kept<Ticket> | undefined, add: Add): void {
    const { origin, track: rides } = after?.resource?.spec ?? {};
    const { subscription, track } = origin ?? {};
    if (before !== undefined || subscription === undefined || track === undefined || rides !== undefined) return;
    for (const kept of this.#options.world.tracks.find('uid', track)) add(`track ${keyOf(kept.metadata)}`);
  }

  /** Where the parent of a ticket that came, moved or ended is, or stands. */
  #parent(uid: string | undefined, add: Add): void {
    if (uid === undefined) return;
    const { world } = this.#options;
    const places = standingKeys(world.tickets.find('uid', uid)[0]?.resource);
    for (const kept of world.stations.find('occupant', uid)) places.push(keyOf(kept.metadata));
    for (const place of places) add(`station ${place}`);
  }

  /** Stations whose status names the ticket: it is in one, or has shut one, which a resume in it ends. */
  #naming(uid: string, add: Add): void {
    const { stations } = this.#options.world;
    for (const kept of [...stations.find('occupant', uid), ...stations.find('stop', uid)]) {
      add(`station ${keyOf(kept.metadata)}`);
    }
  }

  /** A ticket counts for those that it superseded, one after the other: their parents may wait for it (rule F1). */
  #absorbed(uid: string | undefined, add: Add, seen = new Set<string>()): void {
    if (uid === undefined || seen.has(uid)) return;
    seen.add(uid);
    for (const { metadata, resource } of this.#options.world.tickets.find('superseder', uid)) {
      this.#parent(resource?.spec.origin?.parent?.uid, add);
      this.#absorbed(metadata.uid, add, seen);
    }
  }

  /** A station of which an Application has changed, and the track that waits for it there. */
  #station(key: string, add: Add): void {
    add(`station ${key}`);
    const kept = this.#options.world.stations.get(key);
    this.#occupants(kept, kept, add);
  }

  #everything(add: Add): void {
    const { tracks, stations, tickets } = this.#options.world;
    const each = (kind: OurKind, list: readonly Kept<unknown>[], concern: (key: string) => void): void => {
      for (const kept of list) {
        const key = keyOf(kept.metadata);
        concern(key);
        this.#unreadable(kind, key, kept, add);
      }
    };
    each('Track', tracks.list(), (key) => add(`track ${key}`));
    each('Station', stations.list(), (key) => add(`station ${key}`));
    each('Ticket', tickets.list(), () => undefined);
    // Tracks that are gone, but not their tickets.
    for (const { resource } of tickets.list()) {
      if (resource?.spec.track !== undefined)
        add(`track ${keyOf({ namespace: resource.metadata.namespace, name: resource.spec.track })}`);
    }
  }

  #unreadable(kind: OurKind, key: string, kept: Kept<unknown> | undefined, add: Add): void {
    if (kept?.problems) add(`unreadable ${kind} ${key}`);
  }
}
