/** A server that speaks the protocol of the dashboard, with what a test gives it to say. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import type {
  Authors,
  ChangeEvent,
  Rights,
  TicketDiff,
  Verb,
  VerbRequest,
  WindowNow,
} from '../../runtime/dashboard/protocol';
import type { Shown } from './world';

const PAGE = resolve(__dirname, '../../dist/runtime/dashboard');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** As strict as that of the runtime. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export interface Script {
  world: Shown;
  /** Token that opens the door; without one it is open. */
  token?: string;
  diff?: TicketDiff;
  /** What each window of every station says. */
  windows?: readonly WindowNow[];
  authors?: Authors['commits'];
  /** Verbs that the reader may not use, and why. */
  forbidden?: Partial<Record<Verb, string>>;
  /** What a verb is refused with. */
  refusal?: { code: number; error: string };
}

export class FakeDashboard {
  readonly verbs: VerbRequest[] = [];
  private readonly streams = new Set<ServerResponse>();
  private signedIn = false;

  private constructor(
    private readonly server: Server,
    public script: Script,
  ) {}

  static async start(script: Script): Promise<FakeDashboard> {
    const server = createServer();
    const dashboard = new FakeDashboard(server, script);
    server.on('request', (request, response) => void dashboard.answer(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return dashboard;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Tells every page what changed. */
  change(change: Partial<ChangeEvent>): void {
    const { world } = this.script;
    const { set = {}, gone = [] } = change;
    const put = <T extends { metadata: { name: string } }>(
      before: readonly T[],
      after: readonly unknown[] = [],
    ): T[] => {
      const news = after as readonly T[];
      return [...before.filter(({ metadata }) => !news.some((each) => each.metadata.name === metadata.name)), ...news];
    };
    this.script.world = {
      tracks: put(world.tracks, set.tracks),
      stations: put(world.stations, set.stations),
      tickets: put(world.tickets, set.tickets),
      applications: world.applications,
    };
    for (const stream of this.streams) send(stream, 'change', { at: new Date().toISOString(), set, gone });
  }

  /** Knows nobody any more, as when tokens have run out. */
  endSessions(): void {
    this.signedIn = false;
    this.breakStreams();
  }

  /** Breaks every connection, as a network does. */
  breakStreams(): void {
    for (const stream of this.streams) stream.destroy();
  }

  async stop(): Promise<void> {
    this.breakStreams();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('content-security-policy', POLICY);
    const path = new URL(request.url ?? '/', 'http://page').pathname;
    if (!path.startsWith('/api/')) return file(path, response);
    const body = await bodyOf(request);
    if (path === '/api/sign-in') {
      this.signedIn = (body as { token?: string }).token === this.script.token;
      if (!this.signedIn)
        return json(response, 401, { error: 'the API server does not know this token: ask for a new one' });
    }
    if (path === '/api/oidc/start') {
      // The issuer knows everybody, and sends them back.
      this.signedIn = true;
      response.writeHead(302, { location: '/' });
      response.end();
      return;
    }
    if (this.script.token !== undefined && !this.signedIn) {
      return json(response, 401, { error: 'sign in first', signIn: ['oidc', 'token'] });
    }
    this.api(path, body, response);
  }

  private api(path: string, body: unknown, response: ServerResponse): void {
    const [, , kind = '', namespace, name, what] = path.split('/').map(decodeURIComponent);
    const { world, refusal } = this.script;
    switch (kind) {
      case 'stream':
        return this.stream(response);
      case 'me':
      case 'sign-in':
        return json(response, 200, {
          name: 'ada@example.com',
          signIn: this.script.token === undefined ? 'open' : 'token',
          namespaces: [...new Set(world.tracks.map(({ metadata }) => metadata.namespace))],
        });
      case 'sign-out':
        this.signedIn = false;
        return json(response, 200, {});
      case 'rights':
        return json(response, 200, this.rights());
      case 'verbs': {
        if (refusal !== undefined) return json(response, refusal.code, { error: refusal.error });
        this.verbs.push(body as VerbRequest);
        return json(response, 200, { says: 'it is done', resources: [] });
      }
      case 'tracks':
      case 'stations':
      case 'tickets':
        return this.single(kind, { key: `${namespace}/${name}`, what }, response);
      default:
        return json(response, 404, { error: `nothing is at ${path}` });
    }
  }

  private single(
    kind: 'tracks' | 'stations' | 'tickets',
    { key, what }: { readonly key: string; readonly what: string | undefined },
    response: ServerResponse,
  ): void {
    const { world, diff, authors = {}, windows = [] } = this.script;
    if (what === 'diff') return json(response, 200, diff ?? { station: '', applications: [] });
    if (what === 'authors') return json(response, 200, { commits: authors });
    const found = world[kind].find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === key);
    if (found === undefined) json(response, 404, { error: `there is no ${key}` });
    else json(response, 200, { resource: found, links: { commits: {} }, windows });
  }

  private rights(): Rights {
    const right = (verb: Verb) => {
      const reason = this.script.forbidden?.[verb];
      return reason === undefined ? { allowed: true } : { allowed: false, reason };
    };
    return {
      verbs: {
        approve: right('approve'),
        hold: right('hold'),
        resume: right('resume'),
        abort: right('abort'),
        retry: right('retry'),
        rollback: right('rollback'),
        board: right('board'),
      },
    };
  }

  private stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    send(response, 'all', { at: new Date().toISOString(), ...this.script.world });
    this.streams.add(response);
    response.on('close', () => this.streams.delete(response));
  }
}

const send = (stream: ServerResponse, event: string, data: object): void => {
  stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
};

function json(response: ServerResponse, code: number, answer: object): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer));
}

function file(path: string, response: ServerResponse): void {
  const name = path === '/' ? 'index.html' : path.slice(1);
  const known = ['index.html', ...readdirSync(join(PAGE, 'assets')).map((each) => `assets/${each}`)];
  if (!known.includes(name)) {
    response.writeHead(404);
    response.end();
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' });
  response.end(readFileSync(join(PAGE, name)));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return text === '' ? undefined : JSON.parse(text);
}
