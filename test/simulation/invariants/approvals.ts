/** Whether what landed is what a person approved: the digest is made here from the files, by the rule and not by the code. */

import { createHash } from 'node:crypto';
import type { Station, Ticket } from '../../../lib/api';
import { keyOf, type Evidence, type Landing } from './evidence';

const MANIFEST = 'deployment.apps_web.yaml';
const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** The digest over the manifests of all applications of a station, as their branches showed them right after a landing. */
function digestAt(evidence: Evidence, station: Station, time: number): string {
  const { git } = evidence.scene;
  const trees = station.spec.applications
    .filter((reference) => reference.enabled)
    .map((reference) => {
      const head = git.history.findLast(
        (move) => move.repoURL === reference.repoURL && move.branch === reference.branch && move.time <= time,
      )?.after;
      const oid = head === undefined ? undefined : git.objects.filesNow(head).get(MANIFEST);
      return `${keyOf(reference)} ${sha256(oid === undefined ? '' : `${MANIFEST}\0${oid}\n`)}\n`;
    });
  return sha256(trees.sort().join(''));
}

/** Whether it is the empty commit with which a branch begins that is entered by pull request: it changes nothing. */
const isBeginning = ({ scene }: Evidence, { before, commit }: Landing): boolean =>
  before === undefined && scene.git.objects.filesNow(commit.commit).size === 0;

/** @returns what is wrong with the approval of a landing at a station that asks for one */
export function unapproved(
  evidence: Evidence,
  landing: Landing,
  ticket: Ticket | undefined,
  station: Station,
): string[] {
  if (station.spec.entry?.approval === undefined || isBeginning(evidence, landing)) return [];
  // Applications of several repositories land one after the other; the last landing shows what was approved.
  const later = evidence.landings.some(
    (other) =>
      other.ticket === landing.ticket &&
      other.station === landing.station &&
      other.time > landing.time &&
      other.time < landing.time + 60_000,
  );
  if (later) return [];
  const digest = digestAt(evidence, station, landing.time);
  const approved = ticket?.spec.approvals?.some((one) => one.station === landing.station && one.digest === digest);
  return approved
    ? []
    : [`${landing.ticket} changed ${landing.station} at ${evidence.second(landing.time)} to what nobody had approved`];
}
