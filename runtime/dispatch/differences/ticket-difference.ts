/** What one ticket changes, file by file: foreseen where it stands, read from its commits where it has arrived (rule F2). */

import type { Ticket } from '../../../lib/api';
import { TerminalError } from '../../errors';
import { digestOfTrees, previewOf, treeDigest, type PreviewJob } from '../../journey';
import { fileChanges, type FileChange } from '../arrivals/difference';
import { foresee } from '../arrivals/preview';
import type { Tools } from '../arrivals/prepare';
import { reading, stationNow, type ReadingOptions } from './reading';
import type { World } from '../caches/world';

export interface DifferenceOptions extends Tools, ReadingOptions {
  /** Name of the ticket. */
  readonly ticket: string;
}

/** One file; empty where it is not there, and where it is no text. */
export interface FileDifference {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** Either side is no text. */
  readonly binary?: true;
}

export interface ApplicationDifference {
  /** `<namespace>/<name>`. */
  readonly application: string;
  readonly repoURL: string;
  readonly branch: string;
  readonly files: readonly FileDifference[];
  /** Why nothing can be shown. */
  readonly problem?: string;
}

export interface TicketDifference {
  readonly ticket: Ticket;
  readonly station: string;
  /** What an approval of exactly this names; absent where the ticket does not stand there any more. */
  readonly digest?: string;
  readonly applications: readonly ApplicationDifference[];
}

/** @throws TerminalError where there is no such ticket, or nothing that it changes */
export async function differenceOf(options: DifferenceOptions, signal: AbortSignal): Promise<TicketDifference> {
  const key = `${options.namespace}/${options.ticket}`;
  return reading(options, (world) => {
    const kept = world.tickets.get(key);
    if (kept === undefined) throw new TerminalError(`there is no ticket ${key}`);
    if (kept.resource === undefined) throw new TerminalError(kept.problems.join(' '));
    return differenceFor(options, world, kept.resource, signal);
  });
}

/** @throws TerminalError where the ticket changes nothing that could be shown */
export async function differenceFor(
  tools: Tools,
  world: World,
  ticket: Ticket,
  signal: AbortSignal,
): Promise<TicketDifference> {
  const { namespace, name } = ticket.metadata;
  const { station, phase, arrival } = ticket.status ?? {};
  if (station === undefined) throw new TerminalError(`${name} has not boarded: it stands before no station yet`);
  if (phase !== 'Standing') {
    if (arrival === undefined) throw new TerminalError(`${name} is ${phase}, and has made no commit`);
    return { ticket, station: arrival.station, applications: await committed(tools, ticket) };
  }
  const snapshot = stationNow(world, `${namespace}/${station}`);
  const job = snapshot && previewOf(snapshot, ticket);
  if (job === undefined)
    throw new TerminalError(`${name} stands before ${station}, where nothing is known of its track`);
  return { ticket, station, ...(await foreseenBy(tools, job, signal)) };
}

/** What the applications of a job would show, beside what their branches show; and the digest of it all, where it is known. */
export async function foreseenBy(
  tools: Tools,
  job: PreviewJob,
  signal: AbortSignal,
): Promise<Pick<TicketDifference, 'digest' | 'applications'>> {
  const trees = new Map<string, string>();
  const applications: ApplicationDifference[] = [];
  for (const one of await foresee(tools, job, signal)) {
    const { name, namespace, repoURL, branch } = one.reference;
    const place = { application: `${namespace}/${name}`, repoURL, branch };
    if (one.outcome === 'Failed') {
      applications.push({ ...place, files: [], problem: one.message });
      continue;
    }
    trees.set(place.application, treeDigest(one.files));
    const after = (path: string): Uint8Array | undefined => one.contents.get(path);
    applications.push({ ...place, files: await texts(tools, repoURL, one.changes, after) });
  }
  const complete = applications.every(({ problem }) => problem === undefined);
  return { ...(complete && { digest: digestOfTrees(trees) }), applications };
}

/** What the last arrival has put on each branch, between its commit and the one before. */
async function committed(tools: Tools, ticket: Ticket): Promise<ApplicationDifference[]> {
  const { git } = tools;
  const recorded = (ticket.status?.arrival?.applications ?? []).filter((one) => one.result === 'Commit');
  return Promise.all(
    recorded.map(async ({ namespace, name, repoURL = '', branch = '', parent, commit }) => {
      const ids = async (revision: string | undefined): Promise<Record<string, string>> => {
        if (revision === undefined) return {};
        const files = await git.files(repoURL, revision);
        return Object.fromEntries([...files].map(([path, { oid }]) => [path, oid]));
      };
      const changes = fileChanges(await ids(parent), await ids(commit));
      const files = await texts(tools, repoURL, changes);
      return { application: `${namespace}/${name}`, repoURL, branch, files };
    }),
  );
}

async function texts(
  { git }: Tools,
  repoURL: string,
  changes: readonly FileChange[],
  after: (path: string) => Uint8Array | undefined = () => undefined,
): Promise<FileDifference[]> {
  const known = changes.flatMap((change) =>
    [change.before ?? [], after(change.path) ? [] : (change.after ?? [])].flat(),
  );
  const blobs = await git.blobs(repoURL, new Set(known));
  return changes.map(({ path, before, after: id }) => {
    const sides = [before && blobs.get(before), id && (after(path) ?? blobs.get(id))].map((bytes) =>
      textOf(bytes || EMPTY),
    );
    const [old, young] = sides;
    if (old === undefined || young === undefined) return { path, before: '', after: '', binary: true };
    return { path, before: old, after: young };
  });
}

const EMPTY = new Uint8Array();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Nothing where the bytes are no text. */
function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
