/** What a journey knows of an AnalysisRun of Argo Rollouts. Types only: `runtime/rollouts` reads the live object. */

/** Argo Rollouts' word for how a run, or one of its metrics, stands; empty before its controller has looked. */
export type AnalysisPhase = '' | 'Pending' | 'Running' | 'Successful' | 'Failed' | 'Error' | 'Inconclusive';

/** One metric of a run. */
export interface AnalysisMetric {
  readonly name: string;
  readonly phase: AnalysisPhase;
  /** Argo Rollouts' own words; empty where it has none. */
  readonly message: string;
}

/** What decisions need of an AnalysisRun of ours. */
export interface AnalysisView {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Name of the Station whose exit gate it is. */
  readonly station: string;
  readonly phase: AnalysisPhase;
  readonly message: string;
  readonly metrics: readonly AnalysisMetric[];
  /** It has been told to end. */
  readonly terminated: boolean;
}
