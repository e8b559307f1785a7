/** What Tracks and Stations say of themselves: conditions and one-line texts. Nothing decides by them. */

import type { Station, StationStatus, Track, TrackStatus } from '../../lib/api';
import { readyCondition } from './conditions';
import { describeGates } from './gates';
import { junctionProblems } from './junction';
import type { Facts } from './snapshot';
import { windowProblems } from './window';

const NOT_YET = 'This version does not honour';

/** What the track's spec asks for and this version does not do. */
function unhonouredOfTrack(track: Track): string[] {
  const { subscriptions } = track.spec;
  const sources = subscriptions.filter((one) => one.images === undefined).map((one) => one.name);
  return [
    ...(sources.length === 0
      ? []
      : [`${NOT_YET} the subscriptions ${sources.join(', ')}: only images board by themselves.`]),
  ];
}

/** What the station's spec asks for and this version does not do. */
function unhonouredOfStation(facts: Facts, station: Station, now: Date): string[] {
  const { via, entry, applications } = station.spec;
  const renderers = applications
    .filter((one) => one.render?.helm ?? one.render?.ytt ?? one.render?.command)
    .map((one) => one.name);
  return [
    ...(via === 'Push' ? [] : [`${NOT_YET} via ${via}: tickets stand before the station.`]),
    ...junctionProblems(facts, station),
    ...windowProblems(entry?.windows ?? [], now),
    ...(renderers.length === 0
      ? []
      : [`${NOT_YET} helm, ytt and commands: ${renderers.join(', ')} cannot be rendered.`]),
  ];
}

/** The track's status with its own words brought up to date. */
export function trackView(track: Track, status: TrackStatus, now: Date): TrackStatus {
  const generation = track.metadata.generation;
  return {
    ...status,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    summary: {
      subscriptions: track.spec.subscriptions
        .map((one) => one.name)
        .join(', ')
        .slice(0, 1024),
      stations: track.spec.stations
        .map((one) => one.name)
        .join(' > ')
        .slice(0, 4096),
    },
    conditions: readyCondition(track, unhonouredOfTrack(track), 'In service.', now),
  };
}

/** Worst first. */
const HEALTH = ['Missing', 'Degraded', 'Unknown', 'Suspended', 'Progressing', 'Healthy'];

/** The worst health of the station's Applications; empty for a station without any. */
function stationHealth(station: Station, facts: Facts): string {
  const found = station.spec.applications.filter((one) => one.enabled).map((one) => facts.health(one));
  return [...found].sort((one, other) => HEALTH.indexOf(one) - HEALTH.indexOf(other))[0] ?? '';
}

/** The station's status with its own words brought up to date. */
export function stationView(station: Station, facts: Facts, now: Date): StationStatus {
  const generation = station.metadata.generation;
  const status = station.status ?? {};
  const held = station.spec.hold ? 'a person' : (status.holdBy?.ticket ?? status.haltBy?.ticket ?? '');
  const settled = status.occupant === undefined;
  const health = settled ? stationHealth(station, facts) : (status.summary?.health ?? '');
  return {
    ...status,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    summary: { ...status.summary, health, gates: describeGates(station).slice(0, 256), held },
    conditions: readyCondition(station, unhonouredOfStation(facts, station, now), 'In service.', now),
  };
}
