/**
 * Reading and nudging Argo CD Applications: the projection that is kept of each, the judgement of what Argo CD says, the
 * conditions under which a station may drive one, and the bodies of the two requests made to Argo CD. All pure; the
 * Kubernetes client that carries them lives in `kube`, the waiting in `journey`.
 */
export { branchKey, branchKeysOf } from './branch';
export { judge, type Patience } from './judge';
export { outOfSight, preconditions, type Claim } from './preconditions';
export { type AppProjectView, type Deployed, type Destination, forbids, projectAppProject } from './permission';
export { projectApplication } from './project';
export { refreshPatch, syncOperation, type MergePatch, type SyncRequest } from './requests';
