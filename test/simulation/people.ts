/** What people do, at any time: the verbs of stories. A new verb of the product is one entry here. */

import type { Ticket, TicketSpec } from '../../lib/api';
import { STATIONS, TICKETS, TRACKS } from '../../runtime/dispatch/resources';
import type { KubeObject } from '../../runtime/kube';
import type { Scene } from './scene';
import {
  branchOf,
  draftOf,
  IMAGES,
  NAMESPACE,
  repositoryOf,
  SOURCE_BRANCH,
  stationSpec,
  type Network,
} from './network';
import type { Chance } from './world';

/** One thing that somebody does. Numbers in [0, 1) choose among what is there when it happens. */
export interface Action {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly verb: VerbName;
  /** Chooses what it is done to. */
  readonly which: number;
  /** Chooses how. */
  readonly how: number;
}

/** @returns what was done, in words; `undefined` where there was nothing to do it to */
type Verb = (scene: Scene, action: Action) => string | undefined;

const chosen = <T>(list: readonly T[], number: number): T | undefined => list[Math.floor(number * list.length)];
const hasEnded = (ticket: Ticket): boolean =>
  ['Completed', 'Failed', 'Aborted', 'Superseded'].includes(ticket.status?.phase ?? '');
const name = ({ metadata }: { metadata: { name: string } }): string => metadata.name;

function open(scene: Scene, action: Action): Ticket | undefined {
  return chosen(
    scene.tickets().filter((ticket) => !hasEnded(ticket)),
    action.which,
  );
}

function say(scene: Scene, kind: 'ticket' | 'station' | 'track', object: KubeObject, spec: object): void {
  const resource = { ticket: TICKETS, station: STATIONS, track: TRACKS }[kind];
  scene.api.merge<KubeObject>(resource, object.metadata, { spec }, { by: scene.person });
}

/** Turns a switch of a ticket, station or track. */
const toggle =
  (kind: 'ticket' | 'station' | 'track', field: 'hold' | 'enabled'): Verb =>
  (scene, action) => {
    const all = {
      ticket: () => scene.tickets().filter((one) => !hasEnded(one)),
      station: () => scene.stations(),
      track: () => scene.tracks(),
    }[kind]();
    const object = chosen<KubeObject & { spec: { hold?: boolean; enabled?: boolean } }>(all, action.which);
    if (object === undefined) return undefined;
    const value = !(object.spec[field] ?? false);
    say(scene, kind, object, { [field]: value });
    return `sets ${field} of ${kind} ${name(object)} to ${value}`;
  };

function makeTicket(scene: Scene, track: string, spec: Partial<TicketSpec>): string {
  const made = scene.number(`ticket ${track}`);
  const label = `${track}-hand-${made}`;
  scene.api.create(
    TICKETS,
    {
      metadata: { name: label, namespace: NAMESPACE },
      spec: { track, hold: false, abort: false, origin: { person: 'ada' }, ...spec },
    },
    scene.person,
  );
  return label;
}

/** Every application of the network with its station. */
const placesOf = ({ stations }: Network) =>
  stations.flatMap((station) =>
    station.applications.map((plan) => ({
      station: station.name,
      plan,
      url: repositoryOf(plan),
      branch: branchOf(station.name, plan),
    })),
  );

