import { LABELS } from '../../lib/api';
import type { AnalysisPhase, AnalysisView } from '../journey/facts/analysis-view';
import type { KubeObject } from '../kube';

/** An AnalysisRun as the API has it; every field of its status may be missing. */
export interface RawRun extends KubeObject {
  readonly spec?: { readonly terminate?: boolean } & Readonly<Record<string, unknown>>;
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly metricResults?: readonly RawMetric[];
  };
}

interface RawMetric {
  readonly name?: string;
  readonly phase?: string;
  readonly message?: string;
  readonly measurements?: readonly { readonly message?: string; readonly value?: string }[];
}

const PHASES: readonly AnalysisPhase[] = ['Pending', 'Running', 'Successful', 'Failed', 'Error', 'Inconclusive'];

/** A phase that a later version may add is one that has not ended. */
const phaseOf = (phase: string | undefined): AnalysisPhase => PHASES.find((known) => known === phase) ?? '';

/** The metric's own words; where it has none, those of its last measurement. */
function wordsOf({ message, measurements = [] }: RawMetric): string {
  const last = measurements.at(-1);
  const value = last?.value === undefined ? '' : `measured ${last.value}`;
  return message ?? last?.message ?? value;
}

/** What decisions need of an AnalysisRun; measurements are left with Argo Rollouts. */
export function projectRun({ metadata, spec, status }: RawRun): AnalysisView {
  const { name, namespace = '', uid, resourceVersion, labels } = metadata;
  return {
    namespace,
    name,
    uid,
    resourceVersion,
    station: labels?.[LABELS.station] ?? '',
    phase: phaseOf(status?.phase),
    message: status?.message ?? '',
    metrics: (status?.metricResults ?? []).map((metric) => ({
      name: metric.name ?? '',
      phase: phaseOf(metric.phase),
      message: wordsOf(metric),
    })),
    terminated: spec?.terminate === true,
  };
}

/** Tells a run to end; Argo Rollouts stops measuring and keeps what it has. */
export const terminatePatch = (): object => ({ spec: { terminate: true } });
