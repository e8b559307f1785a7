import type { Resource } from '../kube';
import type { RawRun } from './project';
import type { RawTemplate } from './template';

const GROUP = { group: 'argoproj.io', version: 'v1alpha1' } as const;

export const ANALYSIS_RUNS: Resource<RawRun> = {
  ...GROUP,
  plural: 'analysisruns',
  kind: 'AnalysisRun',
  namespaced: true,
};

export const ANALYSIS_TEMPLATES: Resource<RawTemplate> = {
  ...GROUP,
  plural: 'analysistemplates',
  kind: 'AnalysisTemplate',
  namespaced: true,
};

export const CLUSTER_ANALYSIS_TEMPLATES: Resource<RawTemplate> = {
  ...GROUP,
  plural: 'clusteranalysistemplates',
  kind: 'ClusterAnalysisTemplate',
  namespaced: false,
};
