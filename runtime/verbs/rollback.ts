/** Putting an earlier good state back (rule G3). */

import type { CommitReference, Station, StationHistory } from '../../lib/api';
import { creationOf, namelessness, refused, type Refused, type Word, writing } from './word';

export interface RollingBack {
  readonly station: Station;
  /**
   * The good state to go back to: the ticket that left it, or the commit of one of its applications (seven characters or
   * more). @default - the one before the present one
   */
  readonly to?: string;
  /** The person, as Kubernetes calls them. */
  readonly by: string;
  /** Ends the name of the ticket that is made; whoever asks draws it, and keeps it where they ask again. */
  readonly suffix: string;
}

const SHORTEST_COMMIT = 7;
const NAMED = 10;

/** A ticket that puts an earlier good state back, byte for byte, and holds the station. */
export function rollback({ station, to, by, suffix }: RollingBack): Word {
  const { name, namespace } = station.metadata;
  const nameless = namelessness(by);
  if (nameless !== undefined) return nameless;
  const target = to === undefined ? previous(station) : named(station, to);
  if ('outcome' in target) return target;
  const made = `${name}-rollback-${suffix}`;
  const spec = { rollback: { station: name, to: target.to }, origin: { person: by } };
  return writing(`${made} takes ${name} back to ${target.words}, and holds it`, creationOf(namespace, made, spec));
}

type Target = {
  readonly to: { readonly previous: true } | { readonly commits: CommitReference[] };
  readonly words: string;
};

const goodOf = ({ status }: Station): readonly { key: string; head?: string; good?: string }[] =>
  (status?.applications ?? []).map((one) => ({
    key: `${one.namespace}/${one.name}`,
    ...(one.head === undefined ? {} : { head: one.head.commit }),
    ...(one.good === undefined ? {} : { good: one.good.commit }),
  }));

/** Whether its branches show, or may yet show, something else than the present good state. */
const showsOther = (station: Station): boolean =>
  station.status?.occupant !== undefined || goodOf(station).some(({ head, good }) => head !== good);

function previous(station: Station): Target | Refused {
  const { name } = station.metadata;
  const [present, ...earlier] = station.status?.history ?? [];
  if (goodOf(station).every(({ good }) => good === undefined))
    return refused(`${name} has no good state to go back to: no arrival has completed there`);
  if (showsOther(station)) {
    const words = present === undefined ? 'its good state' : `what ${present.ticket} left`;
    return { to: { previous: true }, words };
  }
  const before = earlier.find((one) => !shows(station, one.commits));
  if (before === undefined) return refused(`${name} has no good state before the present one`);
  return { to: { previous: true }, words: `what ${before.ticket} left` };
}

function named(station: Station, to: string): Target | Refused {
  const { name } = station.metadata;
  const history = station.status?.history ?? [];
  const byCommit = to.length >= SHORTEST_COMMIT && /^[0-9a-f]+$/.test(to);
  const found =
    history.find(({ ticket }) => ticket === to) ??
    (byCommit ? history.find(({ commits }) => commits.some(({ commit }) => commit.startsWith(to))) : undefined);
  if (found === undefined) return refused(`${name} has no arrival of '${to}' on record: ${among(history)}`);
  const enabled = new Set(
    station.spec.applications.filter((one) => one.enabled).map((one) => `${one.namespace}/${one.name}`),
  );
  const commits = found.commits.filter(({ application }) => enabled.has(application));
  if (commits.length === 0)
    return refused(`what ${found.ticket} left at ${name} is of applications that are not enabled there any more`);
  if (!showsOther(station) && shows(station, commits))
    return refused(`${name} shows what ${found.ticket} left already`);
  return { to: { commits }, words: `what ${found.ticket} left` };
}

/** Whether these commits are the present good ones of what the station still drives. */
function shows(station: Station, commits: readonly CommitReference[]): boolean {
  const good = new Map(goodOf(station).map((one) => [one.key, one.good]));
  return commits.every(({ application, commit }) => !good.has(application) || good.get(application) === commit);
}

const among = (history: readonly StationHistory[]): string =>
  history.length === 0
    ? 'no arrival has completed there'
    : `it has ${history
        .slice(0, NAMED)
        .map(({ ticket }) => ticket)
        .join(', ')}`;
