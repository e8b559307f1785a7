// Installs the dependencies from the lock file when they are missing or belong to another lock file, platform
// or architecture. Runs before `npm start` and `npm test` on whatever Node a clean clone has, so it uses nothing but Node.
const { createHash } = require('node:crypto');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const modules = path.join(root, 'node_modules');
const stampFile = path.join(modules, '.k8sta-lock');
const lockFile = path.join(root, 'package-lock.json');
const claim = path.join(root, '.k8sta-installing');
const CLAIM_EXPIRES_MS = 10 * 60_000;

const wanted = createHash('sha256')
  .update(fs.readFileSync(lockFile))
  .update(`${process.platform} ${process.arch}`)
  .digest('hex');

function installed() {
  try {
    return fs.readFileSync(stampFile, 'utf8') === wanted && fs.existsSync(path.join(modules, '.bin', 'node'));
  } catch {
    return false;
  }
}

/** One installation at a time: a second start waits for the first instead of deleting its files. */
function takeClaim() {
  for (;;) {
    try {
      fs.writeFileSync(claim, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    try {
      if (Date.now() - fs.statSync(claim).mtimeMs > CLAIM_EXPIRES_MS || !alive(fs.readFileSync(claim, 'utf8'))) {
        fs.rmSync(claim, { force: true });
        continue;
      }
    } catch {
      continue;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  }
}

function alive(pid) {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function install() {
  process.stderr.write('k8sta: installing dependencies from package-lock.json (once, well under a minute)\n');
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const result = spawnSync(command, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status !== 0) {
    const why = result.error ? result.error.message : `npm ci ended with exit code ${result.status}`;
    process.stderr.write(`k8sta: the installation failed: ${why}. Fix what npm says above and run the command again.\n`);
    process.exitCode = 1;
    return;
  }
  fs.writeFileSync(stampFile, wanted);
}

if (!installed()) {
  takeClaim();
  try {
    if (!installed()) install();
  } finally {
    fs.rmSync(claim, { force: true });
  }
}
