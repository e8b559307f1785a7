/** Argo Rollouts as it is met through AnalysisRuns: each measures for a while and ends, earlier where it is told to. */

import { keyOf } from '../../../runtime/kube';
import { ANALYSIS_RUNS, type RawRun } from '../../../runtime/rollouts';
import type { SimulatedApi } from './api';
import type { Chance } from './chance';
import type { Timeline } from './timeline';

/** How an analysis ends. */
export type Outcome = 'Successful' | 'Failed' | 'Error' | 'Inconclusive';

const WHO = 'Argo Rollouts';
const OVER: readonly (string | undefined)[] = ['Successful', 'Failed', 'Error', 'Inconclusive'];

export interface RolloutsParts {
  readonly timeline: Timeline;
  readonly api: SimulatedApi;
  readonly chance: Chance;
  readonly outcome: (run: string) => Outcome;
}

export class Rollouts {
  constructor(private readonly parts: RolloutsParts) {
    const { api, timeline, chance } = parts;
    api.watch(ANALYSIS_RUNS, ({ type, object }) => {
      const key = keyOf(object.metadata);
      if (type === 'ADDED') {
        const begin = 200 + Math.floor(chance.next(`measures ${key}`) * 2_000);
        timeline.after(begin, () => this.#say(object, 'Running'));
        timeline.after(begin + 1_000 + Math.floor(chance.next(`measured ${key}`) * 60_000), () =>
          this.#say(object, parts.outcome(key)),
        );
      }
      // What it has measured until then is good enough.
      const told = (object as RawRun).spec?.terminate === true;
      if (type === 'MODIFIED' && told) timeline.after(300, () => this.#say(object, 'Successful'));
    });
  }

  #say({ metadata }: RawRun, phase: Outcome | 'Running'): void {
    const run = this.parts.api.get(ANALYSIS_RUNS, metadata);
    if (run === undefined || run.metadata.uid !== metadata.uid || OVER.includes(run.status?.phase)) return;
    const metricResults = [{ name: 'errors', phase, message: `it is ${phase}` }];
    this.parts.api.merge(ANALYSIS_RUNS, metadata, { status: { phase, metricResults } }, { by: WHO });
  }
}
