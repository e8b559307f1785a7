import { ConflictError, messageOf } from '../errors';
import type { Log } from '../log';
import { type Clock, pause, systemClock } from '../clock';
import type { Cluster } from './cluster';
import { NotFoundError } from './fault';
import { type Lease, LEASES, microTime } from './lease';
import { keyOf, type ObjectRef } from './object';
import type { Objects } from './objects';
import type { Reflection } from './reflector';
import { metadataOf, Store } from './store';
import { type LeaseTimes, Term } from './term';

/** What an election is about, and who stands for it. */
export interface ElectionOptions {
  readonly leases: Pick<Objects<Lease>, 'get' | 'create' | 'replace'>;
  /** What keeps a cache in step with the Lease. */
  readonly follow: (store: Store<Lease>) => LeaseFollower;
  readonly namespace: string;
  /** Name of the Lease. */
  readonly name: string;
  /** Tells this process from every other one, also from an earlier one in the same pod. */
  readonly identity: string;
  /** Does the work of the leader. Resolves when it has let go, which it does when the term's signal aborts. */
  readonly lead: (term: Term) => Promise<void>;
  /** Why this process must not lead now, in words; one that leads gives the lease back. @default - it may */
  readonly unfit?: () => string | undefined;
  readonly log: Log;
  /** @default 15 s, 10 s, 2 s */
  readonly times?: LeaseTimes;
  /** @default - the machine's */
  readonly clock?: Clock;
}

/** What an election needs of a reflector. */
export type LeaseFollower = Pick<Reflection<Lease>, 'start' | 'stop' | 'hasSynced' | 'health' | 'observe'>;

/** How an election stands, as far as this process knows. */
export interface Standing {
  readonly leading: boolean;
  /** Who holds the lease; absent when nobody does. */
  readonly holder?: string;
  /** Milliseconds since something was last tried or learned. */
  readonly quietMs: number;
  /** Words of the failure that it now tries to get over. */
  readonly lastError?: string;
}

const TIMES: LeaseTimes = { leaseMs: 15_000, renewMs: 10_000, retryMs: 2_000 };

/** An election by a Lease of this cluster. */
export function electionIn(
  cluster: Pick<Cluster, 'objects' | 'reflector'>,
  options: Omit<ElectionOptions, 'leases' | 'follow'>,
): Election {
  const { namespace, name, log, clock } = options;
  return new Election({
    ...options,
    leases: cluster.objects(LEASES),
    follow: (store) =>
      cluster.reflector({
        resource: LEASES,
        store,
        project: (lease) => lease,
        namespaces: [namespace],
        fieldSelector: `metadata.name=${name}`,
        log,
        ...(clock ? { clock } : {}),
      }),
  });
}

/**
 * Elects one process of several by a Lease. Whether a lease has run out is judged by how long this process has not seen
 * it change, never by the times in it, so that no clock has to agree with another; and it is taken by compare-and-swap
 * on the version that was seen, so that a view that lags behind takes nothing.
 *
 * Two processes never lead at once: the holder counts its term from before it asked, the others count theirs from after
 * the server had answered. What is left of the term is what {@link Term.remainingMs} says, and every effect asks it.
 */
export class Election {
  readonly #options: ElectionOptions;
  readonly #clock: Clock;
  readonly #times: LeaseTimes;
  readonly #ref: ObjectRef & { readonly namespace: string };
  readonly #leases: ElectionOptions['leases'];
  readonly #store: Store<Lease>;
  readonly #reflector: LeaseFollower;
  readonly #stop = new AbortController();
  /** Of the clock's `uptime`: when the lease was last seen to change. */
  #changedAt: number;
  #active: number;
  #vacated = false;
  #unfitness: string | undefined;
  #lastError: string | undefined;
  #wake = new AbortController();
  #term: Term | undefined;
  #running: Promise<void> | undefined;