const VERBS = {
  image: (scene, action) => {
    const track = chosen(scene.story.network.tracks, action.which);
    if (track === undefined) return undefined;
    const repoURL = chosen(IMAGES, action.how) ?? IMAGES[0];
    const tag = `1.${scene.number(`tag ${repoURL}`)}.0`;
    const made = makeTicket(scene, track.name, { change: { images: [{ repoURL, tag }] } });
    return `makes ticket ${made}: ${repoURL} ${tag}`;
  },
  publish: (scene) => {
    const tag = `2.${scene.number('published')}.0`;
    scene.registries.publish(IMAGES[0], tag, new Date(scene.timeline.now));
    return `pushes the image ${IMAGES[0]}:${tag}`;
  },
  source: (scene, action) => {
    const track = chosen(scene.story.network.tracks, action.which);
    const place = chosen(placesOf(scene.story.network), action.how);
    if (track === undefined || place === undefined) return undefined;
    const number = scene.number('source');
    const broken = action.how > 0.93 ? ' broken' : '';
    const edit =
      action.which < 0.5
        ? { 'base/config': `base ${number}` }
        : { 'base/config': `base ${number}`, [`${place.branch}/config`]: `${place.branch} ${number}${broken}` };
    const commit = scene.git.commit(place.url, SOURCE_BRANCH, edit, scene.person);
    const made = makeTicket(scene, track.name, { change: { sources: [{ repoURL: place.url, commit }] } });
    return `commits ${Object.values(edit).join(' and ')} and makes ticket ${made} for it`;
  },
  draft: (scene, action) => {
    const place = chosen(placesOf(scene.story.network), action.which);
    if (place === undefined) return undefined;
    const number = scene.number('source');
    scene.git.commit(place.url, SOURCE_BRANCH, { 'base/config': `base ${number}` }, scene.person);
    return `commits base ${number}, and makes no ticket for it`;
  },
  holdTicket: toggle('ticket', 'hold'),
  holdStation: toggle('station', 'hold'),
  holdTrack: toggle('track', 'hold'),
  enableStation: toggle('station', 'enabled'),
  enableTrack: toggle('track', 'enabled'),
  abort: (scene, action) => {
    const ticket = open(scene, action);
    if (ticket === undefined) return undefined;
    say(scene, 'ticket', ticket, { abort: true });
    return `aborts ${name(ticket)}`;
  },
  approve: (scene, action) => {
    const ticket = chosen(
      scene.tickets().filter((one) => one.status?.phase === 'Standing' && one.status.entry?.digest !== undefined),
      action.which,
    );
    const { station, digest } = ticket?.status?.entry ?? {};
    if (ticket === undefined || station === undefined || digest === undefined) return undefined;
    const approval = { station, digest, by: 'ada' };
    say(scene, 'ticket', ticket, { approvals: [...(ticket.spec.approvals ?? []), approval] });
    return `approves ${name(ticket)} for ${station}: ${digest.slice(7, 14)}`;
  },
  retry: (scene, action) => {
    const ticket = chosen(
      scene.tickets().filter((one) => hasEnded(one) && one.spec.track !== undefined),
      action.which,
    );
    if (ticket?.spec.change === undefined || ticket.spec.track === undefined) return undefined;
    const { uid } = ticket.metadata;
    const origin = { retryOf: { name: name(ticket), uid } };
    const made = makeTicket(scene, ticket.spec.track, { change: ticket.spec.change, origin });
    return `makes ticket ${made}, which tries ${name(ticket)} again`;
  },
  resume: (scene, action) => {
    const ticket = chosen(
      scene.tickets().filter((one) => one.status?.phase === 'Suspended'),
      action.which,
    );
    if (ticket === undefined) return undefined;
    const heads = (ticket.status?.arrival?.applications ?? []).flatMap((one) =>
      one.repoURL && one.branch ? [scene.git.head(one.repoURL, one.branch) ?? '0'.repeat(40)] : [],
    );
    if (heads.length === 0) return undefined;
    const resume = { uid: ticket.metadata.uid, heads: [...new Set(heads)], by: 'ada' };
    say(scene, 'ticket', ticket, { resumes: [...(ticket.spec.resumes ?? []), resume] });
    return `resumes ${name(ticket)}, having seen ${heads.map((head) => head.slice(0, 7)).join(', ')}`;
  },
  resumeStop: (scene, action) => {
    const stops = scene
      .stations()
      .flatMap(({ status }) => [status?.holdBy, status?.haltBy].filter((one) => one !== undefined));
    const stop = chosen(stops, action.which);
    const ticket = scene.tickets().find(({ metadata }) => metadata.uid === stop?.uid);
    if (stop === undefined || ticket === undefined) return undefined;
    say(scene, 'ticket', ticket, { resumes: [...(ticket.spec.resumes ?? []), { uid: stop.uid, by: 'ada' }] });
    return `resumes what ${stop.ticket} shut`;
  },
  rollBack: (scene, action) => {
    const station = chosen(scene.stations(), action.which);
    if (station === undefined) return undefined;
    const earlier = chosen(station.status?.history ?? [], action.how);
    const to = action.how < 0.6 || earlier === undefined ? { previous: true } : { commits: earlier.commits };
    const label = `back-${scene.number('rollback')}`;
    const spec = { rollback: { station: name(station), to }, origin: { person: 'ada' }, hold: false, abort: false };
    scene.api.create(TICKETS, { metadata: { name: label, namespace: NAMESPACE }, spec }, scene.person);
    return `makes ticket ${label}: rolls ${name(station)} back to ${'previous' in to ? 'the state before' : `what ${earlier?.ticket} left`}`;
  },
  meddle: (scene, action) => {
    const place = chosen(
      placesOf(scene.story.network).filter(({ url, branch }) => scene.git.head(url, branch) !== undefined),
      action.which,
    );
    if (place === undefined) return undefined;
    const { url, branch } = place;
    const head = scene.git.head(url, branch) ?? '';
    const before = scene.git.objects.commit(head).parents[0];
    if (action.how < 0.5) {
      const commit = scene.git.commit(url, branch, { 'NOTES.md': `note ${scene.number('note')}\n` }, scene.person);
      return `adds a note to ${branch} (${commit.slice(0, 7)})`;
    }
    if (action.how < 0.8) {
      const number = scene.number('edit');
      const commit = scene.git.commit(url, branch, { 'deployment.apps_web.yaml': `edited: ${number}\n` }, scene.person);
      return `edits a manifest on ${branch} (${commit.slice(0, 7)})`;
    }
    if (action.how < 0.9 && before !== undefined) {
      scene.git.force(url, branch, before, scene.person);
      return `sets ${branch} back to ${before.slice(0, 7)}`;
    }
    scene.git.force(url, branch, undefined, scene.person);
    return `deletes ${branch}`;
  },
  remakeStation: (scene, action) => {
    const plan = chosen(scene.story.network.stations, action.which);
    const station = scene.stations().find((one) => name(one) === plan?.name);
    if (plan === undefined || station === undefined) return undefined;
    scene.api.delete(STATIONS, station.metadata, scene.person);
    const again = 1_000 + action.how * 30_000;
    scene.timeline.after(again, () => {
      scene.api.create(STATIONS, draftOf('Station', plan.name, stationSpec(plan)) as never, scene.person);
      scene.tell(scene.person, `makes station ${plan.name} anew`);
    });
    return `deletes station ${plan.name}`;
  },
  redefineTrack: (scene, action) => {
    const track = chosen(scene.tracks(), action.which);
    if (track === undefined) return undefined;
    const all = scene.story.network.tracks.find((one) => one.name === name(track))?.stations ?? [];
    const left = Math.floor(action.how * (all.length + 1));
    const stations = all.filter((_station, index) => index !== left);
    if (stations.length === 0) return undefined;
    say(scene, 'track', track, { stations: stations.map((station) => ({ name: station })) });
    return `lets track ${name(track)} run ${stations.join(', ')}`;
  },
  crash: (scene, action) => {
    const place = chosen(placesOf(scene.story.network), action.which);
    if (place === undefined) return undefined;
    const application = `argocd/${place.station}-${place.plan.name}`;
    scene.argocd.turn(application, action.how < 0.5 ? 'Degraded' : 'Healthy');
    return `sees ${application} turn ${action.how < 0.5 ? 'Degraded' : 'Healthy'}`;
  },
} satisfies Record<string, Verb>;

