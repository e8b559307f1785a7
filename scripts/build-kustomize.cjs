/**
 * Builds runtime/render/kustomize/kustomize.wasm.br from the Go sources in runtime/render/kustomize/shim.
 * The same sources, toolchain and flags give the same WebAssembly on every machine; go.mod pins the toolchain, which
 * the go command fetches where another version is installed.
 *
 *   node scripts/build-kustomize.cjs
 */
const { execFileSync } = require('node:child_process');
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { brotliCompressSync, constants } = require('node:zlib');

const folder = join(__dirname, '..', 'runtime', 'render', 'kustomize');
const shim = join(folder, 'shim');

/** The toolchain that go.mod names: `go1.26.8`. */
const toolchain = () => /^toolchain (\S+)$/m.exec(readFileSync(join(shim, 'go.mod'), 'utf8'))[1];

/**
 * The bytes of the WebAssembly module.
 *
 * @param {string} choice GOTOOLCHAIN: the pinned one, or `local` to fetch none
 */
function compile(choice) {
  const room = mkdtempSync(join(tmpdir(), 'k8sta-shim-'));
  try {
    const output = join(room, 'shim.wasm');
    const flags = ['-buildmode=c-shared', '-trimpath', '-ldflags=-s -w', '-buildvcs=false'];
    execFileSync('go', ['build', ...flags, '-o', output, '.'], {
      cwd: shim,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        GOOS: 'wasip1',
        GOARCH: 'wasm',
        GOFLAGS: '',
        GOWASM: '',
        GOEXPERIMENT: '',
        GOWORK: 'off',
        GOTOOLCHAIN: choice,
      },
    });
    return readFileSync(output);
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

module.exports = { compile, toolchain };

if (require.main === module) {
  const bytes = compile(toolchain());
  const parameters = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  const packed = brotliCompressSync(bytes, { params: parameters });
  writeFileSync(join(folder, 'kustomize.wasm.br'), packed);
  console.log(`kustomize.wasm.br: ${bytes.length} bytes, ${packed.length} packed`);
}
