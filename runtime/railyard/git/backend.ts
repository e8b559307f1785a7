/** The Git server's end of the small process that runs `git http-backend` (`backend-process.cjs`). */

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as ask, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream';

export interface BackendOptions {
  /** Folder of Git's own programs, `git-http-backend` and those that it runs. */
  readonly programs: string;
  /** All that the program gets of the environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Folder of all repositories. */
  readonly folder: string;
}

/** What is special about one request. */
export interface Call {
  /** Who was authenticated; absent where nobody needs to be. */
  readonly user?: string;
  /** Path of the repository, where the program that `git http-backend` would run may be run without it. */
  readonly direct?: string;
  /** The body of the request, where it was read already. */
  readonly body?: Buffer;
  /** Let Git do the work, then cut the connection without an answer. */
  readonly loseReply?: boolean;
  /** Told the whole answer once Git has ended well. */
  readonly keep?: (answer: Answer) => void;
}

/** An answer of Git that can be given once more. */
export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Headers of a connection, not of what it carries. */
const BETWEEN_NEIGHBOURS = ['connection', 'keep-alive', 'transfer-encoding', 'authorization', 'host', 'expect'];

export class Backend {
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly process: ChildProcess,
    private readonly socketPath: string,
  ) {}

  /** @throws Error where the process cannot start */
  static async start(options: BackendOptions): Promise<Backend> {
    const { TMPDIR } = options.environment;
    const process = fork(join(__dirname, 'backend-process.cjs'), [], {
      env: TMPDIR === undefined ? {} : { TMPDIR },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    process.send(options);
    const socket = await new Promise<string>((listening, failed) => {
      process.once('message', (told) => listening((told as { socket: string }).socket));
      process.once('error', failed);
      process.once('exit', (code) => failed(new Error(`The process that serves Git ended with ${code}.`)));
    });
    // Open connections keep the railyard alive; the process itself does not.
    process.unref();
    process.channel?.unref();
    return new Backend(process, socket);
  }

  /** Serves one request, streaming both ways. Returns when it is over. */
  serve(call: Call, request: IncomingMessage, response: ServerResponse): Promise<void> {
    return new Promise((over) => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !BETWEEN_NEIGHBOURS.includes(name)),
      );
      const passedOn = ask({
        agent: this.agent,
        socketPath: this.socketPath,
        method: request.method,
        path: request.url,
        headers: { ...headers, 'x-remote-user': call.user ?? 'railyard', 'x-direct': call.direct ?? '' },
      });
      response.on('close', () => {
        if (call.loseReply !== true && !response.writableFinished) passedOn.destroy();
        over();
      });
      if (call.body === undefined) pipeline(request, passedOn, () => undefined);
      else passedOn.end(call.body);
      passedOn.on('error', (error) => refuse(response, `git http-backend cannot be reached: ${error.message}`));
      passedOn.on('response', (answer) => {
        if (call.loseReply === true) {
          answer.resume().on('close', () => response.socket?.destroy());
          return;
        }
        if (call.keep !== undefined) keep(answer, call.keep);
        response.writeHead(answer.statusCode ?? 500, endToEnd(answer.headers));
        pipeline(answer, response, () => undefined);
      });
    });
  }

  /** Returns when no Git process is left. */
  async stop(): Promise<void> {
    this.agent.destroy();
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.ref();
    if (this.process.connected) this.process.disconnect();
    await gone;
  }
}

/** Gives an answer once more. */
export function repeat({ status, headers, body }: Answer, response: ServerResponse): void {
  response.writeHead(status, headers).end(body);
}

const endToEnd = (headers: IncomingMessage['headers']): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !BETWEEN_NEIGHBOURS.includes(name)));

function keep(answer: IncomingMessage, kept: (answer: Answer) => void): void {
  const body: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => body.push(chunk));
  answer.on('end', () =>
    kept({ status: answer.statusCode ?? 500, headers: endToEnd(answer.headers), body: Buffer.concat(body) }),
  );
}

function refuse(response: ServerResponse, message: string): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}
