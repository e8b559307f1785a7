/** Express tickets: an overlay's commit visits one station, without a place in the order of a track (rules B3-B5, A8). */

import { shortCommit } from '../../../lib/api/words';
import type { ApplicationReference, OverlayCommit, Station, Ticket } from '../../../lib/api';
import { missingSource } from '../visits/descent';
import { fail } from '../visits/ending';
import type { Obstacle } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import { overlayPath, recordOf, sameRepository } from '../facts/state';

/** An application of the station, and the new commit of its overlay. */
interface Concerned {
  readonly reference: ApplicationReference;
  readonly overlay: OverlayCommit;
}

const concernedBy = (station: Station, ticket: Ticket): Concerned[] =>
  station.spec.applications.flatMap((reference) =>
    (ticket.spec.change?.overlays ?? [])
      .filter((one) => sameRepository(one.repoURL, reference.repoURL) && one.path === overlayPath(reference))
      .map((overlay) => ({ reference, overlay })),
  );

/** Puts an express ticket before its station, or fails it where it can never arrive there (rule B5). */
export function boardExpress(draft: Draft, ticket: Ticket, station: Station): void {
  const { name } = station.metadata;
  const concerned = concernedBy(station, ticket);
  if (concerned.length === 0) {
    const paths = (ticket.spec.change?.overlays ?? []).map(({ path, repoURL }) => `${path} of ${repoURL}`).join(', ');
    const message = `no application of station ${name} has the overlay folder ${paths}`;
    return fail(draft, ticket, name, { reason: 'OverlayMissing', message });
  }
  const missing = missingSource(
    draft,
    ticket,
    concerned.map(({ reference }) => reference),
  );
  if (missing === 'Unknown') return;
  if (missing?.kind === 'Failure') return fail(draft, ticket, name, missing.failure);
  const now = draft.time;
  const { status = {} } = ticket;
  const track = ticket.spec.origin?.track;
  const standing = {
    ...status,
    phase: 'Standing' as const,
    station: name,
    standingSince: status.standingSince ?? now,
  };
  if (missing?.kind === 'Obstacle') {
    const { reason, message } = missing.obstacle;
    return draft.writeTicket(ticket, {
      ...standing,
      waiting: { reason, since: status.waiting?.since ?? now, message },
    });
  }
  draft.writeTicket(ticket, { ...standing, boarded: { time: now, ...(track !== undefined && { track }) } });
}

/**
 * Rule B4: what the express ticket waits for before it may go to the station.
 *
 * @returns `Unknown` while somebody looks into Git
 */
export function followObstacle(draft: Draft, ticket: Ticket, station: Station): Obstacle | 'Unknown' | undefined {
  const found = concernedBy(station, ticket)
    .filter(({ reference }) => reference.enabled)
    .map((one) => followOne(draft, ticket, station, one));
  return found.find((one) => one !== 'Unknown' && one !== undefined) ?? found.find((one) => one === 'Unknown');
}

/** Whether the track sends overlays ahead of what they do not depend on. */
function goesAtOnce({ snapshot: { facts } }: Draft, { spec: { origin } }: Ticket): boolean {
  const track = origin?.track === undefined ? undefined : facts.trackOf(origin.track);
  return track?.spec.express !== 'Follow';
}

function followOne(
  draft: Draft,
  ticket: Ticket,
  station: Station,
  { reference, overlay }: Concerned,
): Obstacle | 'Unknown' | undefined {
  const state = recordOf(station, reference).good?.state;
  if (state?.base === undefined) {
    const message = `waits until a riding ticket has made branch ${reference.branch}: ${reference.name} has no good state yet`;
    return { reason: 'Follow', message };
  }
  const overlays = draft.snapshot.facts.overlays(reference.repoURL);
  const { base, overlay: recorded = base } = state;
  const asked = { repoURL: reference.repoURL, commit: overlay.commit, path: overlay.path, base, recorded, overlays };
  const fact = draft.ask({ kind: 'follow', key: Object.values(asked).flat().join(' '), ...asked });
  if (fact?.state === 'Failed') return { reason: fact.reason, message: fact.message };
  if (fact?.state !== 'Done') return 'Unknown';
  const { outside, mixed } = fact.result;
  if (outside === undefined || (!mixed && goesAtOnce(draft, ticket))) return undefined;
  const [newest, own] = [shortCommit(outside), shortCommit(overlay.commit)];
  const message = `waits until the base of ${reference.name} contains ${newest}, on which ${own} stands: a source ticket brings it`;
  return { reason: 'Follow', message };
}
