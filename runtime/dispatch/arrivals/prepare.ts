/** The job `prepare`: the commits of one arrival are made in the mirror, and shown to nobody (rules A2-A8, D2, D3, D8). */

import { type ApplicationReference, type Change, type FailureReason, type RenderedState } from '../../../lib/api';
import { shortCommit } from '../../../lib/api/words';
import { messageOf, TerminalError } from '../../errors';
import { blobId, type Git } from '../../git';
import {
  applyCargo,
  commitsFor,
  comparisons,
  historyOf,
  ownershipOf,
  sameState,
  sourceBranchOf,
  type PrepareApplication,
  type Prepared,
  type PreparedApplication,
  type Ownership,
  type PrepareJob,
  type PreviewJob,
  type SourceHistory,
} from '../../journey';
import { plainSecrets, type Manifest, type Renderer } from '../../render';
import { commitOnBranch, emptyCommit, isOriginForeign, type BranchChange } from './branch-commit';
import { editAdopted, managedFiles, managedIds, takeOver, type Managed } from './adoption';
import { compose, type Composition } from './compose';
import { descent } from './descent';
import { treesOf } from './difference';
import { headFacts, placeOf, readHeads } from '../jobs/heads';
import { ORIGIN_FILE } from './origin';
import { wordsOfOverwritten } from './overwritten';
import { recover, type Recovered } from './recovery';
import { restored } from './restore';
import { branchContent, type BranchContent } from '../jobs/state-record';

export interface Tools {
  readonly git: Git;
  readonly renderer: Renderer;
  /** Judges what was rendered. @throws TerminalError in the words in which an arrival fails. @default - all is permitted */
  readonly assertPermitted?: (reference: ApplicationReference, manifests: readonly Manifest[]) => Promise<void>;
}

/** Failure reasons that a TerminalError of an adapter may name; anything else that is final counts as a failed render. */
const REASONS: readonly FailureReason[] = ['RenderFailed', 'OverlayMissing', 'SourceNotContained', 'NeverGood'];

export async function prepare(tools: Tools, job: PrepareJob, signal: AbortSignal): Promise<Prepared> {
  const places = job.applications.map(({ reference }) => ({ repoURL: reference.repoURL, branch: reference.branch }));
  const looking = readHeads(tools.git, places, signal);
  const begun = job.applications.map((application) => begin(tools, application, job.cargo, signal));
  const heads = await looking;
  return Promise.all(
    job.applications.map(async (application, at): Promise<PreparedApplication> => {
      const { reference } = application;
      try {
        return await prepareOne(tools, job, application, { head: heads.get(placeOf(reference)), ...begun[at] }, signal);
      } catch (error) {
        return failedBy(error, reference);
      }
    }),
  );
}

/** What does not depend on a branch's head is made while the heads are looked at. */
function begin(
  tools: Tools,
  application: PrepareApplication,
  changes: PreviewJob['changes'],
  signal: AbortSignal,
): { readonly changed?: Promise<Changed> } {
  if (application.good === undefined || application.restore !== undefined) return {};
  const made = changed(tools, application, application.good, changes, signal);
  // Whether anybody wants it is not known yet.
  made.catch(() => undefined);
  return { changed: made };
}

/** What is final ends the arrival in its own words. @throws everything else, since trying again may help */
export function failedBy(
  error: unknown,
  reference: ApplicationReference,
): Extract<PreparedApplication, { outcome: 'Failed' }> {
  if (!(error instanceof TerminalError)) throw error;
  const reason = REASONS.find((known) => known === error.reason) ?? 'RenderFailed';
  return { outcome: 'Failed', reference, reason, message: `${reference.name}: ${messageOf(error)}` };
}

async function prepareOne(
  tools: Tools,
  job: PrepareJob,
  application: PrepareApplication,
  before: { readonly head: string | undefined; readonly changed?: Promise<Changed> },
  signal: AbortSignal,
): Promise<PreparedApplication> {
  const found = { ...(await findGood(tools.git, application, before.head)), ...before };
  if (found.ownership.whose !== 'Ours' && found.ownership.whose !== 'Nobody') {
    return { outcome: 'Suspended', reference: application.reference, ownership: found.ownership };
  }
  return finish(tools, job, application, await workOut(tools, application, found, job.cargo, signal));
}

