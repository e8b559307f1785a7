/** I4: nothing changes at a station before the one before it let the ticket go, nor through a shut entry gate. */

import { LABELS, type Stamp, type Station, type Ticket, type Track } from '../../../lib/api';
import { unapproved } from './approvals';
import {
  at,
  ENDINGS,
  heldIn,
  keyOf,
  PASSED,
  SKEW_MS,
  stationOf,
  TOLERANCE_MS,
  type Evidence,
  type Landing,
  type Version,
} from './evidence';

type Occupant = NonNullable<NonNullable<Station['status']>['occupant']>;

export function noGateIsJumped(evidence: Evidence): string[] {
  return [
    ...evidence.entries.flatMap((landing) => [...wayTo(evidence, landing), ...entry(evidence, landing)]),
    ...takings(evidence),
    ...departures(evidence),
  ];
}

/** Every station before it on the track lies behind the ticket. */
function wayTo(evidence: Evidence, { ticket: name, station, time }: Landing): string[] {
  const ticket = evidence.ticketAt(name, time)?.object;
  const track = ticket && evidence.trackOf(ticket, time)?.object;
  // A track that was edited meanwhile lets an arrival under way finish.
  if (ticket === undefined || track === undefined || evidence.wasEdited(ticket, time)) return [];
  const line = track.spec.stations.map((stop) => stationOf(ticket, stop.name));
  const passed = passedBy(ticket).map((one) => stationOf(ticket, one));
  const missed = line.slice(0, Math.max(0, line.indexOf(station))).filter((one) => !passed.includes(one));
  return [
    ...fanIn(evidence, ticket, station, time),
    ...missed.map((one) => `${name} changed ${station} at ${evidence.second(time)} before it had passed ${one}`),
    ...branchedOff(evidence, ticket, time),
  ];
}

/** What branched off from the ticket onto the tracks that the station waits for had completed, one way or the other. */
function fanIn(evidence: Evidence, { metadata }: Ticket, station: string, time: number): string[] {
  const tracks = evidence.stationAt(station, time)?.object.spec.entry?.completed?.tracks ?? [];
  return [...evidence.tickets.values()].flatMap((versions) => {
    const child = at(versions, time)?.object;
    const waitedFor = child?.spec.origin?.parent?.uid === metadata.uid && tracks.includes(child.spec.track ?? '');
    const phase = child?.status?.phase ?? '';
    if (!waitedFor || phase === 'Completed' || phase === 'Superseded') return [];
    return [
      `${metadata.name} changed ${station} at ${evidence.second(time)} before ${child.metadata.name} had completed`,
    ];
  });
}

/** A ticket that branched off did so where its parent had arrived. */
function branchedOff(evidence: Evidence, { metadata, spec }: Ticket, time: number): string[] {
  const { parent } = spec.origin ?? {};
  const ticket = parent && at(evidence.tickets.get(parent.uid) ?? [], time)?.object;
  if (parent === undefined || ticket === undefined || passedBy(ticket).includes(parent.station)) return [];
  return [`${metadata.name} rode at ${evidence.second(time)} before ${parent.name} had passed ${parent.station}`];
}

const passedBy = ({ status }: Ticket): string[] =>
  (status?.stamps ?? []).filter((stamp) => PASSED.includes(stamp.result)).map((stamp) => stamp.station);

