import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { shipped } from '../../../runtime/render/kustomize/shipped';
import { compile, versions } from '../../../scripts/build-kustomize.cjs';
import { BUILD_MS, withGo } from './go';

const file = join(__dirname, '../../../runtime/render/kustomize/kustomize.wasm.br');
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('the WebAssembly that ships says that it was built from the sources that are here', () => {
  expect(shipped).toEqual(versions());
});

withGo(
  'the WebAssembly that ships is what its sources give, byte for byte',
  () => {
    expect(digest(compile('local'))).toBe(digest(brotliDecompressSync(readFileSync(file))));
  },
  BUILD_MS,
);