/** A branch as it is, and the good state that a change is put on. */
interface Found extends Recovered {
  readonly head: string | undefined;
  /** Whose the head is by the records of the cluster alone. */
  readonly recorded: Ownership;
  /** The changes on top of the good state, where that was begun before. */
  readonly changed?: Promise<Changed>;
}

interface Changed {
  readonly state: RenderedState;
  readonly composition: Composition;
}

/** @param head of the branch */
export async function findGood(git: Git, application: PrepareApplication, head: string | undefined): Promise<Found> {
  const { reference, listed, resumed } = application;
  const known = [...listed, ...(application.head === undefined ? [] : [application.head])];
  const facts = await headFacts(git, reference.repoURL, head, known);
  const recorded = ownershipOf(facts, application.head, listed, resumed);
  const found = await takeOver(git, reference, await recover(git, application, recorded));
  return { ...found, head, recorded };
}

/** What an application would show, and what its branch shows now. */
interface Result extends Omit<BranchChange, 'application'> {
  /** Read back from the branch, where the station had no record of it. */
  readonly recovered: { readonly commit: string; readonly state: RenderedState } | undefined;
}

/**
 * What an application would show: the good state with changes put on it, one after the other, or what a rollback puts back.
 *
 * @throws TerminalError with the words in which an arrival fails
 */
export async function workOut(
  tools: Tools,
  application: PrepareApplication,
  found: Found,
  changes: PreviewJob['changes'],
  signal: AbortSignal,
): Promise<Result> {
  const { git } = tools;
  const { reference } = application;
  const good = application.good ?? found.good;
  const { restore } = application;
  const { state, composition } =
    restore === undefined
      ? await (found.changed ?? changed(tools, application, good, changes, signal))
      : await restored(git, application, restore.commit);
  if (composition.manifests !== undefined) await tools.assertPermitted?.(reference, composition.manifests);
  const parent = found.head === undefined ? undefined : await branchContent(git, reference.repoURL, found.head);
  return {
    head: found.head,
    parent,
    managed: await managedIds(git, reference, found.recorded, parent),
    state,
    good: good?.commit,
    composition,
    recovered: application.good === undefined ? found.good : undefined,
  };
}

/** The good state with the changes on top, and its files. */
async function changed(
  tools: Tools,
  application: PrepareApplication,
  good: { readonly commit: string; readonly state: RenderedState } | undefined,
  changes: PreviewJob['changes'],
  signal: AbortSignal,
): Promise<Changed> {
  const { reference } = application;
  let state = good?.state ?? application.start ?? {};
  for (const { change, root } of changes) {
    state = applyCargo(state, [{ change, root }], reference, await sourceHistory(tools.git, change, reference, state));
  }
  return { state, composition: await filesOf(tools, application, good, state, signal) };
}

/** A state that the change leaves as it is keeps its files byte for byte; nothing is rendered for it (rule A6). */
async function filesOf(
  { git, renderer }: Tools,
  { reference }: PrepareApplication,
  good: { readonly commit: string; readonly state: RenderedState } | undefined,
  state: RenderedState,
  signal: AbortSignal,
): Promise<Composition> {
  if (good !== undefined && sameState(good.state, state)) return managedFiles(git, reference.repoURL, good.commit);
  if (good !== undefined && state.base === undefined) return editAdopted(git, reference, good.commit, state);
  return compose(git, renderer, reference, state, signal);
}

