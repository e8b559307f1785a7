/** The annotations and markers through which K8sTA and Argo CD talk. */

/** Ask Argo CD to look again: `normal`, or `hard` to drop its caches too. Argo CD removes it when it has looked. */
export const REFRESH = 'argocd.argoproj.io/refresh';
/** When the refresh was asked for. Older versions of Argo CD leave it alone. */
export const REFRESH_TIMESTAMP = 'argocd.argoproj.io/refresh-timestamp';
/** `true` makes Argo CD leave the Application alone. */
export const SKIP_RECONCILE = 'argocd.argoproj.io/skip-reconcile';
/** `<namespace>/<name>` of the Station that may drive the Application from another namespace. */
export const AUTHORIZED_STATION = 'k8sta.io/authorized-station';

/** Who starts operations, in `operation.initiatedBy` and `operation.info`. */
export const INITIATOR = 'k8sta';
/** Name of the `operation.info` entry that carries the uid of the ticket: the key by which a repeat is recognised. */
export const TICKET_INFO = 'k8sta/ticket';
