/**
 * The decisions, pure: a snapshot and the time make a plan. Lives here: every rule of the journey. May not live here:
 * I/O, a clock, a client, a logger, randomness, or an import of anything but the resource model and the network.
 *
 * Its rooms, each seeing only those before it: `facts`, what a decision reads and what is worked out of it; `plan`, what
 * it asks for and why it waits; `visits`, a ticket's stay at a station in parts; `gates`, what lets it in; `order`, whose
 * turn it is; `arrival`, the stages from the first commit to the departure. `subscriptions`, where tickets come from by
 * themselves, sees the first three.
 */

export type { AnalysisMetric, AnalysisPhase, AnalysisView } from './facts/analysis-view';
export * from './facts/application';
export { changeLine } from './facts/change';
export { commitReports, type CommitReport } from './commit-reports';
export { decideTrack } from './decide';
export { decideGoneStation, decideStation } from './station';
export { digestOfTrees, treeDigest } from './facts/fingerprint';
export { isSameTicket } from './facts/identity';
export { historyOf } from './visits/descent';
export * from './facts/job';
export { once } from './facts/once';
export { goneTrack } from './facts/single';
export { NO_COMMIT, ownershipOf, type HeadFacts, type Kinship, type Ownership } from './facts/ownership';
export { futureOf, previewOf } from './gates/preview';
export type { Plan, Step } from './plan/plan';
export { isOnRecord, pushesOverAt } from './arrival/push';
export { Recall } from './plan/recall';
export { EMPTY_TREE } from './visits/request';
export type { Facts, Line, Sight, Snapshot, StationSnapshot } from './facts/snapshot';
export {
  applyCargo,
  commitsFor,
  comparisons,
  overlayPath,
  sameRepository,
  sameState,
  sourceBranchOf,
  type SourceHistory,
} from './facts/state';
export type { SurveyQuestion, TagChoice, TagJob, Tip, TipJob, Walk, WalkJob } from './facts/source-job';
export { survey } from './subscriptions/survey';
export { namingPaths } from './plan/suspension';
export {
  behind,
  ranksAbove,
  selectChart,
  selectTag,
  versionRanksAbove,
  type Selection,
  type TagFact,
} from './subscriptions/selection';
export { tagStories, type Considered, type TagStory } from './subscriptions/tag-stories';
export { siftTags, tagFilter, together, type Sifted, type TagFilters } from './subscriptions/tag-filter';
export { windowStates, type WindowState } from './gates/window';
export { transitionsOf, type Transition } from './facts/transitions';
