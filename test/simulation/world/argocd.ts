/**
 * Argo CD as it is met through its Applications: it looks at branches when it is asked to or when its own time comes,
 * syncs, rolls out, and writes sync, operation and health at different moments.
 */

import { APPLICATIONS } from '../../../runtime/resources';
import { keyOf, type KubeObject } from '../../../runtime/kube';
import type { SimulatedApi } from './api';
import type { Chance } from './chance';
import type { GitServers } from './git-server';
import type { Timeline } from './timeline';

/** How a release fares in the cluster. */
export type Health = 'Healthy' | 'Degraded' | 'Suspended' | 'SyncFails';

interface Operation {
  readonly info?: readonly object[];
  readonly sync?: { readonly revision?: string };
}

interface Application extends KubeObject {
  readonly spec: {
    readonly source: { readonly repoURL: string; readonly targetRevision: string; readonly path: string };
    readonly destination: object;
    readonly syncPolicy?: { readonly automated?: object };
  };
  readonly operation?: Operation;
  readonly status?: {
    readonly operationState?: { readonly phase: string; readonly syncResult?: { readonly revision?: string } };
    readonly health?: { readonly status: string };
    readonly conditions?: readonly { readonly type: string; readonly lastTransitionTime: string }[];
  };
}

interface Live {
  commit: string;
  /** Counts syncs, so that what an older one had to say is not said any more. */
  rollout: number;
}

const WHO = 'Argo CD';
const REFRESH = 'argocd.argoproj.io/refresh';
const REFRESHED_AT = 'argocd.argoproj.io/refresh-timestamp';
/** Longest time between two looks that nobody asked for. */
const POLL_MS = 180_000;

export interface ArgoCdParts {
  readonly timeline: Timeline;
  readonly api: SimulatedApi;
  readonly git: GitServers;
  readonly chance: Chance;
  /** What becomes of a commit once it is synced. */
  readonly fate: (application: string, commit: string) => Health;
}

export class ArgoCd {
  readonly #live = new Map<string, Live>();
  readonly #looking = new Set<string>();
  #seen = 0;

  constructor(private readonly parts: ArgoCdParts) {
    parts.api.watch(APPLICATIONS, ({ type, object }) => {
      if (type === 'DELETED') return;
      if (type === 'ADDED') this.#look(keyOf(object.metadata), 1_500);
      if (object.metadata.annotations?.[REFRESH] !== undefined) this.#look(keyOf(object.metadata), 1_500);
      // The operation that somebody else asked for.
      if ((object as Application).operation?.info !== undefined) this.#look(keyOf(object.metadata), 1_500);
    });
  }

  /** Told after anything may have moved on a Git server: what nobody asks for is found out in time. */
  noticeHeads(): void {
    const { git } = this.parts;
    for (const { repoURL, branch } of git.history.slice(this.#seen)) {
      for (const application of this.#applications()) {
        const { source } = application.spec;
        if (source.repoURL === repoURL && source.targetRevision === branch) {
          this.#look(keyOf(application.metadata), POLL_MS);
        }
      }
    }
    this.#seen = git.history.length;
  }

  /** Something in the cluster changes by itself: a pod that crashes, a person who resumes a rollout. */
  turn(application: string, health: 'Healthy' | 'Degraded' | 'Progressing'): void {
    const live = this.#live.get(application);
    if (live === undefined) return;
    live.rollout += 1;
    this.#write(application, { status: { health: this.#health(health) } });
  }

  #applications(): Application[] {
    // The world stores nothing else under this kind.
    return this.parts.api.list(APPLICATIONS) as Application[];
  }

