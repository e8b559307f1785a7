/**
 * Where tickets come from by themselves (rules B1-B3, B8): what a subscription chooses now, against what was ticketed
 * last. Doubled, late and missing hints all end with the same newest change ticketed, once.
 */

import { LABELS, type Subscription, type SubscriptionStatus, type Track } from '../../../lib/api';
import { askSource } from './ask-source';
import { askVersions } from './ask-versions';
import type { Asked, Before, Wanted } from './asked';
import { same } from '../facts/canonical';
import { changeLine } from '../facts/change';
import { isSameTicket, type MadeSpec } from '../facts/identity';
import type { Draft } from '../plan/plan';
import { ticketsMade } from './unrecorded';

/** What was there before, in a line: the commit of a source branch up to which was looked, or the versions. */
function lineOf(status: Before): string {
  const { images, chart } = status?.ticketed ?? {};
  return status?.seen?.commit ?? changeLine({ images, ...(chart && { charts: [chart] }) });
}

/** Makes the ticket, unless it is there and only the track's own record of it is missing. @returns whether it does */
function makes(draft: Draft, track: Track, { express }: Wanted, spec: MadeSpec): boolean {
  const { facts } = draft.snapshot;
  const present =
    express === undefined
      ? facts.ticketsOn(track)
      : facts.singlesAt({ namespace: express.namespace, name: express.station });
  if (present.some((ticket) => isSameTicket(ticket, spec))) return false;
  draft.createTicket({
    namespace: express?.namespace ?? track.metadata.namespace,
    names: { track: track.metadata.name, number: (track.status?.sequence ?? 0) + 1 },
    labels: { [LABELS.track]: track.metadata.uid },
    spec,
  });
  return true;
}

/** Decides for every subscription of an enabled track; the first that needs tickets gets them, each once. */
export function decideTicketing(draft: Draft, track: Track): void {
  if (!track.spec.enabled || track.spec.hold || draft.writes(track.metadata.uid)) return;
  const present = track.status?.subscriptions ?? [];
  const statuses: SubscriptionStatus[] = [];
  for (const subscription of track.spec.subscriptions) {
    const before = present.find((one) => one.name === subscription.name);
    const result = decideSubscription(draft, track, subscription, before);
    if (result === undefined) {
      if (before) statuses.push(before);
      continue;
    }
    const { status, tickets = [] } = result;
    const missing = tickets.filter((wanted) =>
      makes(draft, track, wanted, specFor(track, subscription, before, wanted)),
    );
    if (missing.length > 0) return;
    statuses.push(tickets.length === 0 ? status : { ...status, count: ticketsMade(before) + 1 });
  }
  if (same(present, statuses)) return;
  const status = { ...track.status, subscriptions: statuses };
  draft.writeTrack(track, status.hints === undefined ? status : { ...status, hints: stillMeant(track, status.hints) });
}

/** Hints without those for subscriptions that are gone. */
function stillMeant({ spec }: Track, hints: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = new Set(spec.subscriptions.map(({ name }) => name));
  return Object.fromEntries(Object.entries(hints).filter(([name]) => names.has(name)));
}

/** The ticket for a change, with all that makes it that ticket and no other (rule B8). */
const specFor = (track: Track, { name }: Subscription, before: Before, { change, express, tag }: Wanted): MadeSpec => ({
  ...(express === undefined ? { track: track.metadata.name } : { express: { station: express.station } }),
  change,
  origin: {
    track: track.metadata.uid,
    subscription: name,
    number: ticketsMade(before) + 1,
    ...(tag !== undefined && { tag }),
    after: lineOf(before),
  },
  hold: false,
  abort: false,
});

function decideSubscription(draft: Draft, track: Track, subscription: Subscription, before: Before): Asked | undefined {
  const { images, source, chart, name } = subscription;
  if (source !== undefined) return askSource(draft, track, subscription, source, before);
  if (images !== undefined) {
    const [place = ''] = images.repositories;
    return askVersions(draft, track, subscription, { place, every: images.interval }, before);
  }
  if (chart !== undefined) {
    const place = `${chart.repoURL} ${chart.name}`;
    return askVersions(draft, track, subscription, { place, every: chart.interval }, before);
  }
  return { status: { ...before, name, problem: 'It names neither images, nor a chart, nor a source.' } };
}
