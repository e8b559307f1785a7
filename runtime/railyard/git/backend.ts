import { spawn, type ChildProcess } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';

const END_OF_HEADERS = '\r\n\r\n';
/** Longest header block that the backend may send, in bytes. */
const HEADER_LIMIT = 64 * 1024;
const STDERR_LIMIT = 4 * 1024;

/** What `git http-backend` needs to answer one request. */
export interface BackendCall {
  /** Path of the `git-http-backend` program. */
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Folder of all repositories. */
  readonly folder: string;
  /** Decoded path of the request below that folder, with a leading slash. */
  readonly path: string;
  readonly query: string;
  /** Who was authenticated; absent where nobody needs to be. */
  readonly user?: string;
  /** Let Git do the work, then cut the connection without an answer. */
  readonly loseReply?: boolean;
  /** Told the whole answer, headers first, once Git has ended well. */
  readonly keep?: (answer: Buffer) => void;
}

/**
 * Runs `git http-backend` for one request, streaming both ways.
 *
 * @returns the child, so that a stopping server can end it, and a promise of its exit
 */
export function runBackend(
  call: BackendCall,
  request: IncomingMessage,
  response: ServerResponse,
): { child: ChildProcess; done: Promise<void> } {
  const child = spawn(call.program, [], { env: environmentOf(call, request), stdio: ['pipe', 'pipe', 'pipe'] });
  // A client that goes away ends its child, and a child that ends early leaves the rest of the body unread.
  response.on('close', () => {
    if (call.loseReply !== true && !response.writableFinished) child.kill('SIGTERM');
  });
  pipeline(request, child.stdin, () => undefined);

  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < STDERR_LIMIT) complaint += chunk.toString('utf8');
  });
  answer(call, child.stdout, response);
  const whole: Buffer[] = [];
  if (call.keep !== undefined) child.stdout.on('data', (chunk: Buffer) => whole.push(chunk));

  const done = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      refuse(response, `git http-backend cannot start: ${error.message}`);
      resolve();
    });
    child.on('close', (code) => {
      if (code === 0) call.keep?.(Buffer.concat(whole));
      if (call.loseReply === true) response.socket?.destroy();
      else if (!response.headersSent) refuse(response, complaint.trim() || `git http-backend ended with code ${code}`);
      else if (!response.writableEnded) response.end();
      resolve();
    });
  });
  return { child, done };
}

function environmentOf(call: BackendCall, request: IncomingMessage): NodeJS.ProcessEnv {
  const { headers } = request;
  return {
    ...call.environment,
    GIT_PROJECT_ROOT: call.folder,
    GIT_HTTP_EXPORT_ALL: '1',
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_PROTOCOL: 'HTTP/1.1',
    REQUEST_METHOD: request.method,
    PATH_INFO: call.path,
    QUERY_STRING: call.query,
    REMOTE_ADDR: '127.0.0.1',
    // Git takes the name of the pusher, for its reflogs, from here.
    REMOTE_USER: call.user ?? 'railyard',
    CONTENT_TYPE: headers['content-type'] ?? '',
    // Without a length (a chunked body) Git reads to the end of its input.
    ...(headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: headers['content-length'] }),
    ...(headers['content-encoding'] === undefined ? {} : { HTTP_CONTENT_ENCODING: headers['content-encoding'] }),
    ...(typeof headers['git-protocol'] === 'string' ? { GIT_PROTOCOL: headers['git-protocol'] } : {}),
  };
}

/** Turns the header block of a CGI answer into ours and streams the rest. */
function answer(call: BackendCall, output: NodeJS.ReadableStream, response: ServerResponse): void {
  let pending = Buffer.alloc(0);
  let inBody = false;
  output.on('data', (chunk: Buffer) => {
    if (call.loseReply === true) return;
    if (inBody) {
      send(chunk);
      return;
    }
    pending = Buffer.concat([pending, chunk]);
    const end = pending.indexOf(END_OF_HEADERS);
    if (end < 0) {
      if (pending.length > HEADER_LIMIT) response.destroy(new Error('git http-backend sent no end of headers'));
      return;
    }
    inBody = true;
    writeHead(pending.subarray(0, end).toString('latin1'), response);
    send(pending.subarray(end + END_OF_HEADERS.length));
  });

  function send(body: Buffer): void {
    if (body.length === 0 || response.destroyed || response.write(body)) return;
    output.pause();
    response.once('drain', () => output.resume());
  }
}

/** Gives an answer of Git once more. */
export function repeat(answer: Buffer, response: ServerResponse): void {
  const end = answer.indexOf(END_OF_HEADERS);
  writeHead(answer.subarray(0, end).toString('latin1'), response);
  response.end(answer.subarray(end + END_OF_HEADERS.length));
}

function writeHead(block: string, response: ServerResponse): void {
  let status = 200;
  for (const line of block.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10) || 500;
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}

function refuse(response: ServerResponse, message: string): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}
