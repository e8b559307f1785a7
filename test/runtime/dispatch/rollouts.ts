/** Argo Rollouts as a test plays it: its kinds, templates, and what its controller would write into a run. */

import { ANALYSIS_RUNS, ANALYSIS_TEMPLATES, CLUSTER_ANALYSIS_TEMPLATES, type RawRun } from '../../../runtime/rollouts';
import { eventually } from '../../waiting';
import type { Yard } from './yard';

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export class Rollouts {
  constructor(
    private readonly yard: Yard,
    private readonly namespace: string,
  ) {}

  /** Teaches the cluster the kinds. */
  async install(): Promise<void> {
    for (const { group, version, plural, kind, namespaced } of [
      ANALYSIS_RUNS,
      ANALYSIS_TEMPLATES,
      CLUSTER_ANALYSIS_TEMPLATES,
    ]) {
      const schema = { openAPIV3Schema: { type: 'object', properties: { spec: anything, status: anything } } };
      await this.yard.apply({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `${plural}.${group}` },
        spec: {
          group,
          names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
          scope: namespaced ? 'Namespaced' : 'Cluster',
          versions: [{ name: version, served: true, storage: true, schema }],
        },
      } as never);
    }
  }

  /** A template with one metric that takes these arguments. */
  async template(name: string, args: readonly string[]): Promise<void> {
    await this.yard.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { name, namespace: this.namespace },
      spec: {
        args: args.map((argument) => ({ name: argument })),
        metrics: [{ name: 'success-rate', provider: { web: { url: 'http://127.0.0.1:1/{{args.version}}' } } }],
      },
    } as never);
  }

  /** The one run of the namespace, once it is there. */
  run(): Promise<RawRun> {
    const runs = this.yard.cluster.objects(ANALYSIS_RUNS);
    return eventually(`a run in ${this.namespace}`, async () => {
      const { items } = await runs.list({ namespace: this.namespace });
      if (items.length > 1) throw new Error(`there are ${items.length} runs`);
      return items[0];
    });
  }

  /** What the controller makes of a run. */
  async say({ metadata }: RawRun, phase: string, message = ''): Promise<void> {
    const metricResults = [{ name: 'success-rate', phase, message }];
    await this.yard.cluster.objects(ANALYSIS_RUNS).merge(metadata, { status: { phase, metricResults } });
  }
}