/** The window was open when the commit was recorded, or a moment before. */
function entry(evidence: Evidence, landing: Landing): string[] {
  const { ticket: name, station: place, commit, time } = landing;
  const versions = evidence.ticketNamed(name);
  const recorded = versions.find((version) => lists(version.object, commit.commit));
  if (recorded === undefined)
    return [`${name} pushed ${commit.commit.slice(0, 7)} to ${place} at ${evidence.second(time)} without a record`];
  if (recorded.from > time) return [`${name} pushed ${commit.commit.slice(0, 7)} before it was recorded`];
  const station = evidence.stationAt(place, recorded.from)?.object;
  const minute = evidence.planOf(place)?.window;
  // A rollback passes entry gates; what was good has held its exit gates once.
  if (station === undefined || recorded.object.spec.rollback) return [];
  const shut = unapproved(evidence, landing, recorded.object, station);
  if (minute === undefined) return shut;
  const open = (moment: number): boolean => (((moment / 60_000) % 60) - minute + 60) % 60 < 30;
  return [SKEW_MS, 0, -TOLERANCE_MS].some((lag) => open(recorded.from + lag))
    ? shut
    : [...shut, `${name} went into ${place} at ${evidence.second(recorded.from)}, outside of its window`];
}

const lists = (ticket: Ticket, commit: string): boolean =>
  (ticket.status?.arrival?.applications ?? []).some((one) => one.commit === commit || one.withdrawn?.includes(commit));

/** No station is taken while it, its track or the ticket is held, or while another ticket is in it. */
function takings(evidence: Evidence): string[] {
  const found: string[] = [];
  for (const versions of evidence.stations.values()) {
    for (const [index, { object, from }] of versions.entries()) {
      const before = versions[index - 1]?.object;
      const occupant = object.status?.occupant;
      if (occupant === undefined || occupant.uid === before?.status?.occupant?.uid) continue;
      found.push(...shut(evidence, object, before, from));
    }
  }
  return found;
}

function shut(evidence: Evidence, station: Station, before: Station | undefined, time: number): string[] {
  const { ticket: taker = '', uid = '' } = station.status?.occupant ?? {};
  const tickets = evidence.tickets.get(uid) ?? [];
  const ticket = at(tickets, time)?.object;
  if (ticket?.spec.rollback !== undefined) return [];
  const took = `${taker} took ${station.metadata.name} at ${evidence.second(time)}`;
  const taken = before?.status?.occupant;
  return [
    ...(taken === undefined || isOver(evidence, station.metadata.name, taken, time)
      ? []
      : [`${took} out of the hands of ${taken.ticket}`]),
    // The station is written by compare-and-swap, so of its own holds nothing is ever known too late.
    ...(isShut(before) ? [`${took} though it was held, halted or disabled`] : []),
    ...heldBack(evidence, tickets, time).map((what) => `${took} though ${what}`),
  ];
}

/** Whether the arrival of whoever was in the station was over: its result was stamped, or it had ended. */
function isOver(evidence: Evidence, station: string, { uid, start }: Occupant, time: number): boolean {
  const { status } = at(evidence.tickets.get(uid) ?? [], time)?.object ?? {};
  const isStamped = (status?.stamps ?? []).some(
    (stamp) => stamp.station === station && (stamp.arrived === start || PASSED.includes(stamp.result)),
  );
  return isStamped || ENDINGS.includes(status?.phase);
}

/** What of the ticket and its track forbade it, all the while in which it could have been seen. */
function heldBack(evidence: Evidence, tickets: readonly Version<Ticket>[], time: number): string[] {
  const since = time - TOLERANCE_MS;
  const ticket = tickets[0]?.object;
  const track = ticket && evidence.tracksOf(ticket)[0];
  const runs = (one: Track): boolean => one.spec.enabled && !one.spec.hold;
  return [
    ...(heldIn(tickets, since, time, (one) => !one.spec.hold) ? [] : ['the ticket was held']),
    ...(track === undefined || heldIn(track, since, time, runs) ? [] : ['its track was held or disabled']),
  ];
}

const isShut = (station: Station | undefined): boolean =>
  station !== undefined &&
  (station.spec.hold ||
    !station.spec.enabled ||
    station.status?.holdBy !== undefined ||
    station.status?.haltBy !== undefined);