export type VerbName = keyof typeof VERBS;

/** How often each is drawn. */
const WEIGHTS: Record<VerbName, number> = {
  image: 10,
  publish: 3,
  source: 6,
  draft: 2,
  holdTicket: 2,
  holdStation: 1,
  holdTrack: 1,
  enableStation: 1,
  enableTrack: 1,
  abort: 3,
  approve: 8,
  retry: 2,
  resume: 4,
  resumeStop: 2,
  rollBack: 3,
  meddle: 4,
  remakeStation: 1,
  redefineTrack: 1,
  crash: 2,
};
const DRAWN = Object.entries(WEIGHTS).flatMap(([verb, weight]) => Array<VerbName>(weight).fill(verb as VerbName));

export const act = (scene: Scene, action: Action): string | undefined => {
  const verb: Verb = VERBS[action.verb];
  return verb(scene, action);
};

/** A first ticket, and what else people come up with within some minutes. */
export function drawActions(chance: Chance): Action[] {
  const count = chance.whole('actions', 1, 7);
  const first: Action = { at: 1_000, verb: 'image', which: 0, how: chance.next('first') };
  const others = Array.from({ length: count }, (_, index): Action => {
    const about = `action ${index}`;
    return {
      at: 1_000 + Math.floor(chance.next(`${about} at`) * 240_000),
      verb: chance.one(`${about} verb`, DRAWN) ?? 'image',
      which: chance.next(`${about} which`),
      how: chance.next(`${about} how`),
    };
  });
  return [first, ...others].sort((one, other) => one.at - other.at);
}
