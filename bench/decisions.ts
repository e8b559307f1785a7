/**
 * One decision for a busy track and for one of its stations: time and memory as stations and tickets grow together. Each
 * step has about three times as many of both; "linear or better" means that the time for each ticket does not grow.
 *
 * Every tenth ticket is arriving somewhere, the others stand, spread over the line.
 */
import type { Station as StationResource, Ticket } from '../lib/api';
import { decideStation, decideTrack, type Facts, type Line } from '../runtime/journey';
import { factsOf } from '../testing/facts';
import { Jobs } from '../testing/jobs';
import { Model } from '../testing/model';
import { resourcesOf } from '../testing/network';
import { Resources } from '../testing/resources';
import { keyOf } from '../testing/shelf';
import { line } from './line';

const NOW = new Date('2030-01-01T00:00:00Z');
const ROUNDS = 20;

interface Scene {
  readonly riding: Line;
  readonly station: StationResource;
  readonly facts: Facts;
}

/** The tickets ride in their order: the first is the furthest down the line. */
function sceneOf(stations: number, tickets: number): Scene {
  const resources = new Resources(() => NOW);
  const known = resourcesOf(line(stations));
  for (const station of known.stations) resources.stations.set(keyOf(station), station);
  const [track] = known.tracks;
  if (track === undefined) throw new Error('there is no track');
  resources.tracks.set(keyOf(track), track);
  const seats = new Map<string, StationResource>();
  for (let at = 0; at < tickets; at += 1) {
    const change = { images: [{ repoURL: 'ghcr.io/acme/shop', tag: `1.${at}.0` }] };
    const ticket = resources.add('line', `main-${at + 1}`, {}, { track: 'main', change });
    const place = Math.floor(((tickets - 1 - at) * stations) / tickets);
    const station = `stop-${place}`;
    const boarded: Ticket = {
      ...ticket,
      status: {
        phase: 'Standing',
        sequence: at + 1,
        boarded: { track: track.metadata.uid, time: NOW.toISOString(), sources: [] },
        station,
        standingSince: NOW.toISOString(),
        ...(place > 0 && {
          stamps: [{ station: `stop-${place - 1}`, departed: NOW.toISOString(), result: 'Arrived' as const }],
        }),
      },
    };
    resources.tickets.set(keyOf(boarded), boarded);
    const stop = resources.stations.get(`line/${station}`);
    if (at % 10 === 0 && stop !== undefined) seats.set(boarded.metadata.uid, stop);
  }
  const facts: Facts = {
    ...factsOf(resources, new Model(() => NOW), new Jobs()),
    seat: (uid) => seats.get(uid),
    // The runtime's caches have an index for this.
    named: () => true,
  };
  const station = resources.stations.get(`line/stop-${Math.floor(stations / 2)}`);
  if (station === undefined) throw new Error('there is no station');
  return { riding: resources.line(track), station, facts };
}

/** Milliseconds and kilobytes of one call, the middle of several. */
function measure(decide: () => unknown): { readonly ms: number; readonly kilobytes: number } {
  decide();
  const samples = Array.from({ length: ROUNDS }, () => {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const begin = performance.now();
    decide();
    const ms = performance.now() - begin;
    return { ms, kilobytes: (process.memoryUsage().heapUsed - before) / 1024 };
  });
  const middle = (pick: 'ms' | 'kilobytes'): number =>
    samples.map((one) => one[pick]).sort((one, other) => one - other)[ROUNDS / 2] ?? Number.NaN;
  return { ms: middle('ms'), kilobytes: middle('kilobytes') };
}

export function main(): void {
  console.log('| stations | tickets | decision | time | for each ticket | memory |');
  console.log('|--:|--:|---|--:|--:|--:|');
  for (const [stations, tickets] of [
    [100, 1_000],
    [300, 3_000],
    [1_000, 10_000],
  ] as const) {
    const { riding, station, facts } = sceneOf(stations, tickets);
    const rows = {
      track: () => decideTrack({ ...riding, now: NOW, facts }),
      station: () => decideStation({ station, lines: [riding], single: [], now: NOW, facts }),
    };
    for (const [name, decide] of Object.entries(rows)) {
      const { ms, kilobytes } = measure(decide);
      const each = `${((ms * 1_000) / tickets).toFixed(2)} µs`;
      console.log(
        `| ${stations} | ${tickets} | ${name} | ${ms.toFixed(1)} ms | ${each} | ${kilobytes.toFixed(0)} KB |`,
      );
    }
  }
}
