import type { Application } from './application';
import { ask, bodyOf, eachLine } from './http';

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
    // The server sends a list of what the Application schema let in.
    const body = (await this.send('GET', `${GROUP}/applications`)) as {
      items: Application[];
      metadata: { resourceVersion: string };
    };
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
    const answer = await ask(new URL(`${GROUP}/applications?${query.toString()}`, this.access.url), {
      method: 'GET',
      headers: this.headers,
      silenceMs: (WATCH_SECONDS + 30) * 1_000,
      signal: this.signal,
    });
    if (answer.statusCode !== 200) throw new StatusError(answer.statusCode ?? 0, (await bodyOf(answer)).toString());
    await eachLine(answer, (line) => onEvent(JSON.parse(line) as WatchEvent));
  }

  /**
   * Merge-patches an Application.
   *
   * @returns it as it is now, `undefined` where it does not exist
   * @throws StatusError, with code 409 where the patch names another resourceVersion
   */
  async patch(namespace: string, name: string, patch: object): Promise<Application | undefined> {
    try {
      return (await this.send('PATCH', `${GROUP}/namespaces/${namespace}/applications/${name}`, patch)) as Application;
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

  private async send(method: string, path: string, patch?: object): Promise<unknown> {
    const answer = await ask(new URL(path, this.access.url), {
      method,
      headers: patch === undefined ? this.headers : { ...this.headers, 'Content-Type': 'application/merge-patch+json' },
      ...(patch === undefined ? {} : { body: JSON.stringify(patch) }),
      silenceMs: TIMEOUT_MS,
      signal: this.signal,
    });
    const { statusCode = 0 } = answer;
    const body = (await bodyOf(answer)).toString();
    if (statusCode < 200 || statusCode > 299)
      throw new StatusError(statusCode, `${method} ${path}: ${statusCode} ${body}`);
    return JSON.parse(body);
  }
}
