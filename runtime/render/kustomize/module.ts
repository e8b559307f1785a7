/** The WebAssembly module of the shim, as it ships: unpacked, given a memory limit, compiled. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

/** The part of the global that is used here; its types come with browsers' libraries only. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<CompiledModule> };
/** Compiled code, shared by threads: opaque here. */
export type CompiledModule = object & { readonly [Symbol.toStringTag]: 'WebAssembly.Module' };

const PAGE = 65_536;
const HEADER = 8;
const MEMORY_SECTION = 5;
const HAS_MAXIMUM = 1;

/**
 * @param memoryBytes above this the instance cannot grow: the Go runtime ends with the words "out of memory"
 */
export async function loadModule(memoryBytes: number): Promise<CompiledModule> {
  const packed = await readFile(join(__dirname, 'kustomize.wasm.br'));
  const bytes = await promisify(brotliDecompress)(packed);
  return WebAssembly.compile(withMemoryLimit(bytes, Math.floor(memoryBytes / PAGE)));
}

/**
 * Go's linker states no maximum for the memory that its module defines, and a host can set none from outside: it has
 * to stand in the module. One section is rewritten: `[5, size, 1, flags, minimum]` becomes the same with a maximum.
 */
function withMemoryLimit(bytes: Uint8Array, pages: number): Uint8Array {
  for (let at = HEADER; at < bytes.length;) {
    const size = readNumber(bytes, at + 1);
    const end = size.next + size.value;
    if (bytes[at] === MEMORY_SECTION) {
      const minimum = readNumber(bytes, size.next + 2);
      const limits = [1, HAS_MAXIMUM, ...number(minimum.value), ...number(Math.max(pages, minimum.value))];
      const section = [MEMORY_SECTION, ...number(limits.length), ...limits];
      return Uint8Array.from(Buffer.concat([bytes.subarray(0, at), Buffer.from(section), bytes.subarray(end)]));
    }
    at = end;
  }
  throw new Error('The shim defines no memory.');
}

/** Unsigned LEB128. */
function readNumber(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next: at };
  }
}

function number(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >>> 7)];
}