/** Who departs had every application synced to its commit and healthy, and has soaked. */
function departures(evidence: Evidence): string[] {
  return [...evidence.tickets.values()].flatMap((versions) => {
    const ticket = versions.at(-1)?.object;
    if (ticket === undefined) return [];
    return (ticket.status?.stamps ?? [])
      .filter((stamp) => stamp.result === 'Arrived' || stamp.result === 'NoChange')
      .flatMap((stamp) => departure(evidence, ticket, stamp));
  });
}

function departure(evidence: Evidence, last: Ticket, stamp: Stamp): string[] {
  const [arrived, departed] = [Date.parse(stamp.arrived ?? ''), Date.parse(stamp.departed)];
  const { objects } = evidence.scene.git;
  const left = `${last.metadata.name} left ${stamp.station} at ${evidence.second(departed)}`;
  const found = (stamp.commits ?? []).flatMap(({ application, commit }) => {
    const versions = evidence.applications.get(application) ?? [];
    const live = heldIn(versions, arrived - SKEW_MS, departed + SKEW_MS, ({ status }) => {
      const { revision, status: compared } = status?.sync ?? {};
      const ours = revision !== undefined && (revision === commit || objects.descends(commit, revision));
      return ours && compared === 'Synced' && status?.health?.status === 'Healthy';
    });
    return live ? [] : [`${left} though ${application} was never synced to ${commit.slice(0, 7)} and healthy`];
  });
  const place = keyOf({ ...last.metadata, name: stamp.station });
  const plan = evidence.planOf(place);
  const ticket = at(evidence.tickets.get(last.metadata.uid) ?? [], departed + SKEW_MS)?.object ?? last;
  // What was good has held its exit gates once.
  if (plan === undefined || ticket.spec.rollback !== undefined) return found;
  return [
    ...found,
    ...(plan.soak === undefined ? [] : soaked(evidence, left, stamp, { place, minutes: plan.soak })),
    ...(plan.analysis ? analysed(evidence, left, stamp, ticket) : []),
  ];
}

/** An analysis of this very arrival was successful, or a person took it as passed. */
function analysed(evidence: Evidence, left: string, stamp: Stamp, ticket: Ticket): string[] {
  const departed = Date.parse(stamp.departed) + SKEW_MS;
  const passed = evidence.analysesOf(ticket).some((versions) => {
    const made = versions[0]?.from ?? Infinity;
    const run = at(versions, departed)?.object;
    if (made < Date.parse(stamp.arrived ?? '') - SKEW_MS || run?.metadata.labels?.[LABELS.station] !== stamp.station)
      return false;
    const taken = ticket.spec.resumes?.some(({ uid }) => uid === run.metadata.uid) ?? false;
    return run.status?.phase === 'Successful' || (run.status?.phase === 'Inconclusive' && taken);
  });
  return passed ? [] : [`${left} before an analysis of it was successful`];
}

/** The station was kept for all of its soak, and nothing was Degraded in it. */
function soaked(
  evidence: Evidence,
  left: string,
  stamp: Stamp,
  { place, minutes }: { readonly place: string; readonly minutes: number },
): string[] {
  const [arrived, departed] = [Date.parse(stamp.arrived ?? ''), Date.parse(stamp.departed)];
  const soak = minutes * 60_000 - evidence.slackMs;
  if (departed - arrived < soak)
    return [`${left} after ${(departed - arrived) / 1_000} s of its soak of ${minutes} min`];
  const station = evidence.stationAt(place, departed - 1)?.object;
  return (station?.spec.applications ?? []).flatMap((reference) => {
    const broken = (evidence.applications.get(keyOf(reference)) ?? []).findLast(
      ({ from, to = departed, object }) =>
        from < departed - TOLERANCE_MS && to > arrived && object.status?.health?.status === 'Degraded',
    );
    const since = broken === undefined ? -Infinity : (broken.to ?? departed);
    if (departed - since >= soak - TOLERANCE_MS) return [];
    return [`${left}, ${((departed - since) / 1_000).toFixed(0)} s after ${keyOf(reference)} was Degraded`];
  });
}
