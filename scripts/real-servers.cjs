// The servers that the real stack runs, each built from its released Go module with the sums that test/real/servers pins,
// into a cache outside the repository. What is there already is not built again.
//
//   node scripts/real-servers.cjs [name ...]
const { spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { takeClaim } = require('./claim.cjs');

const sources = path.resolve(__dirname, '..', 'test', 'real', 'servers');
const BUILD_EXPIRES_MS = 90 * 60_000;
const PROGRESS_MS = 30_000;
/** Before each new attempt to download what a server is made of. */
const PAUSES_MS = [1_000, 10_000, 60_000, 120_000];
/** Compilers would starve whatever runs beside them; the go command inherits this. */
const NICENESS = 15;
const KUBERNETES = 'k8s.io/component-base/version';

/**
 * In the order in which a cold build makes them. `source`: the folder with its pins, by default the one of its name, two
 * that link much of the same share one and compile it once; `main`: the package of the program; `assets`: what it needs
 * beside itself from its module's sources, as files or folders.
 */
const SERVERS = [
  { name: 'etcd', main: 'go.etcd.io/etcd/server/v3', binary: 'etcd' },
  {
    name: 'kube-apiserver',
    main: 'k8s.io/kubernetes/cmd/kube-apiserver',
    binary: 'kube-apiserver',
    // Without its version kubectl refuses to talk to it.
    link: ['gitVersion=v1.35.4', 'gitMajor=1', 'gitMinor=35'].map((value) => `-X ${KUBERNETES}.${value}`),
  },
  {
    name: 'argo-cd',
    source: 'argo',
    main: '.',
    // The name that Argo CD gives Git as the program to ask for a password.
    binary: 'argocd',
    module: 'github.com/argoproj/argo-cd/v3',
    link: ['-X github.com/argoproj/argo-cd/v3/common.version=3.2.11'],
    assets: ['manifests/crds'],
  },
  {
    name: 'rollouts',
    source: 'argo',
    main: 'github.com/argoproj/argo-rollouts/cmd/rollouts-controller',
    binary: 'rollouts-controller',
    module: 'github.com/argoproj/argo-rollouts',
    assets: ['manifests/crds'],
  },
  {
    name: 'gitea',
    main: 'code.gitea.io/gitea',
    binary: 'gitea',
    module: 'code.gitea.io/gitea',
    link: ['-X main.Version=1.26.0'],
    tags: 'sqlite,sqlite_unlock_notify',
    cgo: true,
    assets: ['templates', 'options', 'public'],
  },
  { name: 'registry', main: 'github.com/distribution/distribution/v3/cmd/registry', binary: 'registry' },
  {
    name: 'helm',
    main: 'helm.sh/helm/v3/cmd/helm',
    binary: 'helm',
    // As its releases are linked: charts ask for both versions.
    link: [
      '-X helm.sh/helm/v3/internal/version.version=v3.22.0',
      '-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1',
      '-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=37',
    ],
  },
  // Of the version whose libraries the shim of kustomize links.
  { name: 'kustomize', main: 'sigs.k8s.io/kustomize/kustomize/v5', binary: 'kustomize' },
];

const cache = () => path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'k8sta', 'servers');

const MISSING = Symbol('the go command is missing');

const tagsOf = ({ tags }) => (tags ? ['-tags', tags] : []);

const sourceOf = (server) => path.join(sources, server.source ?? server.name);

function serverCalled(name) {
  const server = SERVERS.find((candidate) => candidate.name === name);
  if (!server) {
    throw new Error(`there is no server '${name}': choose from ${SERVERS.map((known) => known.name).join(', ')}`);
  }
  return server;
}

/** The folder of a server in the cache, whether it is built or not: another for every other source, pin or platform. */
function serverFolder(name) {
  const server = serverCalled(name);
  const hash = createHash('sha256').update(JSON.stringify([server, process.platform, process.arch]));
  const folder = sourceOf(server);
  for (const file of fs.readdirSync(folder).sort()) hash.update(file).update(fs.readFileSync(path.join(folder, file)));
  return path.join(cache(), `${name}-${hash.digest('hex').slice(0, 16)}`);
}

const isBuilt = (name) => fs.existsSync(serverFolder(name));

/** The path of a server's program, or of what lies beside it. */
const serverFile = (name, file = serverCalled(name).binary) => path.join(serverFolder(name), file);

