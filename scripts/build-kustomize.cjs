/**
 * Builds the shim from the Go sources in runtime/render/kustomize/shim.
 * The same sources, toolchain and flags give the same WebAssembly on every machine; go.mod pins the toolchain, which
 * the go command fetches where another version is installed.
 *
 *   node scripts/build-kustomize.cjs                 kustomize.wasm.br and shipped.ts, which are checked in
 *   node scripts/build-kustomize.cjs --native [file] the same as a Linux program (default: beside the WebAssembly)
 */
const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { dirname, join, resolve } = require('node:path');
const { brotliCompressSync, constants } = require('node:zlib');

const folder = join(__dirname, '..', 'runtime', 'render', 'kustomize');
const shim = join(folder, 'shim');
const NATIVE = join(folder, 'kustomize-shim');

const sources = () =>
  readdirSync(shim)
    .filter((name) => /\.go$|^go\.(mod|sum)$/.test(name))
    .sort();

/** The toolchain that go.mod names: `go1.26.8`. */
const toolchain = () => /^toolchain (\S+)$/m.exec(readFileSync(join(shim, 'go.mod'), 'utf8'))[1];

/** What the shim says that it was built from; two builds with the same versions give the same bytes. */
function versions() {
  const hash = createHash('sha256');
  for (const name of sources()) {
    const content = readFileSync(join(shim, name));
    hash.update(`${name} ${content.length}\n`).update(content);
  }
  const pins = readFileSync(join(shim, 'go.mod'), 'utf8');
  const pinned = (module) => new RegExp(`^\\s*${module.replaceAll('.', '\\.')} (\\S+)$`, 'm').exec(pins)[1];
  return {
    kustomize: pinned('sigs.k8s.io/kustomize/api'),
    shim: hash.digest('hex').slice(0, 16),
    yaml: pinned('go.yaml.in/yaml/v2'),
  };
}

function build(output, flags, environment) {
  const all = ['-trimpath', `-ldflags=-s -w -X main.stamp=${versions().shim}`, '-buildvcs=false', ...flags];
  execFileSync('go', ['build', ...all, '-o', output, '.'], {
    cwd: shim,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, GOFLAGS: '', GOWASM: '', GOEXPERIMENT: '', GOWORK: 'off', CGO_ENABLED: '0', ...environment },
  });
}

/**
 * The bytes of the WebAssembly module.
 *
 * @param {string} choice GOTOOLCHAIN: the pinned one, or `local` to fetch none
 */
function compile(choice) {
  const room = mkdtempSync(join(tmpdir(), 'k8sta-shim-'));
  try {
    const output = join(room, 'shim.wasm');
    build(output, ['-buildmode=c-shared'], { GOOS: 'wasip1', GOARCH: 'wasm', GOTOOLCHAIN: choice });
    return readFileSync(output);
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

/**
 * Builds the native shim, whole or not at all.
 *
 * @param {string} choice like that of compile
 * @param {string} file where it goes
 */
function compileNative(choice, file = NATIVE) {
  if (process.platform !== 'linux') {
    throw new Error(`the native shim is for Linux, this is ${process.platform}: the WebAssembly renders here`);
  }
  const output = resolve(file);
  const unfinished = `${output}.${process.pid}`;
  mkdirSync(dirname(output), { recursive: true });
  try {
    build(unfinished, [], { GOTOOLCHAIN: choice });
    renameSync(unfinished, output);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return output;
}

module.exports = { compile, compileNative, toolchain, versions };

function ship() {
  const bytes = compile(toolchain());
  const parameters = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  const packed = brotliCompressSync(bytes, { params: parameters });
  writeFileSync(join(folder, 'kustomize.wasm.br'), packed);
  const { kustomize, shim: stamp, yaml } = versions();
  writeFileSync(
    join(folder, 'shipped.ts'),
    '/** What the WebAssembly here was built from. Written with it by scripts/build-kustomize.cjs. */\n\n' +
      `export const shipped = { kustomize: '${kustomize}', shim: '${stamp}', yaml: '${yaml}' } as const;\n`,
  );
  console.log(`kustomize.wasm.br: ${bytes.length} bytes, ${packed.length} packed`);
}

if (require.main === module) {
  const [kind, file] = process.argv.slice(2);
  if (kind === '--native') console.log(compileNative(toolchain(), file));
  else ship();
}
