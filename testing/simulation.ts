/** The runtime's own decisions, carried out on resources in memory, as fast as they can be made. */

import {
  API_VERSION,
  LABELS,
  type Change,
  type Metadata,
  type Station,
  type Ticket,
  type TicketSpec,
  type Track,
} from '../lib/api';
import { parseTicket } from '../lib/api/validation';
import { numberedTicketName } from '../lib/network/ticket-name';
import {
  decideGoneStation,
  decideStation,
  decideTrack,
  hasEnded,
  isOnRecord,
  pushesOverAt,
  isSameTicket,
  overlayPath,
  type Facts,
  type Job,
  type JobFact,
  type JobResults,
  type LandJob,
  type Line,
  type Plan,
  type Snapshot,
  type StationSnapshot,
  type Step,
} from '../runtime/journey';
import { Model } from './model';
import type { NetworkResources } from './network';

/** More decisions than any sane journey needs: a loop is reported instead of running forever. */
const MOST_DECISIONS = 100_000;

/** Nothing to do. */
const REST: Plan = { steps: [] };

const START = Date.parse('2030-01-01T00:00:00Z');

export class Simulation {
  readonly model = new Model(() => this.now);
  readonly tracks = new Map<string, Track>();
  readonly stations = new Map<string, Station>();
  readonly tickets = new Map<string, Ticket>();
  private readonly subscriptions = new Map<string, Track['spec']['subscriptions']>();
  private readonly jobs = new Map<string, JobFact<unknown>>();
  private sleeper:
    { readonly before: 'the record is read' | 'the push'; readonly job?: LandJob; readonly since?: Date } | undefined;
  private time = START;
  private version = 1;
  private taken = 0;

  constructor(network: NetworkResources) {
    // What boards is said by the test: there is no registry to look at, so the runtime must not wait for one.
    for (const track of network.tracks) this.subscriptions.set(keyOf(track), track.spec.subscriptions);
    for (const track of network.tracks)
      this.tracks.set(keyOf(track), { ...track, spec: { ...track.spec, subscriptions: [] } });
    for (const station of network.stations) this.stations.set(keyOf(station), station);
  }

  /** The virtual clock. */
  get now(): Date {
    return new Date(this.time);
  }

  /** What the track subscribes to. */
  subscriptionsOf(track: Track): Track['spec']['subscriptions'] {
    return this.subscriptions.get(keyOf(track)) ?? [];
  }

  /** Puts a ticket with a change on a track, as a person would. */
  board(track: Track, change: Change): Ticket {
    const { namespace, name, uid } = track.metadata;
    const number = [...this.tickets.values()].filter((ticket) => ticket.spec.track === name).length + 1;
    const spec = { track: name, change, origin: { person: 'simulation' } };
    return this.add(namespace, `${name}-${number}`, { [LABELS.track]: uid }, spec);
  }

  /** Makes a ticket of any kind, as a person would. */
  make(namespace: string, name: string, spec: TicketSpec): Ticket {
    return this.add(namespace, name, {}, spec);
  }

  /**
   * Goes on until only people or the outside can move anything.
   *
   * @param steps how many steps are carried out at most; the process dies before the next one. @default - all
   * @param until when to stop although something would happen later. @default - never
   * @returns how many were carried out
   */
  settle(steps = Number.MAX_SAFE_INTEGER, until?: Date): number {
    this.taken = 0;
    for (let decisions = 0; decisions < MOST_DECISIONS;) {
      let wakeAt: Date | undefined;
      let busy = false;
      for (const key of this.keys()) {
        const plan = this.plan(key);
        decisions += 1;
        busy = busy || plan.steps.length > 0;
        if (!this.carryOut(plan, steps)) return this.taken;
        if (plan.wakeAt && (wakeAt === undefined || plan.wakeAt < wakeAt)) wakeAt = plan.wakeAt;
      }
      if (busy) continue;
      if (wakeAt === undefined || (until !== undefined && wakeAt > until)) {
        this.time = until?.getTime() ?? this.time;
        return this.taken;
      }
      this.time = Math.max(this.time + 1, wakeAt.getTime());
    }
    throw new Error(`The journey did not come to rest within ${MOST_DECISIONS} decisions: this is a defect of k8sta.`);
  }

