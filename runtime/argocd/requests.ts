import type { ApplicationView } from '../journey/facts/application';
import { INITIATOR, REFRESH, REFRESH_TIMESTAMP, TICKET_INFO } from './annotations';

/** Body of a JSON merge patch on an Application. */
export type MergePatch = Readonly<Record<string, unknown>>;

/** What came of the wish to start a sync. */
export type SyncRequest =
  /** Send this patch; it names the resourceVersion, so a conflict means: look again. */
  | { readonly kind: 'Patch'; readonly patch: MergePatch }
  /** Argo CD already has this very request. */
  | { readonly kind: 'AlreadyRequested' }
  /** Another operation is under way; wait for its end. */
  | { readonly kind: 'Busy'; readonly message: string };

/**
 * Asks Argo CD to compare again, asking Git for the branch head first. `normal` does that already; `hard` would also
 * drop its caches of manifests and cluster, for every Application of the cluster.
 */
export function refreshPatch(now: Date): MergePatch {
  return { metadata: { annotations: { [REFRESH]: 'normal', [REFRESH_TIMESTAMP]: now.toISOString() } } };
}

/**
 * Starts a sync to exactly `commit`, once for each ticket.
 *
 * The refresh rides in the same write, since Argo CD may miss an operation alone; the old operation state goes in the
 * same write, since Argo CD would resume it.
 */
export function syncOperation(
  view: ApplicationView,
  { commit, ticketUid, now }: { readonly commit: string; readonly ticketUid: string; readonly now: Date },
): SyncRequest {
  const pending = view.operation;
  if (pending !== undefined) {
    if (pending.ticket === ticketUid && pending.revision === commit) return { kind: 'AlreadyRequested' };
    return { kind: 'Busy', message: `Argo CD runs a sync by ${pending.initiatedBy}; this one comes after it` };
  }
  return {
    kind: 'Patch',
    patch: {
      metadata: {
        resourceVersion: view.resourceVersion,
        annotations: { [REFRESH]: 'normal', [REFRESH_TIMESTAMP]: now.toISOString() },
      },
      operation: {
        initiatedBy: { username: INITIATOR, automated: true },
        info: [{ name: TICKET_INFO, value: ticketUid }],
        sync: {
          revision: commit,
          prune: view.automated.prune,
          ...(view.syncOptions.length > 0 ? { syncOptions: view.syncOptions } : {}),
        },
        ...(view.retry === undefined ? {} : { retry: view.retry }),
      },
      status: { operationState: null },
    },
  };
}
