/** What a source subscription asks for: the commits after the last one that was seen (rules B3, L5). */

import { shortCommit } from '../../../lib/api/words';
import type { OverlayCommit, SourceSubscription, Subscription, Track } from '../../../lib/api';
import { askTag } from './ask-tag';
import type { Asked, Before, Wanted } from './asked';
import { reachableStations } from '../visits/junction';
import { shorten } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import type { Survey, TipJob } from '../facts/source-job';
import { faultOf, firstBase, inTrouble, lookAgain, lookOf, subjectOf, walkJob } from './source-look';
import { overlayPath, sameRepository } from '../facts/state';
import { without } from '../facts/without';

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
  if (source.tags !== undefined) return askTag(draft, track, subscription, { source, tags: source.tags }, status);
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
  const look = lookOf(track, subscription, source);
  const job: TipJob = {
    kind: 'tip',
    key: `${subscription.name} ${look.repoURL} ${look.branch} ${look.maxAgeMs}`,
    ...look,
  };
  const fact = draft.ask(job);
  if (fact === undefined || fact.state === 'Running') return undefined;
  if (fact.state === 'Failed') return { problem: fact.message };
  lookAgain(draft, job, fact);
  const { commit } = fact.result;
  return commit === undefined ? {} : { commit };
}
