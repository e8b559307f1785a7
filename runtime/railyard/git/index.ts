/**
 * The railyard's Git server: `git http-backend` behind plain HTTP on the loopback interface, over bare repositories in
 * one folder. Everything that Git itself serves belongs to Git; here live only the socket, passwords, the faults that
 * tests ask for, and two answers that are known without asking Git.
 */
import { execFile } from 'node:child_process';
import { timingSafeEqual } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { KEEP_ALIVE_MS, listenOnLoopback } from '../loopback';
import { Backend, repeat, type Answer, type Call } from './backend';
import { CONFIGURATION } from './bare-repository';
import { answerLsRefs } from './ls-refs';
import { Repositories } from './repositories';

const run = promisify(execFile);

/** Bytes of a question about refs that is read before Git sees it. */
const LONGEST_QUESTION = 64 * 1024;

/** What Git sends with every answer of `git upload-pack`. */
const REFS_HEADERS = {
  Expires: 'Fri, 01 Jan 1980 00:00:00 GMT',
  Pragma: 'no-cache',
  'Cache-Control': 'no-cache, max-age=0, must-revalidate',
  'Content-Type': 'application/x-git-upload-pack-result',
};

/** A request as it came in, before Git sees it. */
export interface GitRequest {
  readonly method: string;
  /** Name with `.git` as in the URL, without a leading slash. */
  readonly repository: string;
  readonly service: 'git-upload-pack' | 'git-receive-pack' | undefined;
  /** It only asks for the list of refs. */
  readonly advertisement: boolean;
}

/** What to do to a request instead of answering it well. */
export type Interference =
  /** Answer this and let Git see nothing. */
  | { readonly status: number; readonly message: string }
  /** Let Git do all of it, then cut the connection without an answer. */
  | { readonly loseReply: true };

/** How a Git server is started. */
export interface GitServerOptions {
  /** Where the repositories are; made when missing. */
  readonly folder: string;
  /** @default any free port */
  readonly port?: number;
  /** Ask for this name and password on every request. @default nobody is asked */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Make a repository when somebody first asks to push to it. @default true */
  readonly createOnPush?: boolean;
  /** For tests: called before each request that passed the password; may take its time (a delay) or interfere. */
  readonly intercept?: (request: GitRequest) => Promise<Interference | undefined> | Interference | undefined;
}

/** Requests served since the start. */
export interface GitCounts {
  /** All of them, refused ones included. */
  readonly requests: number;
  /** Packs sent, and ref listings of protocol version 2. */
  readonly fetches: number;
  /** Packs received. */
  readonly pushes: number;
}

/** A running Git server. */
export interface GitServer {
  /** Base URL without a trailing slash; a repository is at `<url>/<name>.git`. */
  readonly url: string;
  readonly port: number;
  readonly counts: GitCounts;
  /**
   * Makes an empty bare repository; one that exists stays as it is.
   *
   * @param name such as `guestbook` or `acme/guestbook`
   * @returns its URL
   */
  createRepository(name: string): Promise<string>;
  /** Cuts every connection and returns when no Git process is left. */
  stop(): Promise<void>;
}

