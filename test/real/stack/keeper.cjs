// Owns the processes of one real stack: `keeper.cjs <folder>`, forked. Whatever ends its parent, also SIGKILL, ends the
// channel to it; then the keeper kills every process that it started, with their children, and removes the folder.
//
// Tests run in processes of their own and reach it through a socket in the folder:
//   POST /<name>/start   {file, args, env, cwd} or nothing to start it as before    {pid}
//   POST /<name>/stop    {signal}: waits until the process has ended, and kills its children
//   POST /<name>/signal  {signal}
//   GET  /<name>         {pid, running, code, signal, rssBytes}
//   POST /end
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const folder = process.argv[2];
const logs = path.join(folder, 'logs');
fs.mkdirSync(logs, { recursive: true });

/** What was started, by name: `{ command, child, code, signal, ended }`. */
const kept = new Map();

function start(name, command) {
  const before = kept.get(name);
  if (before && before.running) throw new Error(`${name} runs already`);
  const { file, args, env, cwd } = command.file ? command : (before?.command ?? {});
  if (!file) throw new Error(`${name} was never started: say how`);
  const log = fs.openSync(path.join(logs, `${name}.log`), 'a');
  // A group of its own, so that what it starts itself ends with it.
  const child = spawn(file, args, { cwd: cwd ?? folder, env, stdio: ['ignore', log, log], detached: true });
  fs.closeSync(log);
  const entry = { command: { file, args, env, cwd }, child, running: true };
  entry.ended = new Promise((resolve) => {
    const over = (code, signal) => {
      Object.assign(entry, { running: false, code, signal });
      resolve();
    };
    child.once('error', (error) => over(error.message, null));
    child.once('exit', over);
  });
  kept.set(name, entry);
  return { pid: child.pid };
}

function signalGroup(entry, signal) {
  try {
    if (entry.child.pid !== undefined) process.kill(-entry.child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

async function stop(name, { signal = 'SIGKILL' }) {
  const entry = known(name);
  if (entry.running) process.kill(entry.child.pid, signal);
  // A stopped process does not hear what it is told.
  if (entry.running && signal !== 'SIGKILL') signalGroup(entry, 'SIGCONT');
  await entry.ended;
  signalGroup(entry, 'SIGKILL');
  return look(name);
}

function look(name) {
  const { child, running, code, signal } = known(name);
  return {
    pid: child.pid,
    running,
    code: code ?? null,
    signal: signal ?? null,
    rssBytes: running ? rssOf(child.pid) : 0,
  };
}

function rssOf(pid) {
  try {
    return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function known(name) {
  const entry = kept.get(name);
  if (!entry) throw new Error(`${name} was never started`);
  return entry;
}

async function answer(method, url, body) {
  const [, name, verb] = url.split('/');
  if (method === 'GET') return look(name);
  if (verb === 'start') return start(name, body);
  if (verb === 'stop') return stop(name, body);
  if (verb === 'signal') {
    process.kill(known(name).child.pid, body.signal);
    return look(name);
  }
  throw new Error(`there is no ${method} ${url}`);
}

const server = http.createServer(async (request, response) => {
  try {
    let text = '';
    for await (const chunk of request) text += chunk;
    if (request.url === '/end') {
      response.end('{}', end);
      return;
    }
    response.end(JSON.stringify(await answer(request.method, request.url, text ? JSON.parse(text) : {})));
  } catch (error) {
    response.writeHead(400).end(JSON.stringify({ error: error.message }));
  }
});

function end() {
  for (const entry of kept.values()) signalGroup(entry, 'SIGKILL');
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  process.exit(0);
}

process.once('disconnect', end);
// Ctrl-C reaches everybody in the terminal; the parent decides when it is over.
process.on('SIGINT', () => {});
process.once('SIGTERM', end);
server.listen(path.join(folder, 'keeper.sock'), () => process.send('ready'));
