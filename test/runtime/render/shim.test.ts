import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { compile, toolchain } from '../../../scripts/build-kustomize.cjs';

const shipped = join(__dirname, '../../../runtime/render/kustomize/kustomize.wasm.br');
const found = spawnSync('go', ['env', 'GOVERSION'], {
  env: { ...process.env, GOTOOLCHAIN: 'local' },
  encoding: 'utf8',
});
const here = found.status === 0 && found.stdout.trim() === toolchain();
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Fetches the Go modules that go.sum pins, where they are not cached, and compiles a megabyte-heavy library. */
const BUILD_MS = 300_000;

(here ? test : test.skip)(
  `the WebAssembly that ships is what its sources give, byte for byte${here ? '' : ` (skipped: ${toolchain()} is not on PATH)`}`,
  () => {
    expect(digest(compile('local'))).toBe(digest(brotliDecompressSync(readFileSync(shipped))));
  },
  BUILD_MS,
);
