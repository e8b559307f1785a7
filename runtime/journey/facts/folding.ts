/** How what one ticket carries is folded into what another carries (rule C4). */

import {
  DEFAULT_SOURCE_BRANCH,
  type Change,
  type Root,
  type Station,
  type Ticket,
  type TicketStatus,
} from '../../../lib/api';
import { cargoOf, packed, type Piece } from './cargo';
import type { DescentQuestion } from './job';
import { sameRepository, sourceBranchOf, type SourceHistory } from './state';

/** An entry of what a ticket took along. */
export type Absorbed = NonNullable<TicketStatus['absorbed']>[number];

const anyOf = (pieces: readonly Piece[], holds: (change: Change) => boolean): boolean =>
  pieces.some(({ change }) => holds(change));

const notNewer = (one: Root, other: Root): boolean => one.track === other.track && one.sequence <= other.sequence;

/** What is left of a piece beside what newer ones carry: the newest of each image, chart, repository and path (rule C4). */
function folded({ change, root }: Piece, newer: readonly Piece[], history: Pick<SourceHistory, 'contains'>): Change {
  const replaced = newer.filter((piece) => piece.root.track !== root.track || notNewer(root, piece.root));
  const later = (repoURL: string, commit: string, commits: readonly { repoURL: string; commit: string }[]): boolean =>
    commits.some((one) => sameRepository(one.repoURL, repoURL) && history.contains(repoURL, commit, one.commit));
  const sources = newer.flatMap((piece) => piece.change.sources ?? []);
  const overlays = newer.flatMap((piece) => piece.change.overlays ?? []);
  return packed({
    images: (change.images ?? []).filter(
      (image) => !anyOf(replaced, (one) => one.images?.some(({ repoURL }) => repoURL === image.repoURL) ?? false),
    ),
    charts: (change.charts ?? []).filter(
      (chart) =>
        !anyOf(
          replaced,
          (one) => one.charts?.some(({ repoURL, name }) => repoURL === chart.repoURL && name === chart.name) ?? false,
        ),
    ),
    sources: (change.sources ?? []).filter(({ repoURL, commit }) => !later(repoURL, commit, sources)),
    overlays: (change.overlays ?? []).filter(
      ({ repoURL, commit, path }) =>
        !later(repoURL, commit, [...sources, ...overlays.filter((one) => one.path === path)]),
    ),
  });
}

/**
 * What a ticket takes along of an older one, not yet in force. Every entry names the older one, whatever that had taken
 * along itself; there is always one, so that it says whom it took.
 */
export function absorbedFrom(older: Ticket, younger: Ticket, history: Pick<SourceHistory, 'contains'>): Absorbed[] {
  const newer = cargoOf(younger);
  const { name, uid } = older.metadata;
  const entries = cargoOf(older).map((piece): Absorbed => ({
    ticket: name,
    uid,
    change: folded(piece, newer, history),
    root: piece.root,
    pending: true,
  }));
  const filled = entries.filter(({ change }) => Object.keys(change).length > 0);
  return filled.length > 0 ? filled : entries.slice(-1);
}

/** Commits of two tickets that have to be compared before one can be folded into the other; the older one's are incoming. */
export function commitsToFold(station: Station, older: Ticket, younger: Ticket): DescentQuestion[] {
  const commits = (ticket: Ticket) =>
    cargoOf(ticket).flatMap(({ change }) => [...(change.sources ?? []), ...(change.overlays ?? [])]);
  const repositories = [...new Set(commits(older).map(({ repoURL }) => repoURL))].sort();
  return repositories.flatMap((repoURL): DescentQuestion[] => {
    const of = (ticket: Ticket): string[] => [
      ...new Set(
        commits(ticket)
          .filter((one) => sameRepository(one.repoURL, repoURL))
          .map(({ commit }) => commit),
      ),
    ];
    const recorded = of(younger).sort();
    if (recorded.length === 0) return [];
    const reference = station.spec.applications.find((one) => sameRepository(one.repoURL, repoURL));
    const branch = reference === undefined ? DEFAULT_SOURCE_BRANCH : sourceBranchOf(reference);
    return [{ repoURL, branch, incoming: of(older).sort(), recorded }];
  });
}