async function finish(
  { git }: Tools,
  job: PrepareJob,
  application: PrepareApplication,
  result: Result,
): Promise<PreparedApplication> {
  const { reference, resumed, restore } = application;
  const { head, parent, managed, state, composition, recovered } = result;
  const files = Object.fromEntries([...composition.files].map(([path, bytes]) => [path, blobId(bytes)]));
  const strangers = Object.keys(files).filter((path) => parent?.files.has(path) && !(path in managed.files));
  if (head !== undefined && strangers.length > 0 && !resumed.includes(head)) {
    return { outcome: 'Suspended', reference, ownership: { whose: 'ForeignCommit', head, paths: strangers } };
  }
  const prepared = {
    reference,
    trees: treesOf(shownFiles(parent, managed, files), files),
    state,
    renderer: composition.renderer,
    message: wordsOn(job, composition, isOriginForeign(result)),
    ...(recovered && { recovered }),
  };
  if (parent !== undefined && head !== undefined && restore?.fence !== true && showsAlready(parent, managed, files)) {
    const { tree } = await git.describe(reference.repoURL, head);
    return { ...prepared, outcome: 'NoChange', parent: head, tree, commit: head };
  }
  if (head === undefined && application.byRequest) {
    const message = `${prepared.message}; begins its branch with an empty commit, for a pull request into it`;
    return { ...prepared, ...(await emptyCommit(git, job, reference)), message, outcome: 'Commit' };
  }
  const { overwritten, ...made } = await commitOnBranch(git, job, { ...result, application }, files);
  const words = overwritten === undefined ? [] : [wordsOfOverwritten(overwritten)];
  const message = [prepared.message, ...words].join('; ');
  return { ...prepared, ...made, message, outcome: 'Commit', ...(head === undefined ? {} : { parent: head }) };
}

/** Path -> blob id of what the branch shows in the places that are ours, or would become ours. */
export function shownFiles(
  parent: BranchContent | undefined,
  managed: Managed,
  files: Readonly<Record<string, string>>,
): Record<string, string> {
  const paths = new Set([...Object.keys(managed.files), ...Object.keys(files)]);
  return Object.fromEntries(
    [...paths].flatMap((path) => {
      const oid = parent?.files.get(path)?.oid;
      return oid === undefined ? [] : [[path, oid]];
    }),
  );
}

/** Whether the branch shows these very files; what is told about them does not count (rule A7). */
function showsAlready(parent: BranchContent, managed: Managed, files: Readonly<Record<string, string>>): boolean {
  return (
    parent.record !== undefined &&
    Object.keys(managed.files).length === Object.keys(files).length &&
    Object.entries(files).every(([path, oid]) => parent.files.get(path)?.oid === oid)
  );
}

function wordsOn(job: PrepareJob, composition: Composition, isForeignOrigin: boolean): string {
  const { files, manifests = [], usedImages, usedCharts } = composition;
  const exposed = plainSecrets(manifests);
  const carried = (job.change.images ?? []).map((image) => image.repoURL);
  const unused = usedImages === undefined ? [] : carried.filter((image) => !usedImages.includes(image));
  const idle = (job.change.charts ?? []).filter(
    ({ repoURL, name }) => usedCharts?.some((used) => used.repoURL === repoURL && used.name === name) === false,
  );
  const count = `${files.size} file${files.size === 1 ? '' : 's'}`;
  return [
    count,
    ...(unused.length === 0 ? [] : [`no manifest uses ${unused.join(', ')}`]),
    ...(exposed.length === 0
      ? []
      : [`Git keeps the values of ${exposed.join(', ')} in plain text: encrypt them, or have them fetched`]),
    ...(isForeignOrigin ? [`${ORIGIN_FILE} on the branch is not ours and stays`] : []),
    ...(idle.length === 0 ? [] : [`the render uses no chart ${idle.map(({ name }) => name).join(', ')}`]),
  ].join('; ');
}

/** What has to be known of commits before a source change can be applied (rule A4). */
async function sourceHistory(
  git: Git,
  change: Change,
  reference: ApplicationReference,
  from: RenderedState,
): Promise<SourceHistory> {
  const { repoURL } = reference;
  const incoming = commitsFor(change, reference);
  if (incoming.length === 0) return { contains: () => false, onBranch: () => true };
  const branch = sourceBranchOf(reference);
  const recorded = comparisons(from, change, reference).map((pair) => pair.recorded);
  const question = { repoURL, branch, incoming: [...new Set(incoming)], recorded: [...new Set(recorded)] };
  const history = historyOf(await descent(git, { questions: [question] }));
  const stray = incoming.find((commit) => !history.onBranch(repoURL, commit));
  if (stray === undefined) return history;
  throw new TerminalError(
    `commit ${shortCommit(stray)} is not on branch ${branch} of ${repoURL}: merge it there first`,
    'SourceNotContained',
  );
}