/**
 * Starts the Git server.
 *
 * @throws PortInUseError naming a free port, Error where Git or its HTTP backend is missing
 */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const folder = resolve(options.folder);
  await mkdir(folder, { recursive: true });
  const environment = cleanEnvironment();
  const backend = await Backend.start({ programs: await findPrograms(environment), environment, folder });
  const repositories = new Repositories(folder);
  const counts = { requests: 0, fetches: 0, pushes: 0 };
  /**
   * What Git says first in version 2 of its protocol, by the configuration of the repository: it names abilities and no
   * ref, so nothing else decides on it, and no process is needed to say it again.
   */
  const greetings = new Map<string, Answer>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    counts.requests += 1;
    if (!isAllowed(request, options.credentials)) {
      send(response, 401, 'A valid name and password are needed.', { 'WWW-Authenticate': 'Basic realm="railyard"' });
      return;
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const asked = describe(request.method ?? 'GET', url);
    if (asked === undefined) {
      send(response, 404, 'Not a request that Git makes.');
      return;
    }
    const isPush = asked.service === 'git-receive-pack';
    if (isPush && asked.advertisement && options.createOnPush !== false) await repositories.create(asked.repository);
    if (!repositories.has(asked.repository)) {
      send(response, 404, `There is no repository ${asked.repository}.`);
      return;
    }
    const interference = await options.intercept?.(asked);
    if (interference !== undefined && 'status' in interference) {
      send(response, interference.status, interference.message);
      return;
    }
    count(asked);
    if (interference !== undefined) return serve(request, response, { loseReply: true });
    if (isGreeting(asked, request)) return greet(request, response, asked.repository);
    if (repositories.configuration(asked.repository) !== CONFIGURATION) return serve(request, response);
    return serveAsMade(request, response, asked);
  }

  /** Of a repository whose configuration nobody has changed, so that it is known what Git does with it. */
  async function serveAsMade(request: IncomingMessage, response: ServerResponse, asked: GitRequest): Promise<void> {
    const direct = repositories.path(asked.repository);
    if (!mayAskForRefs(asked, request)) return serve(request, response, { direct });
    const body = await buffer(request);
    const refs = answerLsRefs(direct, body);
    if (refs === undefined) return serve(request, response, { direct, body });
    repeat({ status: 200, headers: REFS_HEADERS, body: Buffer.from(refs, 'latin1') }, response);
  }

  function count({ advertisement, service }: GitRequest): void {
    if (advertisement || service === undefined) return;
    counts[service === 'git-receive-pack' ? 'pushes' : 'fetches'] += 1;
  }

  async function greet(request: IncomingMessage, response: ServerResponse, repository: string): Promise<void> {
    const configuration = repositories.configuration(repository);
    const known = greetings.get(configuration);
    if (known !== undefined) return repeat(known, response);
    await serve(request, response, {
      keep: (answer) => {
        if (answer.status === 200) greetings.set(configuration, answer);
      },
    });
  }

  function serve(request: IncomingMessage, response: ServerResponse, how: Omit<Call, 'user'> = {}): Promise<void> {
    const user = options.credentials?.username;
    return backend.serve({ ...how, ...(user === undefined ? {} : { user }) }, request, response);
  }

  // A slow push is a push: only a silent connection is cut.
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
    request.on('error', () => response.destroy());
    response.on('error', () => undefined);
    handle(request, response).catch((error: unknown) => {
      send(response, 500, error instanceof Error ? error.message : String(error));
    });
  });
  const port = await listenOnLoopback(server, options.port ?? 0, 'Git server').catch(async (error: unknown) => {
    await backend.stop();
    throw error;
  });
  const base = `http://127.0.0.1:${port}`;

  return {
    url: base,
    port,
    counts,
    createRepository: async (name) => `${base}/${await repositories.create(name)}`,
    stop: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await Promise.all([closed, backend.stop()]);
    },
  };
}

function describe(method: string, url: URL): GitRequest | undefined {
  const match = /^\/(.+?)\/(info\/refs|HEAD|objects\/.+|git-upload-pack|git-receive-pack)$/.exec(
    decodeURIComponent(url.pathname),
  );
  const [, repository, action] = match ?? [];
  if (repository === undefined || action === undefined) return undefined;
  const advertisement = action === 'info/refs';
  const service = advertisement ? url.searchParams.get('service') : action;
  return {
    method,
    repository,
    service: service === 'git-upload-pack' || service === 'git-receive-pack' ? service : undefined,
    advertisement,
  };
}

/** Whether it asks for what the server says first in version 2 of the protocol. */
function isGreeting({ advertisement, service }: GitRequest, { headers }: IncomingMessage): boolean {
  return advertisement && service === 'git-upload-pack' && headers['git-protocol'] === 'version=2';
}

/** Whether it is short, plain, and in the version of the protocol in which one can ask where refs are. */
function mayAskForRefs({ service, advertisement }: GitRequest, { method, headers }: IncomingMessage): boolean {
  return (
    service === 'git-upload-pack' &&
    !advertisement &&
    method === 'POST' &&
    headers['git-protocol'] === 'version=2' &&
    headers['content-type'] === 'application/x-git-upload-pack-request' &&
    headers['content-encoding'] === undefined &&
    Number(headers['content-length'] ?? Number.NaN) <= LONGEST_QUESTION
  );
}

function isAllowed(request: IncomingMessage, credentials: GitServerOptions['credentials']): boolean {
  if (credentials === undefined) return true;
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(
    `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`, 'utf8').toString('base64')}`,
  );
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function send(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers }).end(`${message}\n`);
}

/** No settings of the machine or the user, no prompts, and nothing of ours but what a program needs to run. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
  };
}

async function findPrograms(environment: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout } = await run('git', ['--exec-path'], { env: environment });
    return stdout.trim();
  } catch (error) {
    throw new Error('Git is not installed, or not on the PATH: the railyard serves repositories through it.', {
      cause: error,
    });
  }
}
