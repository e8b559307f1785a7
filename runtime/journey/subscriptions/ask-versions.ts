/** What a subscription to images or to a chart asks for: its choice now, against what was ticketed last (rule B2). */

import {
  parseDuration,
  type Change,
  type Image,
  type Subscription,
  type SubscriptionStatus,
  type Ticket,
  type Track,
} from '../../../lib/api';
import { canonical, same } from '../facts/canonical';
import { shownAtFirstStation } from './first-shown';
import type { Look } from '../facts/job';
import { shorten } from '../plan/obstacle';
import { once } from '../facts/once';
import type { Draft } from '../plan/plan';
import { isHinted, newestHint } from './hinted';
import type { Asked, Before } from './asked';
import { unrecorded } from './unrecorded';

/** Tracks that look at one repository at about the same time share the answer. */
const LONGEST_SHARED_MS = 10_000;

/** After a hint nobody takes an answer that somebody may have got before it. */
const mayShare = (now: Date, hint: string): boolean =>
  hint === '' || now.getTime() - Date.parse(hint) > LONGEST_SHARED_MS;

/**
 * When a subscription looks next: repositories spread over the interval, and all that look at the same one at the same
 * moments, so that they share its answer.
 */
function tickAfter(last: Date, place: string, interval: number): Date {
  const phase = Number.parseInt(hash(place), 36) % interval;
  const ticks = Math.floor((last.getTime() - phase) / interval) + 1;
  return new Date(ticks * interval + phase);
}

/** A registry is looked at once a second at most, whatever the subscription says. */
const SHORTEST_INTERVAL_MS = 1_000;

/** What tells an edited subscription from the one that was looked for. */
const wordsOf = once((subscription: Subscription) => canonical(subscription));
const digestOf = once((subscription: Subscription) => {
  const words = wordsOf(subscription);
  return words.length.toString(36) + hash(words);
});

/** What the subscription's status becomes, and the change that needs a ticket first, if any. */
function answer(draft: Draft, track: Track, subscription: Subscription, before: Before, look: Look): Asked {
  const specDigest = digestOf(subscription);
  const status: SubscriptionStatus = {
    ...before,
    name: subscription.name,
    specDigest,
    choice: shorten(look.choice),
    ...(look.problem === undefined ? {} : { problem: shorten(look.problem) }),
  };
  if (look.problem === undefined) delete status.problem;
  const cargo = cargoOf(look);
  if (cargo === undefined) return { status };
  const { versions, change } = cargo;
  const taken = { ...status, seen: versions, ticketed: versions };
  const last = lastOf(before, versions);
  if (last === undefined && shownAtFirstStation(draft, track, change)) return { status: taken };
  const changed = before?.specDigest !== undefined && before.specDigest !== specDigest;
  const made = ticketedAs(unrecorded(draft, track, subscription, before), versions, subscription);
  if (made !== undefined)
    return {
      status: { ...taken, seen: { ...versions, images: made }, ticketed: { ...versions, images: made } },
      tickets: [{ change: { images: made } }],
    };
  const isWanted = !same(last, versions.chart ?? versions.images) && (last === undefined || look.newer || changed);
  return isWanted ? { status: taken, tickets: [{ change }] } : { status: { ...status, seen: versions } };
}

/**
 * The images of a ticket that the Track does not say it made, for the version that is chosen now: its tags have moved
 * since. A subscription to what a moving tag points to wants a ticket for each.
 */
function ticketedAs(
  made: readonly Ticket[],
  { images = [] }: Versions,
  { images: wanted }: Subscription,
): Image[] | undefined {
  if (images.length === 0 || wanted?.select.digest !== undefined) return undefined;
  const isVersion = (others: readonly Image[]): boolean =>
    others.length === images.length &&
    others.every(({ repoURL, tag }, at) => images[at]?.repoURL === repoURL && images[at].tag === tag);
  return made.map(({ spec }) => spec.change?.images ?? []).find((others) => isVersion(others) && !same(others, images));
}

/** What was ticketed last, of the kind that is looked at now. */
const lastOf = (before: Before, now: Versions): Versions['images'] | Versions['chart'] =>
  now.chart === undefined ? before?.ticketed?.images : before?.ticketed?.chart;

type Versions = NonNullable<SubscriptionStatus['seen']>;

/** What was chosen, as the status keeps it and as a ticket carries it; nothing where nothing was. */
function cargoOf({
  images,
  chart,
  created,
}: Look): { readonly versions: Versions; readonly change: Change } | undefined {
  if (chart !== undefined) return { versions: { chart }, change: { charts: [chart] } };
  if (images === undefined) return undefined;
  const chosen = { images: [...images] };
  return { versions: { ...chosen, ...(created && { created: created.toISOString() }) }, change: chosen };
}

/** A short fingerprint (FNV-1a): tells an edited subscription from the one that was looked for. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value.toString(36);
}

/**
 * @param place what is looked at: all that look at the same place do so together
 * @param every how often, a Go-style duration
 */
export function askVersions(
  draft: Draft,
  track: Track,
  subscription: Subscription,
  { place, every }: { readonly place: string; readonly every: string },
  before: Before,
): Asked | undefined {
  const { uid, namespace } = track.metadata;
  const interval = Math.max(SHORTEST_INTERVAL_MS, parseDuration(every));
  const seen = newestHint(track, subscription);
  const job = {
    kind: 'look',
    key: `${uid} ${wordsOf(subscription)}`,
    namespace,
    subscription,
    last: before,
    seen,
    maxAgeMs: mayShare(draft.now, seen) ? Math.min(LONGEST_SHARED_MS, interval / 10) : 0,
  } as const;
  const fact = draft.ask(job);
  if (fact === undefined || fact.state === 'Running') return undefined;
  if (fact.state === 'Failed')
    return { status: { ...before, name: subscription.name, problem: shorten(fact.message) } };
  const next = fact.result.tells ? undefined : tickAfter(fact.at, place, interval);
  const isDue = next !== undefined && next <= draft.now;
  if (isDue || isHinted(fact, job)) draft.start(job);
  draft.wake(isDue ? new Date(draft.now.getTime() + interval) : next);
  return answer(draft, track, subscription, before, fact.result);
}
