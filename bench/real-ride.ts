/**
 * A ride through three stations on the real servers: seconds of each phase, split into what the runtime takes, what Git
 * and Argo CD take, and the moment for which health is watched by rule; and every call of the runtime to the API server.
 * Floor: what Git and Argo CD take by themselves.
 *
 * Every moment of a ride counts once, for the first of these that it is part of: Argo CD has the commit and has not made
 * it live; health is watched; a Git request is being answered. What is left is the runtime's own, waiting for the API
 * server and starting Git commands included. The whole is what somebody waits for, so the watched seconds are part of it;
 * the share without them stands beside.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Station, Ticket } from '../lib/api';
import { Crossing, type Passage } from '../test/real/crossing';
import { installK8sTA, Line, RuntimeProcess, serveGitThrough } from '../test/real/line';
import { prepare } from '../test/real/setup';
import { kubeconfigOf, open, startRealStack, type RealStack } from '../test/real/stack';
import { Workloads } from '../test/real/workloads';
import type { Application } from '../runtime/railyard/argocd/application';

const NAMESPACE = 'ride';
const STATIONS = ['test', 'stage', 'prod'];
const OURS_AT_MOST = 0.1;
/** How long Argo CD's word must stand, by rule E1. */
const SETTLE_MS = 5_000;

/** Moments of one station, in milliseconds. */
interface Moments {
  taken?: number;
  recorded?: number;
  pushed?: number;
  live?: number;
  stamped?: number;
  freed?: number;
}

/** From and to, in milliseconds. */
type Span = readonly [number, number];

interface Measured {
  readonly moments: Map<string, Moments>;
  /** When Git requests were under way, of the runtime and of Argo CD, by what they were for. */
  readonly git: Record<'fetch' | 'push', Span[]>;
  readonly calls: Map<string, number>;
  /** Commit of each station's arrival. */
  readonly commits: Map<string, string>;
}

/** Reads moments off what passes between the runtime and its servers. */
function follow(passage: Passage, measured: Measured): void {
  const { method, path, body, startedAt, answeredAt } = passage;
  const { moments, calls, git } = measured;
  if (path.includes('.git/')) {
    git[path.includes('git-receive-pack') ? 'push' : 'fetch'].push([startedAt, answeredAt]);
    return;
  }
  const call = `${method} ${generalised(path)}`;
  calls.set(call, (calls.get(call) ?? 0) + 1);
  if (method !== 'PUT') return;
  // The runtime's own writes, which the API server has taken.
  if (path.includes('/stations/')) followStation(body as Station, moments, answeredAt);
  if (path.includes('/tickets/')) followTicket(body as Ticket, measured, answeredAt);
}

function followStation({ metadata, status }: Station, moments: Map<string, Moments>, now: number): void {
  const seen = momentsOf(moments, metadata.name);
  if (status?.occupant !== undefined) seen.taken ??= now;
  else if (seen.stamped !== undefined) seen.freed ??= now;
}

function followTicket({ status }: Ticket, { moments, commits }: Measured, now: number): void {
  for (const { station } of status?.stamps ?? []) momentsOf(moments, station).stamped ??= now;
  const { arrival } = status ?? {};
  if (arrival === undefined) return;
  const [application] = arrival.applications;
  if (application?.commit !== undefined) commits.set(arrival.station, application.commit);
  const seen = momentsOf(moments, arrival.station);
  seen.recorded ??= now;
  if (arrival.pushed !== undefined) seen.pushed ??= now;
}

function momentsOf(moments: Map<string, Moments>, station: string): Moments {
  const known = moments.get(station) ?? {};
  moments.set(station, known);
  return known;
}

/** A path without the names in it. */
function generalised(path: string): string {
  const [place = '', query = ''] = path.split('?');
  const words = place
    .replace(/namespaces\/[^/]+/, 'namespaces/*')
    .replace(/(tracks|stations|tickets|applications|events|secrets|leases)\/[^/]+/, '$1/*');
  return query.includes('watch=true') ? `${words} (watch)` : query.includes('limit=') ? `${words} (list)` : words;
}

