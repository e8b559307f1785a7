/**
 * Where tickets come from by themselves (rules B1, B2, B8): what a subscription chooses now, against what was ticketed
 * last. Doubled, late and missing hints all end with the same newest change ticketed, once.
 */

import {
  LABELS,
  parseDuration,
  type Change,
  type Image,
  type Subscription,
  type SubscriptionStatus,
  type Track,
} from '../../lib/api';
import { canonical, same } from './canonical';
import { changeLine, sameImage } from './change';
import { isSameTicket, type MadeSpec } from './identity';
import type { Look } from './job';
import { shorten } from './obstacle';
import type { Draft } from './plan';
import type { Line } from './snapshot';
import { recordOf } from './state';

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

const lineOf = (status: SubscriptionStatus | undefined): string => changeLine({ images: status?.ticketed?.images });

/** What the subscription's status becomes, and the change that needs a ticket first, if any. */
function answer(
  draft: Draft,
  line: Line,
  subscription: Subscription,
  before: SubscriptionStatus | undefined,
  look: Look,
): { status: SubscriptionStatus; ticket?: Change } {
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
  return { status: chosen, ticket: { images } };
}

/** A short fingerprint (FNV-1a): tells an edited subscription from the one that was looked for. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value.toString(36);
}

/** Makes the ticket, unless it is there and only the track's own record of it is missing. @returns whether it does */
function makes(draft: Draft, track: Track, spec: MadeSpec): boolean {
  if (draft.snapshot.facts.ticketsOn(track).some((ticket) => isSameTicket(ticket, spec))) return false;
  draft.createTicket({
    namespace: track.metadata.namespace,
    names: { track: track.metadata.name, number: (track.status?.sequence ?? 0) + 1 },
    labels: { [LABELS.track]: track.metadata.uid },
    spec,
  });
  return true;
}

/** Decides for every subscription of an enabled track; the first that needs a ticket gets it. */
export function decideTicketing(draft: Draft, line: Line): void {
  const { track } = line;
  if (!track.spec.enabled || track.spec.hold || draft.writes(track.metadata.uid)) return;
  const present = track.status?.subscriptions ?? [];
  const statuses: SubscriptionStatus[] = [];
  for (const subscription of track.spec.subscriptions) {
    const before = present.find((one) => one.name === subscription.name);
    const result = decideSubscription(draft, line, subscription, before);
    if (result === undefined) {
      if (before) statuses.push(before);
      continue;
    }
    const spec = result.ticket && specFor(track, subscription, before, result.ticket);
    if (spec && makes(draft, track, spec)) return;
    statuses.push(spec === undefined ? result.status : { ...result.status, count: ticketsMade(before) + 1 });
  }
  if (!same(present, statuses)) draft.writeTrack(track, { ...track.status, subscriptions: statuses });
}

const ticketsMade = (status: SubscriptionStatus | undefined): number => status?.count ?? 0;

/** The ticket for a change, with all that makes it that ticket and no other (rule B8). */
const specFor = (
  track: Track,
  { name }: Subscription,
  before: SubscriptionStatus | undefined,
  change: Change,
): MadeSpec => ({
  track: track.metadata.name,
  change,
  origin: { track: track.metadata.uid, subscription: name, number: ticketsMade(before) + 1, after: lineOf(before) },
  hold: false,
  abort: false,
});

function decideSubscription(
  draft: Draft,
  line: Line,
  subscription: Subscription,
  before: SubscriptionStatus | undefined,
): { status: SubscriptionStatus; ticket?: Change } | undefined {
  if (subscription.images === undefined) {
    const what = subscription.source ? 'source branches' : 'charts';
    const problem = `This version does not look at ${what} yet; make a ticket by hand.`;
    return { status: { ...before, name: subscription.name, problem } };
  }
  const interval = Math.max(SHORTEST_INTERVAL_MS, parseDuration(subscription.images.interval));
  const key = `${line.track.metadata.uid} ${canonical(subscription)}`;
  const fact = draft.ask({ kind: 'look', key, namespace: line.track.metadata.namespace, subscription, last: before });
  if (fact === undefined || fact.state === 'Running') return undefined;
  if (fact.state === 'Failed')
    return { status: { ...before, name: subscription.name, problem: shorten(fact.message) } };
  const next = new Date(fact.at.getTime() + interval);
  if (next <= draft.now) {
    draft.start({ kind: 'look', key, namespace: line.track.metadata.namespace, subscription, last: before });
  }
  draft.wake(next <= draft.now ? new Date(draft.now.getTime() + interval) : next);
  return answer(draft, line, subscription, before, fact.result);
}
