/** A history in plain words: who did what, at which second. */

import type { Station, Ticket, TicketStatus } from '../../lib/api';
import type { KubeObject } from '../../runtime/kube';
import type { Breach } from './invariants';
import { isRuntime } from './invariants/evidence';
import { NAMESPACE, type Named, type StationPlan } from './network';
import type { Line, Scene } from './scene';
import type { Change } from './world/api';

const short = (commit: string | undefined): string => commit?.slice(0, 7) ?? 'nothing';

const TOLD: readonly (string | undefined)[] = ['Completed', 'Failed', 'Aborted', 'Superseded', 'Suspended'];

function ofTicket(before: Ticket | undefined, after: Ticket): string[] {
  const { name } = after.metadata;
  const was: TicketStatus = before?.status ?? {};
  const is: TicketStatus = after.status ?? {};
  const stamps = (is.stamps ?? []).slice(was.stamps?.length ?? 0);
  const told = stamps.map(({ station, result, message = '' }) => `${name} at ${station}: ${result} ${message}`.trim());
  if (was.sequence === undefined && is.sequence !== undefined) told.unshift(`${name} boards as number ${is.sequence}`);
  if (is.phase !== was.phase && TOLD.includes(is.phase)) told.push(`${name} is ${is.phase}`);
  const { waiting } = is;
  if (waiting && waiting.reason !== was.waiting?.reason) told.push(`${name} waits at ${is.station}: ${waiting.reason}`);
  return told;
}

function ofStation(before: Station | undefined, after: Station): string[] {
  const [was, is] = [before?.status?.occupant, after.status?.occupant];
  if (was?.uid === is?.uid) return [];
  return [
    is === undefined ? `${was?.ticket} leaves ${after.metadata.name}` : `${is.ticket} takes ${after.metadata.name}`,
  ];
}

interface Live extends KubeObject {
  readonly status?: { readonly sync?: { status?: string; revision?: string }; readonly health?: { status?: string } };
}

function ofApplication(before: Live | undefined, after: Live): string[] {
  const words = ({ status }: Live): string =>
    `${status?.sync?.status ?? 'unknown'} at ${short(status?.sync?.revision)}, ${status?.health?.status ?? 'health unknown'}`;
  return before !== undefined && words(before) === words(after) ? [] : [`${after.metadata.name} is ${words(after)}`];
}

function wordsOn({ plural, type, before, object }: Change): string[] {
  if (type === 'DELETED') return [];
  // Under each plural the API keeps objects of that kind.
  if (plural === 'tickets') return ofTicket(before as Ticket | undefined, object as Ticket);
  if (plural === 'stations') return ofStation(before as Station | undefined, object as Station);
  if (plural === 'applications') return ofApplication(before, object);
  return [];
}

/** Every line of a history, in its order. */
export function tell({ lines, api, git, timeline }: Scene): Line[] {
  const deeds = api.history.flatMap((change) =>
    wordsOn(change).map((what) => ({ at: change.time - timeline.start, who: change.by, what })),
  );
  const moves = git.history
    .filter(({ by }) => isRuntime(by))
    .map(({ time, by, branch, before, after }) => ({
      at: time - timeline.start,
      who: by,
      what: `moves ${branch} from ${short(before)} to ${short(after)}`,
    }));
  return [...lines, ...deeds, ...moves].sort((one, other) => one.at - other.at);
}

/** The story as people read it, with what is wrong about it at the end. */
export function storyOf(scene: Scene, breaches: readonly Breach[]): string {
  const { stations, tracks } = scene.story.network;
  const gates = ({ soak, window, approval, pullRequests }: StationPlan): string =>
    `${pullRequests ? `, entered by pull request (${pullRequests.merge})` : ''}${approval ? ', asks for approval' : ''}${soak === undefined ? '' : `, soaks ${soak} min`}${window === undefined ? '' : `, open from minute ${window} for half an hour`}`;
  const named = ({ name, namespace = NAMESPACE }: Named): string =>
    namespace === NAMESPACE ? name : `${namespace}/${name}`;
  return [
    ...tracks.map(
      (track) =>
        `Track ${named(track)}: ${track.stations.join(' > ')}${track.subscribes ? `, looks for ${track.subscribes}` : ''}.`,
    ),
    ...stations.map(
      (station) =>
        `Station ${named(station)}: ${station.applications.map((one) => `${one.name}${one.automated ? '' : ' (synced on request)'}`).join(', ')}${gates(station)}.`,
    ),
    '',
    ...tell(scene).map(({ at, who, what }) => `${(at / 1_000).toFixed(1).padStart(8)} s  ${who.padEnd(10)} ${what}`),
    '',
    ...breaches.map(({ invariant, message }) => `${invariant} is broken: ${message}.`),
  ].join('\n');
}
