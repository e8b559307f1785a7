/**
 * Small networks, explored whole: every order in which decisions, their steps, pushes and answers can follow each other,
 * with one fault at every place where one can be. States that are alike are explored once.
 */

import { createHash } from 'node:crypto';
import { hasEnded, API_VERSION, ARGOCD, type Station, type Ticket, type Track } from '../../lib/api';
import { parseStation, parseTrack } from '../../lib/api/validation';
import { type Step } from '../../runtime/journey';
import { Simulation } from '../../testing/simulation';

export interface SmallNetwork {
  readonly name: string;
  readonly tracks: Readonly<Record<string, readonly string[]>>;
  /** On which track each ticket rides. */
  readonly tickets: readonly string[];
  readonly service: 'Every' | 'Latest';
  readonly faults: number;
}

export const NETWORKS: readonly SmallNetwork[] = [
  {
    name: 'two tracks that meet in the middle',
    tracks: { main: ['a', 'b'], other: ['b', 'c'] },
    tickets: ['main', 'other'],
    service: 'Every',
    faults: 1,
  },
  {
    name: 'two tracks in opposite directions',
    tracks: { main: ['a', 'b', 'c'], other: ['c', 'b', 'a'] },
    tickets: ['main', 'other'],
    service: 'Every',
    faults: 0,
  },
  {
    name: 'two tickets that couple on one track, and a second track at its end',
    tracks: { main: ['a', 'b'], other: ['c'] },
    tickets: ['main', 'main'],
    service: 'Latest',
    faults: 1,
  },
];

export interface Explored {
  readonly states: number;
  readonly transitions: number;
  /** States in which nothing can happen any more. */
  readonly ends: number;
  readonly breaches: readonly string[];
}

type Start = Extract<Step, { step: 'Start' }>;

/** A push on its way: it has not moved a branch yet, or its answer has not come yet. */
interface Push {
  readonly step: Start;
  readonly landed: boolean;
  /** Whether the process that sent it is dead. */
  readonly orphan: boolean;
}

interface State {
  readonly world: Simulation;
  /** What is left of the plans under way, by key. */
  readonly plans: ReadonlyMap<string, readonly Step[]>;
  readonly pushes: readonly Push[];
  readonly faults: number;
  /** `ticket station application`, for every commit that took effect. */
  readonly effects: readonly string[];
}

const MOST_STATES = 400_000;
const MOST_BREACHES = 10;

const metadata = (name: string, kind: string) => ({
  name,
  namespace: 'shop',
  uid: `uid-${kind}-${name}`,
  resourceVersion: '1',
  generation: 1,
});

function resource<T>(parsed: { readonly resource: T } | { readonly problems: readonly string[] }): T {
  if ('resource' in parsed) return parsed.resource;
  throw new Error(parsed.problems.join(' '));
}

function begin({ tracks, tickets, service, faults }: SmallNetwork): State {
  const names = [...new Set(Object.values(tracks).flat())];
  const world = new Simulation({
    tracks: Object.entries(tracks).map(([name, stations]): Track =>
      resource(
        parseTrack({
          apiVersion: API_VERSION,
          kind: 'Track',
          metadata: metadata(name, 'track'),
          spec: { service, stations: stations.map((station) => ({ name: station })) },
        }),
      ),
    ),
    stations: names.map((name): Station =>
      resource(
        parseStation({
          apiVersion: API_VERSION,
          kind: 'Station',
          metadata: metadata(name, 'station'),
          spec: {
            applications: [
              {
                name,
                namespace: ARGOCD.namespace,
                repoURL: 'https://git.example.com/shop.git',
                overlay: `env/${name}`,
                branch: `env/${name}`,
              },
            ],
          },
        }),
      ),
    ),
  });
  world.model.syncMs = 0;
  for (const name of names) world.model.scripts.set(`${ARGOCD.namespace}/${name}`, { healthyAfterMs: 0 });
  // What Tracks and Stations say of themselves is said before anything rides: it has no order with the rest.
  world.settle();
  tickets.forEach((name, index) => {
    const track = world.tracks.get(`shop/${name}`);
    if (track) world.board(track, { images: [{ repoURL: 'ghcr.io/acme/shop', tag: `1.${index}.0` }] });
  });
  return { world, plans: new Map(), pushes: [], faults, effects: [] };
}

