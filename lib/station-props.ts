import type { Duration } from 'cdk8s';
import type { EntryGate, ExitGate } from './gate';
import type { IApplication, ITrack } from './reference';

export interface JunctionOptions {
  /**
   * A disabled junction is skipped, on the record.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/** A track that branches off, with what is said about it. */
export interface JunctionProps extends JunctionOptions {
  readonly track: ITrack;
}

/** How the pull requests of a station are merged. */
export interface PullRequestsProps {
  /**
   * Who merges them: people, or the runtime as soon as the forge and its checks allow it.
   *
   * @default 'People'
   */
  readonly merge?: 'People' | 'Automatic';
  /**
   * How the runtime merges them. People may merge as they like.
   *
   * @default 'Merge'
   */
  readonly method?: 'Merge' | 'Squash' | 'Rebase';
}

export interface StationProps {
  /**
   * `metadata.name`.
   *
   * @default - the construct path below the Chart, joined by `-`
   */
  readonly name?: string;
  /**
   * Applications that an arrival brings to its state, all together.
   *
   * @default - none
   */
  readonly applications?: readonly IApplication[];
  /**
   * Tracks that branch off here.
   *
   * @default - none
   */
  readonly junctions?: readonly (ITrack | JunctionProps)[];
  /**
   * What a ticket waits for before it may arrive.
   *
   * @default - nothing
   */
  readonly entry?: readonly EntryGate[];
  /**
   * What a ticket waits for before it departs.
   *
   * @default - nothing but synced and healthy
   */
  readonly exit?: readonly ExitGate[];
  /**
   * How commits enter the rendered branches.
   *
   * @default 'Push'
   */
  readonly via?: 'Push' | 'PullRequest';
  /**
   * Whether the forge of a source shows on its commits that they are in this station, or why not.
   *
   * @default false
   */
  readonly commitStatus?: boolean;
  /**
   * How pull requests are merged, with `via: 'PullRequest'`.
   *
   * @default - by people, as they like
   */
  readonly pullRequests?: PullRequestsProps;
  /**
   * How long an arrival may take from the moment the last branch shows the commit.
   *
   * @default Duration.minutes(30)
   */
  readonly timeout?: Duration;
  /**
   * How long Degraded is borne before the ticket fails.
   *
   * @default Duration.minutes(1)
   */
  readonly degradedGrace?: Duration;
  /**
   * How long a missing Application is waited for.
   *
   * @default Duration.minutes(10)
   */
  readonly missingTimeout?: Duration;
  /**
   * A disabled station is skipped, on the record.
   *
   * @default true
   */
  readonly enabled?: boolean;
}
