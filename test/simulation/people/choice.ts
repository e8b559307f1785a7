/** How people choose what they do something to, and say it to the API. */

import type { Ticket, TicketSpec } from '../../../lib/api';
import { STATIONS, TICKETS, TRACKS } from '../../../runtime/resources';
import type { KubeObject } from '../../../runtime/kube';
import type { Place } from '../../../runtime/journey/facts/snapshot';
import { branchOf, placeOf, repositoryOf, type Named, type Network } from '../network';
import type { Scene } from '../scene';

/** What is done. Numbers in [0, 1) choose among what is there when it happens. */
export interface Choice {
  /** Chooses what it is done to. */
  readonly which: number;
  /** Chooses how. */
  readonly how: number;
}

/** @returns what was done, in words; `undefined` where there was nothing to do it to */
export type Verb = (scene: Scene, choice: Choice) => string | undefined;

export const chosen = <T>(list: readonly T[], number: number): T | undefined => list[Math.floor(number * list.length)];
export const hasEnded = (ticket: Ticket): boolean =>
  ['Completed', 'Failed', 'Aborted', 'Superseded'].includes(ticket.status?.phase ?? '');
export const name = ({ metadata }: { metadata: { name: string } }): string => metadata.name;
/** Whether an object is the one of this place. */
export const isAt =
  (place: Place | undefined) =>
  ({ metadata }: { metadata: Place }): boolean =>
    metadata.namespace === place?.namespace && metadata.name === place.name;

export function open(scene: Scene, choice: Choice): Ticket | undefined {
  return chosen(
    scene.tickets().filter((ticket) => !hasEnded(ticket)),
    choice.which,
  );
}

export function say(scene: Scene, kind: 'ticket' | 'station' | 'track', object: KubeObject, spec: object): void {
  const resource = { ticket: TICKETS, station: STATIONS, track: TRACKS }[kind];
  scene.api.merge<KubeObject>(resource, object.metadata, { spec }, { by: scene.person });
}

export function makeTicket(scene: Scene, track: Named, spec: Partial<TicketSpec>): string {
  const { namespace, name: line } = placeOf(track);
  const made = scene.number(`ticket ${namespace}/${line}`);
  const label = `${line}-hand-${made}`;
  scene.api.create(
    TICKETS,
    {
      metadata: { name: label, namespace },
      spec: { track: line, hold: false, abort: false, origin: { person: 'ada' }, ...spec },
    },
    scene.person,
  );
  return label;
}

/** An express ticket, which visits one station alone. */
export function makeExpress(scene: Scene, station: Named, change: TicketSpec['change']): string {
  const label = `express-${scene.number('express')}`;
  const { namespace, name: stop } = placeOf(station);
  const spec = { express: { station: stop }, change, origin: { person: 'ada' }, hold: false, abort: false };
  scene.api.create(TICKETS, { metadata: { name: label, namespace }, spec }, scene.person);
  return label;
}

/** Every application of the network with its station. */
export const placesOf = ({ stations }: Network) =>
  stations.flatMap((station) =>
    station.applications.map((plan) => ({
      station,
      plan,
      url: repositoryOf(plan),
      branch: branchOf(station.name, plan),
    })),
  );
