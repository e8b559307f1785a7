/** What all looks at a source have in common: how often, from which commit on, and what keeps them from it (rules B3, L5). */

import { parseDuration, type SourceSubscription, type Subscription, type Track } from '../../../lib/api';
import { normaliseRepositoryURL } from '../../../lib/network/repository-url';
import type { Asked } from './asked';
import { canonical } from '../facts/canonical';
import { fingerprint } from '../facts/fingerprint';
import { isHinted, newestHint } from './hinted';
import type { JobFact } from '../facts/job';
import { shorten } from '../plan/obstacle';
import { once } from '../facts/once';
import type { Draft } from '../plan/plan';
import type { TagJob, TipJob, WalkJob } from '../facts/source-job';
import { recordOf, sameRepository } from '../facts/state';
import { countedPaths } from './survey';

/** A server is asked once a second at most, whatever the subscription says. */
const SHORTEST_INTERVAL_MS = 1_000;
/** By which part of its interval a repository may be looked at early, so that not all are looked at together. */
const SPREAD = 0.1;
/** Looks begin at whole seconds, frequent ones at tenths: what is done together takes half as much as one by one. */
const beatOf = (ms: number): number => (ms < 10_000 ? 100 : 1_000);

/**
 * How long after a look the next one may follow, in milliseconds: the same for all who look at one repository so often.
 * The beat that it then waits for is still within the interval.
 */
const pauseOf = once(({ repoURL, interval }: SourceSubscription): number => {
  const share = parseInt(fingerprint(normaliseRepositoryURL(repoURL)).slice(-4), 16) / 0xffff;
  const every = parseDuration(interval);
  return Math.max(SHORTEST_INTERVAL_MS, Math.round((every - beatOf(every)) * (1 - SPREAD * share)));
});

/** What would look at another history if it changed. */
export const subjectOf = once(({ repoURL, branch, folder, tags }: SourceSubscription): string =>
  fingerprint(canonical([normaliseRepositoryURL(repoURL), branch, folder, ...(tags === undefined ? [] : [tags])])),
);

/** What is wrong with the subscription's globs. */
const globFault = once(({ folder, include = [], exclude = [] }: SourceSubscription): string | undefined => {
  try {
    countedPaths({ folder, include, exclude });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
});

/** Why the subscription cannot be looked at, whatever its branch shows. */
export function faultOf(draft: Draft, source: SourceSubscription): string | undefined {
  const { repoURL, branch } = source;
  if (draft.snapshot.facts.isRendered({ repoURL, branch })) {
    return `branch ${branch} of ${repoURL} is rendered for an Application: subscribe to the branch that people edit`;
  }
  return globFault(source);
}

/** Rule B3: at a first look the last commit that was seen is the first station's base. */
export function firstBase(draft: Draft, track: Track, repoURL: string): string | undefined {
  const [first] = track.spec.stations;
  const { namespace } = track.metadata;
  const station = first && draft.snapshot.facts.station({ namespace, name: first.name });
  const references = station?.spec.applications.filter((one) => one.enabled && sameRepository(one.repoURL, repoURL));
  return station && references?.map((one) => recordOf(station, one).good?.state.base).find((base) => base);
}

/** The last good look stays in force. */
export const inTrouble = (status: Asked['status'], problem: string): Asked => ({
  status: { ...status, problem: shorten(problem) },
});

/** What every look at a repository says of itself. */
export const lookOf = (
  track: Track,
  subscription: Subscription,
  source: SourceSubscription,
): Pick<TipJob, 'repoURL' | 'branch' | 'maxAgeMs' | 'seen'> => {
  const { repoURL, branch } = source;
  return { repoURL, branch, maxAgeMs: pauseOf(source), seen: newestHint(track, subscription) };
};

type Found = Extract<JobFact<{ readonly askedAt?: Date }>, { readonly state: 'Done' }>;

/** Looks again where a hint says so, or when its time has come. */
export function lookAgain(draft: Draft, job: TipJob | TagJob, fact: Found): void {
  const { askedAt } = fact.result;
  const hinted = isHinted(fact, job);
  if (hinted) draft.start(job);
  if (askedAt === undefined) return;
  const beat = beatOf(job.maxAgeMs);
  const after = (time: Date): number => Math.ceil((time.getTime() + job.maxAgeMs) / beat) * beat;
  const latest = after(draft.now);
  const next = after(askedAt);
  const isDue = next <= draft.now.getTime();
  if (isDue && !hinted) draft.start(job);
  draft.wake(new Date(isDue ? latest : Math.min(next, latest)));
}

export function walkJob(draft: Draft, source: SourceSubscription, from: string, head: string): WalkJob {
  const { repoURL, branch, folder, include = [], exclude = [], tags } = source;
  const overlays = draft.snapshot.facts.overlays(repoURL);
  const isTagged = tags === undefined ? {} : { isTagged: true };
  const asked = { repoURL, branch, folder, include, exclude, overlays, from, head, ...isTagged };
  return { kind: 'walk', key: `${from} ${head} ${fingerprint(canonical(asked))}`, ...asked };
}
