// Installs the dependencies from the lock file when node_modules is missing, unfinished, or belongs to another lock file,
// platform or architecture. Runs before `npm start` and `npm test` on whatever Node a clean clone has, so it uses nothing
// but Node.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { takeClaim } = require('./claim.cjs');

const root = path.resolve(__dirname, '..');
const modules = path.join(root, 'node_modules');
const stampFile = path.join(modules, '.k8sta-platform');
const claim = path.join(root, '.k8sta-installing');
const CLAIM_EXPIRES_MS = 10 * 60_000;
const OLDEST_NODE = [20, 19];

const platform = `${process.platform} ${process.arch}`;

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether npm's own record of what it installed, written when it has finished, is what the lock file asks for. */
function installed() {
  const record = read(path.join(modules, '.package-lock.json'));
  if (record === undefined || !fs.existsSync(path.join(modules, '.bin', 'node'))) return false;
  if ((read(stampFile) ?? platform) !== platform) return false;
  const wanted = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(record).packages;
  return Object.entries(wanted).every(([place, { version, optional }]) => {
    if (place === '') return true;
    // What is optional may be for another platform.
    return present[place] === undefined ? optional === true : present[place].version === version;
  });
}

function install() {
  process.stderr.write('k8sta: installing dependencies from package-lock.json (once, about a minute)\n');
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const result = spawnSync(command, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) {
    const why = result.error
      ? result.error.message
      : `npm ci ended with ${result.signal ?? `exit code ${result.status}`}`;
    process.stderr.write(
      `k8sta: the installation failed: ${why}. Fix what npm says above and run the command again.\n`,
    );
    process.exitCode = 1;
    return;
  }
  fs.writeFileSync(stampFile, platform);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  process.stderr.write(
    `k8sta: this is Node ${process.versions.node}; install Node ${OLDEST_NODE.join('.')} or newer and run the command again.\n`,
  );
  process.exitCode = 1;
} else if (!installed()) {
  // A second start waits for the first instead of deleting its files.
  takeClaim(claim, {
    expiresMs: CLAIM_EXPIRES_MS,
    onWait: () => process.stderr.write('k8sta: another start installs the dependencies, waiting for it\n'),
  });
  try {
    if (!installed()) install();
  } finally {
    fs.rmSync(claim, { force: true });
  }
}
