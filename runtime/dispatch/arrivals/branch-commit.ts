/** The commit that puts files on a rendered branch, with what is told about them (rules A7, D3). */

import { STATE_FILE, type ApplicationReference, type RenderedState } from '../../../lib/api';
import { blobId, type Git } from '../../git';
import type { PrepareApplication, PrepareJob } from '../../journey';
import type { Managed } from './adoption';
import { commitMessage } from './commit-message';
import type { Composition } from './compose';
import { ORIGIN_FILE, originFile, originTrailers } from './origin';
import { overwrittenBy, overwroteTrailers, type Overwritten } from './overwritten';
import { writeStateRecord, type BranchContent } from '../jobs/state-record';

/** Author and committer of every commit of ours. */
const AUTHOR = { name: 'K8sTA', email: 'transit@k8sta.io' } as const;

/** A branch as it is, and what shall be on it. */
export interface BranchChange {
  readonly application: PrepareApplication;
  readonly head: string | undefined;
  readonly parent: BranchContent | undefined;
  /** What of the head is ours to replace or remove. */
  readonly managed: Managed;
  readonly state: RenderedState;
  /** The good commit before. */
  readonly good: string | undefined;
  readonly composition: Composition;
}

/** Whether the branch has a file where we would tell whence ours come, and it is none of ours: it stays. */
export const isOriginForeign = ({ parent, managed }: Pick<BranchChange, 'parent' | 'managed'>): boolean =>
  parent?.files.has(ORIGIN_FILE) === true && managed.origin === undefined;

/** @param files path -> blob id of the composition's */
export async function commitOnBranch(
  git: Git,
  job: PrepareJob,
  change: BranchChange,
  files: Readonly<Record<string, string>>,
): Promise<{ readonly tree: string; readonly commit: string; readonly overwritten?: Overwritten }> {
  const { head, parent, managed, state, good, composition } = change;
  const { reference } = change.application;
  const application = `${reference.namespace}/${reference.name}`;
  const origin = isOriginForeign(change)
    ? undefined
    : (composition.origin ?? (await originFile(git, reference, state)));
  const told = origin === undefined ? [] : [[ORIGIN_FILE, origin] as const];
  const record = writeStateRecord({
    station: `${job.namespace}/${job.station}`,
    application,
    ticket: `${job.namespace}/${job.ticket}`,
    state,
    renderer: composition.renderer,
    ...(good === undefined ? {} : { good }),
    files: { ...files, ...Object.fromEntries(told.map(([path, bytes]) => [path, blobId(bytes)])) },
  });
  const write = new Map([...composition.files, [STATE_FILE, record], ...told]);
  const before = [...Object.keys(managed.files), ...(managed.origin === undefined ? [] : [ORIGIN_FILE])];
  const remove = before.filter((path) => !write.has(path));
  const overwritten = await overwrittenBy(
    git,
    job,
    change.application,
    { commit: head, content: parent },
    new Map([...remove.map((path) => [path, undefined] as const), ...[...write].map(withId)]),
  );
  const made = await git.commit(reference.repoURL, {
    ...(head === undefined ? {} : { parent: head }),
    remove,
    write,
    author: AUTHOR,
    date: job.start,
    message: commitMessage({
      ...job,
      application,
      more: [...overwroteTrailers(overwritten), ...originTrailers(origin)],
    }),
  });
  return { ...made, ...(overwritten && { overwritten }) };
}

/** The commit without files with which a branch begins that never existed, so that a pull request can be opened into it (rule D9). */
export async function emptyCommit(
  git: Git,
  { start, ...job }: PrepareJob,
  reference: ApplicationReference,
): Promise<{ readonly tree: string; readonly commit: string }> {
  const application = `${reference.namespace}/${reference.name}`;
  return git.commit(reference.repoURL, {
    remove: [],
    write: new Map(),
    author: AUTHOR,
    date: start,
    message: commitMessage({ ...job, application, more: [] }),
  });
}

const withId = ([path, bytes]: readonly [string, Uint8Array]): readonly [string, string] => [path, blobId(bytes)];
