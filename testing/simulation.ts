/** The runtime's own decisions, carried out on resources in memory, as fast as they can be made. */

import {
  hasEnded,
  LABELS,
  type Change,
  type Chart,
  type Station,
  type Subscription,
  type Ticket,
  type TicketSpec,
  type Track,
} from '../lib/api';
import {
  decideGoneStation,
  decideStation,
  decideTrack,
  isOnRecord,
  pushesOverAt,
  sameRepository,
  Recall,
  type Job,
  type JobFact,
  type LandJob,
  type Plan,
  type Sight,
  type Snapshot,
  type StationSnapshot,
  type Step,
} from '../runtime/journey';
import { Agenda } from './agenda';
import { factsOf } from './facts';
import { Jobs } from './jobs';
import { Model } from './model';
import type { NetworkResources } from './network';
import { subscribesToChart, subscribesToImage } from './published';
import { copyInto, Resources } from './resources';
import { keyOf, onTrack, type Tickets } from './shelf';

/** More decisions than any sane journey needs: a loop is reported instead of running forever. */
const MOST_DECISIONS = 100_000;

/** Nothing to do. */
const REST: Plan = { steps: [] };

const START = Date.parse('2030-01-01T00:00:00Z');

/** Whether an arrival has only begun, or come a stage further: neither its ending nor its analyses are other ones. */
function goesOnInside(before: Ticket['status'], after: Ticket['status']): boolean {
  if (before === undefined || after?.phase !== 'Arriving') return false;
  const isSame = before.phase === 'Arriving' && before.arrival?.start === after.arrival?.start;
  return (
    (isSame || before.phase === 'Standing') &&
    before.station === after.station &&
    before.stamps === after.stamps &&
    before.arrival?.analyses === after.arrival?.analyses
  );
}

export class Simulation {
  readonly model = new Model(() => this.now);
  private readonly resources = new Resources(() => this.now);
  readonly tracks: Map<string, Track> = this.resources.tracks;
  readonly stations: Map<string, Station> = this.resources.stations;
  readonly tickets: Tickets = this.resources.tickets;
  private readonly subscriptions = new Map<string, Track['spec']['subscriptions']>();
  private readonly jobs = new Jobs();
  private readonly known = factsOf(this.resources, this.model, this.jobs);
  private readonly recalls = new Map<string, Recall>();
  private sleeper:
    { readonly before: 'the record is read' | 'the push'; readonly job?: LandJob; readonly since?: Date } | undefined;
  private readonly names = new Map<string, string>();
  private agenda = new Agenda();
  private moment = new Date(START);
  private present: { readonly version: string; readonly keys: readonly string[] } = { version: '', keys: [] };
  private time = START;
  private taken = 0;

