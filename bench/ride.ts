/**
 * A ride through three stations, phase by phase: as the demo's (a runtime that has just started), and once more when all
 * is warm; with Argo CD's latencies at zero and as the demo scales them. Whoever wants to make it faster sees here where
 * the time goes. Floor: what Argo CD's stand-in takes by itself.
 */
import type { Station, Ticket } from '../lib/api';
import { LATENCY_SCALE } from '../runtime/cli/demo';
import type { Scene } from '../test/runtime/dispatch/scene';
import { Yard } from '../test/runtime/dispatch/yard';
import { countProcesses } from './processes';

const STATIONS = ['test', 'stage', 'prod'];
const GOAL_MS = 3_000;
/** Argo CD's latencies as the demo has them. */
const DEMO_SCALE = LATENCY_SCALE;

const PHASES = ['boards', 'takes', 'prepares', 'pushes', 'syncs'] as const;
type Phase = (typeof PHASES)[number];

const WORDS: Readonly<Record<Phase, string>> = {
  boards: 'boards: source head, sequence, copy',
  takes: 'takes the stations: decision and write',
  prepares: 'prepares: reads heads, fetches, renders, makes and records commits',
  pushes: 'pushes, and records it',
  syncs: 'Argo CD compares, syncs and is believed',
};

interface Ride {
  readonly phases: Map<Phase, number>;
  readonly total: number;
  readonly processes: number;
  readonly cpuMs: number;
  readonly apiWrites: number;
  readonly argocdWrites: number;
}

const processes = countProcesses();

/** Which phase a ticket is in, from what everybody can see of it. */
function phaseOf(ticket: Ticket, stations: readonly Station[]): Phase {
  const { status } = ticket;
  if (status?.sequence === undefined) return 'boards';
  const taken = stations.find((station) => station.status?.occupant?.uid === ticket.metadata.uid);
  const stamped = (status.stamps ?? []).some((stamp) => stamp.station === taken?.metadata.name);
  if (taken === undefined || stamped) return 'takes';
  const arrival = status.arrival?.station === taken.metadata.name ? status.arrival : undefined;
  if (arrival === undefined) return 'prepares';
  return arrival.pushed === undefined ? 'pushes' : 'syncs';
}

/** How long ago the last push landed, in milliseconds. */
function sincePush({ status }: Ticket): number {
  const pushed = status?.arrival?.pushed;
  return pushed === undefined ? 0 : Math.max(0, Date.now() - Date.parse(pushed));
}

async function ride(scene: Scene, name: string, tag: string): Promise<Ride> {
  const { yard } = scene;
  const { counts } = yard.railyard;
  const phases = new Map<Phase, number>();
  const cpu = process.cpuUsage();
  const before = { processes: processes(), writes: counts.kubernetes.writes, argocd: counts.argocd.writes };
  let phase: Phase = 'boards';
  let since = performance.now();
  const start = since;
  let end: number | undefined;
  const add = (to: Phase, took: number): void => void phases.set(to, (phases.get(to) ?? 0) + took);
  const look = (): void => {
    const ticket = scene.seen(name);
    if (end !== undefined || ticket === undefined) return;
    const next = phaseOf(ticket, yard.eyes.stations.list(scene.name));
    const isOver = ticket.status?.phase === 'Completed';
    if (next === phase && !isOver) return;
    const now = performance.now();
    const took = now - since;
    // When a push has landed is mostly written together with the end of the arrival.
    const synced = phase === 'pushes' ? Math.min(took, sincePush(ticket)) : 0;
    add(phase, took - synced);
    add('syncs', synced);
    phase = next;
    since = now;
    if (isOver) end = now;
  };
  yard.eyes.tickets.onChange(look);
  yard.eyes.stations.onChange(look);
  await scene.ticket(name, tag);
  await scene.completed(name, 60_000);
  const { user, system } = process.cpuUsage(cpu);
  const argocdWrites = counts.argocd.writes - before.argocd;
  return {
    phases,
    total: (end ?? performance.now()) - start,
    processes: processes() - before.processes,
    cpuMs: (user + system) / 1000,
    apiWrites: counts.kubernetes.writes - before.writes - argocdWrites,
    argocdWrites,
  };
}

async function rides(latencyScale: number): Promise<{ first: Ride; warm: Ride }> {
  const yard = await Yard.open({ railyard: { latencyScale } });
  try {
    const scene = await yard.scene('ride', { stations: STATIONS });
    return { first: await ride(scene, 'first', '1.0.0'), warm: await ride(scene, 'second', '1.1.0') };
  } finally {
    await yard.close();
  }
}

const ms = (value: number | undefined): string => `${Math.round(value ?? 0)} ms`;

async function main(): Promise<void> {
  const atOnce = await rides(0);
  const demo = await rides(DEMO_SCALE);
  const all = [atOnce.first, atOnce.warm, demo.first, demo.warm];
  const row = (figure: string, value: (one: Ride) => string, must: string): void =>
    console.log(`| ${figure} | ${all.map(value).join(' | ')} | ${must} |`);
  console.log(
    `| ${STATIONS.length} stations | first, scale 0 | warm, scale 0 | first, scale ${DEMO_SCALE} | warm, scale ${DEMO_SCALE} | must be |`,
  );
  console.log('|---|---|---|---|---|---|');
  for (const phase of PHASES) row(WORDS[phase], ({ phases }) => ms(phases.get(phase)), '-');
  row('the ride', ({ total }) => ms(total), `<= ${GOAL_MS} ms`);
  row('CPU of runtime and railyard, without the Git processes', ({ cpuMs }) => ms(cpuMs), '-');
  row('processes started, the Git server and Argo CD included', (one) => String(one.processes), '-');
  row('API writes of the runtime and the ticket', (one) => String(one.apiWrites), '-');
  row('API writes of Argo CD', (one) => String(one.argocdWrites), '-');
}

void main();
