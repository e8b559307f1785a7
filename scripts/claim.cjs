// One process at a time does a piece of work that others wait for: a file that names its holder. Uses nothing but Node.
const fs = require('node:fs');

/** Between its creation and its first byte a claim names nobody, for no longer than this. */
const UNNAMED_MS = 5_000;

/**
 * Takes the claim, waiting while another living process holds it. Release it by removing the file.
 *
 * @param {string} file where the claim lies; its folder exists
 * @param {{ expiresMs: number, onWait: () => void }} options how old a claim may get, and what to say once before waiting
 */
function takeClaim(file, { expiresMs, onWait }) {
  for (let waiting = false; ;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (abandoned(file, expiresMs)) {
      fs.rmSync(file, { force: true });
      continue;
    }
    if (!waiting) onWait();
    waiting = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  }
}

/** Whether whoever holds the claim is gone. A claim that vanishes while we look is tried for again. */
function abandoned(file, expiresMs) {
  try {
    const age = Date.now() - fs.statSync(file).mtimeMs;
    const holder = fs.readFileSync(file, 'utf8');
    if (holder === '') return age > UNNAMED_MS;
    return age > expiresMs || !alive(Number(holder));
  } catch {
    return false;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

module.exports = { takeClaim };
