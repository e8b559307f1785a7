/** A dashboard over an API server that knows people, with the caches of a runtime and nothing that carries anything out. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ticket } from '../../../../lib/api';
import { crds } from '../../../../lib/api/crd';
import type {
  Authors,
  WindowNow,
  AllEvent,
  ChangeEvent,
  ErrorAnswer,
  Links,
  Me,
  Rights,
  TicketDiff,
  VerbAnswer,
} from '../../../../runtime/dashboard/protocol';
import type { Sight } from '../../../../runtime/dispatch';
import { sightOf } from '../../../../runtime/dispatch/sight';
import { World } from '../../../../runtime/dispatch/caches/world';
import { connect, systemClock, type Clock, type ConnectedCluster, type Draft } from '../../../../runtime/kube';
import type { Log } from '../../../../runtime/log';
import { installArgoCD } from '../../../../runtime/railyard/installation';
import { startKubernetes } from '../../../../runtime/railyard/kubernetes';
import { serveDashboard, type Served } from '../../../../runtime/server';
import { eventually } from '../../../waiting';
import { Doorkeeper } from './doorkeeper';

export const DIGEST = `sha256:${'d'.repeat(64)}`;

/** Everything that is logged, as text. */
export class Lines implements Log {
  readonly lines: string[] = [];
  private readonly note = (fields: object, message: string): void =>
    void this.lines.push(`${message} ${JSON.stringify(fields)}`);
  readonly debug = this.note;
  readonly info = this.note;
  readonly warn = this.note;
  readonly error = this.note;
  child = (): Log => this;
}

export interface Scene {
  /** With the rights of the runtime. */
  readonly cluster: ConnectedCluster;
  readonly door: Doorkeeper;
  readonly sight: Sight;
  readonly log: Lines;
  /** Answers what is asked of the diff. */
  difference: Sight['difference'];
  /** Answers what is asked of commits. */
  commit: Sight['commit'];
  serve(options?: { readonly open?: boolean; readonly clock?: Clock }): Promise<Page>;
  apply(...objects: readonly Draft[]): Promise<void>;
  /** Resolves when the runtime knows a Secret for the dashboard. */
  known(): Promise<unknown>;
  close(): Promise<void>;
}

export async function openScene(): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'k8sta-dashboard-'));
  const kubernetes = await startKubernetes({ folder: join(folder, 'kubernetes') });
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubernetes.kubeconfig());
  await installArgoCD(
    { url: kubernetes.url },
    join(__dirname, '..', '..', '..', '..', 'imports', 'argocd-crds'),
    'argocd',
  );
  const cluster = connect({ kubeconfig });
  for (const definition of crds()) await cluster.apply(definition);
  for (const name of ['shop', 'blog', 'system'])
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const door = new Doorkeeper(kubernetes.url);
  const doorURL = await door.open();
  const doorConfig = join(folder, 'door');
  await writeFile(doorConfig, kubernetes.kubeconfig().replaceAll(kubernetes.url, doorURL));
  const log = new Lines();
  const world = new World({ cluster, credentialsNamespace: 'system', clock: systemClock, log });
  await world.start();
  const page = join(folder, 'page');
  await mkdir(join(page, 'assets'), { recursive: true });
  await writeFile(join(page, 'index.html'), '<!doctype html><title>K8sTA</title>');
  await writeFile(join(page, 'index.js'), 'module.exports = {};');
  await writeFile(join(page, 'assets', 'main-1a2b3c.js'), `export default 1; ${'// '.repeat(200)}`);
  const opened: Served[] = [];
  const noTools = undefined as never;
  const scene: Scene = {
    cluster,
    door,
    log,
    difference: async () => ({ ticket: undefined as never, station: 'prod', applications: [] }),
    commit: () => Promise.reject(new Error('there is none')),
    sight: {
      ...sightOf(world, noTools),
      difference: (ticket, signal) => scene.difference(ticket, signal),
      commit: (repoURL, commit) => scene.commit(repoURL, commit),
    },
    async serve({ open = false, clock = systemClock } = {}) {
      const asked = open ? cluster : connect({ kubeconfig: doorConfig });
      const options = { address: '127.0.0.1', port: 0, open, page, sight: scene.sight, cluster: asked, log, clock };
      const served = await serveDashboard(options);
      opened.push(served);
      return new Page(`http://127.0.0.1:${served.port}`, () => served.close());
    },
    async apply(...objects) {
      for (const object of objects) await eventually('it is applied', () => cluster.apply(object));
    },
    known: () => eventually('the Secret is known', () => scene.sight.settings().length > 0),
    async close() {
      for (const served of opened) await served.close();
      await world.stop();
      await door.close();
      await kubernetes.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return scene;
}

/** What an answer may hold; a test knows which. */
export type Said = Partial<
  ErrorAnswer &
    Me &
    TicketDiff &
    Rights &
    VerbAnswer &
    Authors & { readonly resource: Ticket; readonly links: Links; readonly windows: readonly WindowNow[] }
>;

export interface Reply {
  readonly code: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty where it is no JSON. */
  readonly body: Said;
}

/** An event as it came. */
export interface Told {
  readonly name: string;
  readonly data: Partial<AllEvent & ChangeEvent>;
}

/** A browser's tab, as far as the server can tell. */
export class Page {
  cookies = new Map<string, string>();

  /** @param end ends the server */
  constructor(
    readonly url: string,
    readonly end: () => Promise<void>,
  ) {}

  async ask(
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Reply> {
    const reply = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(method === 'GET' ? {} : { origin: this.url }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const text = await reply.text();
    const isJson = reply.headers.get('content-type')?.startsWith('application/json') === true;
    return { code: reply.status, headers: reply.headers, text, body: isJson ? (JSON.parse(text) as Said) : {} };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.ask('GET', path, { headers });
  }

  post(path: string, body?: unknown): Promise<Reply> {
    return this.ask('POST', path, { body });
  }

  /** Follows the stream. */
  async follow(headers: Record<string, string> = {}): Promise<Stream> {
    const stop = new AbortController();
    const reply = await fetch(`${this.url}/api/stream`, {
      signal: stop.signal,
      headers: { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '), ...headers },
    });
    if (!reply.ok || reply.body === null) throw new Error(`the stream answered ${reply.status}: ${await reply.text()}`);
    return new Stream(reply, () => stop.abort());
  }
}

export class Stream {
  readonly events: Told[] = [];
  isOver = false;

  constructor(
    readonly reply: Response,
    readonly close: () => void,
  ) {
    void this.read()
      .catch(() => undefined)
      .finally(() => (this.isOver = true));
  }

  /** The first event from the given one on that fits. */
  event(what: string, fits: (event: Told) => boolean, from = 0): Promise<Told> {
    return eventually(what, () => this.events.slice(from).find(fits));
  }

  private async read(): Promise<void> {
    let text = '';
    for await (const chunk of this.reply.body!.pipeThrough(
      new TextDecoderStream() as never,
    ) as unknown as AsyncIterable<string>) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const [, name = '', data = 'null'] = /^event: (.+)\ndata: (.+)$/.exec(text.slice(0, end)) ?? [];
        if (name !== '') this.events.push({ name, data: JSON.parse(data) as Told['data'] });
        text = text.slice(end + 2);
      }
    }
  }
}