  /** @param remembers whether what was decided is not decided again while nothing that it is made of has changed */
  constructor(
    network: NetworkResources,
    private readonly remembers = true,
  ) {
    // What boards is said by the test: a registry is looked at once something is published, a source branch once it moves.
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

  /**
   * A person pushes a commit to the source branch, and the tracks that subscribe to the repository look at it.
   *
   * @returns the commit
   */
  push(repoURL: string, ...paths: string[]): string {
    const commit = this.model.source.commit(repoURL, ...paths);
    this.follow(({ source }) => source !== undefined && sameRepository(source.repoURL, repoURL));
    return commit;
  }

  /** A person tags a commit of the source, and the tracks that subscribe to the repository look at it. */
  tag(repoURL: string, tag: string, commit: string): void {
    this.model.source.tag(repoURL, tag, commit);
    this.follow(({ source }) => source !== undefined && sameRepository(source.repoURL, repoURL));
  }

  /** Somebody publishes a version of an image, and the tracks that subscribe to it look at its repository. */
  publishImage(repoURL: string, tag: string): void {
    this.model.published.image(repoURL, tag, this.now);
    this.follow((subscription) => subscribesToImage(subscription, repoURL));
  }

  /** Somebody publishes a version of a chart, and the tracks that subscribe to it look at it. */
  publishChart(chart: Chart): void {
    this.model.published.chart(chart, this.now);
    this.follow((subscription) => subscribesToChart(subscription, chart));
  }

  /** What is known of source branches and registries is not known any more. */
  lookAgain(): void {
    this.jobs.forget('tip', 'tag', 'look');
  }

  /** From now on these subscriptions are looked at, and everything that is looked at is looked at once more. */
  private follow(isWanted: (subscription: Subscription) => boolean): void {
    for (const [key, track] of this.tracks) {
      const all = [...new Set([...track.spec.subscriptions, ...this.subscriptionsOf(track).filter(isWanted)])];
      if (all.length > track.spec.subscriptions.length)
        this.tracks.set(key, { ...track, spec: { ...track.spec, subscriptions: all } });
    }
    this.lookAgain();
  }

  /** Puts a ticket with a change on a track, as a person would. */
  board(track: Track, change: Change): Ticket {
    const { namespace, name, uid } = track.metadata;
    const number = this.tickets.of(onTrack({ namespace, name })).length + 1;
    const spec = { track: name, change, origin: { person: 'simulation' }, hold: false, abort: false };
    return this.resources.add(namespace, `${name}-${number}`, { [LABELS.track]: uid }, spec);
  }

  /** Makes a ticket of any kind, as a person would. */
  make(namespace: string, name: string, spec: TicketSpec): Ticket {
    return this.resources.add(namespace, name, {}, spec);
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
    const agenda = (this.agenda = new Agenda());
    agenda.addEverything();
    let isChecked = false;
    for (let decisions = 0; decisions < MOST_DECISIONS;) {
      const keys = agenda.take(this.keys());
      for (const key of keys) {
        const plan = this.plan(key);
        decisions += 1;
        agenda.decided(key, plan);
        if (plan.steps.length > 0) isChecked = false;
        if (!this.carryOut(plan, steps)) return this.taken;
      }
      if (keys.length > 0) continue;
      // Nothing moves before everything has been asked: who is told of a change is no rule of the journey.
      const { next } = agenda;
      if (next !== undefined && (until === undefined || next <= until.getTime())) {
        this.time = Math.max(this.time + 1, next);
        agenda.wake(this.time);
      } else if (isChecked) {
        this.time = until?.getTime() ?? this.time;
        return this.taken;
      } else {
        isChecked = true;
        agenda.addEverything();
      }
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
  keys(): readonly string[] {
    const { tracks, stations } = this.resources;
    const version = `${tracks.membership} ${stations.membership}`;
    if (this.present.version !== version) {
      const keys = [
        ...[...tracks.keys()].map((key) => `track ${key}`),
        ...[...stations.keys()].map((key) => `station ${key}`),
      ];
      this.present = { version, keys };
    }
    const { runs } = this.model;
    if (runs.size === 0) return this.present.keys;
    const places = [...runs.values()].map(({ namespace, station }) => `${namespace}/${station}`);
    const gone = [...new Set(places)].filter((key) => !stations.has(key));
    return [...this.present.keys, ...gone.map((key) => `station ${key}`)];
  }

  /** The decision for one key, made on what is there now. */
  plan(key: string): Plan {
    const name = this.nameIn(key);
    if (key.startsWith('track ')) {
      const track = this.tracks.get(name);
      return track === undefined ? REST : decideTrack(this.snapshot(key, track));
    }
    const station = this.stations.get(name);
    if (station !== undefined) return decideStation(this.stationSnapshot(name, station));
    const slash = name.indexOf('/');
    const place = { namespace: name.slice(0, slash), name: name.slice(slash + 1) };
    return decideGoneStation(place, this.sight);
  }

  /** `<namespace>/<name>` in the key of a decision: one text for one key, so that it is looked up without being read again. */
  private nameIn(key: string): string {
    const before = this.names.get(key);
    if (before !== undefined) return before;
    const name = key.slice(key.indexOf(' ') + 1);
    this.names.set(key, name);
    return name;
  }

  /** What is known of a job that others carry out. */
  note(job: Job, fact: JobFact<unknown>): void {
    this.jobs.set(job, fact);
  }

  /** Lets the clock show a later time. */
  passTo(time: Date): void {
    this.time = Math.max(this.time, time.getTime());
  }

  /** The same world once more, which goes its own way from here. */
  fork(): Simulation {
    const copy = new Simulation({ tracks: [], stations: [] });
    copy.resources.become(this.resources);
    copyInto(copy.subscriptions, this.subscriptions);
    copy.jobs.become(this.jobs);
    copy.time = this.time;
    copy.model.become(this.model);
    return copy;
  }

  /** What is known of jobs, by kind and key. */
  get facts(): Iterable<[string, JobFact<unknown>]> {
    return this.jobs;
  }

  private get sight(): Sight {
    // One value for one moment: what is worked out of it is worked out once.
    if (this.moment.getTime() !== this.time) this.moment = this.now;
    return { now: this.moment, facts: this.known };
  }

  private snapshot(key: string, track: Track): Snapshot {
    const { track: present, tickets } = this.resources.line(track);
    const { now, facts } = this.sight;
    if (!this.remembers) return { track: present, tickets, now, facts };
    // Only a track has many parts of which most are as they were.
    const recall = this.recalls.get(key) ?? new Recall(facts);
    this.recalls.set(key, recall);
    recall.begin();
    return { track: present, tickets, now, facts: recall.facts, recall };
  }

  private stationSnapshot(name: string, station: Station): StationSnapshot {
    const { resources } = this;
    const lines = resources.tracks.through(name).map((track) => resources.line(track));
    const { now, facts } = this.sight;
    return { station, lines, single: resources.singlesAt(station), now, facts };
  }

  /** What would be decided now, to be carried out later: as by a process that has fallen asleep in between. */
  plans(): Plan[] {
    return this.keys().map((key) => this.plan(key));
  }

  /** @returns whether the process lived to the end of the plan */
  private carryOut(plan: Plan, steps: number): boolean {
    for (const step of plan.steps) {
      if (this.taken >= steps) return false;
      this.taken += 1;
      this.carry(step);
      this.tell(step);
    }
    return true;
  }

  /** Puts on the agenda who decides on what a step has changed. */
  private tell(step: Step): void {
    const { agenda } = this;
    switch (step.step) {
      case 'WriteTrack':
        return agenda.add(`track ${keyOf(step.track)}`);
      case 'WriteStation':
        agenda.add(`station ${keyOf(step.station)}`);
        for (const track of this.resources.tracks.through(keyOf(step.station))) agenda.add(`track ${keyOf(track)}`);
        return;
      case 'WriteTicket':
        return this.tellOf(step.ticket, step.status);
      case 'Start':
        return;
      case 'CreateTicket':
      case 'DeleteTicket':
      case 'EndAnalysis':
      case 'Refresh':
      case 'Sync':
        return agenda.addEverything();
    }
  }

  private tellOf({ metadata: { namespace }, spec, status: before }: Ticket, after: Ticket['status']): void {
    const { agenda } = this;
    const isAlone = spec.track === undefined || spec.origin?.parent !== undefined;
    // Others decide on how it was ended, or on what it has taken along; that it completed is known along its own line.
    const isEnded = hasEnded(after) && after?.phase !== 'Completed';
    if (isAlone || isEnded || before?.absorbed !== undefined || after?.absorbed !== undefined) {
      return agenda.addEverything();
    }
    agenda.add(`track ${namespace}/${spec.track}`);
    this.tellStations(namespace, before, after);
  }

  /** Puts the stations on the agenda at which a ticket was or is, unless they ask nothing of it that has changed. */
  private tellStations(namespace: string, before: Ticket['status'], after: Ticket['status']): void {
    if (goesOnInside(before, after) && this.asksOccupantAlone(`${namespace}/${after?.station}`)) return;
    const names: string[] = [];
    for (const status of [before, after]) {
      for (const name of [status?.station, status?.arrival?.station]) {
        if (name === undefined || names.includes(name)) continue;
        names.push(name);
        this.agenda.add(`station ${namespace}/${name}`);
      }
    }
  }

  /** Whether nothing there depends on how far the occupant is: no trees are shown to others, and no rollback comes. */
  private asksOccupantAlone(key: string): boolean {
    const station = this.stations.get(key);
    return station !== undefined && !station.spec.entry?.approval && this.resources.singlesAt(station).length === 0;
  }

  /** Carries out one step of a plan, however old that is: a write that was decided on an older version is refused. */
  carry(step: Step): void {
    const { resources } = this;
    switch (step.step) {
      case 'WriteTrack':
        return resources.write(this.tracks, step.track, step.status);
      case 'WriteStation':
        return resources.write(this.stations, step.station, step.status);
      case 'WriteTicket':
        return resources.write(this.tickets, step.ticket, step.status);
      case 'Start':
        this.jobs.set(step.job, this.run(step.job));
        return;
      case 'EndAnalysis': {
        const { namespace, name } = step.run;
        this.model.runs.set(`${namespace}/${name}`, { ...step.run, terminated: true });
        return;
      }
      case 'CreateTicket':
        return resources.create(step);
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

  /** Makes an express ticket, as a person would, or as one for a track. */
  express(station: Station, change: Change, track?: Track): Ticket {
    const { namespace, name } = station.metadata;
    const number = this.resources.where((ticket) => ticket.spec.express !== undefined).length + 1;
    const origin = { person: 'simulation', ...(track && { track: track.metadata.uid }) };
    const spec = { express: { station: name }, change, origin, hold: false, abort: false };
    return this.resources.add(namespace, `express-${number}`, {}, spec);
  }
}
