/** What a ticket carries in all, and who counts as the one that put each part on the line (rules A2, A4, C4). */

import { describeChange, shortCommit } from '../../../lib/api/words';
import type { Change, Chart, CommitReference, Image, Root, Ticket, TicketStatus } from '../../../lib/api';
import { sameImage } from './change';
import { once } from './once';

/** Parts of a change that one ticket put on the line. */
export interface Piece {
  readonly change: Change;
  readonly root: Root;
}

/** The root of the ticket's own change; before boarding, one that every other is newer than. */
const rootOf = (ticket: Ticket): Root =>
  ticket.status?.root ?? { track: ticket.metadata.uid, sequence: ticket.status?.sequence ?? 0 };

const carries = (pieces: readonly Piece[], holds: (change: Change) => boolean): boolean =>
  pieces.some(({ change }) => holds(change));

const carriesImage = (pieces: readonly Piece[], image: Image): boolean =>
  carries(pieces, (change) => change.images?.some((one) => sameImage(one, image)) ?? false);

const carriesChart = (pieces: readonly Piece[], chart: Chart): boolean =>
  carries(
    pieces,
    (change) =>
      change.charts?.some(
        (one) => one.repoURL === chart.repoURL && one.name === chart.name && one.version === chart.version,
      ) ?? false,
  );

/** A change without lists that have nothing in them. */
export const packed = ({ images = [], charts = [], sources = [], overlays = [] }: Change): Change => ({
  ...(images.length > 0 && { images }),
  ...(charts.length > 0 && { charts }),
  ...(sources.length > 0 && { sources }),
  ...(overlays.length > 0 && { overlays }),
});

const NOTHING: Change = {};

const packOf = once(packed);
const wholeOf = once((own: Change) => folded([own]));
const wordsOf = once(describeChange);

/**
 * Everything that the ticket carries, in the order in which it is applied: what it took along, then its own. A part of
 * its own that it also took along keeps the root of the ticket that boarded with it: a child's change names all of its
 * parent's.
 */
export function cargoOf(ticket: Ticket): Piece[] {
  const own = ticket.spec.change ?? NOTHING;
  const root = rootOf(ticket);
  const absorbed = ticket.status?.absorbed;
  if (absorbed === undefined) return [{ change: packOf(own), root }];
  const taken = absorbed
    .filter((one) => !one.pending)
    .map(({ change, root: its }): Piece => ({ change, root: its ?? root }));
  const rest = packed({
    ...own,
    images: (own.images ?? []).filter((image) => !carriesImage(taken, image)),
    charts: (own.charts ?? []).filter((chart) => !carriesChart(taken, chart)),
  });
  return [...taken, { change: rest, root }];
}

/** All that the ticket carries as one change, each image and chart once, the newest. */
export const wholeChange = (ticket: Ticket): Change =>
  ticket.status?.absorbed === undefined
    ? wholeOf(ticket.spec.change ?? NOTHING)
    : folded(cargoOf(ticket).map(({ change }) => change));

function folded(changes: readonly Change[]): Change {
  const last = <T>(list: readonly T[], key: (item: T) => string): T[] => [
    ...new Map(list.map((item) => [key(item), item])).values(),
  ];
  return packed({
    images: last(
      changes.flatMap((change) => change.images ?? []),
      (image) => image.repoURL,
    ),
    charts: last(
      changes.flatMap((change) => change.charts ?? []),
      (chart) => `${chart.repoURL} ${chart.name}`,
    ),
    sources: last(
      changes.flatMap((change) => change.sources ?? []),
      (source) => `${source.repoURL} ${source.commit}`,
    ),
    overlays: last(
      changes.flatMap((change) => change.overlays ?? []),
      (overlay) => `${overlay.repoURL} ${overlay.path} ${overlay.commit}`,
    ),
  });
}

/** What the ticket does to a station, in a line for people. */
export const describeTicket = (ticket: Ticket): string =>
  (ticket.spec.rollback === undefined
    ? wordsOf(wholeChange(ticket))
    : describeRollback(ticket.status?.restores ?? [])
  ).slice(0, 1024);

/** The status with the line that columns show of the change, whatever becomes of the ticket; what says it already stays. */
export function withSummary(ticket: Ticket, status: TicketStatus): TicketStatus {
  if (status.summary !== undefined || ticket.spec.rollback !== undefined) return status;
  const change = describeTicket({ ...ticket, status });
  return change === '' ? status : { ...status, summary: { change } };
}

/** A rollback in a line. */
export const describeRollback = (commits: readonly CommitReference[]): string =>
  `rollback to ${[...new Set(commits.map(({ commit }) => shortCommit(commit)))].join(', ')}`.slice(0, 1024);