  /** The process dies and another takes over: what it only had in memory is gone. */
  restart(): void {
    this.jobs.clear();
  }

  /** The next push falls asleep at this moment, and its process with it. */
  sleepBefore(before: 'the record is read' | 'the push'): void {
    this.sleeper = { before };
  }

  /** Whoever slept goes on where it was: what it pushes depends on what it has read, and on how long it has slept. */
  wakeSleeper(): void {
    const { before, job, since } = this.sleeper ?? {};
    this.sleeper = undefined;
    if (job === undefined || since === undefined || pushesOverAt(since) <= this.now) return;
    if (before === 'the push' || this.isOnRecord(job)) this.model.run(job);
  }

  /** What decisions are made for: tracks first, then stations, then those that are gone and still have a run. */
  keys(): string[] {
    const runs = [...this.model.runs.values()].map(({ namespace, station }) => `${namespace}/${station}`);
    const gone = [...new Set(runs)].filter((key) => !this.stations.has(key));
    return [
      ...[...this.tracks.keys()].map((key) => `track ${key}`),
      ...[...this.stations.keys()].map((key) => `station ${key}`),
      ...gone.map((key) => `station ${key}`),
    ];
  }

  /** The decision for one key, made on what is there now. */
  plan(key: string): Plan {
    const name = key.slice(key.indexOf(' ') + 1);
    if (key.startsWith('track ')) {
      const track = this.tracks.get(name);
      return track === undefined ? REST : decideTrack(this.snapshot(track));
    }
    const station = this.stations.get(name);
    if (station !== undefined) return decideStation(this.stationSnapshot(station));
    const slash = name.indexOf('/');
    const place = { namespace: name.slice(0, slash), name: name.slice(slash + 1) };
    return decideGoneStation(place, { now: this.now, facts: this.known() });
  }

  /** Carries out one step of a plan. */
  carry(step: Step): void {
    this.take(step);
  }

  /** What is known of a job that others carry out. */
  note(job: Job, fact: JobFact<unknown>): void {
    this.jobs.set(`${job.kind} ${job.key}`, fact);
  }

  /** Lets the clock show a later time. */
  passTo(time: Date): void {
    this.time = Math.max(this.time, time.getTime());
  }

  /** The same world once more, which goes its own way from here. */
  fork(): Simulation {
    const copy = new Simulation({ tracks: [], stations: [] });
    copyInto(copy.tracks, this.tracks);
    copyInto(copy.stations, this.stations);
    copyInto(copy.tickets, this.tickets);
    copyInto(copy.subscriptions, this.subscriptions);
    copyInto(copy.jobs, this.jobs);
    copy.time = this.time;
    copy.version = this.version;
    copy.model.become(this.model);
    return copy;
  }

  /** What is known of jobs, by kind and key. */
  get facts(): ReadonlyMap<string, JobFact<unknown>> {
    return this.jobs;
  }

  private snapshot(track: Track): Snapshot {
    return { ...this.line(track), now: this.now, facts: this.known() };
  }

  private stationSnapshot(station: Station): StationSnapshot {
    const { namespace } = station.metadata;
    const tracks = [...this.tracks.values()].filter(
      (track) =>
        track.metadata.namespace === namespace &&
        track.spec.stations.some((stop) => stop.name === station.metadata.name),
    );
    return {
      station,
      lines: tracks.map((track) => this.line(track)),
      single: this.single(station),
      now: this.now,
      facts: this.known(),
    };
  }

  private line(track: Track): Line {
    const tickets = [...this.tickets.values()].filter(
      (ticket) =>
        ticket.metadata.namespace === track.metadata.namespace &&
        ticket.spec.track === track.metadata.name &&
        !hasEnded(ticket.status),
    );
    return { track, tickets };
  }

  private single({ metadata }: Station): Ticket[] {
    return this.where(
      (ticket) =>
        ticket.metadata.namespace === metadata.namespace &&
        (ticket.spec.rollback ?? ticket.spec.express)?.station === metadata.name &&
        !hasEnded(ticket.status),
    );
  }

