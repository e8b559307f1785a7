/**
 * The decisions, pure: a snapshot and the time make a plan. Lives here: every rule of the journey. May not live here:
 * I/O, a clock, a client, a logger, randomness, or an import of anything but the resource model and the network.
 */

export type { AnalysisMetric, AnalysisPhase, AnalysisView } from './analysis-view';
export * from './application';
export { changeLine } from './change';
export { commitReports, type CommitReport } from './commit-reports';
export { decideTrack } from './decide';
export { decideGoneStation, decideStation } from './station';
export { digestOfTrees, treeDigest } from './fingerprint';
export { isSameTicket } from './identity';
export { historyOf } from './descent';
export * from './job';
export { NO_COMMIT, ownershipOf, type HeadFacts, type Kinship, type Ownership } from './ownership';
export { futureOf, previewOf } from './preview';
export type { Plan, Step } from './plan';
export { isOnRecord, pushesOverAt } from './push';
export { Recall } from './recall';
export { EMPTY_TREE } from './request';
export type { Facts, Line, Sight, Snapshot, StationSnapshot } from './snapshot';
export {
  applyCargo,
  commitsFor,
  comparisons,
  overlayPath,
  sameRepository,
  sameState,
  sourceBranchOf,
  type SourceHistory,
} from './state';
export type { SurveyQuestion, TagChoice, TagJob, Tip, TipJob, Walk, WalkJob } from './source-job';
export { survey } from './survey';
export { namingPaths } from './suspension';
export { ranksAbove, selectChart, selectTag, versionRanksAbove, type Selection, type TagFact } from './selection';
export { tagStories, type Considered, type TagStory } from './tag-stories';
export { siftTags, tagFilter, together, type Sifted, type TagFilters } from './tag-filter';
export { windowStates, type WindowState } from './window';
export { transitionsOf, type Transition } from './transitions';