  #find(key: string): Application | undefined {
    const [namespace = '', name = ''] = key.split('/');
    return this.parts.api.get(APPLICATIONS, { namespace, name }) as Application | undefined;
  }

  #write(key: string, patch: object): void {
    const [namespace = '', name = ''] = key.split('/');
    if (this.#find(key) !== undefined) this.parts.api.merge(APPLICATIONS, { namespace, name }, patch, { by: WHO });
  }

  #written(): string {
    return new Date(this.parts.timeline.now).toISOString().replace(/\.\d+Z$/, 'Z');
  }

  #health(status: string): object {
    return { status, lastTransitionTime: this.#written() };
  }

  #look(key: string, within: number): void {
    const { timeline, chance } = this.parts;
    const asked = within < POLL_MS;
    if (this.#looking.has(`${key} ${asked}`)) return;
    this.#looking.add(`${key} ${asked}`);
    timeline.after(50 + Math.floor(chance.next(`look ${key}`) * within), () => {
      this.#looking.delete(`${key} ${asked}`);
      this.#compare(key);
    });
  }

  #compare(key: string): void {
    const application = this.#find(key);
    if (application === undefined) return;
    const { source, destination } = application.spec;
    const head = this.parts.git.head(source.repoURL, source.targetRevision);
    const annotations = application.metadata.annotations ?? {};
    const answered =
      annotations[REFRESH] === undefined ? {} : { annotations: { [REFRESH]: null, [REFRESHED_AT]: null } };
    const compared = { metadata: answered };
    const status = { reconciledAt: this.#written() };
    const comparedTo = { source, destination };
    if (head === undefined) {
      const message = `unable to resolve '${source.targetRevision}' to a commit SHA`;
      const since = application.status?.conditions?.find((one) => one.type === 'ComparisonError')?.lastTransitionTime;
      const conditions = [{ type: 'ComparisonError', message, lastTransitionTime: since ?? this.#written() }];
      this.#write(key, {
        ...compared,
        status: { ...status, conditions, sync: { status: 'Unknown', revision: null, comparedTo } },
      });
      return;
    }
    const live = this.#live.get(key);
    const synced = live !== undefined && this.#shows(live.commit) === this.#shows(head);
    // An Application that was made anew finds what the one before it had rolled out.
    const found = synced && application.status?.health === undefined;
    this.#write(key, {
      ...compared,
      status: {
        ...status,
        conditions: null,
        sync: { status: synced ? 'Synced' : 'OutOfSync', revision: head, comparedTo },
        ...(found && { health: this.#health(this.parts.fate(key, live.commit)) }),
      },
    });
    this.#startSync(key, synced ? undefined : head);
  }

  /** What Argo CD reads of a commit: the manifests at its root. */
  #shows(commit: string): string {
    const files = this.parts.git.objects.filesNow(commit);
    const manifests = [...files].filter(([path]) => !path.includes('/') && path.endsWith('.yaml'));
    return manifests
      .map(([path, oid]) => `${path} ${oid}`)
      .sort()
      .join(' ');
  }

  #startSync(key: string, wanted: string | undefined): void {
    const application = this.#find(key);
    const revision = application && revisionToSync(application, wanted);
    if (application === undefined || revision === undefined) return;
    const operation = application.operation ?? { initiatedBy: { automated: true }, sync: { revision } };
    const startedAt = this.#written();
    const running = { phase: 'Running', message: 'syncing', startedAt, operation };
    this.#write(key, { operation, status: { operationState: running } });
    const { timeline, chance } = this.parts;
    timeline.after(200 + Math.floor(chance.next(`sync ${key}`) * 3_000), () =>
      this.#finishSync(key, revision, running),
    );
  }

  #finishSync(key: string, revision: string, running: object): void {
    const fate = this.parts.fate(key, revision);
    const failed = fate === 'SyncFails';
    const operationState = {
      ...running,
      phase: failed ? 'Failed' : 'Succeeded',
      message: failed ? 'one or more objects failed to apply' : 'successfully synced',
      finishedAt: this.#written(),
      syncResult: { revision },
    };
    if (failed) {
      this.#write(key, { operation: null, status: { operationState } });
      this.#look(key, 1_500);
      return;
    }
    const rollout = (this.#live.get(key)?.rollout ?? 0) + 1;
    const same = this.#live.get(key)?.commit;
    const rolls = same === undefined || this.#shows(same) !== this.#shows(revision);
    this.#live.set(key, { commit: revision, rollout });
    const health = rolls ? { health: this.#health('Progressing') } : {};
    this.#write(key, { operation: null, status: { operationState, ...health } });
    this.#look(key, 1_500);
    if (!rolls) return;
    const { timeline, chance } = this.parts;
    timeline.after(500 + Math.floor(chance.next(`rollout ${key}`) * 8_000), () => {
      if (this.#live.get(key)?.rollout !== rollout) return;
      this.#write(key, { status: { health: this.#health(fate) } });
    });
  }
}

/** What is to be synced now: what somebody asked for, or by itself what the branch shows, once for each commit that fails. */
function revisionToSync({ operation, spec, status }: Application, wanted: string | undefined): string | undefined {
  const state = status?.operationState;
  if (state?.phase === 'Running') return undefined;
  if (operation?.sync?.revision !== undefined) return operation.sync.revision;
  const tried = state?.phase === 'Failed' && state.syncResult?.revision === wanted;
  return spec.syncPolicy?.automated !== undefined && !tried ? wanted : undefined;
}
