/** What people say to tickets, stations and tracks. */

import { LABELS, type Ticket } from '../../../lib/api';
import { STATIONS, TICKETS } from '../../../runtime/resources';
import type { KubeObject } from '../../../runtime/kube';
import { ANALYSIS_RUNS } from '../../../runtime/rollouts';
import { placeOf } from '../network';
import { chosen, hasEnded, makeTicket, name, open, placesOf, say, type Verb } from './choice';

/** Turns a switch of a ticket, station or track. */
const toggle =
  (kind: 'ticket' | 'station' | 'track', field: 'hold' | 'enabled'): Verb =>
  (scene, choice) => {
    const all = {
      ticket: () => scene.tickets().filter((one) => !hasEnded(one)),
      station: () => scene.stations(),
      track: () => scene.tracks(),
    }[kind]();
    const object = chosen<KubeObject & { spec: { hold?: boolean; enabled?: boolean } }>(all, choice.which);
    if (object === undefined) return undefined;
    const value = !(object.spec[field] ?? false);
    say(scene, kind, object, { [field]: value });
    return `sets ${field} of ${kind} ${name(object)} to ${value}`;
  };

/** How long until a decision of the runtime's, and the write that it leads to, are over in most cases. */
const MOMENT_MS = 80;

/** Holds a station while a ticket is about to take it, and lets it go a minute later. */
const holdAsTaken: Verb = (scene, choice) => {
  const place = chosen(scene.stations(), choice.which)?.metadata;
  if (place === undefined) return undefined;
  const hold = (value: boolean): void => {
    const station = scene.api.get(STATIONS, place);
    if (station === undefined || station.spec.hold === value) return;
    say(scene, 'station', station, { hold: value });
    scene.tell(scene.person, `sets hold of station ${place.name} to ${value}`);
  };
  const end = scene.api.watch(TICKETS, () => {
    const isNear = ({ metadata, status }: Ticket): boolean =>
      metadata.namespace === place.namespace && status?.phase === 'Standing' && status.station === place.name;
    if (!scene.tickets().some(isNear)) return;
    end();
    scene.timeline.after(choice.how * MOMENT_MS, () => hold(true));
    scene.timeline.after(60_000, () => hold(false));
  });
  return `means to hold station ${place.name} as soon as a ticket stands before it`;
};

