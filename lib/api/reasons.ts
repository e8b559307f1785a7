/** The closed vocabularies of status: one source for API, decisions, metrics, matchers and pages. */

/** Every ending and every state of a ticket's ride. */
export const PHASES = ['Standing', 'Arriving', 'Suspended', 'Completed', 'Failed', 'Aborted', 'Superseded'] as const;
export type Phase = (typeof PHASES)[number];

/** The phases that a ticket never leaves (invariant I1). */
export const ENDINGS = ['Completed', 'Failed', 'Aborted', 'Superseded'] as const satisfies readonly Phase[];
export type Ending = (typeof ENDINGS)[number];

/** Whether a ticket with this status has ended. */
export const hasEnded = (status: { readonly phase?: Phase } | undefined): boolean =>
  ENDINGS.some((ending) => ending === status?.phase);

/** Why a ticket is not moving (rule E4). */
export const WAITING_REASONS = [
  'StationOccupied',
  'OlderTicket',
  'StationMissing',
  'StationDisabled',
  'TrackDisabled',
  'Held',
  'Halted',
  'Approval',
  'Window',
  'Completed',
  'Follow',
  'Rendering',
  'Pushing',
  'PullRequest',
  'ApplicationMissing',
  'NotConsented',
  'WrongBranch',
  'SharedBranch',
  'SharedStation',
  'NotSynced',
  'Progressing',
  'Degraded',
  'Suspended',
  'Soak',
  'Analysis',
  'ForeignCommit',
  'HistoryRewritten',
  'BranchDeleted',
  'ForeignBranch',
  'GitUnavailable',
  'RendererUnavailable',
  'ArgoCDUnavailable',
] as const;
export type WaitingReason = (typeof WAITING_REASONS)[number];

/** What a visit of a station came to. */
export const STAMP_RESULTS = [
  'Arrived',
  'NoChange',
  'AlreadyContained',
  'Skipped',
  'Failed',
  'Aborted',
  'RolledBack',
] as const;
export type StampResult = (typeof STAMP_RESULTS)[number];

/** Why a junction made no ticket (rules B6, C7). */
export const JUNCTION_SKIPS = ['Disabled', 'InLineage', 'NotConsented', 'TrackMissing'] as const;
export type JunctionSkip = (typeof JUNCTION_SKIPS)[number];

/** Why a ticket failed. */
export const FAILURE_REASONS = [
  'RenderFailed',
  'PushRejected',
  'SyncFailed',
  'ComparisonError',
  'InvalidSpec',
  'Degraded',
  'DeadlineExceeded',
  'AnalysisFailed',
  'ApplicationMissing',
  'PullRequestClosed',
  'SourceNotContained',
  'ChildFailed',
  'TrackGone',
  'OverlayMissing',
  'NeverGood',
  'TooLarge',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];
