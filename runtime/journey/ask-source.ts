/** What a source subscription asks for: the commits after the last one that was seen (rules B3, L5). */

import { shortCommit } from '../../lib/api/words';
import {
  parseDuration,
  type OverlayCommit,
  type SourceSubscription,
  type Subscription,
  type Track,
} from '../../lib/api';
import { normaliseRepositoryURL } from '../../lib/network/repository-url';
import type { Asked, Before, Wanted } from './asked';
import { canonical } from './canonical';
import { fingerprint } from './fingerprint';
import { isHinted, newestHint } from './hinted';
import { reachableStations } from './junction';
import { shorten } from './obstacle';
import { once } from './once';
import type { Draft } from './plan';
import type { Survey, TipJob, WalkJob } from './source-job';
import { overlayPath, recordOf, sameRepository } from './state';
import { countedPaths } from './survey';
import { without } from './without';

/** A server is asked once a second at most, whatever the subscription says. */
const SHORTEST_INTERVAL_MS = 1_000;
/** By which part of its interval a repository may be looked at early, so that not all are looked at together. */
const SPREAD = 0.1;

/** How long after a look the next one follows, in milliseconds: the same for all who look at one repository so often. */
const pauseOf = once(({ repoURL, interval }: SourceSubscription): number => {
  const share = parseInt(fingerprint(normaliseRepositoryURL(repoURL)).slice(-4), 16) / 0xffff;
  return Math.round(Math.max(SHORTEST_INTERVAL_MS, parseDuration(interval)) * (1 - SPREAD * share));
});

