'use strict';
/**
 * The small process that Git commands leave from: a process is copied when it starts another, and that takes the longer
 * the more memory it has. It is plain JavaScript so that it runs as it stands, from sources and from a package, and it
 * decides nothing: who asked sets the limits and ends what takes too long.
 *
 * In: `{ id, folder, arguments, environment, input?, notAfter }`. Out for each: `{ id, pid }` when the command has
 * started, `{ id }` when it gave a sign of life, and at last `{ id, result: { exitCode, stdout, stderr } }`, or
 * `{ id, late: true }` where it would have started too late.
 *
 * In: `{ id, folder, arguments, environment, converse: true }`. Out: `{ id, pid }`, then `{ id, pipe: 'stdout' }` and
 * `{ id, pipe: 'stdin' }`, each with that end of the command's pipes, and at last its result. In again, to end it:
 * `{ id, end: true }`.
 */
const { spawn } = require('node:child_process');
const { AsyncLocalStorage } = require('node:async_hooks');
const { subscribe } = require('node:diagnostics_channel');

/** Where a command ended without an exit code. */
const KILLED = -1;
/** Of a long conversation the last of its complaints are kept, in characters. */
const MAX_STDERR = 4096;
/** Signs of life that come closer together than this are told as one. */
const SIGN_MS = 100;

/**
 * simple-git refuses these unless they are named, so that nobody slips them in. They are all set by the runtime, from
 * values that it made or checked.
 */
const unsafe = {
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeSshCommand: true,
  allowUnsafeAskPass: true,
};

/** simple-git does not say which process it started; Node does, to whoever listens while it starts. */
const starting = new AsyncLocalStorage();
const running = new Set();
subscribe('child_process', ({ process: child }) => {
  const order = starting.getStore();
  if (order === undefined || order.isStarted) return;
  order.isStarted = true;
  running.add(child);
  child.once('spawn', () => tell({ id: order.id, pid: child.pid }));
  child.once('exit', () => running.delete(child));
});

/** Loaded when there is time for it: a conversation does not wait for it. */
const simple = () => require('simple-git');
setImmediate(simple);

async function run(order) {
  const { id, folder, environment, input } = order;
  let ending = { exitCode: KILLED, stderr: '' };
  let said = 0;
  const sign = () => {
    if (Date.now() - said < SIGN_MS) return;
    said = Date.now();
    tell({ id });
  };
  const git = simple().simpleGit({
    baseDir: folder,
    allowEnvironment: Object.keys(environment),
    unsafe,
    ...(input === undefined ? {} : { input: () => input }),
    // Every end counts as an answer here; what it means is decided by who asked.
    errors: (_error, end) => {
      ending = { exitCode: end.exitCode ?? KILLED, stderr: Buffer.concat(end.stdErr).toString() };
      return undefined;
    },
  });
  git.env(environment);
  git.outputHandler((_binary, stdout, stderr) => {
    stdout.on('data', sign);
    stderr.on('data', sign);
  });
  const stdout = await git.raw(order.arguments);
  return { ...ending, stdout };
}

/** Conversations by the number of their order. */
const talking = new Map();

function converse({ id, folder, arguments: args, environment }) {
  const child = spawn('git', args, { cwd: folder, env: environment, stdio: 'pipe' });
  let stderr = '';
  const over = (exitCode, signal, words) => {
    talking.delete(id);
    running.delete(child);
    tell({ id, result: { exitCode: exitCode ?? KILLED, stdout: '', stderr: words, ...(signal && { signal }) } });
  };
  child.stderr.setEncoding('utf8').on('data', (words) => (stderr = (stderr + words).slice(-MAX_STDERR)));
  child.once('error', (error) => over(undefined, undefined, error.message));
  child.once('spawn', () => {
    talking.set(id, child);
    running.add(child);
    child.once('exit', (code, signal) => {
      if (child.stderr.closed) over(code, signal, stderr);
      else child.stderr.once('close', () => over(code, signal, stderr));
    });
    tell({ id, pid: child.pid });
    // One after the other: the second goes when the first was let go of here, so that whoever can ask is alone to hear.
    tell({ id, pipe: 'stdout' }, child.stdout);
    tell({ id, pipe: 'stdin' }, child.stdin);
  });
}

function tell(message, pipe) {
  // Whoever asked may be gone; then nobody is left to tell.
  if (process.connected) process.send(message, pipe, undefined, () => undefined);
}

process.on('message', (order) => {
  if (order.end) return talking.get(order.id)?.kill('SIGKILL');
  if (order.converse) return converse(order);
  if (process.hrtime.bigint() > order.notAfter) return tell({ id: order.id, late: true });
  starting
    .run(order, () => run(order))
    .catch((error) => ({ exitCode: KILLED, stdout: '', stderr: String(error?.message ?? error) }))
    .then((result) => tell({ id: order.id, result }));
});

// The keys of a terminal reach every process before it; when to end is for the runtime to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
process.on('disconnect', () => {
  for (const child of running) child.kill('SIGTERM');
  process.exit();
});
