import type { ApplicationReference } from '../../../lib/api';

/** An Application `web` that goes from `main` to `env/prod` of a repository. */
export const referenceTo = (repoURL: string, more: Partial<ApplicationReference> = {}): ApplicationReference => ({
  name: 'web',
  namespace: 'argocd',
  repoURL,
  sourceBranch: 'main',
  branch: 'env/prod',
  folder: '',
  overlay: 'env/prod',
  layout: 'Files',
  adopt: false,
  enabled: true,
  ...more,
});
