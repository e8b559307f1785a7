/** The world in memory: branches, Argo CD and time, as far as a journey can tell them from the real ones. */

import { hash } from 'node:crypto';
import { Published } from './published';
import { branchKey } from './shelf';
import { SourceHistories } from './source';
import type { ApplicationReference, RenderedState } from '../lib/api';
import {
  applyCargo,
  EMPTY_TREE,
  ownershipOf,
  type AnalyseJob,
  type DescentJob,
  type FollowJob,
  type SourcesJob,
  type TagJob,
  type TipJob,
  type WalkJob,
  type AnalysisPhase,
  type AnalysisView,
  type Expectation,
  type Job,
  type JobResults,
  type Landing,
  type LandJob,
  type Prepared,
  type PreparedApplication,
  type PrepareApplication,
  type PrepareJob,
  type PreviewedApplication,
  type PreviewJob,
  type RecordedCommit,
  type Trees,
  type Verdict,
} from '../runtime/journey';

/** How an Application fares after each sync. */
export type HealthScript =
  /** Progressing for a while, then Healthy. @default 2000 ms */
  | { readonly healthyAfterMs: number }
  /** Still rolling out, until the script is changed. */
  | { readonly progressing: string }
  /** The commit is live no more: somebody changed or deleted live objects. */
  | { readonly drifts: string }
  /** Live objects are missing. */
  | { readonly missing: string }
  /** Degraded with these words, and it stays so. */
  | { readonly degraded: string }
  /** Paused by its Rollout, until the script is changed. */
  | { readonly suspended: string }
  /** The sync itself fails with these words. */
  | { readonly syncFails: string };

/** How a run of Argo Rollouts stands, and in which words. */
export interface AnalysisOutcome {
  readonly phase: Exclude<AnalysisPhase, ''>;
  readonly message: string;
}

interface Branch {
  readonly head: string;
  readonly tree: string;
  readonly landedAt: number;
}

const SYNC_MS = 1_000;
const HEALTHY_MS = 2_000;

const DEFAULT_SCRIPT: HealthScript = { healthyAfterMs: HEALTHY_MS };

type Waiting = Extract<Verdict, { outcome: 'Waiting' }>;

const waiting = (reason: Waiting['reason'], message: string): Waiting => ({
  outcome: 'Waiting',
  reason,
  message,
  synced: reason !== 'NotSynced',
});

/** One of the steps that Argo CD goes through by itself. */
const step = (message: string): Waiting => ({
  ...waiting('NotSynced', message),
  brief: 'waits for Argo CD to see and sync it',
});

