/** Small forges in this process: what they keep is one for all, and each answers in the shapes that its makers document. */

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PullRequest } from '../../../runtime/forge';
import { ForgeServers, GitServers } from '../../simulation/world';

export interface Asked {
  readonly method: string;
  /** Decoded part by part where it was encoded, so that a name of a branch is one part. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Told {
  readonly status: number;
  readonly body?: unknown;
  /** In the place of a body. */
  readonly text?: string;
}

/** A pull request as the yard keeps it. */
export type Kept = NonNullable<ReturnType<ForgeServers['newest']>>;

export const REPOSITORY = 'the repository';

/** A word on a commit, in the forge's own spelling. */
export interface Said {
  readonly context: string;
  readonly state: string;
  readonly description: string;
}

export const saidIn = (body: Readonly<Record<string, unknown>>, context: unknown): Said => ({
  context: String(context),
  state: String(body['state']),
  description: String(body['description']),
});

/** What all of them keep. */
export class Yard {
  readonly git = new GitServers(() => Date.now());
  readonly forges = new ForgeServers(this.git);
  readonly checks = new Map<string, PullRequest['checks']>();

  /** Words that were said on commits, as each forge writes them. */
  readonly statuses = new Map<string, Said[]>();

  /** Oldest first. */
  saidOn = (commit: string): readonly Said[] => this.statuses.get(commit) ?? [];

  /** A word more, or in the place of the one about the same. */
  say(commit: string, said: Said): Said {
    this.statuses.set(commit, [...this.saidOn(commit), said]);
    return said;
  }

  newest = (source: string, target: string): Kept | undefined => this.forges.newest(REPOSITORY, source, target);

  byNumber(number: unknown): Kept {
    const found = this.forges.requests.find((one) => one.number === Number(number));
    if (found === undefined) throw new Error(`nobody opened number ${String(number)}`);
    // A look at any of them brings all up to date.
    this.newest(found.source, found.target);
    return found;
  }

  open = (source: string, target: string, title: unknown, body: unknown): Kept =>
    this.forges.open(REPOSITORY, source, target, String(title), String(body));

  isOpen = (source: string, target: string): boolean => this.newest(source, target)?.state === 'Open';

  checksOf = (commit: string): PullRequest['checks'] => this.checks.get(commit) ?? 'None';

  head = (branch: string): string | undefined => this.git.head(REPOSITORY, branch);

  /** @returns whether it was there */
  remove(branch: string): boolean {
    const isThere = this.head(branch) !== undefined;
    this.forges.removeBranch(REPOSITORY, branch, 'the forge');
    return isThere;
  }
}

/** What a forge answers, once it knows who asks. */
export type Shape = (yard: Yard, asked: Asked) => Told | undefined;

export interface Running {
  readonly origin: string;
  readonly yard: Yard;
  stop(): Promise<void>;
}

/**
 * @param knows whether the headers carry the credential
 * @param stranger what somebody without it is told
 */
export async function serve(
  shape: Shape,
  knows: (headers: IncomingMessage['headers']) => boolean,
  stranger: unknown,
): Promise<Running> {
  const yard = new Yard();
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://forge');
      const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
      const text = Buffer.concat(chunks).toString();
      const body = (text === '' ? {} : JSON.parse(text)) as Asked['body'];
      const { method = '', headers } = request;
      const asked = { method, parts, query: url.searchParams, headers, body };
      const told = knows(request.headers)
        ? (shape(yard, asked) ?? { status: 404, body: { message: 'Not Found' } })
        : { status: 401, body: stranger };
      const isText = 'text' in told;
      response.writeHead(told.status, { 'content-type': isText ? 'text/html' : 'application/json' });
      response.end(isText ? told.text : told.body === undefined ? '' : JSON.stringify(told.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    yard,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
