'use strict';
/**
 * The thread that a render runs in: one instance of the shim, and a system interface in which nothing exists but clock,
 * randomness and standard error. It is plain JavaScript so that it runs as it stands, from sources and from a package.
 *
 * In: the bytes of a request. Out, first its versions, then one answer to each request: `{ reply: Uint8Array, refused:
 * boolean, memory }` or, when the instance is lost, `{ broken: text }`.
 */
const { randomFillSync } = require('node:crypto');
const { parentPort, workerData } = require('node:worker_threads');

const SUCCESS = 0;
const BAD_DESCRIPTOR = 8;
const NOT_SUPPORTED = 52;
/** What Go says when it dies stands first; a trace of every goroutine follows. */
const WORDS_KEPT = 4096;

let memory;
let words = '';
const view = () => new DataView(memory.buffer);

const offered = {
  args_sizes_get: (count, size) => none(count, size),
  args_get: () => SUCCESS,
  environ_sizes_get: (count, size) => none(count, size),
  environ_get: () => SUCCESS,
  sched_yield: () => SUCCESS,
  random_get(address, length) {
    randomFillSync(new Uint8Array(memory.buffer, address, length));
    return SUCCESS;
  },
  clock_time_get(clock, _precision, address) {
    const nanoseconds = clock === 0 ? BigInt(Date.now()) * 1_000_000n : process.hrtime.bigint();
    view().setBigUint64(address, nanoseconds, true);
    return SUCCESS;
  },
  fd_write(descriptor, vectors, count, written) {
    if (descriptor !== 1 && descriptor !== 2) return BAD_DESCRIPTOR;
    const data = view();
    let total = 0;
    for (let i = 0; i < count; i++) {
      const length = data.getUint32(vectors + 8 * i + 4, true);
      if (words.length < WORDS_KEPT) {
        words += Buffer.from(
          memory.buffer,
          data.getUint32(vectors + 8 * i, true),
          Math.min(length, WORDS_KEPT),
        ).toString();
      }
      total += length;
    }
    data.setUint32(written, total, true);
    return SUCCESS;
  },
  poll_oneoff: sleep,
  proc_exit(code) {
    throw new Error(words || `exit ${code}`);
  },
  fd_prestat_get: () => BAD_DESCRIPTOR,
};

function none(count, size) {
  view().setUint32(count, 0, true);
  view().setUint32(size, 0, true);
  return SUCCESS;
}

/** The Go runtime sleeps with one relative clock subscription; it has no descriptor to wait for. */
function sleep(subscriptions, events, count, happened) {
  const data = view();
  const CLOCK = 0;
  if (count !== 1 || data.getUint8(subscriptions + 8) !== CLOCK) return NOT_SUPPORTED;
  const milliseconds = Number(data.getBigUint64(subscriptions + 24, true)) / 1e6;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  new Uint8Array(memory.buffer, events, 32).fill(0);
  data.setBigUint64(events, data.getBigUint64(subscriptions, true), true);
  data.setUint32(happened, 1, true);
  return SUCCESS;
}

/** Every function that the module asks for: the few above, and a refusal for each call on files. */
function systemInterface(module) {
  const functions = {};
  for (const { name } of WebAssembly.Module.imports(module)) {
    functions[name] = offered[name] ?? (name.startsWith('fd_') ? () => BAD_DESCRIPTOR : () => NOT_SUPPORTED);
  }
  return { wasi_snapshot_preview1: functions };
}

const instance = new WebAssembly.Instance(workerData.module, systemInterface(workerData.module));
const shim = instance.exports;
memory = shim.memory;

const reply = () => new Uint8Array(memory.buffer, shim.replyAddress() >>> 0, shim.replySize() >>> 0);

function answer(request) {
  words = '';
  const address = shim.allocate(request.length) >>> 0;
  new Uint8Array(memory.buffer, address, request.length).set(request);
  const refused = shim.render() !== 0;
  return { reply: Uint8Array.from(reply()), refused, memory: memory.buffer.byteLength };
}

parentPort.on('message', (request) => {
  let result;
  try {
    result = answer(request);
  } catch (problem) {
    result = { broken: words || String(problem) };
  }
  parentPort.postMessage(result, result.reply ? [result.reply.buffer] : []);
});

shim._initialize();
shim.versions();
parentPort.postMessage(JSON.parse(Buffer.from(reply()).toString()));
