import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startKubernetes,
  type KubernetesOptions,
  type KubernetesServer,
} from '../../../../runtime/railyard/kubernetes';
import { train, trains } from './definitions';

/** An object, a list, a Status or a Table from the server: the fields that tests look into. */
export interface Body {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly finalizers?: string[];
    readonly ownerReferences?: { uid: string }[];
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly spec: Record<string, unknown>;
  readonly status: unknown;
  readonly data: Record<string, string>;
  readonly items: Body[];
  readonly message: string;
  readonly reason: string;
  readonly code: number;
  readonly details: {
    readonly causes: { readonly field: string; readonly message: string; readonly reason: string }[];
  };
  readonly columnDefinitions: { readonly name: string; readonly type: string; readonly priority: number }[] | null;
  readonly rows: { readonly cells: unknown[]; readonly object?: Body }[];
}

/** One event of a watch. */
export interface Event {
  readonly type: string;
  readonly object: Body;
}

export interface Answer {
  readonly code: number;
  readonly body: Body;
  readonly headers: Headers;
}

export const TRAINS = '/apis/rail.example.com/v1/namespaces/default/trains';
export const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** A server on a fresh folder, and plain HTTP to talk to it. */
export class Yard {
  private constructor(
    public server: KubernetesServer,
    readonly folder: string,
    private readonly options: Partial<KubernetesOptions>,
  ) {}

  static async open(options: Partial<KubernetesOptions> = {}): Promise<Yard> {
    const folder = mkdtempSync(join(tmpdir(), 'railyard-kubernetes-'));
    return new Yard(await startKubernetes({ folder, ...options }), folder, options);
  }

  /** Stops the server and starts another on the same folder. */
  async restart(): Promise<void> {
    await this.server.stop();
    this.server = await startKubernetes({ folder: this.folder, ...this.options });
  }

  async close(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(this.server.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: body instanceof Uint8Array ? Buffer.from(body) : textOf(body) }),
    });
    const text = await response.text();
    return { code: response.status, body: parsed(text) as Body, headers: response.headers };
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.call('GET', path, undefined, headers);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.call('POST', path, body);
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.call('PUT', path, body);
  }

  delete(path: string, body?: unknown): Promise<Answer> {
    return this.call('DELETE', path, body);
  }

  merge(path: string, body: unknown): Promise<Answer> {
    return this.call('PATCH', path, body, { 'content-type': 'application/merge-patch+json' });
  }

  /** Makes an object and gives it back; anything but 201 fails the test. */
  async create(path: string, object: unknown): Promise<Body> {
    const { code, body } = await this.post(path, object);
    if (code !== 201) throw new Error(`POST ${path}: ${code} ${JSON.stringify(body)}`);
    return body;
  }

  async defineTrains(): Promise<void> {
    await this.create(DEFINITIONS, trains());
  }

  createTrain(name: string, spec?: Record<string, unknown>): Promise<Body> {
    return this.create(TRAINS, train(name, spec));
  }

  /** Opens a watch whose events can be waited for. */
  async watch(path: string, headers: Record<string, string> = {}): Promise<Watched> {
    const separator = path.includes('?') ? '&' : '?';
    const stop = new AbortController();
    const url = `${this.server.url}${path}${separator}watch=true`;
    const response = await fetch(url, { headers, signal: stop.signal });
    return new Watched(response, stop);
  }
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The events of one watch, as they came in. */
export class Watched {
  readonly events: Event[] = [];
  ended = false;
  readonly code: number;
  private readonly reading: Promise<void>;

  constructor(
    response: Response,
    private readonly abort: AbortController,
  ) {
    this.code = response.status;
    this.reading = this.read(response);
  }

  /** `ADDED a`, `MODIFIED b`: what happened to whom. */
  get story(): string[] {
    return this.events.map(({ type, object }) => `${type} ${object.metadata.name ?? object.reason ?? ''}`.trim());
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.reading;
  }

  private async read(response: Response): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        rest += decoder.decode(chunk, { stream: true });
        const lines = rest.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) this.events.push(JSON.parse(line) as Event);
      }
    } catch {
      // Stopped by the test, or cut off by the server: `ended` says so either way.
    }
    this.ended = true;
  }
}
