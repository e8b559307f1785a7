/**
 * What a subscription to the releases of a source asks for: the commit of the highest version among its tags (rules B2, B3).
 * A release is that commit, and rides as a whole; its tag is only how it was found, and is not followed elsewhere.
 */

import { shortCommit } from '../../../lib/api/words';
import type { SourceSubscription, SourceTags, Subscription, Ticket, Track } from '../../../lib/api';
import type { Asked } from './asked';
import { same } from '../facts/canonical';
import { shorten } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import { versionRanksAbove } from './selection';
import type { TagChoice, TagJob } from '../facts/source-job';
import { firstBase, inTrouble, lookAgain, lookOf, subjectOf, walkJob } from './source-look';
import { unrecorded } from './unrecorded';
import { without } from '../facts/without';

type Status = Asked['status'];
/** What is worked out of a source is known by the very object, so that is handed on as it is. */
interface Tagged {
  readonly source: SourceSubscription;
  readonly tags: SourceTags;
}
type Release = NonNullable<TagChoice['chosen']>;

export function askTag(
  draft: Draft,
  track: Track,
  subscription: Subscription,
  { source, tags }: Tagged,
  before: Status,
): Asked | undefined {
  const look = lookOf(track, subscription, source);
  const job: TagJob = {
    kind: 'tag',
    key: `${subscription.name} ${look.maxAgeMs} ${subjectOf(source)}`,
    ...look,
    tags,
  };
  const fact = draft.ask(job);
  if (fact === undefined || fact.state === 'Running') return undefined;
  if (fact.state === 'Failed') return inTrouble(before, fact.message);
  lookAgain(draft, job, fact);
  const { chosen, choice } = fact.result;
  if (chosen === undefined) return inTrouble({ ...before, choice: shorten(choice) }, choice);
  const seen = before.specDigest === subjectOf(source) ? before.seen : undefined;
  return (
    (seen && unmoved(before, seen, { chosen, choice, prefix: tags.prefix })) ??
    askUpTo(draft, track, subscription, { source, before, chosen, choice })
  );
}

interface Chosen {
  readonly chosen: Release;
  readonly choice: string;
  readonly prefix: string | undefined;
}

/** What there is to say where the choice is no news; nothing where it ranks above what was seen before. */
function unmoved(
  before: Status,
  { tag, commit = '' }: NonNullable<Status['seen']>,
  { chosen, choice, prefix = '' }: Chosen,
): Asked | undefined {
  const calm = without(before, 'problem');
  if (tag === undefined) return undefined;
  if (tag === chosen.tag) {
    const said = `${choice}; commit ${shortCommit(commit)}`;
    // What became of it stands there until the choice itself has other words.
    const isSaid = before.choice?.startsWith(shorten(said)) ?? false;
    if (commit === chosen.commit) return { status: isSaid ? calm : { ...calm, choice: shorten(said) } };
    const [was, is] = [shortCommit(commit), shortCommit(chosen.commit)];
    const words = `tag ${tag} moved from ${was} to ${is} and is not followed, since a release keeps its commit: tag a higher version, or board ${is} by hand`;
    return inTrouble(before, words);
  }
  if (versionRanksAbove(chosen.tag.slice(prefix.length), tag.slice(prefix.length))) return undefined;
  return { status: { ...calm, choice: shorten(`${choice}; not above ${tag}, which was seen before`) } };
}

interface News {
  readonly source: SourceSubscription;
  readonly before: Status;
  readonly chosen: Release;
  readonly choice: string;
}

/** What a release asks for that was not seen before; what a ticket that the Track does not know of carries comes first. */
function askUpTo(draft: Draft, track: Track, subscription: Subscription, news: News): Asked | undefined {
  const { source, before, chosen, choice } = news;
  const { repoURL } = source;
  const specDigest = subjectOf(source);
  const asked = (seen: Release, why: string) => ({
    ...without(before, 'problem'),
    specDigest,
    seen,
    choice: shorten(`${choice}; commit ${shortCommit(seen.commit)}, ${why}`),
  });
  const made = madeFor(unrecorded(draft, track, subscription, before), repoURL);
  if (made !== undefined && !same(made, chosen)) {
    return ticketed(asked(made, `for which there is a ticket as ${made.tag}`), repoURL, made);
  }
  const from = (before.specDigest === specDigest ? before.seen?.commit : undefined) ?? firstBase(draft, track, repoURL);
  const worth = worthOf(draft, source, from, chosen.commit);
  if (worth === undefined) return undefined;
  if ('problem' in worth) return inTrouble(before, worth.problem);
  const status = asked(chosen, worth.why);
  return worth.rides ? ticketed(status, repoURL, chosen) : { status };
}

/** The release of a ticket that was made before a look died: its tag may name another commit since, or be outranked. */
const madeFor = (tickets: readonly Ticket[], repoURL: string): Release | undefined =>
  tickets.flatMap(({ spec: { origin, change } }) => {
    const source = change?.sources?.find((one) => one.repoURL === repoURL);
    return origin?.tag === undefined || source === undefined ? [] : [{ tag: origin.tag, commit: source.commit }];
  })[0];

const ticketed = (status: Status, repoURL: string, { tag, commit }: Release): Asked => ({
  status: { ...status, ticketed: { tag, commit } },
  tickets: [{ change: { sources: [{ repoURL, commit }] }, tag }],
});

/** Whether a release rides, and why; nothing while somebody looks. */
type Worth = { readonly rides: boolean; readonly why: string } | { readonly problem: string };

function worthOf(
  draft: Draft,
  source: SourceSubscription,
  from: string | undefined,
  commit: string,
): Worth | undefined {
  if (from === undefined) return { rides: true, why: 'at a first look with nothing at the first station' };
  if (from === commit) return { rides: false, why: 'which is there already' };
  const walk = draft.ask(walkJob(draft, source, from, commit));
  if (walk === undefined || walk.state === 'Running') return undefined;
  if (walk.state === 'Failed') return { problem: walk.message };
  const last = shortCommit(from);
  if (walk.result.outcome === 'Rewritten') return { rides: true, why: `as the repository has no ${last} any more` };
  const { commits, source: newest, overlays } = walk.result;
  if (commits === 0) return { rides: false, why: `which ${last} contains` };
  const ahead = `${commits} ${commits === 1 ? 'commit' : 'commits'} after ${last}`;
  const rides = newest !== undefined || overlays.length > 0;
  return { rides, why: rides ? ahead : `${ahead}: nothing to ticket, they touch nothing that counts` };
}