  private known(): Facts {
    return {
      precondition: () => ({ ok: true }),
      judge: (reference, expectation) => this.model.judge(reference, expectation),
      health: () => 'Healthy',
      live: (reference) => this.model.head(reference),
      ticket: (uid) => [...this.tickets.values()].find((ticket) => ticket.metadata.uid === uid),
      ticketsOn: (track) =>
        this.where(
          ({ metadata, spec }) => metadata.namespace === track.metadata.namespace && spec.track === track.metadata.name,
        ),
      children: (parentUid) => this.where(({ spec }) => spec.origin?.parent?.uid === parentUid),
      reported: (reference) => this.model.head(reference) ?? '',
      named: (uid) => this.isNamed(uid),
      singlesAt: (place) =>
        this.where(
          ({ spec, metadata: { namespace } }) =>
            namespace === place.namespace && (spec.rollback ?? spec.express)?.station === place.name,
        ),
      rollbackOf: (failedUid) => this.where(({ spec }) => spec.origin?.failed?.uid === failedUid)[0],
      track: ({ namespace, name }) => this.tracks.get(`${namespace}/${name}`),
      trackOf: (uid) => [...this.tracks.values()].find((track) => track.metadata.uid === uid),
      overlays: (repoURL) => [
        ...new Set(
          [...this.stations.values()]
            .flatMap(({ spec }) => spec.applications)
            .filter((reference) => reference.repoURL === repoURL)
            .map(overlayPath),
        ),
      ],
      station: ({ namespace, name }) => this.stations.get(`${namespace}/${name}`),
      seat: (uid) => [...this.stations.values()].find((station) => station.status?.occupant?.uid === uid),
      visitors: (station) =>
        [...this.tickets.values()].filter((ticket) => ticket.status?.arrival?.station === station.metadata.name),
      analysis: (place) => this.model.runs.get(`${place.namespace}/${place.name}`),
      analysesAt: ({ namespace, name }) =>
        [...this.model.runs.values()].filter((run) => run.namespace === namespace && run.station === name),
      // A fact under this key was put there by a job of this kind, so its result is of that kind.
      job: <K extends keyof JobResults>(kind: K, key: string) =>
        this.jobs.get(`${kind} ${key}`) as JobFact<JobResults[K]> | undefined,
    };
  }

  /** What would be decided now, to be carried out later: as by a process that has fallen asleep in between. */
  plans(): Plan[] {
    return this.decisions().map((decide) => decide());
  }

  /** Carries a plan out, however old it is. */
  carry(plan: Plan): void {
    for (const step of plan.steps) this.take(step);
  }

  /** @returns whether the process lived to the end of the plan */
  private carryOut(plan: Plan, steps: number): boolean {
    for (const step of plan.steps) {
      if (this.taken >= steps) return false;
      this.taken += 1;
      this.take(step);
    }
    return true;
  }

  /** Whether a decision was made on what is there now: a write that was not is refused. */
  private isCurrent(
    stored: { readonly metadata: Metadata } | undefined,
    { metadata }: { readonly metadata: Metadata },
  ) {
    return stored?.metadata.uid === metadata.uid && stored.metadata.resourceVersion === metadata.resourceVersion;
  }

  private take(step: Step): void {
    const metadata = <T extends { metadata: object }>(resource: T) => ({
      ...resource.metadata,
      resourceVersion: this.nextVersion(),
    });
    switch (step.step) {
      case 'WriteTrack':
        if (!this.isCurrent(this.tracks.get(keyOf(step.track)), step.track)) return;
        this.tracks.set(keyOf(step.track), {
          ...step.track,
          metadata: { ...step.track.metadata, ...metadata(step.track) },
          status: step.status,
        });
        return;
      case 'WriteStation':
        if (!this.isCurrent(this.stations.get(keyOf(step.station)), step.station)) return;
        this.stations.set(keyOf(step.station), {
          ...step.station,
          metadata: { ...step.station.metadata, ...metadata(step.station) },
          status: step.status,
        });
        return;
      case 'WriteTicket':
        if (!this.isCurrent(this.tickets.get(keyOf(step.ticket)), step.ticket)) return;
        this.tickets.set(keyOf(step.ticket), {
          ...step.ticket,
          metadata: { ...step.ticket.metadata, ...metadata(step.ticket) },
          status: step.status,
        });
        return;
      case 'Start':
        this.jobs.set(`${step.job.kind} ${step.job.key}`, this.run(step.job));
        return;
      case 'EndAnalysis': {
        const { namespace, name } = step.run;
        this.model.runs.set(`${namespace}/${name}`, { ...step.run, terminated: true });
        return;
      }
      case 'CreateTicket':
        this.create(step);
        return;
      case 'DeleteTicket':
        this.tickets.delete(keyOf(step.ticket));
        return;
      case 'Refresh':
      case 'Sync':
        return;
    }
  }

