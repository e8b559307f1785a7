/** Names that the API, the constructs, the runtime and Git share. */

export const GROUP = 'k8sta.io';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;
export const CATEGORY = 'k8sta';

export const LABELS = {
  /** On a Ticket: uid of the Track it rides (or, for an express ticket, whose subscription made it). */
  track: `${GROUP}/track`,
  /** On a Ticket: uid of the first ticket of its lineage. */
  root: `${GROUP}/root`,
  /** On an AnalysisRun: uid of the Ticket that it was made for. */
  ticket: `${GROUP}/ticket`,
  /** On an AnalysisRun: name of the Station whose exit gate it is. */
  station: `${GROUP}/station`,
  /** On a Secret: `git`, `signing`, `registry` or `forge`, and its key `url` is what it serves; or `webhook`, `dashboard`. */
  credential: `${GROUP}/credential`,
} as const;

/** Verbs of ours that Kubernetes authorises, on a Station; `hold` on a Track too (rule G4). */
export const VERBS = {
  /** Say yes to the trees that a ticket brings to this Station; take its approval gate away. */
  approve: 'approve',
  /** Hold and release the Station or Track; hold, release, resume, abort and retry a ticket there. */
  hold: 'hold',
  /** Put earlier good commits back at this Station. */
  rollback: 'rollback',
} as const;

export const ANNOTATIONS = {
  /** On an Argo CD Application: `<namespace>/<station>` of the one Station that may write its branch (rule G5). */
  authorizedStation: `${GROUP}/authorized-station`,
} as const;

/** Trailers of every commit that an arrival makes (rule D3). They inform people; nothing decides by them (rule D8). */
export const TRAILERS = {
  ticket: 'K8sTA-Ticket',
  station: 'K8sTA-Station',
  application: 'K8sTA-Application',
  change: 'K8sTA-Change',
  approvedBy: 'K8sTA-Approved-By',
  /** The person who told us to write over what a branch showed (rule D8). */
  resumedBy: 'K8sTA-Resumed-By',
  /** A path that was written over at that word; one trailer for each. */
  overwrote: 'K8sTA-Overwrote',
} as const;

/** Where, on a rendered branch, the copy of the rendered state lives (rule A7). */
export const STATE_FILE = '.k8sta/state.yaml';

/** The Argo CD side of the contract. */
export const ARGOCD = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  apiVersion: 'argoproj.io/v1alpha1',
  namespace: 'argocd',
  project: 'default',
  cluster: 'in-cluster',
} as const;

export const DEFAULT_SOURCE_BRANCH = 'main';