/** Runs the go command in a server's module; its standard output. Fails with the last lines of what it said. */
function go(server, module, args, running) {
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, {
      cwd: module,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off', CGO_ENABLED: server.cgo ? '1' : '0' },
    });
    running.child = child;
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (said.stdout += chunk));
    child.stderr.on('data', (chunk) => (said.stderr = (said.stderr + chunk).slice(-4_000)));
    child.once('error', (error) =>
      reject(
        error.code === 'ENOENT'
          ? new Error('the go command is not on PATH: install Go 1.26 or newer', { cause: MISSING })
          : error,
      ),
    );
    child.once('close', (code, signal) => {
      running.child = undefined;
      if (code === 0) resolve(said.stdout.trim());
      else reject(new Error(`go ${args[0]} ended with ${signal ?? `exit code ${code}`}\n${said.stderr}`));
    });
  });
}

/** Downloads the sources of a server, as far as they are linked. What has come stays: a new attempt goes on there. */
async function download(server, source, running, say) {
  const args = ['list', '-deps', ...tagsOf(server), '-f', '{{.ImportPath}}', server.main];
  for (const pauseMs of PAUSES_MS) {
    try {
      await go(server, source, args, running);
      return;
    } catch (error) {
      if (error.cause === MISSING) throw error;
      say(`${server.name}: trying again in ${pauseMs / 1_000} s: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  await go(server, source, args, running);
}

async function compile(server, into, running, say) {
  // From a copy: a build outlives many a change of branch in the work tree.
  const source = path.join(into, 'source');
  fs.cpSync(sourceOf(server), source, { recursive: true });
  const link = ['-s', '-w', ...(server.link ?? [])].join(' ');
  const flags = ['-trimpath', '-buildvcs=false', ...tagsOf(server), '-ldflags', link];
  await download(server, source, running, say);
  await go(server, source, ['build', ...flags, '-o', path.join(into, server.binary), server.main], running);
  if (server.assets) await copyAssets(server, source, into, running);
  fs.rmSync(source, { recursive: true });
}

async function copyAssets(server, source, into, running) {
  const module = await go(server, source, ['list', '-m', '-f', '{{.Dir}}', server.module], running);
  for (const asset of server.assets) {
    fs.cpSync(path.join(module, asset), path.join(into, asset), { recursive: true });
  }
  // The module cache is read-only; what was copied from it must be removable.
  for (const entry of fs.readdirSync(into, { recursive: true })) {
    const file = path.join(into, entry);
    fs.chmodSync(file, fs.statSync(file).mode | 0o200);
  }
}

/** Builds one server under a temporary name, so that one that is there is whole. */
async function build(server, position, running, say) {
  const folder = serverFolder(server.name);
  const claim = `${folder}.building`;
  takeClaim(claim, {
    expiresMs: BUILD_EXPIRES_MS,
    onWait: () => say(`${server.name} (${position}): another process builds it, waiting`),
  });
  running.claim = claim;
  // From here on there is something to clean up; who waits for the claim is ended at once.
  const interrupted = (signal) => {
    forget(running);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1_000);
  const ticking = setInterval(() => say(`${server.name} (${position}): ${seconds()} s`), PROGRESS_MS);
  try {
    if (isBuilt(server.name)) return;
    say(`${server.name} (${position}): building`);
    running.folder = fs.mkdtempSync(`${folder}.partial-`);
    await compile(server, running.folder, running, say);
    fs.chmodSync(running.folder, 0o755);
    fs.renameSync(running.folder, folder);
    say(`${server.name} (${position}): built in ${seconds()} s`);
  } finally {
    clearInterval(ticking);
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    forget(running);
  }
}

/** Leaves nothing unfinished behind. */
function forget(running) {
  if (running.child?.pid) {
    try {
      process.kill(-running.child.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
  if (running.folder) fs.rmSync(running.folder, { recursive: true, force: true });
  if (running.claim) fs.rmSync(running.claim, { force: true });
  running.child = running.folder = running.claim = undefined;
}

/**
 * Builds the servers that are missing, one after another.
 *
 * @param {readonly string[]} names which ones, all by default
 * @param {(line: string) => void} say where progress goes
 */
async function buildServers(names = SERVERS.map((server) => server.name), say = () => {}) {
  const servers = names.map(serverCalled);
  const missing = servers.filter((server) => !isBuilt(server.name));
  if (missing.length === 0) return;
  fs.mkdirSync(cache(), { recursive: true });
  const running = {};
  for (const [index, server] of missing.entries())
    await build(server, `${index + 1} of ${missing.length}`, running, say);
}

module.exports = { buildServers, serverFile };

if (require.main === module) {
  os.setPriority(NICENESS);
  const names = process.argv.slice(2);
  buildServers(names.length > 0 ? names : undefined, (line) => process.stderr.write(`servers: ${line}\n`)).catch(
    (error) => {
      process.stderr.write(`k8sta: building the servers failed: ${error.message}\n`);
      process.exitCode = 1;
    },
  );
}