const texts = new WeakMap<object, string>();

/** The text of a thing, versions left aside: they count writes, and the order of writes is not what a state is. */
function text(thing: object): string {
  const known = texts.get(thing);
  if (known !== undefined) return known;
  const made = JSON.stringify(thing, (name, value: unknown) => (name === 'resourceVersion' ? undefined : value));
  texts.set(thing, made);
  return made;
}

function digest({ world, plans, pushes, faults, effects }: State): string {
  const hash = createHash('sha1');
  for (const map of [world.tracks, world.stations, world.tickets, world.facts]) {
    for (const [key, value] of [...map].sort(([one], [other]) => (one < other ? -1 : 1)))
      hash.update(key).update(text(value));
  }
  hash.update(JSON.stringify([...world.model.heads()].sort()));
  for (const [key, steps] of [...plans].sort(([one], [other]) => (one < other ? -1 : 1))) {
    hash.update(key);
    for (const step of steps) hash.update(text(step));
  }
  for (const push of pushes) hash.update(`${push.landed} ${push.orphan} ${text(push.step)}`);
  return hash.update(`${faults} ${world.now.toISOString()} ${effects.join()}`).digest('base64');
}

/** Whether the object that a write was decided on is still the newest. */
function isNewest({ world }: State, step: Step): boolean {
  const place = ({ metadata: { namespace, name } }: Track | Station | Ticket): string => `${namespace}/${name}`;
  if (step.step === 'WriteTrack') return world.tracks.get(place(step.track)) === step.track;
  if (step.step === 'WriteStation') return world.stations.get(place(step.station)) === step.station;
  return step.step !== 'WriteTicket' || world.tickets.get(place(step.ticket)) === step.ticket;
}

const without = <K, V>(map: ReadonlyMap<K, V>, key: K): Map<K, V> =>
  new Map([...map].filter(([other]) => other !== key));

/** The process dies: plans and jobs are gone, and pushes go their way without it. */
function crashed(state: State): State {
  const world = state.world.fork();
  world.restart();
  const pushes = state.pushes.filter((push) => !push.landed).map((push) => ({ ...push, orphan: true }));
  return { ...state, world, plans: new Map(), pushes, faults: state.faults - 1 };
}

/** The next step of a plan is carried out, or refused because its object has moved on. */
function stepped(state: State, key: string): State {
  const [step, ...rest] = state.plans.get(key) ?? [];
  if (step === undefined || !isNewest(state, step)) return { ...state, plans: without(state.plans, key) };
  const plans = rest.length === 0 ? without(state.plans, key) : new Map([...state.plans, [key, rest]]);
  const world = state.world.fork();
  if (step.step === 'Start' && step.job.kind === 'land') {
    world.note(step.job, { state: 'Running', since: world.now });
    return { ...state, world, plans, pushes: [...state.pushes, { step, landed: false, orphan: false }] };
  }
  world.carry(step);
  return { ...state, world, plans };
}

/** The push moves its branches, each from the head expected. */
function landed(state: State, push: Push): State {
  const { job } = push.step;
  if (job.kind !== 'land') return state;
  const world = state.world.fork();
  const before = world.model.heads();
  world.model.run(job);
  const moved = job.commits.filter(({ reference, branch, commit }) => {
    const place = `${reference.repoURL} ${branch}`;
    return before.get(place) !== commit && world.model.heads().get(place) === commit;
  });
  const effects = [...state.effects, ...moved.map(({ reference }) => `${job.ticket} ${job.station} ${reference.name}`)];
  const others = state.pushes.filter((one) => one !== push);
  return {
    ...state,
    world,
    effects: effects.sort(),
    pushes: push.orphan ? others : [...others, { ...push, landed: true }],
  };
}

/** The answer comes, or is lost. */
function answered(state: State, push: Push, lost: boolean): State {
  const world = state.world.fork();
  const { job } = push.step;
  if (lost) {
    const retryAt = new Date(world.now.getTime() + 1_000);
    world.note(job, { state: 'Failed', reason: 'GitUnavailable', message: 'no answer', retryAt });
  } else world.carry(push.step);
  return { ...state, world, pushes: state.pushes.filter((one) => one !== push), faults: state.faults - (lost ? 1 : 0) };
}

