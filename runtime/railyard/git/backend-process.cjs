'use strict';
/**
 * The small process that Git's programs leave from: a process is copied when it starts another, and that takes the
 * longer the more memory it has. It is plain JavaScript so that it runs as it stands, from sources and from a package.
 *
 * It is told `{ programs, environment, folder }`, answers `{ socket }`, the path of a Unix socket in a private folder,
 * and serves there what the Git server lets through: the path and query of the request, the pusher as `x-remote-user`.
 * Every request is one for `git http-backend`. Where `x-direct` names the repository, nothing in it would have
 * `git http-backend` do anything but run `git upload-pack` or `git receive-pack`, which are then run without it.
 */
const { spawn } = require('node:child_process');
const { mkdtempSync, rmSync } = require('node:fs');
const { createServer } = require('node:http');
const { getPriority, setPriority, tmpdir } = require('node:os');
const { join } = require('node:path');
const { pipeline } = require('node:stream');

/** A push can wait for whoever watches: the processes of Git take what the servers leave. */
const NICER = 5;
const NICEST = 19;
setPriority(Math.min(getPriority() + NICER, NICEST));

const END_OF_HEADERS = '\r\n\r\n';
/** Longest header block that the backend may send, in bytes. */
const HEADER_LIMIT = 64 * 1024;
const STDERR_LIMIT = 4 * 1024;

const children = new Set();
let backend;

function serve(request, response) {
  const service = serviceOf(request);
  const child =
    service === undefined
      ? spawn(join(backend.programs, 'git-http-backend'), [], { env: environmentOf(request), stdio: 'pipe' })
      : spawn(join(backend.programs, service), ['--stateless-rpc', '.'], {
          cwd: request.headers['x-direct'],
          env: { ...environmentOf(request), ...committerOf(request) },
          stdio: 'pipe',
        });
  children.add(child);
  // Whoever goes away ends its child, and a child that ends early leaves the rest of the body unread.
  response.on('close', () => {
    if (!response.writableFinished) child.kill('SIGTERM');
  });
  pipeline(request, child.stdin, () => undefined);
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    if (complaint.length < STDERR_LIMIT) complaint += chunk.toString('utf8');
  });
  if (service === undefined) answer(child.stdout, response);
  else stream(child.stdout, response, `application/x-${service}-result`);
  child.on('error', (error) => refuse(response, `Git cannot start: ${error.message}`));
  child.on('close', (code) => {
    children.delete(child);
    if (!response.headersSent) refuse(response, complaint.trim() || `Git ended with code ${code}`);
    else if (code !== 0) response.destroy();
    else response.end();
  });
}

function environmentOf({ method, url, headers }) {
  const { pathname, search } = new URL(url, 'http://localhost');
  return {
    ...backend.environment,
    GIT_PROJECT_ROOT: backend.folder,
    GIT_HTTP_EXPORT_ALL: '1',
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_PROTOCOL: 'HTTP/1.1',
    REQUEST_METHOD: method,
    PATH_INFO: decodeURIComponent(pathname),
    QUERY_STRING: search.slice(1),
    REMOTE_ADDR: '127.0.0.1',
    // Git takes the name of the pusher, for its reflogs, from here.
    REMOTE_USER: headers['x-remote-user'],
    CONTENT_TYPE: headers['content-type'] ?? '',
    // Without a length (a chunked body) Git reads to the end of its input.
    ...(headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: headers['content-length'] }),
    ...(headers['content-encoding'] === undefined ? {} : { HTTP_CONTENT_ENCODING: headers['content-encoding'] }),
    ...(headers['git-protocol'] === undefined ? {} : { GIT_PROTOCOL: headers['git-protocol'] }),
  };
}

/** The program to run at once, if any. */
function serviceOf({ method, url, headers }) {
  const [, service] = /\/(git-upload-pack|git-receive-pack)$/.exec(url) ?? [];
  if (service === undefined || headers['x-direct'] === '' || method !== 'POST') return undefined;
  if (headers['content-encoding'] !== undefined) return undefined;
  return headers['content-type'] === `application/x-${service}-request` ? service : undefined;
}

/** As `git http-backend` names who pushes. */
function committerOf({ headers }) {
  const user = headers['x-remote-user'];
  return { GIT_COMMITTER_NAME: user, GIT_COMMITTER_EMAIL: `${user}@http.127.0.0.1` };
}

/** Sends all that comes, as an answer that nobody may keep. */
function stream(output, response, type) {
  response.setHeader('Expires', 'Fri, 01 Jan 1980 00:00:00 GMT');
  response.setHeader('Pragma', 'no-cache');
  response.setHeader('Cache-Control', 'no-cache, max-age=0, must-revalidate');
  response.setHeader('Content-Type', type);
  output.on('data', (chunk) => sendOn(chunk, output, response));
}

/** Turns the header block of a CGI answer into ours and streams the rest. */
function answer(output, response) {
  let pending = Buffer.alloc(0);
  let inBody = false;
  output.on('data', (chunk) => {
    if (inBody) return sendOn(chunk, output, response);
    pending = Buffer.concat([pending, chunk]);
    const end = pending.indexOf(END_OF_HEADERS);
    if (end < 0) {
      if (pending.length > HEADER_LIMIT) response.destroy(new Error('git http-backend sent no end of headers'));
      return;
    }
    inBody = true;
    writeHead(pending.subarray(0, end).toString('latin1'), response);
    sendOn(pending.subarray(end + END_OF_HEADERS.length), output, response);
  });
}

function sendOn(body, output, response) {
  if (body.length === 0 || response.destroyed || response.write(body)) return;
  output.pause();
  response.once('drain', () => output.resume());
}

function writeHead(block, response) {
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

function refuse(response, message) {
  if (response.headersSent || response.destroyed) response.destroy();
  else response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}

const folder = mkdtempSync(join(tmpdir(), 'k8sta-backend-'));
const server = createServer(serve);
server.requestTimeout = 0;
// One who is about to ask must not find the connection closed: the railyard alone asks here, and ends them all.
server.keepAliveTimeout = 0;

process.on('message', (told) => {
  backend = told;
  const socket = join(folder, 'socket');
  server.listen(socket, () => process.send({ socket }));
});

// The keys of a terminal reach every process before it; when to end is for the railyard to say, or its end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
process.on('disconnect', () => {
  server.close();
  server.closeAllConnections();
  for (const child of children) child.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
  // What is left keeps the process until it has ended.
});
