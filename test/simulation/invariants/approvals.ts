/** Whether what landed is what a person approved: the digest is made here from the files, by the rule and not by the code. */

import { createHash } from 'node:crypto';
import type { ApplicationReference, Station, Ticket } from '../../../lib/api';
import { keyOf, type Evidence, type Landing } from './evidence';

const MANIFEST = 'deployment.apps_web.yaml';
const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** The digest over the manifests of all applications of a station. @param commitOf the commit to take them from */
function digestOf(
  { scene: { git } }: Evidence,
  station: Station,
  commitOf: (reference: ApplicationReference) => string | undefined,
): string {
  const trees = station.spec.applications
    .filter((reference) => reference.enabled)
    .map((reference) => {
      const commit = commitOf(reference);
      const oid = commit === undefined ? undefined : git.objects.filesNow(commit).get(MANIFEST);
      return `${keyOf(reference)} ${sha256(oid === undefined ? '' : `${MANIFEST}\0${oid}\n`)}\n`;
    });
  return sha256(trees.sort().join(''));
}

/** What the branches of a station showed right after a landing. */
const digestAt = (evidence: Evidence, station: Station, time: number): string =>
  digestOf(
    evidence,
    station,
    ({ repoURL, branch }) =>
      evidence.scene.git.history.findLast(
        (move) => move.repoURL === repoURL && move.branch === branch && move.time <= time,
      )?.after,
  );

/** What people were asked to merge: pull requests are merged one by one, so that the branches may never show it together. */
const digestAsked = (evidence: Evidence, station: Station, recorded: Ticket): string =>
  digestOf(
    evidence,
    station,
    (reference) => recorded.status?.arrival?.applications.find((one) => keyOf(one) === keyOf(reference))?.commit,
  );

/** Whether it is the empty commit with which a branch begins that is entered by pull request: it changes nothing. */
const isBeginning = ({ scene }: Evidence, { before, commit }: Landing): boolean =>
  before === undefined && scene.git.objects.filesNow(commit.commit).size === 0;

/**
 * @param recorded the ticket as it was when the commit came on record
 * @returns what is wrong with the approval of what entered a station that asks for one
 */
export function unapproved(evidence: Evidence, landing: Landing, recorded: Ticket, station: Station): string[] {
  if (station.spec.entry?.approval === undefined || isBeginning(evidence, landing)) return [];
  // Applications of several repositories land one after the other; the last landing shows what was approved.
  const later = evidence.landings.some(
    (other) =>
      other.ticket === landing.ticket &&
      other.station === landing.station &&
      other.time > landing.time &&
      other.time < landing.time + 60_000,
  );
  if (later && !landing.merged) return [];
  const { approvals = [] } =
    (landing.merged ? recorded : evidence.ticketAt(landing.ticket, landing.time)?.object)?.spec ?? {};
  const digest = landing.merged ? digestAsked(evidence, station, recorded) : digestAt(evidence, station, landing.time);
  return approvals.some((one) => one.station === station.metadata.name && one.digest === digest)
    ? []
    : [`${landing.ticket} changed ${landing.station} at ${evidence.second(landing.time)} to what nobody had approved`];
}