/** What can become of a push. */
function withPush(state: State, push: Push): State[] {
  const faulty = state.faults > 0;
  if (!push.landed) {
    const after = landed(state, push);
    return [after, ...(faulty ? [crashed(state), crashed(after)] : [])];
  }
  return [answered(state, push, false), ...(faulty ? [answered(state, push, true), crashed(state)] : [])];
}

/** Every state that can follow. */
function next(state: State): State[] {
  const { world, plans, pushes, faults } = state;
  const found: State[] = [];
  let wakeAt: Date | undefined;
  for (const key of world.keys()) {
    if (plans.has(key)) continue;
    const plan = world.plan(key);
    if (plan.wakeAt && (wakeAt === undefined || plan.wakeAt < wakeAt)) wakeAt = plan.wakeAt;
    if (plan.steps.length > 0) found.push({ ...state, plans: new Map([...plans, [key, plan.steps]]) });
  }
  for (const key of plans.keys()) {
    const after = stepped(state, key);
    found.push(after);
    // Dead right after the step, or with the answer lost: the rest of the plan is not carried out.
    if (faults > 0) found.push(crashed(after), { ...after, plans: without(after.plans, key), faults: faults - 1 });
  }
  for (const push of pushes) found.push(...withPush(state, push));
  if (found.length > 0 || wakeAt === undefined) return found;
  const later = world.fork();
  later.passTo(wakeAt);
  return [{ ...state, world: later }];
}

/** What no state may be: an ending undone, an effect twice, two who passed each other. */
function breachIn(before: State, after: State): string | undefined {
  const twice = after.effects.find((effect, index) => after.effects[index + 1] === effect);
  if (twice !== undefined) return `I2: ${twice} took effect twice`;
  for (const [key, ticket] of after.world.tickets) {
    const was = before.world.tickets.get(key)?.status;
    if (hasEnded(was) && was?.phase !== ticket.status?.phase)
      return `I1: ${key} was ${was?.phase} and is ${ticket.status?.phase}`;
    const older = [...after.world.tickets.values()].find(
      (other) =>
        other.spec.track === ticket.spec.track &&
        (other.status?.sequence ?? Infinity) < (ticket.status?.sequence ?? 0) &&
        !hasEnded(other.status),
    );
    if (ticket.status?.phase === 'Completed' && older) return `I6: ${key} completed before ${older.metadata.name}`;
  }
  return undefined;
}

/** What an end has to be: everything has arrived, and nothing is taken. */
function breachAtEnd({ world }: State): string | undefined {
  const open = [...world.tickets.values()].find(
    ({ status }) => status?.phase !== 'Completed' && status?.phase !== 'Superseded',
  );
  if (open)
    return `I1: ${open.metadata.name} stays ${open.status?.phase}: ${open.status?.waiting?.message ?? 'without a word'}`;
  const taken = [...world.stations.values()].find(({ status }) => status?.occupant !== undefined);
  return taken && `I1: ${taken.metadata.name} stays taken by ${taken.status?.occupant?.ticket}`;
}

export function explore(network: SmallNetwork, most = MOST_STATES): Explored {
  const first = begin(network);
  const seen = new Set([digest(first)]);
  const open = [first];
  const breaches = new Set<string>();
  let transitions = 0;
  let ends = 0;
  for (let state = open.pop(); state !== undefined && breaches.size < MOST_BREACHES; state = open.pop()) {
    const following = next(state);
    if (following.length === 0) {
      ends += 1;
      const breach = breachAtEnd(state);
      if (breach) breaches.add(breach);
    }
    for (const after of following) {
      transitions += 1;
      const breach = breachIn(state, after);
      if (breach) breaches.add(breach);
      const name = digest(after);
      if (seen.has(name)) continue;
      seen.add(name);
      open.push(after);
    }
    if (seen.size > most) {
      breaches.add(`there are more than ${most} states: not all were explored`);
      break;
    }
  }
  return { states: seen.size, transitions, ends, breaches: [...breaches] };
}
