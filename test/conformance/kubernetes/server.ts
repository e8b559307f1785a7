/**
 * What the railyard's Kubernetes API and a real kube-apiserver both answer. The same requests go to whichever of them the
 * run has: the railyard in `npm test`, the real server in `npm run test:real`. What they answer is compared with what the
 * real server answered when it was recorded, whole bodies included:
 *
 *   npm run test:real -- test/conformance/kubernetes -u     records anew
 *
 * Where the railyard is known to differ the test names the entry of `KNOWN_EXCEPTIONS` that says so.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKubernetes } from '../../../runtime/railyard/kubernetes';
import { call, kubeconfigOf, open, realStack, type Access } from '../../real/stack';
import { eventually } from '../../waiting';
import { trains } from '../../runtime/railyard/kubernetes/definitions';
import { IS_REAL } from '../except-for';
import { Normaliser } from './normalise';

const JSON_TYPE = { 'content-type': 'application/json' };
export const MERGE = { 'content-type': 'application/merge-patch+json' };
export const JSON_PATCH = { 'content-type': 'application/json-patch+json' };
export const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' };
export const APPLY = { 'content-type': 'application/apply-patch+yaml' };
export const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
export const METADATA_ONLY = {
  accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
};

/** An answer with everything that differs from run to run replaced. */
export interface Answer {
  readonly code: number;
  readonly body: unknown;
  /** Headers of type `Warning`. */
  readonly warnings?: readonly string[];
}

/** The parts of a raw answer that tests go on with. */
export interface Raw {
  readonly code: number;
  readonly body: {
    readonly metadata: {
      readonly name: string;
      readonly uid: string;
      readonly resourceVersion: string;
      readonly continue?: string;
    };
    readonly spec?: Record<string, unknown>;
  };
}

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export class Server {
  private spaces = 0;

  private constructor(
    readonly access: Access,
    readonly kubeconfig: string,
    readonly close: () => Promise<void>,
  ) {}

  /** The server of this run, with the kind Train defined. */
  static async open(): Promise<Server> {
    const server = IS_REAL ? Server.real() : await Server.railyard();
    const { code, text } = await call(server.access, 'POST', DEFINITIONS, JSON.stringify(cheapTrains()), JSON_TYPE);
    if (code !== 201 && code !== 409) throw new Error(text);
    await eventually('trains are served', async () => {
      const { code } = await call(server.access, 'GET', '/apis/rail.example.com/v1/trains');
      return code === 200;
    });
    return server;
  }

  private static real(): Server {
    const { kubernetes } = realStack();
    return new Server(kubernetes, kubeconfigOf(kubernetes), () => Promise.resolve());
  }

  private static async railyard(): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'k8sta-conformance-'));
    const server = await startKubernetes({ folder, watchHistory: 100, bookmarkIntervalMs: 500 });
    return new Server({ url: server.url }, server.kubeconfig(), async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    });
  }

  /** A namespace of its own for a test. */
  async space(): Promise<Space> {
    this.spaces += 1;
    const name = `conformance-${process.pid}-${Date.now()}-${this.spaces}`;
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const { code, text } = await call(this.access, 'POST', '/api/v1/namespaces', body, JSON_TYPE);
    if (code !== 201) throw new Error(text);
    return new Space(this, name);
  }

  /** Has the server forget the past, as it does by itself after a while. */
  async forgetHistory(space: Space): Promise<void> {
    if (!IS_REAL) {
      // More changes than it remembers.
      for (let change = 0; change < 130; change += 1) {
        await space.merge('configmaps', 'noise', { data: { change: String(change) } });
      }
      return;
    }
    const { etcdURL } = realStack().kubernetes;
    const post = async (path: string, body: object): Promise<{ header: { revision: string } }> => {
      const { text } = await call({ url: etcdURL }, 'POST', path, JSON.stringify(body));
      return JSON.parse(text) as { header: { revision: string } };
    };
    const { header } = await post('/v3/kv/range', { key: Buffer.from('x').toString('base64') });
    await post('/v3/kv/compaction', { revision: header.revision, physical: true });
  }
}

/** Trains with a message that the real server finds cheap enough (exception: no-cel-cost-budget). */
function cheapTrains(): object {
  const words = "self.longest > 3 ? 'even a long train has fewer cars' : 'a train has fewer cars'";
  const definition = JSON.stringify(trains());
  const changed = definition.replace(
    JSON.stringify("'at most ' + string(self.longest) + ' cars'"),
    JSON.stringify(words),
  );
  return JSON.parse(changed) as object;
}

