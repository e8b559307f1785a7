/** One Lease on a server in memory, and processes that stand for it: each can be paused, cut off, and have a wrong clock. */

import { ConflictError, TransientError } from '../../../runtime/errors';
import {
  AlreadyExistsError,
  Election,
  type Clock,
  type Lease,
  type LeaseTimes,
  type Store,
} from '../../../runtime/kube';
import { silentLog } from '../../../runtime/log';
import type { Term } from '../../../runtime/kube';
import { settle } from './fake-clock';

const TIMES: LeaseTimes = { leaseMs: 15_000, renewMs: 10_000, retryMs: 2_000 };

/** True time, which no process sees as it is. */
export class LeaseWorld {
  time = 0;
  lease: Lease | undefined;
  readonly processes: Process[] = [];
  #version = 0;

  join(): Process {
    const process = new Process(this, `p${this.processes.length}`);
    this.processes.push(process);
    return process;
  }

  /** Lets true time pass; whoever is paused sees it pass afterwards. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (;;) {
      const next = this.processes
        .flatMap((process) => process.nextAt() ?? [])
        .filter((due) => due <= end)
        .sort((one, other) => one - other)[0];
      if (next === undefined) break;
      this.time = Math.max(this.time, next);
      for (const process of this.processes) process.ring();
      await settle();
      this.check();
    }
    this.time = end;
    this.check();
  }

  /** Who may have effects now. */
  leaders(): Process[] {
    return this.processes.filter((process) => process.term !== undefined && process.term.remainingMs() > 0);
  }

  check(): void {
    const names = this.leaders().map((process) => process.name);
    if (names.length > 1) throw new Error(`${names.join(' and ')} lead at ${this.time} ms`);
  }

  /** A person deletes the lease. */
  remove(): void {
    const gone = this.lease;
    this.lease = undefined;
    for (const process of this.processes) if (gone) process.forget(gone);
  }

  /** What the server does with a write. */
  store(spec: NonNullable<Lease['spec']>, expected: string | undefined): Lease {
    if (expected === undefined && this.lease) throw new AlreadyExistsError('the lease exists');
    if (expected !== undefined && this.lease?.metadata.resourceVersion !== expected) {
      throw new ConflictError('the lease has moved on');
    }
    this.#version += 1;
    const metadata = { name: 'k8sta', namespace: 'home', uid: 'u', resourceVersion: String(this.#version) };
    this.lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    for (const process of this.processes) process.tell(this.lease);
    return this.lease;
  }
}

/** One process that stands for the lease. */
export class Process {
  term: Term | undefined;
  terms = 0;
  /** The server's answers, and what it would have told, are lost. */
  cut = false;
  /** The server hears this process, and its answers are lost. */
  deaf = false;
  paused = false;
  readonly election: Election;
  readonly clock: Clock;
  #wallMs = 0;
  #timers: { due: number; run: () => void }[] = [];
  #told: (() => void)[] = [];
  #cache: Store<Lease> | undefined;

  constructor(
    private readonly world: LeaseWorld,
    readonly name: string,
  ) {
    this.clock = {
      now: () => Date.parse('2026-01-01T00:00:00Z') + world.time + this.#wallMs,
      uptime: () => world.time,
      after: (ms, run) => {
        const timer = { due: world.time + ms, run };
        this.#timers.push(timer);
        return () => void (this.#timers = this.#timers.filter((one) => one !== timer));
      },
    };
    this.election = new Election({
      leases: {
        get: async () => this.#answer(() => world.lease),
        create: async ({ spec }) => this.#answer(() => world.store(spec ?? {}, undefined)),
        replace: async ({ spec, metadata }) => this.#answer(() => world.store(spec ?? {}, metadata.resourceVersion)),
      },
      follow: (store) => {
        this.#cache = store;
        return {
          hasSynced: true,
          start: () => world.lease && store.put(world.lease),
          stop: async () => undefined,
          health: () => ({ synced: true, ...(this.cut ? { lastError: 'cut off' } : {}) }),
          observe: (lease: Lease) => store.observe(lease),
        };
      },
      namespace: 'home',
      name: 'k8sta',
      identity: name,
      lead: (term) => {
        this.terms += 1;
        this.term = term;
        return new Promise((resolve) => term.signal.addEventListener('abort', () => resolve(), { once: true }));
      },
      log: silentLog,
      times: TIMES,
      clock: this.clock,
    });
  }

  /** Sets its wall clock off. */
  setWall(ms: number): void {
    this.#wallMs = ms;
  }

  nextAt(): number | undefined {
    return this.paused || this.#timers.length === 0 ? undefined : Math.min(...this.#timers.map(({ due }) => due));
  }

  /** Runs what has come due. */
  ring(): void {
    if (this.paused) return;
    for (const tell of this.#told.splice(0)) tell();
    const due = this.#timers.filter((timer) => timer.due <= this.world.time);
    this.#timers = this.#timers.filter((timer) => timer.due > this.world.time);
    for (const timer of due) timer.run();
  }

  /** A watch event. */
  tell(lease: Lease): void {
    if (this.cut) return;
    if (this.paused) this.#told.push(() => this.#cache?.put(lease));
    else this.#cache?.put(lease);
  }

  /** A watch event. */
  forget({ metadata }: Lease): void {
    if (!this.cut) this.#cache?.remove(metadata);
  }

  async #answer<T>(work: () => T): Promise<T> {
    if (this.cut && !this.deaf) throw new TransientError('cut off');
    const answer = work();
    if (this.cut) throw new TransientError('no answer');
    return answer;
  }
}
