/** HTTP connections to Git servers, and one request over them within its time. Judges nothing. */

import { readFileSync } from 'node:fs';
import { Agent as PlainAgent, request as askPlainly, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as askOverTls } from 'node:https';
import type { Socket } from 'node:net';
import { messageOf } from '../../errors';
import { Limits, type Limited, type Stop } from '../limits';
import { isProxied } from './proxy';

export interface Request extends Limited {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** A longer answer breaks the connection. @default 64 MiB */
  readonly mostBytes?: number;
  /** Asked when the connection stands, right before the first byte goes out: for how many milliseconds from there. */
  readonly permit?: () => number;
}

/** How a request ended. `sent`: the server may have seen it. */
export type Ending =
  | { readonly ending: 'Answer'; readonly status: number; readonly type: string; readonly body: Buffer }
  | { readonly ending: 'Stopped'; readonly stopped: Stop; readonly sent: boolean }
  | { readonly ending: 'Broken'; readonly words: string; readonly sent: boolean };

/** Shorter than any server or proxy waits, so that a connection is not closed right when it is used again. */
const REST_MS = 4000;
const LARGEST_ANSWER = 64 * 1024 * 1024;

export class HttpConnections {
  private readonly plain = new PlainAgent({ keepAlive: true, timeout: REST_MS });
  private readonly tls: TlsAgent;
  private readonly running = new Set<() => void>();
  private closed = false;
  private readonly readable: boolean;

  /** @param environment where certificates and proxies stand */
  constructor(private readonly environment: Readonly<Record<string, string | undefined>>) {
    const { certificates, readable } = certificatesIn(environment);
    this.readable = readable;
    this.tls = new TlsAgent({ keepAlive: true, timeout: REST_MS, ...(certificates && { ca: certificates }) });
  }

  /** Whether this server can be reached from here; where not, Git's commands know the way. */
  reaches(url: string): boolean {
    if (this.closed || !/^https?:/.test(url) || isProxied(url, this.environment)) return false;
    return this.readable || url.startsWith('http:');
  }

  request(request: Request): Promise<Ending> {
    if (this.closed || request.signal?.aborted) {
      return Promise.resolve({ ending: 'Stopped', stopped: 'Abort', sent: false });
    }
    if (request.wholeMs <= 0) return Promise.resolve({ ending: 'Stopped', stopped: 'Deadline', sent: false });
    return new Promise((resolve) => new Exchange(request, this.open(request), this.running, resolve));
  }

  /** Ends all that is under way, and asks nothing any more. */
  close(): void {
    this.closed = true;
    for (const stop of this.running) stop();
    this.plain.destroy();
    this.tls.destroy();
  }

  /** Redirects are not followed: a credential belongs to one host. */
  private open({ url, method, headers, body }: Request): ClientRequest {
    const overTls = url.startsWith('https:');
    const length = body === undefined ? {} : { 'Content-Length': String(body.length) };
    const options = { method, headers: { ...headers, ...length }, agent: overTls ? this.tls : this.plain };
    return overTls ? askOverTls(url, options) : askPlainly(url, options);
  }
}

/** Where certificates are named as a folder only, Git's own library alone can read them. */
function certificatesIn(environment: Readonly<Record<string, string | undefined>>): {
  readonly certificates?: string;
  readonly readable: boolean;
} {
  const file = environment['GIT_SSL_CAINFO'] || environment['SSL_CERT_FILE'];
  if (!file) return { readable: !environment['SSL_CERT_DIR'] && !environment['GIT_SSL_CAPATH'] };
  try {
    return { certificates: readFileSync(file, 'utf8'), readable: true };
  } catch {
    return { readable: false };
  }
}

/** One request and its clocks. */
class Exchange {
  private sent = false;
  private over = false;
  private readonly limits: Limits;
  private readonly endsAt: number;
  private readonly stop = (): void => this.halt('Abort');

  constructor(
    private readonly request: Request,
    private readonly client: ClientRequest,
    private readonly running: Set<() => void>,
    private readonly resolve: (ending: Ending) => void,
  ) {
    this.endsAt = performance.now() + request.wholeMs;
    this.limits = new Limits(request, (reason) => this.halt(reason));
    this.limits.listen();
    running.add(this.stop);
    client.on('error', (error) => this.end({ ending: 'Broken', words: messageOf(error), sent: this.sent }));
    client.on('response', (response) => this.read(response));
    client.on('socket', (socket) => this.whenReady(socket, () => this.send()));
  }

  private whenReady(socket: Socket, ready: () => void): void {
    if (!socket.connecting) return ready();
    const secure = this.request.url.startsWith('https:');
    socket.once(secure ? 'secureConnect' : 'connect', ready);
  }

  private send(): void {
    if (this.over) return;
    // A process that slept wakes up here before its timers go off.
    if (performance.now() >= this.endsAt) return this.halt('Deadline');
    const permitted = this.request.permit?.();
    if (permitted !== undefined) {
      if (permitted <= 0) return this.halt('Deadline');
      this.limits.within(permitted);
    }
    this.sent = true;
    this.client.end(this.request.body);
  }

  private read(response: IncomingMessage): void {
    const parts: Buffer[] = [];
    let length = 0;
    const { mostBytes: most = LARGEST_ANSWER } = this.request;
    response.on('data', (chunk: Buffer) => {
      parts.push(chunk);
      length += chunk.length;
      this.limits.heard(chunk.length);
      if (length > most) response.destroy(new Error(`The answer is longer than ${most} bytes.`));
    });
    const broken = (error?: Error): void =>
      this.end({ ending: 'Broken', words: error?.message ?? 'The connection ended in the middle.', sent: true });
    response.on('error', broken);
    response.on('aborted', () => broken());
    response.on('end', () => {
      const type = response.headers['content-type'] ?? '';
      this.end({ ending: 'Answer', status: response.statusCode ?? 0, type, body: Buffer.concat(parts) });
    });
  }

  private halt(stopped: Stop): void {
    this.end({ ending: 'Stopped', stopped, sent: this.sent });
    this.client.destroy();
  }

  private end(ending: Ending): void {
    if (this.over) return;
    this.over = true;
    this.limits.end();
    this.running.delete(this.stop);
    this.resolve(ending);
  }
}
