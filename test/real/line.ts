/** One network of a test on the real stack: what people type, and what they see. */

import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { dirname, delimiter, join } from 'node:path';
import type { Station, Ticket } from '../../lib/api';
import type { Application } from '../../runtime/railyard/argocd/application';
import { publishImage } from '../../runtime/railyard';
import { eventually } from '../waiting';
import type { NetworkDescription } from './network/network';
import { IMAGE } from './image';
import { Repository, webSource } from './people';
import { call, environment, realStack } from './stack';

const ROOT = join(__dirname, '..', '..');
export const COMMAND = join(ROOT, 'dist', 'runtime', 'cli', 'main.js');
const CREDENTIALS_NAMESPACE = 'k8sta';
const DEADLINE_MS = 120_000;

/** What a program printed, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** Runs a program to its end, with a kubeconfig of an administrator. */
export async function run(
  file: string,
  args: readonly string[],
  { cwd = ROOT, env = {}, input }: { cwd?: string; env?: Record<string, string>; input?: string } = {},
): Promise<Ended> {
  const { folder, kubernetes } = realStack();
  const child = spawn(file, args, {
    cwd,
    env: environment(folder, {
      PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      KUBECONFIG: kubernetes.kubeconfig,
      CDK8S_CHECK_UPGRADE: 'false',
      ...env,
    }),
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, out };
}

/** A stock kubectl. @throws Error with its words when it fails */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const { code, out } = await run('kubectl', args, input === undefined ? {} : { input });
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${out}`);
  return out;
}

/** Teaches the cluster the resources and the operator's credential for the forge, as the README says. */
export async function installK8sTA(): Promise<void> {
  const { forge } = realStack();
  const { code, out } = await run(process.execPath, [COMMAND, 'crds']);
  if (code !== 0) throw new Error(out);
  await kubectl(['apply', '--server-side', '-f', '-'], out);
  const kinds = ['tracks', 'stations', 'tickets'].map((plural) => `crd/${plural}.k8sta.io`);
  await kubectl(['wait', '--for=condition=Established', ...kinds, '--timeout=30s']);
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: CREDENTIALS_NAMESPACE } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'forge',
        namespace: CREDENTIALS_NAMESPACE,
        labels: { 'k8sta.io/credential': 'git' },
      },
      stringData: { url: `${forge.url}/`, username: forge.username, password: forge.password },
    },
  ];
  for (const object of objects) await kubectl(['apply', '-f', '-'], JSON.stringify(object));
}

/** Lets runtime and Argo CD sign in at another address of the forge, such as a `Crossing`. */
export async function serveGitThrough(url: string): Promise<void> {
  const { username, password } = realStack().forge;
  for (const [namespace, labels] of [
    [CREDENTIALS_NAMESPACE, { 'k8sta.io/credential': 'git' }],
    ['argocd', { 'argocd.argoproj.io/secret-type': 'repo-creds' }],
  ] as const) {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `forge-${new URL(url).port}`, namespace, labels },
      stringData: { type: 'git', url: `${url}/`, username, password },
    };
    await kubectl(['apply', '-f', '-'], JSON.stringify(secret));
  }
}

export interface RuntimeProcessOptions {
  /** Name of the process. @default runtime */
  readonly name?: string;
  /** @default that of the stack's administrator */
  readonly kubeconfig?: string;
  readonly args?: readonly string[];
  /** Besides what every process of the stack has. */
  readonly env?: Readonly<Record<string, string>>;
}

/** `k8sta run`, as a process that the stack's keeper owns. */
export class RuntimeProcess {
  readonly name: string;

  constructor(private readonly options: RuntimeProcessOptions = {}) {
    this.name = options.name ?? 'runtime';
  }

  /** Resolves when its caches are filled. */
  async start(): Promise<void> {
    const { servers, folder, kubernetes, registryURL } = realStack();
    const before = (await servers.log(this.name).catch(() => '')).length;
    await servers.start(this.name, {
      file: process.execPath,
      args: [
        COMMAND,
        'run',
        `--kubeconfig=${this.options.kubeconfig ?? kubernetes.kubeconfig}`,
        `--folder=${join(folder, this.name)}`,
        `--registry-mirror=ghcr.io=${registryURL}`,
        `--credentials-namespace=${CREDENTIALS_NAMESPACE}`,
        ...(this.options.args ?? []),
      ],
      env: environment(folder, this.options.env),
    });
    await servers.ready(this.name, async () =>
      (await servers.log(this.name)).slice(before).includes('The runtime runs'),
    );
  }

  /** Without a word. */
  async kill(): Promise<void> {
    await realStack().servers.stop(this.name, 'SIGKILL');
  }

  /** As an operator does; resolves when it has ended by itself. */
  async stop(): Promise<void> {
    await realStack().servers.stop(this.name, 'SIGTERM');
  }

  log(): Promise<string> {
    return realStack().servers.log(this.name);
  }
}

/** Runs `cdk8s synth` for an app of this repository. @throws Error with what it printed */
export async function synthesise(appFolder: string, env: Record<string, string>, output: string): Promise<void> {
  const cdk8s = join(ROOT, 'node_modules', 'cdk8s-cli', 'bin', 'cdk8s');
  const { code, out } = await run(process.execPath, [cdk8s, 'synth', '--output', output], {
    cwd: join(ROOT, appFolder),
    env,
  });
  if (code !== 0) throw new Error(`cdk8s synth in ${appFolder}: ${out}`);
}

/** What `cdk8s synth` prints for an app, applied by `kubectl apply`. @returns the folder with what it printed */
export async function applySynth(appFolder: string, env: Record<string, string>, namespace: string): Promise<string> {
  const output = await mkdtemp(join(realStack().folder, 'tmp', 'synth-'));
  await synthesise(appFolder, env, output);
  await kubectl(['create', 'namespace', namespace]).catch(() => undefined);
  await kubectl(['apply', '--server-side', '-f', output]);
  return output;
}

export class Line {
  private constructor(
    readonly namespace: string,
    readonly repository: Repository,
  ) {}

  /** A line whose network the test applies itself. */
  static of(namespace: string, repository: Repository): Line {
    return new Line(namespace, repository);
  }

  /**
   * A repository with an overlay for each application, and the network applied.
   *
   * @param through address at which the network names the forge. @default its own
   */
  static async open(
    description: Omit<NetworkDescription, 'repositoryURL'>,
    { through }: { readonly through?: string } = {},
  ): Promise<Line> {
    const { namespace, stations } = description;
    const overlays = stations.flatMap(({ name, applications }) =>
      applications.map(({ overlay }) => overlay ?? `env/${name}`),
    );
    const repository = await Repository.create(namespace, webSource(overlays));
    const line = new Line(namespace, repository);
    const { forge } = realStack();
    const repositoryURL = repository.url.replace(forge.url, through ?? forge.url);
    await line.apply({ ...description, repositoryURL });
    return line;
  }

  apply(description: NetworkDescription): Promise<string> {
    return applySynth('test/real/network', { NETWORK: JSON.stringify(description) }, this.namespace);
  }

  /** Makes a ticket by hand, for an image of this tag, which is published first. */
  async ticket(name: string, tag: string): Promise<void> {
    await publishImage(realStack().registryURL, `${IMAGE}:${tag}`);
    const ticket = {
      apiVersion: 'k8sta.io/v1alpha1',
      kind: 'Ticket',
      metadata: { name, namespace: this.namespace },
      spec: { track: 'main', change: { images: [{ repoURL: IMAGE, tag }] } },
    };
    await kubectl(['apply', '-f', '-'], JSON.stringify(ticket));
  }

  async get<T>(kind: 'tickets' | 'stations' | 'tracks', name: string): Promise<T | undefined> {
    const path = `/apis/k8sta.io/v1alpha1/namespaces/${this.namespace}/${kind}/${name}`;
    const { code, text } = await call(realStack().kubernetes, 'GET', path);
    // The API server has validated it.
    return code === 200 ? (JSON.parse(text) as T) : undefined;
  }

  station(name: string): Promise<Station | undefined> {
    return this.get<Station>('stations', name);
  }

  /** Waits until the ticket looks like this; an ending that was not waited for ends the wait. */
  async until(
    name: string,
    what: string,
    look: (ticket: Ticket) => boolean,
    deadlineMs = DEADLINE_MS,
  ): Promise<Ticket> {
    let seen: Ticket | undefined;
    let surprise = '';
    const found = await eventually(
      `${this.namespace}/${name} ${what}`,
      async () => {
        seen = await this.get<Ticket>('tickets', name);
        if (seen === undefined) return false;
        if (look(seen)) return seen;
        const { phase, failure } = seen.status ?? {};
        if (phase !== undefined && ['Failed', 'Completed', 'Aborted', 'Superseded'].includes(phase)) {
          surprise = `${phase} ${failure?.reason ?? ''}: ${failure?.message ?? ''}`;
          return seen;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
        return false;
      },
      deadlineMs,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)} It is ${JSON.stringify(seen?.status, undefined, 1)}`);
    });
    if (surprise !== '') throw new Error(`${name} was to be "${what}" and is ${surprise}`);
    return found;
  }

  completed(name: string, deadlineMs?: number): Promise<Ticket> {
    return this.until(name, 'completes', ({ status }) => status?.phase === 'Completed', deadlineMs);
  }

  waiting(name: string, reason: string, deadlineMs?: number): Promise<Ticket> {
    return this.until(name, `waits for ${reason}`, ({ status }) => status?.waiting?.reason === reason, deadlineMs);
  }
}

/** An Application as Argo CD left it. */
export async function application(name: string, namespace = 'argocd'): Promise<Application> {
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications/${name}`;
  const { code, text } = await call(realStack().kubernetes, 'GET', path);
  if (code !== 200) throw new Error(`${path}: ${code} ${text}`);
  // Argo CD's own definition has validated it.
  return JSON.parse(text) as Application;
}