/** What would look at another history if it changed. */
const subjectOf = once(({ repoURL, branch, folder }: SourceSubscription): string =>
  fingerprint(canonical([normaliseRepositoryURL(repoURL), branch, folder])),
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
function faultOf(draft: Draft, source: SourceSubscription): string | undefined {
  const { repoURL, branch } = source;
  if (draft.snapshot.facts.isRendered({ repoURL, branch })) {
    return `branch ${branch} of ${repoURL} is rendered for an Application: subscribe to the branch that people edit`;
  }
  return globFault(source);
}

/** Rule B3: at a first look the last commit that was seen is the first station's base. */
function firstBase(draft: Draft, track: Track, repoURL: string): string | undefined {
  const [first] = track.spec.stations;
  const { namespace } = track.metadata;
  const station = first && draft.snapshot.facts.station({ namespace, name: first.name });
  const references = station?.spec.applications.filter((one) => one.enabled && sameRepository(one.repoURL, repoURL));
  return station && references?.map((one) => recordOf(station, one).good?.state.base).find((base) => base);
}

/** The overlays of each station that tickets of the track can come to, as one express ticket for each. */
function expressFor(draft: Draft, track: Track, repoURL: string, { overlays }: Survey): Wanted[] {
  if (overlays.length === 0) return [];
  return reachableStations(draft.snapshot.facts, track).flatMap(({ metadata: { namespace, name }, spec }) => {
    const own = spec.applications.filter((one) => sameRepository(one.repoURL, repoURL)).map(overlayPath);
    const concerned = overlays.filter(({ path }) => own.includes(path));
    const parts = concerned.map(({ path, commit }): OverlayCommit => ({ repoURL, commit, path }));
    return parts.length === 0 ? [] : [{ change: { overlays: parts }, express: { namespace, station: name } }];
  });
}

/** What was chosen of the new commits, and why. */
function choiceOf({ commits, source, overlays, skipped }: Survey, from: string, head: string): string {
  const after = `${commits} ${commits === 1 ? 'commit' : 'commits'} after ${shortCommit(from)}`;
  const chosen = [
    ...(source === undefined ? [] : [`${shortCommit(source)}: newest that touches anything outside the overlays`]),
    ...overlays.map(({ path, commit }) => `${shortCommit(commit)}: newest that touches overlays only, in ${path}`),
  ];
  const range =
    skipped && `${skipped.count} skipped (${shortCommit(skipped.oldest)} to ${shortCommit(skipped.newest)})`;
  if (chosen.length === 0)
    return `nothing to ticket in ${after} up to ${shortCommit(head)}: they touch nothing that counts`;
  return [`of ${after}`, ...chosen, ...(range === undefined ? [] : [range])].join('; ');
}

/** What the branch asks for, up to its head. */
function askUpTo(
  draft: Draft,
  track: Track,
  source: SourceSubscription,
  before: Asked['status'],
  commit: string,
): Asked | undefined {
  const { repoURL, branch } = source;
  const specDigest = subjectOf(source);
  const isSame = before.specDigest === specDigest;
  const status = { ...without(before, 'problem'), specDigest, seen: { commit } };
  const from = (isSame ? before.seen?.commit : undefined) ?? firstBase(draft, track, repoURL);
  const headAlone = (why: string): Asked => ({
    status: { ...status, ticketed: { commit }, choice: shorten(`${shortCommit(commit)}: ${why}`) },
    tickets: [{ change: { sources: [{ repoURL, commit }] } }],
  });
  if (from === undefined) return headAlone('the head, at a first look with nothing at the first station');
  if (from === commit) {
    const choice = isSame ? {} : { choice: `${shortCommit(commit)}: the first station shows it already` };
    return { status: { ...status, ...choice } };
  }
  const walk = draft.ask(walkJob(draft, source, from, commit));
  if (walk === undefined || walk.state === 'Running') return undefined;
  if (walk.state === 'Failed') return inTrouble(before, walk.message);
  if (walk.result.outcome === 'Rewritten') {
    return headAlone(`the head, since branch ${branch} was rewritten and no longer contains ${shortCommit(from)}`);
  }
  const choice = shorten(choiceOf(walk.result, from, commit));
  const express = expressFor(draft, track, repoURL, walk.result);
  if (walk.result.source === undefined) return { status: { ...status, choice }, tickets: express };
  const newest = { commit: walk.result.source };
  return {
    status: { ...status, ticketed: newest, choice },
    tickets: [{ change: { sources: [{ repoURL, ...newest }] } }, ...express],
  };
}

/** The last good look stays in force. */
const inTrouble = (status: Asked['status'], problem: string): Asked => ({
  status: { ...status, problem: shorten(problem) },
});

export function askSource(
  draft: Draft,
  track: Track,
  subscription: Subscription,
  source: SourceSubscription,
  before: Before,
): Asked | undefined {
  const { repoURL, branch } = source;
  const status = { ...before, name: subscription.name };
  const fault = faultOf(draft, source);
  if (fault !== undefined) return inTrouble(status, fault);
  const head = tipOf(draft, track, subscription, source);
  if (head === undefined) return undefined;
  if ('problem' in head) return inTrouble(status, head.problem);
  if (head.commit !== undefined) return askUpTo(draft, track, source, status, head.commit);
  const words = `branch ${branch} does not exist in ${repoURL}: push it, or correct the subscription's branch`;
  return inTrouble(status, words);
}

/** The head of the branch as it was last read; looks again when its time has come. */
function tipOf(
  draft: Draft,
  track: Track,
  subscription: Subscription,
  source: SourceSubscription,
): { commit?: string } | { problem: string } | undefined {
  const { repoURL, branch } = source;
  const maxAgeMs = pauseOf(source);
  const key = `${subscription.name} ${repoURL} ${branch} ${maxAgeMs}`;
  const job: TipJob = { kind: 'tip', key, repoURL, branch, maxAgeMs, seen: newestHint(track, subscription) };
  const fact = draft.ask(job);
  if (fact === undefined || fact.state === 'Running') return undefined;
  if (fact.state === 'Failed') return { problem: fact.message };
  const { commit, askedAt } = fact.result;
  if (isHinted(fact, job)) draft.start(job);
  if (askedAt !== undefined) {
    const latest = draft.now.getTime() + maxAgeMs;
    const next = askedAt.getTime() + maxAgeMs;
    const isDue = next <= draft.now.getTime();
    if (isDue && !isHinted(fact, job)) draft.start(job);
    draft.wake(new Date(isDue ? latest : Math.min(next, latest)));
  }
  return commit === undefined ? {} : { commit };
}

function walkJob(draft: Draft, source: SourceSubscription, from: string, head: string): WalkJob {
  const { repoURL, branch, folder, include = [], exclude = [] } = source;
  const overlays = draft.snapshot.facts.overlays(repoURL);
  const asked = { repoURL, branch, folder, include, exclude, overlays, from, head };
  return { kind: 'walk', key: `${from} ${head} ${fingerprint(canonical(asked))}`, ...asked };
}
