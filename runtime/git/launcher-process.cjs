'use strict';
/**
 * The small process that Git commands leave from: a process is copied when it starts another, and that takes the longer
 * the more memory it has. It is plain JavaScript so that it runs as it stands, from sources and from a package, and it
 * decides nothing: who asked sets the limits and ends what takes too long.
 *
 * In: `{ id, folder, arguments, environment, input?, notAfter }`. Out for each: `{ id, pid }` when the command has
 * started, `{ id }` when it gave a sign of life, and at last `{ id, result: { exitCode, stdout, stderr } }`, or
 * `{ id, late: true }` where it would have started too late.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { subscribe } = require('node:diagnostics_channel');
const { simpleGit } = require('simple-git');

/** Where a command ended without an exit code. */
const KILLED = -1;
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

async function run(order) {
  const { id, folder, environment, input } = order;
  let ending = { exitCode: KILLED, stderr: '' };
  let said = 0;
  const sign = () => {
    if (Date.now() - said < SIGN_MS) return;
    said = Date.now();
    tell({ id });
  };
  const git = simpleGit({
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

function tell(message) {
  // Whoever asked may be gone; then nobody is left to tell.
  if (process.connected) process.send(message, () => undefined);
}

process.on('message', (order) => {
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
