/** One history as it is lived: a network, the machine, people, and everything that was seen of them. */

import type { Station, Ticket, Track } from '../../lib/api';
import { STATIONS, TICKETS, TRACKS } from '../../runtime/resources';
import { elected } from '../../runtime/dispatch/elected';
import { Hints } from '../../runtime/dispatch/looks/hints';
import { assemble } from '../../runtime/dispatch/machine';
import { World } from '../../runtime/dispatch/caches/world';
import { silentLog, type Log, type LogFields } from '../../runtime/log';
import type { Hint } from '../../runtime/webhooks';
import { drawNetwork, type Network } from './network';
import { act, drawActions, review, type Action } from './people';
import { apply } from './resources';
import {
  ArgoCd,
  Chance,
  Faults,
  ForgeServers,
  GitServers,
  Process,
  Registries,
  Rollouts,
  SimulatedApi,
  Timeline,
  type Fault,
  type Health,
  type Outcome,
} from './world';
import { SimulatedCluster } from './world/cluster';
import { SimulatedGit } from './world/git';
import { simulatedRenderer } from './world/renderer';

/** Everything that a history follows from. */
export interface Story {
  readonly seed: number;
  readonly network: Network;
  readonly actions: readonly Action[];
  /** Exactly what goes wrong. @default drawn by chance, as often as `trouble` says */
  readonly faults?: readonly Fault[];
  /** Probability of a fault at each effect. @default 0 */
  readonly trouble?: number;
  /** People look at the pull requests that are opened. @default false */
  readonly reviews?: boolean;
  /** Two runtimes at a time, of which one is elected. @default one that works alone */
  readonly elected?: boolean;
}

/** One line of a history. */
export interface Line {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly who: string;
  readonly what: string;
}

const START = Date.parse('2030-01-01T00:00:00Z');
const PEOPLE = ['Ada', 'Grace'] as const;
/** How long after the last action things may still go wrong. */
const TROUBLE_AFTER_MS = 60_000;
/** How long a history has to come to rest once nothing goes wrong any more: every deadline and window is shorter. */
const REST_WITHIN_MS = 12 * 3_600_000;
/** Silence that counts as rest, and how long the rest is watched for being one. */
const SILENT_MS = 40 * 60_000;
const QUIET_MS = 20 * 60_000;
/** Slow, so that hours of renewals are bearable; what sleeps for longer than its term has lost it all the same. */
const LEASE = {
  namespace: 'k8sta',
  name: 'k8sta',
  times: { leaseMs: 90_000, renewMs: 60_000, retryMs: 30_000 },
} as const;
/** What a few minutes of a history never need. */
const MOST_EVENTS = 10_000;

export function drawStory(seed: number): Story {
  const chance = new Chance(seed);
  const trouble = chance.one('trouble', [0, 0.01, 0.02, 0.05]) ?? 0;
  const elected = chance.happens('elected', 0.3);
  const network = drawNetwork(chance);
  const reviews = network.stations.some(({ pullRequests }) => pullRequests !== undefined);
  const actions = drawActions(chance);
  return { seed, network, actions, trouble, ...(elected && { elected }), ...(reviews && { reviews }) };
}

export class Scene {
  readonly timeline = new Timeline(START);
  readonly lines: Line[] = [];
  readonly api = new SimulatedApi(() => this.timeline.now);
  readonly git = new GitServers(() => this.timeline.now);
  readonly forges = new ForgeServers(this.git);
  readonly registries = new Registries();
  readonly chance: Chance;
  readonly faults: Faults;
  readonly argocd: ArgoCd;
  /** Every run of the runtime, the present one last. */
  readonly processes: Process[] = [];
  /** What the runtime logged as an error. */
  readonly errors: string[] = [];
  /** Lengths of the histories when rest was reached. */
  rest = { changes: 0, heads: 0, effects: new Map<string, number>(), at: 0 };
  /** More happened than any history needs: it was left there. */
  endless = false;
  person = 'Ada';
  #numbers = new Map<string, number>();
  #hints: Hints | undefined;

