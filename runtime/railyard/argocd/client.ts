import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Application } from './application';

const GROUP = '/apis/argoproj.io/v1alpha1';
const USER_AGENT = 'argocd-application-controller';
const TIMEOUT_MS = 30_000;
/** The server ends a watch after this long, in seconds; a silent connection is found out by it. */
const WATCH_SECONDS = 300;

/** How the Kubernetes API is reached. */
export interface KubernetesAccess {
  /** Such as `http://127.0.0.1:6443`. */
  readonly url: string;
  /** @default none is sent */
  readonly token?: string;
}

/** One line of a watch. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: Application & { readonly code?: number };
}

/** The Kubernetes API refused a request. */
export class StatusError extends Error {
  override readonly name = 'StatusError';

  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** Applications and projects, over HTTP. */
export class ApplicationClient {
  private readonly headers: Readonly<Record<string, string>>;

  /** @param signal ends every request */
  constructor(
    private readonly access: KubernetesAccess,
    private readonly signal: AbortSignal,
  ) {
    this.headers = {
      'User-Agent': USER_AGENT,
      ...(access.token === undefined ? {} : { Authorization: `Bearer ${access.token}` }),
    };
  }

  async list(): Promise<{ readonly items: readonly Application[]; readonly resourceVersion: string }> {
    const response = await this.send('GET', `${GROUP}/applications`);
    // The server sends a list of what the Application schema let in.
    const body = (await response.json()) as { items: Application[]; metadata: { resourceVersion: string } };
    return { items: body.items, resourceVersion: body.metadata.resourceVersion };
  }

  /**
   * Reads events until the server ends the watch.
   *
   * @param onEvent gets every event in order
   */
  async watch(resourceVersion: string, onEvent: (event: WatchEvent) => void): Promise<void> {
    const query = new URLSearchParams({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion,
      timeoutSeconds: String(WATCH_SECONDS),
    });
    const response = await fetch(new URL(`${GROUP}/applications?${query.toString()}`, this.access.url), {
      headers: this.headers,
      signal: AbortSignal.any([this.signal, AbortSignal.timeout((WATCH_SECONDS + 30) * 1_000)]),
    });
    if (!response.ok || response.body === null) throw new StatusError(response.status, await response.text());
    for await (const line of createInterface({ input: Readable.fromWeb(response.body), crlfDelay: Infinity })) {
      if (line !== '') onEvent(JSON.parse(line) as WatchEvent);
    }
  }

  /**
   * Merge-patches an Application.
   *
   * @returns it as it is now, `undefined` where it does not exist
   * @throws StatusError, with code 409 where the patch names another resourceVersion
   */
  async patch(namespace: string, name: string, patch: object): Promise<Application | undefined> {
    try {
      const response = await this.send('PATCH', `${GROUP}/namespaces/${namespace}/applications/${name}`, patch);
      return (await response.json()) as Application;
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) return undefined;
      throw error;
    }
  }

  async hasProject(namespace: string, name: string): Promise<boolean> {
    try {
      await this.send('GET', `${GROUP}/namespaces/${namespace}/appprojects/${encodeURIComponent(name)}`);
      return true;
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) return false;
      throw error;
    }
  }

  private async send(method: string, path: string, patch?: object): Promise<Response> {
    const response = await fetch(new URL(path, this.access.url), {
      method,
      headers: patch === undefined ? this.headers : { ...this.headers, 'Content-Type': 'application/merge-patch+json' },
      body: patch === undefined ? null : JSON.stringify(patch),
      signal: AbortSignal.any([this.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (!response.ok)
      throw new StatusError(response.status, `${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}
