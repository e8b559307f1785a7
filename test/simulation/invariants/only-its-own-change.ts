/** I7: with an image no configuration moves, and with configuration no image; each ticket carries its own change alone. */

import type { Change, Stamp, Station, Ticket } from '../../../lib/api';
import type { Evidence, Landing, Shown } from './evidence';

const COMPLETE: readonly string[] = ['Arrived', 'NoChange'];

export function onlyItsOwnChange(evidence: Evidence): string[] {
  return evidence.entries.flatMap((landing) => carried(evidence, landing));
}

function carried(evidence: Evidence, landing: Landing): string[] {
  const { commit, time, application } = landing;
  const ticket = evidence.ticketAt(landing.ticket, time)?.object;
  const station = evidence.stationAt(landing.station, time)?.object;
  const after = evidence.shown(commit.commit);
  if (ticket === undefined || station === undefined || after === undefined) return [];
  if (ticket.spec.rollback) return putBack(evidence, landing, ticket, after);
  const good = goodBefore(evidence, station, application, time);
  const before = good === undefined ? undefined : evidence.shown(good);
  if (before === undefined) return [];
  const changes = changesOf(ticket);
  const where = `${landing.ticket} at ${landing.station} for ${application} at ${evidence.second(time)}`;
  return [...configuration(evidence, landing, changes, before, after), ...images(changes, before, after)].map(
    (what) => `${where} ${what}`,
  );
}

/** A rollback shows what the good commit shows that it names, and nothing else. */
function putBack(
  evidence: Evidence,
  { ticket: name, application, time }: Landing,
  ticket: Ticket,
  after: Shown,
): string[] {
  const commit = ticket.status?.restores?.find((one) => one.application === application)?.commit;
  const wanted = commit === undefined ? undefined : evidence.shown(commit);
  const words = ({ base, overlay, images }: Shown): string => JSON.stringify([base, overlay, ...images]);
  if (wanted !== undefined && words(wanted) === words(after)) return [];
  return [`${name} did not put back what ${commit?.slice(0, 7)} shows for ${application} at ${evidence.second(time)}`];
}

/** Its own change, and what it took along. */
const changesOf = (ticket: Ticket): Change[] => [
  ...(ticket.spec.change === undefined ? [] : [ticket.spec.change]),
  ...(ticket.status?.absorbed ?? []).map((one) => one.change),
];

/** The commit that last completed an arrival there, of this very station, before a time. */
function goodBefore(evidence: Evidence, station: Station, application: string, time: number): string | undefined {
  const made = Date.parse(station.metadata.creationTimestamp ?? '');
  const isThere = ({ station: place, result }: Stamp): boolean =>
    place === station.metadata.name && COMPLETE.includes(result);
  const found = [...evidence.tickets.values()].flatMap((versions) =>
    stampsIn(station.metadata.namespace, versions.at(-1)?.object)
      .filter(isThere)
      .map((stamp) => ({
        // The clocks of runtimes may be off: a stamp is as old as the version that first had it.
        since: versions.find(({ object }) => has(object, stamp))?.from ?? Infinity,
        commit: (stamp.commits ?? []).find((one) => one.application === application)?.commit,
      })),
  );
  return found
    .filter(({ since, commit }) => commit !== undefined && since < time && since >= made)
    .sort((one, other) => other.since - one.since)[0]?.commit;
}

const stampsIn = (namespace: string, ticket: Ticket | undefined): readonly Stamp[] =>
  ticket?.metadata.namespace === namespace ? (ticket.status?.stamps ?? []) : [];

const has = ({ status }: Ticket, stamp: Stamp): boolean =>
  (status?.stamps ?? []).some(({ station, departed }) => station === stamp.station && departed === stamp.departed);

function configuration(
  evidence: Evidence,
  landing: Landing,
  changes: readonly Change[],
  before: Shown,
  after: Shown,
): string[] {
  const sources = changes.flatMap((change) => change.sources ?? []).filter((one) => one.repoURL === landing.repoURL);
  const overlays = changes.flatMap((change) => change.overlays ?? []).filter((one) => one.repoURL === landing.repoURL);
  const bases = [before.base, ...sources.map(({ commit }) => evidence.source(commit, 'base/config'))];
  const own = [
    before.overlay,
    ...[...sources, ...overlays].map(({ commit }) => evidence.source(commit, `${landing.branch}/config`)),
  ];
  return [
    ...(bases.includes(after.base)
      ? []
      : [`moved the base from "${before.base}" to "${after.base}", which is not its own`]),
    ...(own.includes(after.overlay)
      ? []
      : [`moved the overlay from "${before.overlay}" to "${after.overlay}", which is not its own`]),
  ];
}

function images(changes: readonly Change[], before: Shown, after: Shown): string[] {
  const own = changes.flatMap((change) => change.images ?? []);
  return [...after.images].flatMap(([repository, tag]) => {
    const allowed = [
      before.images.get(repository),
      ...own.filter((one) => one.repoURL === repository).map((one) => one.tag),
    ];
    return allowed.includes(tag)
      ? []
      : [`moved ${repository} from ${before.images.get(repository)} to ${tag}, which is not its own`];
  });
}