export const WORDS = {
  holdTicket: toggle('ticket', 'hold'),
  holdStation: toggle('station', 'hold'),
  holdAsTaken,
  holdTrack: toggle('track', 'hold'),
  enableStation: toggle('station', 'enabled'),
  enableTrack: toggle('track', 'enabled'),
  abort: (scene, choice) => {
    const ticket = open(scene, choice);
    if (ticket === undefined) return undefined;
    say(scene, 'ticket', ticket, { abort: true });
    return `aborts ${name(ticket)}`;
  },
  approve: (scene, choice) => {
    const ticket = chosen(
      scene.tickets().filter((one) => one.status?.phase === 'Standing' && one.status.entry?.digest !== undefined),
      choice.which,
    );
    const { station, digest } = ticket?.status?.entry ?? {};
    if (ticket === undefined || station === undefined || digest === undefined) return undefined;
    const approval = { station, digest, by: 'ada' };
    say(scene, 'ticket', ticket, { approvals: [...(ticket.spec.approvals ?? []), approval] });
    return `approves ${name(ticket)} for ${station}: ${digest.slice(7, 14)}`;
  },
  approveBehind: (scene, choice) => {
    const shown = scene.tickets().filter((one) => one.status?.phase === 'Standing' && one.status.entry?.digest);
    const isAhead = (one: Ticket, other: Ticket): boolean =>
      one.metadata.namespace === other.metadata.namespace &&
      one.spec.track === other.spec.track &&
      one.status?.station === other.status?.station &&
      (one.status?.sequence ?? 0) < (other.status?.sequence ?? 0);
    const ticket = chosen(
      shown.filter((one) => shown.some((other) => isAhead(other, one))),
      choice.which,
    );
    const ahead = ticket && shown.find((one) => isAhead(one, ticket));
    const { station, digest } = ticket?.status?.entry ?? {};
    if (ticket === undefined || ahead === undefined || station === undefined || digest === undefined) return undefined;
    say(scene, 'ticket', ticket, { approvals: [...(ticket.spec.approvals ?? []), { station, digest, by: 'ada' }] });
    scene.timeline.after(5_000, () => {
      const present = scene.tickets().find(({ metadata }) => metadata.uid === ahead.metadata.uid);
      if (present === undefined || hasEnded(present)) return;
      say(scene, 'ticket', present, { abort: true });
      scene.tell(scene.person, `aborts ${name(ahead)}`);
    });
    return `approves ${name(ticket)} for ${station} behind ${name(ahead)}: ${digest.slice(7, 14)}`;
  },
  retry: (scene, choice) => {
    const ticket = chosen(
      scene.tickets().filter((one) => hasEnded(one) && one.spec.track !== undefined),
      choice.which,
    );
    if (ticket?.spec.change === undefined || ticket.spec.track === undefined) return undefined;
    const { uid, namespace } = ticket.metadata;
    const origin = { retryOf: { name: name(ticket), uid } };
    const made = makeTicket(scene, { namespace, name: ticket.spec.track }, { change: ticket.spec.change, origin });
    return `makes ticket ${made}, which tries ${name(ticket)} again`;
  },
  resume: (scene, choice) => {
    const ticket = chosen(
      scene.tickets().filter((one) => one.status?.phase === 'Suspended'),
      choice.which,
    );
    if (ticket === undefined) return undefined;
    const heads = placesOf(scene.story.network)
      .filter(
        ({ station }) =>
          station.name === ticket.status?.station && placeOf(station).namespace === ticket.metadata.namespace,
      )
      .map(({ url, branch }) => scene.git.head(url, branch) ?? '0'.repeat(40));
    if (heads.length === 0) return undefined;
    const resume = { uid: ticket.metadata.uid, heads: [...new Set(heads)], by: 'ada' };
    say(scene, 'ticket', ticket, { resumes: [...(ticket.spec.resumes ?? []), resume] });
    return `resumes ${name(ticket)}, having seen ${heads.map((head) => head.slice(0, 7)).join(', ')}`;
  },
  takeAnalysis: (scene, choice) => {
    const runs = scene.api.list(ANALYSIS_RUNS).filter(({ status }) => status?.phase === 'Inconclusive');
    const run = chosen(runs, choice.which);
    const ticket = scene
      .tickets()
      .find((one) => one.metadata.uid === run?.metadata.labels?.[LABELS.ticket] && !hasEnded(one));
    if (run === undefined || ticket === undefined) return undefined;
    const resume = { uid: run.metadata.uid, by: 'ada' };
    say(scene, 'ticket', ticket, { resumes: [...(ticket.spec.resumes ?? []), resume] });
    return `takes the analysis of ${name(ticket)} as passed`;
  },
  resumeStop: (scene, choice) => {
    const stops = scene
      .stations()
      .flatMap(({ status }) => [status?.holdBy, status?.haltBy].filter((one) => one !== undefined));
    const stop = chosen(stops, choice.which);
    const ticket = scene.tickets().find(({ metadata }) => metadata.uid === stop?.uid);
    if (stop === undefined || ticket === undefined) return undefined;
    say(scene, 'ticket', ticket, { resumes: [...(ticket.spec.resumes ?? []), { uid: stop.uid, by: 'ada' }] });
    return `resumes what ${stop.ticket} shut`;
  },
  rollBack: (scene, choice) => {
    const station = chosen(scene.stations(), choice.which);
    if (station === undefined) return undefined;
    const kept = (station.status?.history ?? []).filter(({ commits }) => commits.length > 0);
    const earlier = chosen(kept, choice.how);
    const to = choice.how < 0.6 || earlier === undefined ? { previous: true } : { commits: earlier.commits };
    const label = `back-${scene.number('rollback')}`;
    const spec = { rollback: { station: name(station), to }, origin: { person: 'ada' }, hold: false, abort: false };
    scene.api.create(TICKETS, { metadata: { name: label, namespace: station.metadata.namespace }, spec }, scene.person);
    return `makes ticket ${label}: rolls ${name(station)} back to ${'previous' in to ? 'the state before' : `what ${earlier?.ticket} left`}`;
  },
} satisfies Record<string, Verb>;
