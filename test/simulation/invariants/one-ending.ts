/** I1: every ticket ends exactly once, or stands somewhere for a reason that its status names and that is there. */

import type { Station, Ticket, Track, WaitingReason } from '../../../lib/api';
import type { PullRequestKept } from '../world/forges';
import { ENDINGS, stationOf, type Evidence } from './evidence';

interface Now {
  readonly ticket: Ticket;
  readonly tickets: readonly Ticket[];
  readonly station: Station | undefined;
  readonly track: Track | undefined;
  readonly evidence: Evidence;
}

const sequence = (ticket: Ticket): number => ticket.status?.sequence ?? Infinity;
const isOpen = (ticket: Ticket): boolean => !ENDINGS.includes(ticket.status?.phase);

const isOpenRequest = ({ state }: PullRequestKept): boolean => state === 'Open';

/** Reasons that may be there for ever, until a person or the outside moves; and what has to be true then. */
const MAY_STAY: Partial<Record<WaitingReason, (now: Now) => boolean>> = {
  Held: ({ ticket, station, track }) =>
    ticket.spec.hold ||
    (station?.spec.hold ?? false) ||
    (track?.spec.hold ?? false) ||
    station?.status?.holdBy !== undefined,
  Halted: ({ station }) => station?.status?.haltBy !== undefined,
  TrackDisabled: ({ track }) => track === undefined || !track.spec.enabled,
  StationMissing: ({ station }) => station === undefined,
  StationOccupied: ({ ticket, tickets, station }) =>
    tickets.some(
      (other) =>
        isOpen(other) &&
        other.metadata.uid !== ticket.metadata.uid &&
        other.metadata.uid === station?.status?.occupant?.uid,
    ),
  OlderTicket: ({ ticket, tickets }) =>
    tickets.some(
      (other) =>
        other.metadata.namespace === ticket.metadata.namespace &&
        other.spec.track === ticket.spec.track &&
        sequence(other) < sequence(ticket) &&
        isOpen(other),
    ),
  Suspended: ({ station, evidence }) =>
    (station?.spec.applications ?? []).some(
      ({ namespace, name }) =>
        evidence.applications.get(`${namespace}/${name}`)?.at(-1)?.object.status?.health?.status === 'Suspended',
    ),
  ForeignCommit: () => true,
  HistoryRewritten: () => true,
  BranchDeleted: () => true,
  ForeignBranch: () => true,
  Window: ({ ticket, evidence }) => evidence.comesAndGoes(stationOf(ticket) ?? ''),
  Approval: ({ station }) => station?.spec.entry?.approval !== undefined,
  Completed: ({ ticket, station }) => ticket.spec.express === undefined && station?.spec.entry?.completed !== undefined,
  Follow: ({ ticket }) => ticket.spec.express !== undefined,
  PullRequest: ({ station, evidence: { scene } }) =>
    (station?.spec.applications ?? []).some(({ branch }) => scene.forges.into(branch).some(isOpenRequest)),
  Analysis: ({ ticket, evidence }) =>
    evidence.analysesOf(ticket).some((versions) => versions.at(-1)?.object.status?.phase === 'Inconclusive'),
};

export function oneEnding(evidence: Evidence): string[] {
  const found: string[] = [];
  for (const versions of evidence.tickets.values()) {
    const ended = versions.find(({ object }) => ENDINGS.includes(object.status?.phase));
    const other =
      ended && versions.find((one) => one.from > ended.from && one.object.status?.phase !== ended.object.status?.phase);
    if (ended && other) {
      const { name } = ended.object.metadata;
      found.push(
        `${name} ended ${ended.object.status?.phase} and was ${other.object.status?.phase} at ${evidence.second(other.from)}`,
      );
    }
  }
  const tickets = evidence.scene.tickets();
  for (const ticket of tickets) {
    const fault = isOpen(ticket) ? stuck(evidence, ticket, tickets) : undefined;
    if (fault !== undefined) found.push(`${ticket.metadata.name} ${fault}`);
  }
  for (const station of evidence.scene.stations()) {
    const { occupant } = station.status ?? {};
    const ticket = occupant && tickets.find(({ metadata }) => metadata.uid === occupant.uid);
    if (ticket && !isOpen(ticket))
      found.push(`${station.metadata.name} is still taken by ${ticket.metadata.name}, which has ended`);
  }
  return found;
}

/** Why a ticket that has not ended has no good reason to wait, now that nothing moves any more. */
function stuck(evidence: Evidence, ticket: Ticket, tickets: readonly Ticket[]): string | undefined {
  const { waiting, station: place } = ticket.status ?? {};
  if (waiting === undefined) return 'has neither ended nor says what it waits for';
  if (waiting.message === '' || waiting.since === '') return `waits for ${waiting.reason} without a word`;
  const isNamed =
    (name: string | undefined) =>
    ({ metadata }: Station | Track): boolean =>
      metadata.namespace === ticket.metadata.namespace && metadata.name === name;
  const station = evidence.scene.stations().find(isNamed(place));
  const track = evidence.scene.tracks().find(isNamed(ticket.spec.track));
  const holds = MAY_STAY[waiting.reason];
  if (holds === undefined) return `waits for ${waiting.reason} for ever: ${waiting.message}`;
  return holds({ ticket, tickets, station, track, evidence })
    ? undefined
    : `waits for ${waiting.reason}, which is not there: ${waiting.message}`;
}
