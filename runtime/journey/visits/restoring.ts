/** Which good commits a rollback puts back (rule G3). Decided once, by what the station has on record. */

import type { CommitReference, Station, Ticket } from '../../../lib/api';
import type { Failure } from './ending';
import { keyOf, recordOf } from '../facts/state';

/** What a rollback puts back, or why it cannot be done. */
export type Restores =
  | {
      readonly commits: readonly CommitReference[];
      /** Those of them that the station's own record does not call good: Git has to say whether they ever were. */
      readonly unsure: readonly CommitReference[];
    }
  | { readonly refused: Failure };

const never = (message: string): Restores => ({ refused: { reason: 'NeverGood', message } });

/** The good commits of the station's enabled applications, as far as it has any. */
function presentGood(station: Station): Map<string, string> {
  const enabled = station.spec.applications.filter((reference) => reference.enabled);
  return new Map(
    enabled.flatMap((reference) => {
      const { good } = recordOf(station, reference);
      return good === undefined ? [] : [[keyOf(reference), good.commit] as const];
    }),
  );
}

const listed = (commits: ReadonlyMap<string, string>): CommitReference[] =>
  [...commits].map(([application, commit]) => ({ application, commit }));

/** Whether the branches show, or may yet show, something else than the present good state. */
function showsOther(station: Station, others: readonly Ticket[]): boolean {
  const moved = station.spec.applications
    .filter((reference) => reference.enabled)
    .map((reference) => recordOf(station, reference))
    .some(({ head, good }) => head !== good?.commit);
  return (
    moved ||
    others.some(
      ({ status }) =>
        status?.arrival?.stationUid === station.metadata.uid &&
        status.arrival.applications.some((one) => one.result === 'Commit' || (one.withdrawn?.length ?? 0) > 0),
    )
  );
}

/** The state before the one that the branches show: the good one where they show another, else the good one before it. */
function previous(station: Station, others: readonly Ticket[]): Restores {
  const present = presentGood(station);
  const { name } = station.metadata;
  if (present.size === 0)
    return never(`station ${name} has no good state to go back to: no arrival has completed there`);
  if (showsOther(station, others)) return { commits: listed(present), unsure: [] };
  const earlier = (station.status?.history ?? []).find(({ commits }) =>
    commits.some(({ application, commit }) => present.has(application) && present.get(application) !== commit),
  );
  if (earlier === undefined) return never(`station ${name} has no good state before the present one`);
  for (const { application, commit } of earlier.commits) if (present.has(application)) present.set(application, commit);
  return { commits: listed(present), unsure: [] };
}

/** The commits that a person names; every other application goes to its present good state. */
function named(station: Station, wanted: readonly CommitReference[]): Restores {
  const { name } = station.metadata;
  const restored = presentGood(station);
  const unsure: CommitReference[] = [];
  for (const { application, commit } of wanted) {
    const reference = station.spec.applications.find((one) => keyOf(one) === application);
    if (reference === undefined) return never(`${application} is no application of station ${name}: ${among(station)}`);
    if (!reference.enabled) return never(`${application} is disabled at station ${name}: enable it, or leave it out`);
    restored.set(application, commit);
    if (!isKnownGood(station, application, commit)) unsure.push({ application, commit });
  }
  return { commits: listed(restored), unsure };
}

const among = (station: Station): string =>
  `it has ${station.spec.applications.map(keyOf).slice(0, 10).join(', ') || 'none'}`;

/** Whether the station's own record calls the commit good: now, or before (rule H1 keeps the last ones). */
const isKnownGood = ({ status }: Station, application: string, commit: string): boolean =>
  (status?.applications ?? []).some((one) => keyOf(one) === application && one.good?.commit === commit) ||
  (status?.history ?? []).some(({ commits }) =>
    commits.some((one) => one.application === application && one.commit === commit),
  );

/**
 * What a rollback of the station puts back.
 *
 * @param others tickets that are in the station, or that the rollback has taken it from
 */
export function restoresOf(station: Station, ticket: Ticket, others: readonly Ticket[]): Restores {
  const to = ticket.spec.rollback?.to;
  return to?.commits === undefined ? previous(station, others) : named(station, to.commits);
}
