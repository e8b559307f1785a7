import type { KubeObject } from '../kube';

/** Another template whose metrics and arguments a template takes in. */
export interface TemplateReference {
  readonly templateName?: string;
  readonly clusterScope?: boolean;
}

interface Argument {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: object;
}

/** An AnalysisTemplate or ClusterAnalysisTemplate; what is only copied is not looked into. */
export interface RawTemplate extends KubeObject {
  readonly spec?: {
    readonly metrics?: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
    readonly args?: readonly Argument[];
    readonly dryRun?: readonly object[];
    readonly measurementRetention?: readonly object[];
    readonly templates?: readonly TemplateReference[];
  };
}

/** A template and what it is called in messages. */
export interface NamedTemplate {
  readonly title: string;
  readonly template: RawTemplate;
}

/** Several templates as one. */
export interface Flat {
  readonly metrics: readonly { readonly name: string }[];
  readonly args: readonly Argument[];
  readonly dryRun: readonly object[];
  readonly measurementRetention: readonly object[];
}

/**
 * Templates put together, as Argo Rollouts does for a Rollout: metric names are unique, and templates that share an
 * argument agree on its value.
 *
 * @returns the whole, or what contradicts itself
 */
export function flatten(templates: readonly NamedTemplate[]): Flat | { readonly problem: string } {
  const metrics = new Map<string, { readonly name: string }>();
  const args = new Map<string, Argument>();
  for (const { title, template } of templates) {
    for (const metric of template.spec?.metrics ?? []) {
      if (metrics.has(metric.name))
        return { problem: `two metrics are called ${metric.name}, one of them in ${title}` };
      metrics.set(metric.name, metric);
    }
    for (const argument of template.spec?.args ?? []) {
      const before = args.get(argument.name);
      if (before?.value !== undefined && argument.value !== undefined && before.value !== argument.value) {
        return { problem: `argument ${argument.name} is ${before.value}, and ${argument.value} in ${title}` };
      }
      args.set(argument.name, { ...argument, ...before });
    }
  }
  if (metrics.size === 0) return { problem: 'it has no metrics' };
  return {
    metrics: [...metrics.values()],
    args: [...args.values()],
    dryRun: templates.flatMap(({ template }) => template.spec?.dryRun ?? []),
    measurementRetention: templates.flatMap(({ template }) => template.spec?.measurementRetention ?? []),
  };
}
