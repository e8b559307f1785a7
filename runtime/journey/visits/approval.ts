/** Approvals: a person's word for exact trees, and nothing else (rules F3, F4). */

import type { ApplicationReference, Approval, Entry, Station, Ticket } from '../../../lib/api';
import { digestOfTrees } from '../facts/fingerprint';
import type { Prepared, Trees } from '../facts/job';
import { shorten, type Obstacle } from '../plan/obstacle';
import { keyOf } from '../facts/state';

/** Approvals that a stamp names at most. */
const MOST_NAMED = 20;

/** Applications that a message names; more are counted. */
const NAMED_APPLICATIONS = 5;

/** What status holds of one application's difference at most. */
const SUMMARY_LENGTH = 256;

const short = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);

/** Everybody's word for these very trees at the station, each person once. */
function approvalsFor(ticket: Ticket, station: string, digest: string): Approval[] {
  const named = new Map<string, Approval>();
  for (const approval of ticket.spec.approvals ?? []) {
    if (approval.station === station && approval.digest === digest) named.set(approval.by, approval);
  }
  return [...named.values()].sort((one, other) => (one.by < other.by ? -1 : 1)).slice(0, MOST_NAMED);
}

/** The approvals that hold at a station: they close the doors of the ticket (C4). None where its trees are not known. */
export function validApprovals(ticket: Ticket, station: Station): Approval[] {
  const digest = entryAt(ticket, station)?.digest;
  if (station.spec.entry?.approval === undefined || digest === undefined) return [];
  return approvalsFor(ticket, station.metadata.name, digest);
}

const naming = (names: readonly string[]): string =>
  names.length <= NAMED_APPLICATIONS
    ? names.join(', ')
    : `${names.slice(0, NAMED_APPLICATIONS).join(', ')} and ${names.length - NAMED_APPLICATIONS} more`;

/** Which approvals of a ticket do not hold for a new entry, and what changed since they were given; absent: none. */
function whatChanged(ticket: Ticket, station: Station, next: Entry, why?: string): string | undefined {
  const given = approvalsAt(ticket, station);
  const before = entryAt(ticket, station);
  if (given.length === 0 || given.some((approval) => approval.digest === next.digest)) return undefined;
  const held = given.filter((approval) => approval.digest === before?.digest).map((approval) => approval.by);
  if (before === undefined || held.length === 0 || before.digest === next.digest) return before?.voided;
  const lost = `the approval by ${held.join(', ')} does not hold any more`;
  return shorten([lost, ...differences(before, next), ...(why === undefined ? [] : [why])].join('; '));
}

/** How two entries differ, in words. */
function differences(before: Entry, next: Entry): string[] {
  const trees = new Map(before.diffs.map((one) => [one.application, one.tree]));
  const otherwise = next.diffs.filter((one) => trees.get(one.application) !== one.tree).map((one) => one.application);
  const missing = [...trees.keys()].filter((key) => !next.diffs.some((one) => one.application === key));
  const [were, are] = [before, next].map(({ behind = [] }) => behind.join(', ') || 'none');
  return [
    ...(otherwise.length === 0 ? [] : [`the files of ${naming(otherwise)} come out otherwise than was shown`]),
    ...(missing.length === 0 ? [] : [`${naming(missing)} would not be changed at all`]),
    ...(were === are ? [] : [`older tickets ahead of it were ${were} and are ${are}`]),
  ];
}

/** What people have approved of the station, whatever it was. */
const approvalsAt = ({ spec }: Ticket, { metadata: { name } }: Station): Approval[] =>
  (spec.approvals ?? []).filter((approval) => approval.station === name);

/** What the ticket shows of the station, if anything. */
const entryAt = ({ status }: Ticket, { metadata: { name } }: Station): Entry | undefined =>
  status?.entry?.station === name ? status.entry : undefined;

/** Why the approval gate is shut for the ticket, if it is. */
export function approvalObstacle(ticket: Ticket, station: Station): Obstacle | undefined {
  if (station.spec.entry?.approval === undefined || validApprovals(ticket, station).length > 0) return undefined;
  const entry = entryAt(ticket, station);
  const waits = `waits for an approval of ${station.metadata.name}`;
  if (entry?.digest === undefined) {
    const why = entry?.failure?.message ?? entry?.message ?? 'works out what it would change';
    return { reason: 'Approval', message: `${waits}: ${why}` };
  }
  const others = approvalsAt(ticket, station).map(words);
  const voided = entry.voided ?? (others.length === 0 ? undefined : `${naming(others)} is for other trees`);
  const sentences = [
    `${waits}: ${whatItChanges(entry)}`,
    ...(voided === undefined ? [] : [voided]),
    `See it with: k8sta diff ${ticket.metadata.name} --namespace ${ticket.metadata.namespace}`,
    waysOn(ticket, station, entry.digest),
  ];
  return { reason: 'Approval', message: sentences.join('. ') };
}

const waysOn = ({ metadata }: Ticket, station: Station, digest: string): string =>
  `To approve it: k8sta approve ${metadata.name} --namespace ${metadata.namespace}, or add {station: ${station.metadata.name}, digest: '${digest}', by: <you>} to spec.approvals of ${metadata.name}`;

const words = ({ by, digest }: Approval): string => `the approval by ${by} of ${short(digest)}`;

function whatItChanges({ diffs }: Entry): string {
  const changed = diffs.filter((one) => one.changed > 0);
  const files = changed.reduce((sum, one) => sum + one.changed, 0);
  if (files === 0) return 'it changes no file';
  return `it changes ${files} file${files === 1 ? '' : 's'} of ${naming(changed.map((one) => one.application))}`;
}

/** What status says of the trees at a station; `what` is why they are worked out again, where that has to be said. */
export function entryOf(
  ticket: Ticket,
  station: Station,
  found: readonly { readonly reference: ApplicationReference; readonly trees: Trees }[],
  more: Pick<Entry, 'inputs' | 'behind'>,
  why?: string,
): Entry & { readonly digest: string } {
  const diffs = found.map(({ reference, trees: { digest, changed, summary } }) => ({
    application: keyOf(reference),
    tree: digest,
    changed,
    summary: summary.slice(0, SUMMARY_LENGTH),
  }));
  const digest = digestOfTrees(new Map(diffs.map((one) => [one.application, one.tree])));
  const entry = { station: station.metadata.name, ...more, digest, diffs };
  const voided = whatChanged(ticket, station, entry, why);
  return voided === undefined ? entry : { ...entry, voided };
}

/** What status has to say after an arrival found other trees than were approved; absent where these are approved (F4). */
export function foundOtherwise(ticket: Ticket, station: Station, prepared: Prepared): Entry | undefined {
  if (station.spec.entry?.approval === undefined) return undefined;
  const { name } = station.metadata;
  const found = prepared.flatMap((one) => ('trees' in one ? [one] : []));
  const { inputs, behind } = entryAt(ticket, station) ?? {};
  const more = { ...(inputs !== undefined && { inputs }), ...(behind && { behind }) };
  const entry = entryOf(ticket, station, found, more, 'this was found when its commits were made');
  return approvalsFor(ticket, name, entry.digest).length > 0 ? undefined : entry;
}
