import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Railyard } from '../../../runtime/railyard';
import type { Application } from '../../../runtime/railyard/argocd/application';
import { eventually } from '../../waiting';

const run = promisify(execFile);
const APPLICATIONS = '/apis/argoproj.io/v1alpha1/namespaces';

/** A person at a railyard, with a work tree and a plain HTTP client. */
export class Person {
  private constructor(
    private readonly railyard: Railyard,
    private readonly folder: string,
  ) {}

  static async at(railyard: Railyard): Promise<Person> {
    const folder = await mkdtemp(join(tmpdir(), 'railyard-person-'));
    const person = new Person(railyard, folder);
    await person.git('init', '--quiet', '--initial-branch=main');
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
    const parent = await this.git('rev-parse', '--verify', '--quiet', `refs/heads/${branch}`).catch(() => '');
    await this.git('read-tree', '--empty');
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true });
      await writeFile(join(this.folder, path), content);
      await this.git('update-index', '--add', path);
    }
    const tree = await this.git('write-tree');
    const commit = await this.git('commit-tree', tree, '-m', 'change', ...(parent === '' ? [] : ['-p', parent]));
    await this.git('update-ref', `refs/heads/${branch}`, commit);
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

  async git(...args: string[]): Promise<string> {
    const { stdout } = await run('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
      cwd: this.folder,
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' },
    });
    return stdout.trim();
  }
}

export const configMap = (value: string, name = 'settings') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: ${JSON.stringify(value)}\n`;

export const deployment = (image: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: ${image}\n`;