export const applicationKey = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`;

const sha = (text: string): string => hash('sha1', text);

/** What a state shows: the same for equal images and commits, whoever put them there. */
function treeOf(reference: ApplicationReference, state: RenderedState, renderer: string): string {
  let text = `${applicationKey(reference)}\0${renderer}\0${state.base ?? ''}\0${state.overlay ?? ''}`;
  for (const { repoURL, tag = '', digest = '' } of state.images ?? []) text += `\0${repoURL}:${tag}@${digest}`;
  for (const { repoURL, name, version } of state.charts ?? []) text += `\0${repoURL}/${name}@${version}`;
  return sha(text);
}

/** Every application is one file here, so that its tree says what a digest over its files would. */
const digestOf = (tree: string): string => `sha256:${tree}${tree.slice(0, 24)}`;

const commitOf = (parent: string, tree: string, { start, ticket }: PrepareJob): string =>
  sha(`${parent}\0${tree}\0${start.getTime()}\0${ticket}`);

export class Model {
  readonly scripts = new Map<string, HealthScript>();
  /** Runs of Argo Rollouts, by `<namespace>/<name>`. */
  readonly runs = new Map<string, AnalysisView>();
  /** How runs of a template end, by its name. @default Successful */
  readonly outcomes = new Map<string, AnalysisOutcome>();
  /** Version of the renderer: another one writes other files from the same state. */
  renderer = '1';
  /** The source branches of all repositories. */
  readonly source = new SourceHistories();
  /** What registries of images and charts have. */
  readonly published = new Published();
  private readonly branches = new Map<string, Branch>();
  private readonly trees = new Map<string, string>();
  private readonly states = new Map<string, RenderedState>();

  /** How long Argo CD takes to sync what a branch shows, in milliseconds. */
  syncMs = SYNC_MS;

  constructor(private readonly now: () => Date) {}

  /** Takes over everything that another model holds. */
  become(other: Model): void {
    this.syncMs = other.syncMs;
    this.renderer = other.renderer;
    for (const [key, script] of other.scripts) this.scripts.set(key, script);
    for (const [key, run] of other.runs) this.runs.set(key, run);
    for (const [key, branch] of other.branches) this.branches.set(key, branch);
    for (const [commit, tree] of other.trees) this.trees.set(commit, tree);
    for (const [commit, state] of other.states) this.states.set(commit, state);
    for (const [template, outcome] of other.outcomes) this.outcomes.set(template, outcome);
    this.source.become(other.source);
    this.published.become(other.published);
  }

  /** The heads of all branches, by repository and name. */
  heads(): ReadonlyMap<string, string> {
    return new Map([...this.branches].map(([place, branch]) => [place, branch.head]));
  }

  /** The head of an application's branch. */
  head(reference: ApplicationReference): string | undefined {
    return this.branches.get(branchKey(reference))?.head;
  }

  /** The state that an application's branch shows. */
  state(reference: ApplicationReference): RenderedState | undefined {
    return this.states.get(this.head(reference) ?? '');
  }

  /** Does a job at once. */
  run(job: Job): JobResults[keyof JobResults] {
    switch (job.kind) {
      case 'look':
        return this.published.look(job);
      case 'prepare':
        return this.prepare(job);
      case 'preview':
        return job.applications.map((application) => this.preview(job, application));
      case 'land':
        return this.land(job);
      case 'heads':
        return job.commits.map((one) => this.standing(one));
      case 'close':
        return job.requests.flatMap(({ commit }) => (commit === undefined ? [] : [this.standing(commit)]));
      case 'relate':
        return job.commit === job.revision ? 'same' : 'foreign';
      case 'goods':
        return job.commits.map(({ commit }) => commit).filter((commit) => this.states.has(commit));
      case 'analyse':
        return this.analyse(job);
      default:
        return this.ask(job);
    }
  }

  /** What a job asks of source branches. */
  private ask(job: DescentJob | FollowJob | SourcesJob | TagJob | TipJob | WalkJob): JobResults[typeof job.kind] {
    switch (job.kind) {
      case 'descent':
        return this.source.descent(job);
      case 'follow':
        return this.source.follow(job);
      case 'sources':
        return job.branches.map((branch) => ({ ...branch, commit: this.source.head(branch) }));
      case 'tip':
        return { commit: this.source.head(job) };
      case 'tag':
        return this.source.choose(job);
      case 'walk':
        return this.source.walk(job);
    }
  }

  private prepare(job: PrepareJob): Prepared {
    return job.applications.map((application) => this.prepareOne(job, application));
  }

  private prepareOne(job: PrepareJob, application: PrepareApplication): PreparedApplication {
    const { reference, listed, resumed } = application;
    const head = this.head(reference);
    const kin = head === undefined ? [] : [{ commit: head, descends: true, touched: [] }];
    const ownership = ownershipOf({ head, kin }, application.head, listed, resumed);
    if (ownership.whose !== 'Ours' && ownership.whose !== 'Nobody')
      return { outcome: 'Suspended', reference, ownership };
    const state = this.stateAfter(job, application);
    const tree = treeOf(reference, state, this.renderer);
    const trees = this.difference(head, tree);
    if (head !== undefined && this.trees.get(head) === tree && application.restore?.fence !== true) {
      return { outcome: 'NoChange', reference, parent: head, tree, trees, commit: head, state, message: 'no change' };
    }
    if (head === undefined && application.byRequest) {
      const begun = commitOf('', EMPTY_TREE, job);
      return { outcome: 'Commit', reference, tree: EMPTY_TREE, trees, commit: begun, state, message: 'begins' };
    }
    const commit = commitOf(head ?? '', tree, job);
    this.trees.set(commit, tree);
    this.states.set(commit, state);
    return {
      outcome: 'Commit',
      reference,
      parent: head,
      tree,
      trees,
      commit,
      state,
      message: '1 file',
    };
  }

  private stateAfter({ cargo }: PrepareJob, { reference, good, start, restore }: PrepareApplication): RenderedState {
    const restored = restore === undefined ? undefined : this.states.get(restore.commit);
    return restored ?? applyCargo(good?.state ?? start ?? {}, cargo, reference, this.source);
  }

  private analyse(job: AnalyseJob): 'Started' {
    const { namespace, name, template, station } = job;
    const { phase, message } = this.outcomes.get(template) ?? { phase: 'Successful' as const, message: '' };
    const uid = `uid-of-run-${namespace}-${name}`;
    const metrics = [{ name: template, phase, message }];
    const run = { namespace, name, uid, resourceVersion: '1', station, phase, message: '', metrics, terminated: false };
    this.runs.set(`${namespace}/${name}`, run);
    return 'Started';
  }

  private preview(job: PreviewJob, { reference, good, start }: PrepareApplication): PreviewedApplication {
    const state = applyCargo(good?.state ?? start ?? {}, job.changes, reference, this.source);
    return {
      outcome: 'Trees',
      reference,
      trees: this.difference(this.head(reference), treeOf(reference, state, this.renderer)),
    };
  }

  private difference(head: string | undefined, tree: string): Trees {
    const changed = head !== undefined && this.trees.get(head) === tree ? 0 : 1;
    return { digest: digestOf(tree), changed, summary: changed === 0 ? 'no change' : '~file' };
  }

  /** Somebody merges every pull request as soon as it is open. */
  private land(job: LandJob): Landing {
    for (const one of job.commits) {
      const lands = one.push || one.request !== undefined;
      if (!lands || this.head(one.reference) !== one.parent) continue;
      const tree = this.trees.get(one.commit) ?? '';
      const branch = { head: one.commit, tree, landedAt: this.now().getTime() };
      this.branches.set(branchKey(one.reference), branch);
    }
    return job.commits.map((one) => this.standing(one));
  }

  private standing(one: RecordedCommit): Landing[number] {
    const { reference } = one;
    const head = this.head(reference);
    if (head !== undefined && one.listed.includes(head)) return { outcome: 'Shown', reference, commit: head };
    return head !== one.parent
      ? { outcome: 'Withdraw', reference, message: 'the branch has moved on' }
      : { outcome: 'NotShown', reference, message: 'the branch does not show the commit yet' };
  }

  /** What Argo CD would say of an application now. */
  judge(reference: ApplicationReference, expectation: Expectation): Verdict {
    const branch = this.branches.get(branchKey(reference));
    if (branch?.head !== expectation.commit) return step('Argo CD has not seen the commit');
    const script = (this.scripts.size > 0 && this.scripts.get(applicationKey(reference))) || DEFAULT_SCRIPT;
    const { landedAt } = branch;
    const age = this.now().getTime() - landedAt;
    if (age < this.syncMs) return { ...step('Argo CD is syncing'), recheckAt: new Date(landedAt + this.syncMs) };
    if ('syncFails' in script) return { outcome: 'Failed', reason: 'SyncFailed', message: script.syncFails };
    if ('degraded' in script) return waiting('Degraded', script.degraded);
    if ('suspended' in script) return waiting('Suspended', script.suspended);
    if ('progressing' in script) return waiting('Progressing', script.progressing);
    if ('drifts' in script) return waiting('NotSynced', script.drifts);
    if ('missing' in script) return { ...waiting('Progressing', script.missing), synced: false };
    const { healthyAfterMs } = script;
    if (age < healthyAfterMs)
      return { ...waiting('Progressing', 'rolling out'), recheckAt: new Date(landedAt + healthyAfterMs) };
    return { outcome: 'Synced', revision: branch.head };
  }
}
