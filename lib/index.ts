/**
 * The language: what a team imports to describe its delivery network. Lives here: constructs and the value objects that
 * their props take. May not: see the machine that runs the network, or load anything that a unit test would wait for.
 */

export { Duration } from 'cdk8s';
export { Application, type ApplicationProps, type ExistingApplicationProps, type SyncProps } from './application';
export type { ApplicationReferenceProps } from './application-reference';
export type { Destination, DestinationProps } from './destination';
export {
  EntryGate,
  ExitGate,
  Gate,
  type AnalysisOptions,
  type ApprovalOptions,
  type EntryCondition,
  type ExitCondition,
  type GateWindow,
} from './gate';
export { GitRepository, type GitRepositoryOptions } from './git-repository';
export { HelmChart, type HelmChartOptions } from './helm-chart';
export type { IApplication, IStation, ITrack, ReferenceOptions } from './reference';
export { Render, type HelmOptions } from './render';
export { Station } from './station';
export type { JunctionOptions, JunctionProps, PullRequestsProps, StationProps } from './station-props';
export { Subject, type ServiceAccountOptions, type SubjectSpec } from './subject';
export {
  Subscription,
  type ChartSubscriptionOptions,
  type ImageChoice,
  type ImageFilter,
  type ImageSubscriptionOptions,
  type SourceSubscriptionOptions,
} from './subscription';
export { Track, type TrackProps } from './track';
export { Value } from './value';