  /** @param remembers whether the runtime leaves out what it has decided before on the same grounds */
  constructor(
    readonly story: Story,
    private readonly remembers = true,
  ) {
    this.chance = new Chance(story.seed);
    this.faults = new Faults(this.chance, story.trouble ?? 0, story.faults);
    const { timeline, api, git, chance } = this;
    new Rollouts({ timeline, api, chance, outcome: (run) => this.#outcome(run) });
    if (story.reviews) this.forges.onOpen = (one) => review(this, one);
    this.argocd = new ArgoCd({ timeline, api, git, chance, fate: (application) => this.#fate(application) });
  }

  /** Lives the history to its end. */
  async live(): Promise<this> {
    const { story, timeline } = this;
    apply(story.network, this.api, this.git, this.registries, 'Ada');
    this.#begin();
    if (story.elected) this.#begin();
    for (const [index, action] of story.actions.entries()) {
      timeline.after(action.at, () => {
        this.person = PEOPLE[index % PEOPLE.length] ?? 'Ada';
        const words = act(this, action);
        this.argocd.noticeHeads();
        if (words !== undefined) this.tell(this.person, words);
      });
    }
    const calm = Math.max(0, ...story.actions.map(({ at }) => at)) + TROUBLE_AFTER_MS;
    await this.#pass(calm);
    this.faults.over = true;
    await this.#rest(calm);
    return this;
  }

  /** What a forge or a registry says by webhook. @returns how many subscriptions and tickets it was about */
  hear(...hints: readonly Hint[]): number {
    const receiver = { name: 'k8sta/webhook', sender: 'gitea', isFor: () => true } as const;
    return this.#hints?.take(hints, receiver) ?? 0;
  }

  tell(who: string, what: string): void {
    this.lines.push({ at: this.timeline.uptime, who, what });
  }

  /** 1, 2, 3: for names. */
  number(of: string): number {
    const next = (this.#numbers.get(of) ?? 0) + 1;
    this.#numbers.set(of, next);
    return next;
  }

  tickets = (): Ticket[] => this.api.list(TICKETS);
  stations = (): Station[] => this.api.list(STATIONS);
  tracks = (): Track[] => this.api.list(TRACKS);

  async #rest(calm: number): Promise<void> {
    const { timeline } = this;
    let changed = this.#activity();
    let since = timeline.uptime;
    while (!this.endless && timeline.uptime - since < SILENT_MS && timeline.uptime < calm + REST_WITHIN_MS) {
      await this.#pass(timeline.uptime + 5 * 60_000);
      if (this.#activity() !== changed) {
        changed = this.#activity();
        since = timeline.uptime;
      }
    }
    this.rest = {
      changes: this.api.history.length,
      heads: this.git.history.length,
      effects: this.effects(),
      at: timeline.uptime,
    };
    await this.#pass(timeline.uptime + QUIET_MS);
  }

  /** How often each kind of effect was asked for, by all runs of the runtime. */
  effects(): Map<string, number> {
    const all = new Map<string, number>();
    for (const { effects } of this.processes) {
      for (const [word, count] of effects) all.set(word, (all.get(word) ?? 0) + count);
    }
    return all;
  }

  #activity(): number {
    return this.api.history.length + this.git.history.length;
  }

  async #pass(until: number): Promise<void> {
    if (this.endless) return;
    let heads = this.git.history.length;
    const { timeline } = this;
    let events = 0;
    for (let next = timeline.nextAt; next !== undefined && next <= until; next = timeline.nextAt) {
      events += await timeline.until(next, MOST_EVENTS);
      if (this.git.history.length !== heads) {
        heads = this.git.history.length;
        this.argocd.noticeHeads();
      }
      if (events > MOST_EVENTS) this.endless = true;
      if (this.endless) return;
    }
    await timeline.until(until);
  }

  /** Starts a run of the runtime; when it dies another one follows. */
  #begin(): void {
    const number = this.processes.length + 1;
    const name = `runtime ${number}`;
    const { timeline, chance, faults } = this;
    const process: Process = new Process(name, timeline, chance, faults, (words) => this.tell(name, words));
    process.onDeath = () => {
      timeline.after(500 + Math.floor(chance.next('replacement') * 20_000), () => this.#begin());
    };
    this.processes.push(process);
    this.tell(name, 'starts');
    const { clock, random } = process;
    const log = this.#log();
    const cluster = new SimulatedCluster(this.api, process, faults);
    const world = new World({ cluster, credentialsNamespace: cluster.namespace, clock, log });
    this.#hints = new Hints({ cluster, world, clock, log });
    const ports = {
      cluster,
      world,
      git: new SimulatedGit(this.git, process),
      forges: this.forges.of(process),
      renderer: simulatedRenderer(process),
      registry: this.registries.of(process),
      charts: this.registries.chartsOf(process),
      clock,
      random,
      log,
      patience: { settleMs: 2_000 },
      remembers: this.remembers,
    };
    if (!this.story.elected) {
      void assemble(ports).start();
      return;
    }
    void world.start();
    elected(ports, cluster, { ...LEASE, identity: name }).election.start();
  }

  #log(): Log {
    const error = (fields: LogFields, message: string): void => {
      this.errors.push(`${message}: ${JSON.stringify(fields)}`);
    };
    const log: Log = { ...silentLog, error, child: () => log };
    return log;
  }

  /** How an analysis ends. */
  #outcome(run: string): Outcome {
    const drawn = this.chance.next(`outcome ${run}`);
    if (drawn < 0.75) return 'Successful';
    return drawn < 0.85 ? 'Inconclusive' : drawn < 0.95 ? 'Failed' : 'Error';
  }

  /** How a release fares, by application and by how often that one was rolled out. */
  #fate(application: string): Health {
    const drawn = this.chance.next(`fate ${application}`);
    if (drawn < 0.86) return 'Healthy';
    return drawn < 0.92 ? 'Degraded' : drawn < 0.96 ? 'Suspended' : 'SyncFails';
  }
}
