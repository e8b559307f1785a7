/** What Tracks and Stations say of themselves: conditions and one-line texts. Nothing decides by them. */

import type { Station, StationStatus, Track, TrackStatus } from '../../lib/api';
import { readyCondition, type Unready } from './plan/conditions';
import { describeGates } from './gates/entry';
import { junctionProblems } from './visits/junction';
import { once } from './facts/once';
import type { Draft } from './plan/plan';
import type { Facts } from './facts/snapshot';
import { windowProblems } from './gates/window';

/** What the station's spec asks for and this version does not do. */
function unhonouredOfStation(facts: Facts, station: Station, now: Date): string[] {
  const { entry } = station.spec;
  return [
    ...sharing(facts, station),
    ...junctionProblems(facts, station),
    ...windowProblems(entry?.windows ?? [], now),
  ];
}

/** Tracks of several runtimes stop there, so that none of them takes it; each says so in the same words. */
function sharing(facts: Facts, station: Station): string[] {
  const [first] = station.spec.applications;
  const precondition = first && facts.precondition(station, first);
  if (precondition === undefined || precondition.ok || precondition.reason !== 'SharedStation') return [];
  return [`Tickets stand before the station: ${precondition.message}.`];
}

/** What a track says of itself by its spec alone, whatever its status. */
const summaryOf = once(({ subscriptions, stations }: Track['spec']): TrackStatus['summary'] => {
  const names = (list: readonly { readonly name: string }[], between: string): string =>
    list.map((one) => one.name).join(between);
  return {
    subscriptions: names(subscriptions, ', ').slice(0, 1024),
    stations: names(stations, ' > ').slice(0, 4096),
  };
});

/** What keeps subscriptions of the track from looking or choosing. */
function troubleOf({ spec }: Track, { subscriptions = [] }: TrackStatus): Unready {
  const names = new Set(spec.subscriptions.map(({ name }) => name));
  const problems = subscriptions.flatMap(({ name, problem }) =>
    problem === undefined || !names.has(name) ? [] : [`Subscription ${name}: ${problem.replace(/\.?$/, '.')}`],
  );
  return { reason: 'SubscriptionProblem', problems };
}

/** What is wrong with a track or station, and before it what is wrong with it beside the rest of the network. */
const withFaults = (faults: readonly string[], { reason, problems }: Unready): Unready =>
  faults.length === 0 ? { reason, problems } : { reason: 'NetworkProblem', problems: [...faults, ...problems] };

/** The track's status with its own words brought up to date. */
export function trackView(track: Track, status: TrackStatus, facts: Facts, time: string): TrackStatus {
  const generation = track.metadata.generation;
  return {
    ...status,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    summary: summaryOf(track.spec),
    conditions: readyCondition(
      track,
      withFaults(facts.faults('track', track.metadata), troubleOf(track, status)),
      'In service.',
      time,
    ),
  };
}

/** Worst first. */
const HEALTH = ['Missing', 'Degraded', 'Unknown', 'Suspended', 'Progressing', 'Healthy'];

/** The worst health of the station's Applications; empty for a station without any. */
function stationHealth(station: Station, facts: Facts): string {
  let worst: string | undefined;
  for (const one of station.spec.applications) {
    if (!one.enabled) continue;
    const health = facts.health(one);
    if (worst === undefined || HEALTH.indexOf(health) < HEALTH.indexOf(worst)) worst = health;
  }
  return worst ?? '';
}

/** The station's status with its own words brought up to date. */
export function stationView(station: Station, facts: Facts, { now, time }: Pick<Draft, 'now' | 'time'>): StationStatus {
  const generation = station.metadata.generation;
  const unhonoured = { reason: 'NotHonoured', problems: unhonouredOfStation(facts, station, now) } as const;
  const unready = withFaults(facts.faults('station', station.metadata), unhonoured);
  const status = station.status ?? {};
  const held = station.spec.hold ? 'a person' : (status.holdBy?.ticket ?? status.haltBy?.ticket ?? '');
  const settled = status.occupant === undefined;
  const health = settled ? stationHealth(station, facts) : (status.summary?.health ?? '');
  return {
    ...status,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    summary: { ...status.summary, health, gates: describeGates(station).slice(0, 256), held },
    conditions: readyCondition(station, unready, 'In service.', time),
  };
}