/** Requests below one namespace. Words in paths: `trains` stands for its collection, `trains/a` for one of them. */
export class Space {
  readonly normaliser: Normaliser;

  constructor(
    readonly server: Server,
    readonly name: string,
  ) {
    this.normaliser = new Normaliser(name);
  }

  path(words: string): string {
    if (words.startsWith('/')) return words;
    const prefix = words.startsWith('trains')
      ? '/apis/rail.example.com/v1'
      : words.startsWith('deployments')
        ? '/apis/apps/v1'
        : '/api/v1';
    return `${prefix}/namespaces/${this.name}/${words}`;
  }

  /** One request, and the answer as it is compared. */
  async ask(method: string, words: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const {
      code,
      text,
      headers: answered,
    } = await call(
      this.server.access,
      method,
      this.path(words),
      body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      { ...(body === undefined ? {} : JSON_TYPE), ...headers },
    );
    const warning = answered['warning'];
    return this.normaliser.answer(code, text, warning === undefined ? undefined : String(warning));
  }

  /** One request, and the answer as it came. */
  async raw(method: string, words: string, body?: unknown, headers: Record<string, string> = {}): Promise<Raw> {
    const { code, text } = await call(
      this.server.access,
      method,
      this.path(words),
      body === undefined ? undefined : JSON.stringify(body),
      { ...(body === undefined ? {} : JSON_TYPE), ...headers },
    );
    // Whoever looks into the body has made sure that it is one.
    return { code, body: JSON.parse(text) as Raw['body'] };
  }

  /** Makes a train. @throws Error unless that works */
  async train(name: string, spec: object = { line: 'red' }, metadata: object = {}): Promise<Raw['body']> {
    const { code, body } = await this.raw('POST', 'trains', train(name, spec, metadata));
    if (code !== 201) throw new Error(JSON.stringify(body));
    return body;
  }

  async merge(collection: string, name: string, patch: object): Promise<Raw['body']> {
    const at = `${collection}/${name}`;
    if ((await this.raw('GET', at)).code === 404) {
      await this.raw('POST', collection, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    }
    const { code, body } = await this.raw('PATCH', at, patch, MERGE);
    if (code !== 200) throw new Error(JSON.stringify(body));
    return body;
  }

  /** Opens a watch; its events are compared like answers. */
  watch(words: string, query: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Watch> {
    const search = new URLSearchParams({ watch: 'true', ...query }).toString();
    return Watch.open(this, `${this.path(words)}?${search}`, headers);
  }
}

export class Watch {
  readonly events: { readonly type: string; readonly object: unknown }[] = [];
  ended = false;

  private constructor(
    readonly code: number,
    private readonly cut: () => void,
  ) {}

  static open(space: Space, path: string, headers: Record<string, string>): Promise<Watch> {
    return new Promise((resolve, reject) => {
      const asked = open(space.server.access, 'GET', path, headers, (response) => {
        const watch = new Watch(response.statusCode ?? 0, () => asked.destroy());
        let rest = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) watch.hear(space, line);
        });
        response.once('error', () => (watch.ended = true));
        response.once('close', () => (watch.ended = true));
        resolve(watch);
      });
      asked.once('error', reject);
      asked.end();
    });
  }

  /** Waits for this many events that are no bookmarks. */
  async hears(count: number): Promise<readonly object[]> {
    const told = (): readonly object[] => this.events.filter(({ type }) => type !== 'BOOKMARK');
    await eventually(`${count} events, not ${JSON.stringify(this.events)}`, () => told().length >= count);
    return told();
  }

  close(): void {
    this.cut();
  }

  private hear(space: Space, line: string): void {
    if (line === '') return;
    const { type, object } = JSON.parse(line) as { type: string; object: unknown };
    this.events.push({ type, object: space.normaliser.value(object) });
  }
}

/** An answer of which only the words may differ (exception: words-of-parsers). */
export function inOwnWords(answer: Answer): Answer {
  const body = answer.body as { readonly message?: unknown };
  if (typeof body.message !== 'string') throw new Error(`no refusal: ${JSON.stringify(answer)}`);
  return { ...answer, body: { ...body, message: '<in words of its own>' } };
}

export function train(name: string, spec: object = { line: 'red' }, metadata: object = {}): object {
  return { apiVersion: 'rail.example.com/v1', kind: 'Train', metadata: { name, ...metadata }, spec };
}
