/**
 * Argo Rollouts' analyses as the runtime needs them: what is kept of an AnalysisRun, how one is made from its templates,
 * and the kinds. All pure; the Kubernetes client that carries it lives in `kube`, the waiting in `journey`.
 */

export { ANALYSIS_RUNS, ANALYSIS_TEMPLATES, CLUSTER_ANALYSIS_TEMPLATES } from './kinds';
export { analysisRun, type RunOrder } from './run';
export { projectRun, terminatePatch, type RawRun } from './project';
export type { NamedTemplate, TemplateReference } from './template';