/** Notes when Argo CD first says of the commit of an arrival that it is live and healthy. @returns what ends it */
function watchArgoCD({ kubernetes }: RealStack, { moments, commits }: Measured): () => void {
  const path = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications?watch=true';
  const watching = open(kubernetes, 'GET', path, {}, (response) => {
    const lines = createInterface({ input: response });
    // A stream that the bench itself cuts at the end.
    response.on('error', () => lines.close());
    lines.on('error', () => lines.close());
    lines.on('line', (line) => {
      const { object } = JSON.parse(line) as { object: Application };
      const station = STATIONS.find((name) => object.metadata.name === `${NAMESPACE}-${name}-web`);
      const { sync, health, operationState } = object.status ?? {};
      const isLive =
        sync?.status === 'Synced' &&
        health?.status === 'Healthy' &&
        object.operation === undefined &&
        operationState?.phase === 'Succeeded';
      if (station === undefined || !isLive || sync.revision !== commits.get(station)) return;
      momentsOf(moments, station).live ??= performance.now();
    });
  });
  watching.on('error', () => undefined);
  watching.end();
  return () => watching.destroy();
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(2);

/** What lies between two moments of each station. */
function spans(moments: Map<string, Moments>, from: keyof Moments, to: keyof Moments): Span[] {
  return STATIONS.map((station) => {
    const { [from]: start, [to]: end } = momentsOf(moments, station);
    if (start === undefined || end === undefined) throw new Error(`${station} has no moment ${from} or ${to}`);
    return [start, Math.max(start, end)];
  });
}

const between = (...[moments, from, to]: Parameters<typeof spans>): number => covered(spans(moments, from, to));

/** How much time the spans cover together, what several cover once, within the whole. */
function covered(list: readonly Span[], [begin, end]: Span = [0, Infinity]): number {
  let sum = 0;
  let reached = begin;
  for (const [from, to] of [...list].sort(([one], [other]) => one - other)) {
    const until = Math.min(to, end);
    sum += Math.max(until - Math.max(from, reached), 0);
    reached = Math.max(reached, until);
  }
  return sum;
}

/** From the ticket's creation until its first station. */
function spansFrom(created: number, moments: Map<string, Moments>): Span[] {
  const [first = ''] = STATIONS;
  return [[created, momentsOf(moments, first).taken ?? created]];
}

/** From one station's leaving until the next one's taking. */
function spansBetweenStations(moments: Map<string, Moments>): Span[] {
  return STATIONS.slice(1).flatMap((station, index): Span[] => {
    const from = momentsOf(moments, STATIONS[index] ?? '').freed;
    const to = momentsOf(moments, station).taken;
    return from === undefined || to === undefined || to < from ? [] : [[from, to]];
  });
}

/** The moment for which health is watched, and no longer. */
const watchedSpans = (moments: Map<string, Moments>): Span[] =>
  spans(moments, 'live', 'stamped').map(([live, stamped]) => [live, Math.min(stamped, live + SETTLE_MS)]);

async function ride(line: Line, stack: RealStack, crossings: readonly Crossing[], tag: string): Promise<void> {
  const measured: Measured = { moments: new Map(), git: { fetch: [], push: [] }, calls: new Map(), commits: new Map() };
  for (const crossing of crossings) crossing.inspect = (passage) => follow(passage, measured);
  const stopWatching = watchArgoCD(stack, measured);
  await line.ticket(`ride-${tag.replaceAll('.', '-')}`, tag);
  const created = performance.now();
  await line.completed(`ride-${tag.replaceAll('.', '-')}`);
  for (let look = 0; look < 100 && momentsOf(measured.moments, 'prod').freed === undefined; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  stopWatching();
  for (const crossing of crossings) crossing.inspect = () => undefined;
  report(measured, created);
}

function report({ moments, git, calls }: Measured, created: number): void {
  const { freed } = momentsOf(moments, 'prod');
  if (freed === undefined) throw new Error('the ride was not seen to end');
  const ride: Span = [created, freed];
  const whole = freed - created;
  const atArgoCD = spans(moments, 'pushed', 'live');
  const watching = watchedSpans(moments);
  const argocd = covered(atArgoCD, ride);
  const watched = covered([...atArgoCD, ...watching], ride) - argocd;
  const gitTime = covered([...atArgoCD, ...watching, ...git.fetch, ...git.push], ride) - argocd - watched;
  const ours = whole - argocd - watched - gitTime;
  console.log('| phase, three stations together | seconds |');
  console.log('|---|---|');
  const row = (words: string, ms: number): void => console.log(`| ${words} | ${seconds(ms)} |`);
  row('taken until recorded: heads, fetch, render, commits', between(moments, 'taken', 'recorded'));
  row('recorded until pushed', between(moments, 'recorded', 'pushed'));
  row('pushed until Argo CD says synced and healthy', between(moments, 'pushed', 'live'));
  row('watched for staying so, result written', between(moments, 'live', 'stamped'));
  row('result until the station is free', between(moments, 'stamped', 'freed'));
  row('the Git server answers fetches, those of Argo CD too', covered(git.fetch, ride));
  row('the Git server answers pushes', covered(git.push, ride));
  console.log('\n| every moment counted once | seconds | of the whole | of what is not watched |');
  console.log('|---|--:|--:|--:|');
  const share = (words: string, ms: number, isWatched = false): void => {
    const percent = (all: number): string => `${((100 * ms) / all).toFixed(1)} %`;
    console.log(`| ${words} | ${seconds(ms)} | ${percent(whole)} | ${isWatched ? '-' : percent(whole - watched)} |`);
  };
  share('Argo CD', argocd);
  share('watched for staying healthy, by rule', watched, true);
  share('Git server, besides', gitTime);
  share(`**ours**, must be at most ${OURS_AT_MOST * 100} % of the whole`, ours);
  share('the ride', whole, true);
  const mine = [
    ['until the first station is taken', spansFrom(created, moments)],
    ['taken until recorded', spans(moments, 'taken', 'recorded')],
    ['recorded until pushed', spans(moments, 'recorded', 'pushed')],
    ['after the watch, until the result', spans(moments, 'live', 'stamped')],
    ['result until the station is free', spans(moments, 'stamped', 'freed')],
    ['free until the next one is taken', spansBetweenStations(moments)],
  ] as const;
  console.log('\n| where ours goes | seconds |\n|---|--:|');
  const others = [...atArgoCD, ...watching, ...git.fetch, ...git.push];
  for (const [words, list] of mine) row(words, covered([...others, ...list], ride) - covered(others, ride));
  console.log('\n| call of the runtime during the ride | times |\n|---|--:|');
  for (const [call, times] of [...calls].sort()) console.log(`| ${call} | ${times} |`);
  console.log(`| all | ${[...calls.values()].reduce((sum, times) => sum + times, 0)} |`);
  console.log('');
}

async function main(): Promise<void> {
  prepare();
  const stack = await startRealStack();
  const api = await Crossing.to(stack.kubernetes);
  const git = await Crossing.to({ url: stack.forge.url });
  const workloads = new Workloads();
  try {
    await installK8sTA();
    await serveGitThrough(git.url);
    const kubeconfig = join(stack.folder, 'crossing.kubeconfig');
    await writeFile(kubeconfig, kubeconfigOf({ url: api.url, token: stack.kubernetes.token }));
    await new RuntimeProcess({ kubeconfig }).start();
    const stations = STATIONS.map((name) => ({ name, applications: [{ id: 'web' }] }));
    const line = await Line.open({ namespace: NAMESPACE, stations }, { through: git.url });
    for (const tag of ['1.0.0', '1.1.0']) await ride(line, stack, [api, git], tag);
  } finally {
    await workloads.stop();
    await stack.stop();
    await Promise.all([api.close(), git.close()]);
  }
}

void main();
