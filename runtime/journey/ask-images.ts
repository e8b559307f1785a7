/** What an image subscription asks for: its choice now, against what was ticketed last (rule B2). */

import {
  parseDuration,
  type Image,
  type ImageSubscription,
  type Subscription,
  type SubscriptionStatus,
  type Track,
} from '../../lib/api';
import { canonical, same } from './canonical';
import { sameImage } from './change';
import type { Look } from './job';
import { shorten } from './obstacle';
import type { Draft } from './plan';
import type { Line } from './snapshot';
import { recordOf } from './state';
import { isHinted, newestHint } from './hinted';
import type { Asked, Before } from './asked';

/** Tracks that look at one repository at about the same time share the answer. */
const LONGEST_SHARED_MS = 10_000;

/** After a hint nobody takes an answer that somebody may have got before it. */
const mayShare = (now: Date, hint: string): boolean =>
  hint === '' || now.getTime() - Date.parse(hint) > LONGEST_SHARED_MS;

/**
 * When a subscription looks next: repositories spread over the interval, and all that look at the same one at the same
 * moments, so that they share its answer.
 */
function tickAfter(last: Date, { repositories }: ImageSubscription, interval: number): Date {
  const phase = Number.parseInt(hash(repositories[0] ?? ''), 36) % interval;
  const ticks = Math.floor((last.getTime() - phase) / interval) + 1;
  return new Date(ticks * interval + phase);
}

/** A registry is looked at once a second at most, whatever the subscription says. */
const SHORTEST_INTERVAL_MS = 1_000;

/** Rule B2: a first look makes no ticket for what the first station already shows. */
function isShownAtFirstStation(draft: Draft, track: Track, images: readonly Image[]): boolean {
  const first = track.spec.stations[0];
  const station =
    first === undefined
      ? undefined
      : draft.snapshot.facts.station({ namespace: track.metadata.namespace, name: first.name });
  const enabled = station?.spec.applications.filter((reference) => reference.enabled) ?? [];
  if (station === undefined || enabled.length === 0) return false;
  return enabled.every((reference) => {
    const shown = recordOf(station, reference).good?.state.images ?? [];
    return images.every((image) => shown.some((one) => sameImage(one, image)));
  });
}

/** What the subscription's status becomes, and the change that needs a ticket first, if any. */
function answer(draft: Draft, line: Line, subscription: Subscription, before: Before, look: Look): Asked {
  const specDigest = canonical(subscription).length.toString(36) + hash(canonical(subscription));
  const status: SubscriptionStatus = {
    ...before,
    name: subscription.name,
    specDigest,
    choice: shorten(look.choice),
    ...(look.problem === undefined ? {} : { problem: shorten(look.problem) }),
  };
  if (look.problem === undefined) delete status.problem;
  if (look.images === undefined) return { status };
  const images = [...look.images];
  const versions = { images, ...(look.created && { created: look.created.toISOString() }) };
  const chosen = { ...status, seen: versions, ticketed: versions };
  const last = before?.ticketed?.images;
  if (last === undefined && isShownAtFirstStation(draft, line.track, images)) return { status: chosen };
  const changed = before?.specDigest !== undefined && before.specDigest !== specDigest;
  const differs = !same(last, images);
  if (!differs || (last !== undefined && !look.newer && !changed)) return { status: { ...status, seen: versions } };
  return { status: chosen, tickets: [{ change: { images } }] };
}

/** A short fingerprint (FNV-1a): tells an edited subscription from the one that was looked for. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value.toString(36);
}

export function askImages(
  draft: Draft,
  line: Line,
  subscription: Subscription,
  images: ImageSubscription,
  before: Before,
): Asked | undefined {
  const { uid, namespace } = line.track.metadata;
  const interval = Math.max(SHORTEST_INTERVAL_MS, parseDuration(images.interval));
  const seen = newestHint(line, subscription);
  const job = {
    kind: 'look',
    key: `${uid} ${canonical(subscription)}`,
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
  const next = tickAfter(fact.at, images, interval);
  if (next <= draft.now || isHinted(fact, job)) draft.start(job);
  draft.wake(next <= draft.now ? new Date(draft.now.getTime() + interval) : next);
  return answer(draft, line, subscription, before, fact.result);
}
