/** Closes pull requests before an arrival ends (rules D7, D9). */

import type { Git } from '../../git';
import type { CloseJob, LandedApplication, Landing } from '../../journey';
import { lookAtHeads } from '../jobs/heads';
import { Unavailable } from '../jobs/job-board';
import { merged } from './merged';
import { asking, isAsked, isOurs, remove, type RequestTools } from './request';
import { branchContent } from '../jobs/state-record';

/** The job `close`: nothing of an arrival that ends is merged any more, and what was merged before is seen. */
export async function close(tools: RequestTools, job: CloseJob, signal: AbortSignal): Promise<Landing> {
  const { namespace, station, ticket, ifGone, ifOutside } = job;
  if (ifGone !== undefined) {
    const present = await tools.records.ticket(namespace, ticket);
    if (present?.metadata.uid === ifGone.uid) {
      throw new Unavailable('PullRequest', `ticket ${ticket} is there after all: decides again`);
    }
  }
  if (ifOutside !== undefined) {
    const present = await tools.records.station(namespace, station);
    if (present?.status?.occupant?.uid === ifOutside.uid) {
      throw new Unavailable('PullRequest', `ticket ${ticket} is in station ${station} after all: decides again`);
    }
  }
  const landed = await Promise.all(job.requests.map((request) => closeOne(tools, job, request, signal)));
  return landed.flatMap((one) => one ?? []);
}

async function closeOne(
  tools: RequestTools,
  { note, namespace, ticket }: CloseJob,
  { reference, branch, commit, listed = commit?.listed }: CloseJob['requests'][number],
  signal: AbortSignal,
): Promise<LandedApplication | undefined> {
  const { git, forges } = tools;
  const { repoURL } = reference;
  const way = { source: branch, target: commit?.branch ?? reference.branch };
  const before = await asking(forges.find(repoURL, way));
  if (before?.state === 'Open') await asking(forges.close(repoURL, before, note));
  const heads = await git.heads(repoURL, [branch, way.target], signal);
  const [head, target] = [heads.get(branch), heads.get(way.target)];
  const known = listed ?? (await listedFor(git, repoURL, { head, target, ticket: `${namespace}/${ticket}` }));
  await remove(tools, { repoURL, branch, head, target }, known);
  // Without its branch none can be opened any more; one that was being opened meanwhile is seen now.
  const after = await asking(forges.find(repoURL, way));
  if (after?.state === 'Open') await asking(forges.close(repoURL, after, note));
  if (commit === undefined) return undefined;
  return after?.state === 'Merged' && isAsked(commit) && isOurs(commit, after)
    ? merged(tools, commit, after, signal)
    : (await lookAtHeads(git, { commits: [commit] }, signal))[0];
}

/**
 * What is ours on a branch of which nobody has the record any more: one commit more than the other branch has, with the
 * files that it says were made for the ticket.
 */
async function listedFor(
  git: Git,
  repoURL: string,
  {
    head,
    target,
    ticket,
  }: { readonly head: string | undefined; readonly target: string | undefined; readonly ticket: string },
): Promise<string[]> {
  if (head === undefined || target === undefined) return [];
  const [{ parents }, { record }] = await Promise.all([git.describe(repoURL, head), branchContent(git, repoURL, head)]);
  const [parent, ...others] = parents;
  if (parent === undefined || others.length > 0 || record?.ticket !== ticket) return [];
  return (await git.contains(repoURL, parent, target)) ? [head] : [];
}