  private run(job: Job): JobFact<unknown> {
    if (job.kind === 'land' && this.sleeper !== undefined && this.sleeper.job === undefined) {
      this.sleeper = { ...this.sleeper, job, since: this.now };
      return { state: 'Running', since: this.now };
    }
    if (job.kind === 'land' && !this.isOnRecord(job)) {
      const message = 'the record has changed';
      return { state: 'Failed', reason: 'Pushing', message, retryAt: new Date(this.time + 1_000) };
    }
    const seen = 'seen' in job ? { seen: job.seen } : {};
    return { state: 'Done', at: this.now, result: this.model.run(job), ...seen };
  }

  private isOnRecord(job: LandJob): boolean {
    const at = (name: string): string => `${job.namespace}/${name}`;
    return isOnRecord(job, this.tickets.get(at(job.ticket)), this.stations.get(at(job.station)));
  }

  private isNamed(uid: string): boolean {
    const stations = [...this.stations.values()].flatMap(({ status }) => {
      const { occupant, holdBy, haltBy } = status ?? {};
      return [occupant, holdBy, haltBy, ...(occupant?.displaced ?? [])];
    });
    const tickets = this.where(({ status }) => !hasEnded(status)).flatMap(({ spec: { origin }, status }) => [
      origin?.parent,
      origin?.retryOf,
      origin?.failed,
      ...(status?.absorbed ?? []),
    ]);
    return [...stations, ...tickets].some((one) => one?.uid === uid);
  }

  /** Makes an express ticket, as a person would, or as one for a track. */
  express(station: Station, change: Change, track?: Track): Ticket {
    const { namespace, name } = station.metadata;
    const number = this.where((ticket) => ticket.spec.express !== undefined).length + 1;
    const origin = { person: 'simulation', ...(track && { track: track.metadata.uid }) };
    return this.add(namespace, `express-${number}`, {}, { express: { station: name }, change, origin });
  }

  private where(holds: (ticket: Ticket) => boolean): Ticket[] {
    return [...this.tickets.values()].filter(holds);
  }

  /** Makes a ticket, or adopts the one that has this identity. */
  private create({ namespace, names, labels, spec }: Extract<Step, { step: 'CreateTicket' }>): void {
    const numbers = Array.from({ length: this.tickets.size + 1 }, (_, index) => index);
    const candidates =
      'number' in names ? numbers.map((more) => numberedTicketName(names.track, names.number + more)) : names;
    for (const name of candidates) {
      const present = this.tickets.get(`${namespace}/${name}`);
      if (present !== undefined && isSameTicket(present, spec)) return;
      if (present !== undefined) continue;
      this.add(namespace, name, labels, spec);
      return;
    }
    throw new Error(`no name is free for a ticket in ${namespace}`);
  }

  private add(namespace: string, name: string, labels: Readonly<Record<string, string>>, spec: object): Ticket {
    const parsed = parseTicket({
      apiVersion: API_VERSION,
      kind: 'Ticket',
      metadata: {
        name,
        namespace,
        uid: `uid-of-ticket-${namespace}-${name}`,
        resourceVersion: this.nextVersion(),
        generation: 1,
        creationTimestamp: this.now.toISOString(),
        labels: { ...labels },
      },
      spec,
    });
    if ('problems' in parsed) throw new Error(parsed.problems.join(' '));
    this.tickets.set(keyOf(parsed.resource), parsed.resource);
    return parsed.resource;
  }

  private nextVersion(): string {
    this.version += 1;
    return String(this.version);
  }
}

const keyOf = ({ metadata }: { readonly metadata: { readonly namespace: string; readonly name: string } }): string =>
  `${metadata.namespace}/${metadata.name}`;

function copyInto<V>(target: Map<string, V>, source: ReadonlyMap<string, V>): void {
  for (const [key, value] of source) target.set(key, value);
}
