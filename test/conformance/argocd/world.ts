/**
 * What Argo CD and its stand-in both do: the same acts of a person on either, and what the status of the Application then
 * says. It runs on the railyard in `npm test` and on the real Argo CD in `npm run test:real`, and is compared with what
 * the real one said when it was recorded:
 *
 *   npm run test:real -- test/conformance/argocd -u     records anew
 */

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRailyard } from '../../../runtime/railyard';
import type { Application } from '../../../runtime/railyard/argocd/application';
import { ask } from '../../real/people';
import { call, realStack, type Access } from '../../real/stack';
import { eventually } from '../../waiting';
import { IS_REAL } from '../except-for';

const MERGE = { 'content-type': 'application/merge-patch+json' };
const DEADLINE_MS = 60_000;

/** How a Deployment or a sync is to go. */
export type Course = 'Healthy' | 'Progressing' | 'Degraded';

interface Place {
  readonly access: Access;
  readonly gitURL: string;
  /** `Authorization` for Git. */
  readonly authorization?: string;
  close(): Promise<void>;
}

async function railyard(): Promise<Place> {
  const yard = await startRailyard({ latencyScale: 0, applicationNamespaces: ['apps-conformance'] });
  return {
    access: { url: yard.kubernetesURL },
    gitURL: `${yard.gitURL}/conformance.git`,
    close: () => yard.stop(),
  };
}

async function real(): Promise<Place> {
  const stack = realStack();
  const { kubernetes, forge } = stack;
  const name = `conformance-${Date.now()}`;
  await ask(stack, 'POST', '/api/v1/user/repos', { name, private: true, default_branch: 'main' });
  return {
    access: kubernetes,
    gitURL: `${forge.url}/${forge.username}/${name}.git`,
    authorization: `Basic ${Buffer.from(`${forge.username}:${forge.password}`).toString('base64')}`,
    close: () => Promise.resolve(),
  };
}

export class World {
  private readonly heads = new Map<string, string>();
  private readonly commits = new Map<string, string>();
  private time = 1_767_225_600;

  private constructor(
    private readonly place: Place,
    private readonly clone: string,
    /** Ends the names of this run, since its Applications stay. */
    private readonly suffix: string,
  ) {}

  static async open(): Promise<World> {
    const place = await (IS_REAL ? real() : railyard());
    const clone = await mkdtemp(join(tmpdir(), 'k8sta-argocd-'));
    const world = new World(place, clone, IS_REAL ? `-${Date.now().toString(36)}` : '');
    await world.git('', 'init', '--quiet', '--bare');
    return world;
  }

  async close(): Promise<void> {
    await this.place.close();
    await rm(this.clone, { recursive: true, force: true });
  }

  get repoURL(): string {
    return this.place.gitURL;
  }

