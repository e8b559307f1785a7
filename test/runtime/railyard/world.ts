import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Railyard } from '../../../runtime/railyard';
import type { Application } from '../../../runtime/railyard/argocd/application';
import { eventually } from '../../waiting';

const run = promisify(execFile);
const APPLICATIONS = '/apis/argoproj.io/v1alpha1/namespaces';

/** A person at a railyard, with a work tree and a plain HTTP client. */
export class Person {
  private readonly heads = new Map<string, string>();
  private time = 1_767_225_600;

  private constructor(
    private readonly railyard: Railyard,
    private readonly folder: string,
  ) {}

  static async at(railyard: Railyard): Promise<Person> {
    const folder = await mkdtemp(join(tmpdir(), 'railyard-person-'));
    const person = new Person(railyard, folder);
    await person.git('init', '--quiet', '--bare');
    return person;
  }

  async leave(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  get repoURL(): string {
    return `${this.railyard.gitURL}/web.git`;
  }

  /** Replaces the whole content of a branch by a new commit. @returns its SHA */
  async push(branch: string, files: Record<string, string>): Promise<string> {
    const parent = this.heads.get(branch);
    const lines = [
      `commit refs/heads/${branch}`,
      'mark :1',
      `committer Ada <ada@example.com> ${this.time++} +0000`,
      'data 0',
    ];
    if (parent !== undefined) lines.push(`from ${parent}`);
    lines.push('deleteall');
    for (const [path, content] of Object.entries(files)) {
      lines.push(`M 100644 inline ${path}`, `data ${Buffer.byteLength(content)}`, content);
    }
    const commit = await this.gitFed([...lines, 'get-mark :1', ''].join('\n'), 'fast-import', '--quiet', '--force');
    this.heads.set(branch, commit);
    await this.git('push', '--quiet', this.repoURL, `refs/heads/${branch}`);
    return commit;
  }

  async create(name: string, more: { spec?: object; metadata?: object } = {}): Promise<Application> {
    const namespace = 'argocd';
    return this.send('POST', `${APPLICATIONS}/${namespace}/applications`, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace, ...more.metadata },
      spec: {
        project: 'default',
        source: { repoURL: this.repoURL, targetRevision: `env/${name}`, path: '.' },
        destination: { name: 'in-cluster', namespace: name },
        syncPolicy: { automated: { prune: true, selfHeal: true } },
        ...more.spec,
      },
    });
  }

  get(name: string): Promise<Application> {
    return this.send('GET', `${APPLICATIONS}/argocd/applications/${name}`);
  }

  patch(name: string, patch: object): Promise<Application> {
    return this.send('PATCH', `${APPLICATIONS}/argocd/applications/${name}`, patch);
  }

  delete(name: string): Promise<unknown> {
    return this.send('DELETE', `${APPLICATIONS}/argocd/applications/${name}`);
  }

  refresh(name: string): Promise<Application> {
    return this.patch(name, {
      metadata: {
        annotations: {
          'argocd.argoproj.io/refresh': 'normal',
          'argocd.argoproj.io/refresh-timestamp': new Date().toISOString(),
        },
      },
    });
  }

  /** Waits until the Application is as described. @returns it */
  until(name: string, what: string, holds: (app: Application) => boolean): Promise<Application> {
    let last: Application | undefined;
    return eventually(`${name} is ${what}`, async () => {
      last = await this.get(name);
      return holds(last) && last;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${JSON.stringify(last?.status, undefined, 1)}`);
    });
  }

  untilSynced(name: string, commit: string): Promise<Application> {
    return this.until(name, `synced to ${commit} and healthy`, ({ status, operation, metadata }) => {
      const settled = operation === undefined && metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined;
      const synced = status?.sync?.status === 'Synced' && status.sync.revision === commit;
      return settled && synced && status.health?.status === 'Healthy' && status.operationState?.phase !== 'Running';
    });
  }

  /** @throws Error with the API's words for every refusal */
  async send<T>(method: string, path: string, body?: object): Promise<T> {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const response = await fetch(new URL(path, this.railyard.kubernetesURL), {
      method,
      headers: { 'Content-Type': type },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  git(...args: string[]): Promise<string> {
    return this.gitFed('', ...args);
  }

  private async gitFed(input: string, ...args: string[]): Promise<string> {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
    const running = run('git', args, { cwd: this.folder, env });
    // A command that reads nothing may be gone before the end of its input is told.
    running.child.stdin?.on('error', () => undefined);
    running.child.stdin?.end(input);
    return (await running).stdout.trim();
  }
}

export const configMap = (value: string, name = 'settings') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: ${JSON.stringify(value)}\n`;

export const deployment = (image: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: ${image}\n`;