  constructor(options: ElectionOptions) {
    const { namespace, name, log, clock = systemClock, times = TIMES } = options;
    this.#options = options;
    this.#clock = clock;
    this.#times = times;
    this.#ref = { namespace, name };
    this.#leases = options.leases;
    this.#store = new Store<Lease>({ log, identity: metadataOf });
    this.#changedAt = this.#active = clock.uptime();
    this.#store.onChange((_key, before, after) => {
      this.#changedAt = this.#active = clock.uptime();
      // Who held a lease that somebody deleted does not know yet, and leads until it would have to renew.
      this.#vacated = after === undefined && Boolean(before?.spec?.holderIdentity);
      // A reason of its own: the default one takes a stack trace, at each renewal that is seen.
      this.#wake.abort('the lease changed');
    });
    this.#reflector = options.follow(this.#store);
  }

  /** Begins to stand for it; returns at once. */
  start(): void {
    if (this.#running) return;
    this.#reflector.start();
    this.#running = this.#run();
  }

  /** Gives the lease back, if it is held, and stands for it no more. What leads must have let go before. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#reflector.stop();
  }

  /** For metrics and probes. */
  standing(): Standing {
    const holder = this.#held()?.spec?.holderIdentity;
    return {
      leading: this.#term !== undefined && this.#term.remainingMs() > 0,
      ...(holder ? { holder } : {}),
      quietMs: this.#clock.uptime() - this.#active,
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#wake = new AbortController();
      if (!(await this.#knows())) await this.#rest(this.#times.retryMs);
      else {
        const waitMs = this.#untilFree();
        // Waking now and then costs nothing and shows that this loop is alive.
        if (waitMs > 0) await this.#rest(Math.min(waitMs, this.#times.retryMs), this.#wake.signal);
        else if (this.#unfit() !== undefined) {
          // Whether it still is so may show in the server's answers, so one is asked for.
          await this.#look();
          await this.#rest(this.#times.retryMs);
        } else await this.#stand();
      }
      this.#active = this.#clock.uptime();
    }
  }

  async #stand(): Promise<void> {
    const term = await this.#take();
    if (!term) return this.#rest(this.#times.retryMs, this.#wake.signal);
    const { log, identity, lead } = this.#options;
    this.#term = term;
    log.info({ lease: keyOf(this.#ref), identity }, 'This process leads');
    const work = lead(term).catch((error: unknown) => {
      log.error({ error: messageOf(error) }, 'Leading failed');
      term.end('leading failed');
    });
    await this.#keep(term);
    if (term.ended === undefined) await this.#release(term);
    if (!this.#stop.signal.aborted)
      log.warn({ lease: keyOf(this.#ref), identity, why: term.ended }, 'This process does not lead any more');
    this.#term = undefined;
    await work;
  }

  /** @returns why this process must not lead now; logged when it changes */
  #unfit(): string | undefined {
    const why = this.#options.unfit?.();
    if (why !== undefined && why !== this.#unfitness) this.#options.log.error({ why }, 'This process must not lead');
    this.#unfitness = why;
    return why;
  }

  /** Renews until the term is over, until asked to stop, or until this process must not lead any more. */
  async #keep(term: Term): Promise<void> {
    for (;;) {
      await this.#rest(this.#times.retryMs, term.signal);
      if (this.#stop.signal.aborted) return;
      if (term.renewableMs() <= 0) return term.end('its time was over before it could be renewed');
      if (this.#unfit() !== undefined) return;
      await this.#renew(term);
      this.#active = this.#clock.uptime();
    }
  }

  async #renew(term: Term): Promise<void> {
    for (let attempt = 0; attempt < 2 && term.renewableMs() > 0; attempt += 1) {
      const held = this.#held();
      if (held?.spec?.holderIdentity !== this.#options.identity) return term.end(`${holderOf(held)} has the lease`);
      const sentAt = this.#clock.uptime();
      const deadlineMs = Math.max(1, Math.min(this.#times.renewMs / 2, term.renewableMs()));
      try {
        const spec = { ...held.spec, renewTime: microTime(this.#clock.now()) };
        this.#reflector.observe(await this.#leases.replace({ ...held, spec }, { deadlineMs, signal: term.signal }));
        term.renewed(sentAt);
        return this.#succeeded();
      } catch (error) {
        this.#failed(error, 'The lease could not be renewed');
        if (!(error instanceof ConflictError || error instanceof NotFoundError)) return;
        // An earlier renewal whose answer was lost, a person's label, or somebody else: the server knows.
        if (!(await this.#look())) return;
      }
    }
  }

  async #take(): Promise<Term | undefined> {
    const held = this.#held();
    const { identity } = this.#options;
    const now = microTime(this.#clock.now());
    const changes = held?.spec?.holderIdentity === identity ? 0 : 1;
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#times.leaseMs / 1000),
      acquireTime: now,
      renewTime: now,
      leaseTransitions: held ? (held.spec?.leaseTransitions ?? 0) + changes : 0,
    };
    const sentAt = this.#clock.uptime();
    const options = { deadlineMs: this.#times.renewMs / 2, signal: this.#stop.signal };
    try {
      const taken = held
        ? await this.#leases.replace({ ...held, spec: { ...held.spec, ...spec } }, options)
        : await this.#leases.create({ metadata: this.#ref, spec }, options);
      this.#reflector.observe(taken);
      this.#succeeded();
      return new Term(this.#clock, this.#times, sentAt);
    } catch (error) {
      if (this.#stop.signal.aborted) return undefined;
      // Of several that try at once one is first; that is no failure.
      if (!(error instanceof ConflictError)) this.#failed(error, 'The lease could not be taken');
      await this.#look();
      return undefined;
    }
  }

  async #release(term: Term): Promise<void> {
    const held = this.#held();
    const isOurs = term.renewableMs() > 0 && held?.spec?.holderIdentity === this.#options.identity;
    term.end('it was given back');
    if (!isOurs) return;
    const { leaseTransitions } = held.spec;
    const spec = {
      leaseDurationSeconds: 1,
      renewTime: microTime(this.#clock.now()),
      ...(leaseTransitions === undefined ? {} : { leaseTransitions }),
    };
    try {
      await this.#leases.replace({ ...held, spec }, { deadlineMs: this.#times.retryMs });
      this.#options.log.info({ lease: keyOf(this.#ref) }, 'The lease was given back');
    } catch (error) {
      this.#failed(error, 'The lease could not be given back and runs out by itself');
    }
  }

  /** Whether the lease, or its absence, is known; asks the server where the watch has nothing to say. */
  async #knows(): Promise<boolean> {
    return this.#reflector.hasSynced && this.#reflector.health().lastError === undefined ? true : this.#look();
  }

  /** Reads the lease past the watch. */
  async #look(): Promise<boolean> {
    try {
      const options = { deadlineMs: this.#times.renewMs / 2, signal: this.#stop.signal };
      const lease = await this.#leases.get(this.#ref, options);
      if (lease) this.#reflector.observe(lease);
      else this.#forget();
      this.#lastError = undefined;
      return true;
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#failed(error, 'The lease could not be read');
      return false;
    }
  }

  #forget(): void {
    const held = this.#held();
    if (held) this.#store.remove(held.metadata);
  }

  /** Milliseconds until the lease may be taken. */
  #untilFree(): number {
    const { holderIdentity, leaseDurationSeconds } = this.#held()?.spec ?? {};
    const isFree = !holderIdentity || holderIdentity === this.#options.identity;
    if (isFree && !this.#vacated) return 0;
    const leaseMs = leaseDurationSeconds === undefined ? this.#times.leaseMs : leaseDurationSeconds * 1000;
    return this.#changedAt + leaseMs - this.#clock.uptime();
  }

  #held(): Lease | undefined {
    return this.#store.get(keyOf(this.#ref));
  }

  async #rest(ms: number, early?: AbortSignal): Promise<void> {
    await pause(this.#clock, ms, this.#stop.signal, ...(early ? [early] : []));
  }

  #succeeded(): void {
    if (this.#lastError === undefined) return;
    this.#lastError = undefined;
    this.#options.log.info({ lease: keyOf(this.#ref) }, 'The lease is written again');
  }

  /** The same failure over and over is news once. */
  #failed(error: unknown, message: string): void {
    const words = messageOf(error);
    const fields = { lease: keyOf(this.#ref), error: words };
    if (words === this.#lastError) this.#options.log.debug(fields, message);
    else this.#options.log.warn(fields, message);
    this.#lastError = words;
  }
}

const holderOf = (lease: Lease | undefined): string => lease?.spec?.holderIdentity ?? 'nobody';