  /** Replaces the whole content of a branch by a new commit. @returns its SHA */
  async push(branch: string, files: Readonly<Record<string, string>>): Promise<string> {
    const parent = this.heads.get(branch);
    const lines = [
      `commit refs/heads/${branch}`,
      'mark :1',
      `committer Ada <ada@example.com> ${this.time++} +0000`,
      'data 0',
      ...(parent === undefined ? [] : [`from ${parent}`]),
      'deleteall',
      ...Object.entries(files).map(
        ([path, content]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}`,
      ),
      'get-mark :1',
      '',
    ];
    const commit = await this.git(lines.join('\n'), 'fast-import', '--quiet', '--force');
    this.heads.set(branch, commit);
    this.commits.set(commit, `<commit ${this.commits.size + 1}>`);
    await this.git('', 'push', '--quiet', this.repoURL, `refs/heads/${branch}`);
    return commit;
  }

  /** Makes an Application of branch `env/<name>`. @param spec what it says otherwise */
  async create(name: string, { spec, metadata }: { spec?: object; metadata?: object } = {}): Promise<void> {
    const full = this.nameOf(name);
    await this.send('POST', '', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: full, namespace: 'argocd', ...metadata },
      spec: {
        project: 'default',
        source: { repoURL: this.repoURL, targetRevision: `env/${name}`, path: '.' },
        destination: { name: 'in-cluster', namespace: full },
        // Without self-heal: whether that sees a need between a sync and the next comparison is a matter of moments.
        syncPolicy: { automated: { prune: true }, syncOptions: ['CreateNamespace=true'] },
        ...spec,
      },
    });
  }

  nameOf(name: string): string {
    return `conformance-${name}${this.suffix}`;
  }

  get(name: string): Promise<Application> {
    return this.send('GET', `/${this.nameOf(name)}`);
  }

  patch(name: string, patch: object): Promise<Application> {
    return this.send('PATCH', `/${this.nameOf(name)}`, patch);
  }

  refresh(name: string): Promise<Application> {
    const annotations = {
      'argocd.argoproj.io/refresh': 'normal',
      'argocd.argoproj.io/refresh-timestamp': new Date().toISOString(),
    };
    return this.patch(name, { metadata: { annotations } });
  }

  /** Starts an operation as the runtime does: in one write, with the former state taken away. */
  operate(name: string, operation: object): Promise<Application> {
    return this.patch(name, { operation, status: { operationState: null } });
  }

  /** Has the Deployment `web` of an Application take a course: the cluster's on one side, a script's on the other. */
  async rollOut(name: string, course: Course): Promise<void> {
    if (!IS_REAL) {
      const words =
        course === 'Degraded' ? `Degraded: ${LATE}` : course === 'Progressing' ? `Progressing: ${UNDERWAY}` : null;
      await this.patch(name, { metadata: { annotations: { 'railyard.k8sta.io/health': words } } });
      return;
    }
    const path = `/apis/apps/v1/namespaces/${this.nameOf(name)}/deployments/web`;
    await eventually('the Deployment has its status', async () => {
      const { code, text } = await call(this.place.access, 'GET', path);
      if (code !== 200) return false;
      const { metadata } = JSON.parse(text) as { metadata: { generation: number } };
      const patch = JSON.stringify({ status: workloadStatus(metadata.generation, course) });
      const written = await call(this.place.access, 'PATCH', `${path}/status`, patch, MERGE);
      return written.code === 200;
    });
  }

  /** Waits until the Application is as described. */
  async until(name: string, what: string, holds: (app: Application) => boolean): Promise<Application> {
    let last: Application | undefined;
    try {
      return await eventually(
        `${name} is ${what}`,
        async () => {
          last = await this.get(name);
          return holds(last) && last;
        },
        DEADLINE_MS,
      );
    } catch (error) {
      throw new Error(`${String(error)}\n${JSON.stringify(last, undefined, 1)}`);
    }
  }

  /** Waits until nothing is asked for or under way, and the comparison is of this commit. */
  untilCompared(name: string, commit: string): Promise<Application> {
    return this.until(name, `compared with ${commit}`, (app) => isAtRest(app) && app.status?.sync?.revision === commit);
  }

  untilSynced(name: string, commit: string): Promise<Application> {
    return this.until(name, `synced to ${commit} and healthy`, (app) => {
      const { sync, health } = app.status ?? {};
      return isAtRest(app) && sync?.revision === commit && sync.status === 'Synced' && health?.status === 'Healthy';
    });
  }

  untilCondition(name: string, type: string): Promise<Application> {
    return this.until(
      name,
      `in condition ${type}`,
      (app) => isAtRest(app) && (app.status?.conditions ?? []).some((condition) => condition.type === type),
    );
  }

  /** The status with everything that differs from run to run replaced. */
  told({ status }: Application): unknown {
    // Argo CD reads the images off Pods, and where there are no nodes there are none.
    return this.normal({ ...status, summary: undefined });
  }

  normal(value: unknown): unknown {
    const text = JSON.stringify(value ?? null)
      .replaceAll(this.repoURL, '<repository>')
      .replaceAll(new URL(this.repoURL).pathname.slice(1), '<repository>')
      .replaceAll(this.suffix === '' ? '\u0000' : this.suffix, '')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>')
      .replace(/\b[0-9a-f]{40}\b/g, (sha) => this.commits.get(sha) ?? '<unknown commit>');
    return withoutEmpty(JSON.parse(text));
  }

  /** Watches an Application; ends with what has been seen of it since. */
  async record(name: string, during: () => Promise<unknown>): Promise<readonly Application[]> {
    const seen: Application[] = [];
    let on = true;
    const looking = (async (): Promise<void> => {
      while (on) {
        const app = await this.get(name).catch(() => undefined);
        if (app !== undefined && app.metadata.resourceVersion !== seen.at(-1)?.metadata.resourceVersion) seen.push(app);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    try {
      await during();
    } finally {
      on = false;
      await looking;
    }
    seen.push(await this.get(name));
    return seen;
  }

  private async send<T>(method: string, path: string, body?: object): Promise<T> {
    const { code, text } = await call(
      this.place.access,
      method,
      `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications${path}`,
      body && JSON.stringify(body),
      method === 'PATCH' ? MERGE : { 'content-type': 'application/json' },
    );
    if (code >= 300) throw new Error(`${method} ${path}: ${code} ${text}`);
    // Argo CD's own definition has validated it.
    return JSON.parse(text) as T;
  }

  private git(input: string, ...args: string[]): Promise<string> {
    const { authorization, gitURL } = this.place;
    const env = {
      PATH: process.env['PATH'],
      HOME: this.clone,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      ...(authorization === undefined
        ? {}
        : {
            GIT_CONFIG_COUNT: '1',
            GIT_CONFIG_KEY_0: `http.${gitURL}/.extraHeader`,
            GIT_CONFIG_VALUE_0: `Authorization: ${authorization}`,
          }),
    };
    return new Promise((resolve, reject) => {
      const child = execFile('git', args, { cwd: this.clone, env }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trim());
        else reject(new Error(`git ${args[0]}: ${stderr || error.message}`));
      });
      child.stdin?.end(input);
    });
  }
}

/** Whether an empty object or a `false` is written or left out says nothing, and depends on which loop wrote last. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, withoutEmpty(inner)] as const)
    .filter(([, inner]) => inner !== false && !(typeof inner === 'object' && inner !== null && isEmpty(inner)));
  return Object.fromEntries(entries);
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

const LATE = 'Deployment "web" exceeded its progress deadline';
const UNDERWAY = 'Waiting for rollout to finish: 0 of 1 updated replicas are available...';

function workloadStatus(generation: number, course: Course): object {
  const available = course === 'Healthy' ? 1 : 0;
  const reason = course === 'Degraded' ? 'ProgressDeadlineExceeded' : 'ReplicaSetUpdated';
  return {
    observedGeneration: generation,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: available,
    availableReplicas: available,
    conditions: [{ type: 'Progressing', status: course === 'Degraded' ? 'False' : 'True', reason, message: reason }],
  };
}

/** Nothing is asked for, nothing is under way, and the comparison is not older than the last operation. */
function isAtRest({ metadata, operation, status }: Application): boolean {
  const { operationState, reconciledAt = '' } = status ?? {};
  const { phase, finishedAt = '' } = operationState ?? {};
  const asked = metadata.annotations?.['argocd.argoproj.io/refresh'] !== undefined;
  const isOver = phase !== 'Running' && phase !== 'Terminating';
  return !asked && operation === undefined && isOver && (finishedAt === '' || reconciledAt >= finishedAt);
}

/** Values in the order in which they were seen, each once in a row. */
export function course<T>(seen: readonly Application[], of: (app: Application) => T): T[] {
  return seen.map(of).filter((value, index, all) => JSON.stringify(value) !== JSON.stringify(all[index - 1]));
}

export const configMap = (value: string, name = 'settings'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: ${JSON.stringify(value)}\n`;

export const deployment = (image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: ${image}
`;
