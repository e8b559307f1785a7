/** The WebAssembly module of the shim, as it ships: unpacked, given a memory limit, compiled. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

/** The part of the global that is used here; its types come with browsers' libraries only. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<CompiledModule> };
/** Compiled code, shared by threads: opaque here. */
export type CompiledModule = object & { readonly [Symbol.toStringTag]: 'WebAssembly.Module' };

/** ES2024, like Node 22. */
type Movable = ArrayBuffer & { transfer(bytes: number): ArrayBuffer };

const PAGE = 65_536;
const HEADER = 8;
const MEMORY_SECTION = 5;
const HAS_MAXIMUM = 1;

/** Room for the module unpacked, with its memory limit: in one piece, which is also the fastest to unpack into. */
const ROOM = 24 * 2 ** 20;

/**
 * @param memoryBytes above this the instance cannot grow: the Go runtime ends with the words "out of memory"
 */
export async function loadModule(memoryBytes: number): Promise<CompiledModule> {
  const packed = await readFile(join(__dirname, 'kustomize.wasm.br'));
  const unpacked = await promisify(brotliDecompress)(packed, { chunkSize: ROOM });
  const module = await WebAssembly.compile(withMemoryLimit(unpacked, Math.floor(memoryBytes / PAGE)));
  // The compiled module has its own copy, and megabytes of one object put no collection in a hurry.
  (unpacked.buffer as Movable).transfer(0);
  return module;
}

/**
 * Go's linker states no maximum for the memory that its module defines, and a host can set none from outside: it has
 * to stand in the module. One section is rewritten: `[5, size, 1, flags, minimum]` becomes the same with a maximum.
 *
 * @param bytes the module; it is changed, and what follows the section is moved within the room that it has
 * @returns the changed module, in the same memory
 */
function withMemoryLimit(bytes: Buffer, pages: number): Uint8Array {
  for (let at = HEADER; at < bytes.length;) {
    const size = readNumber(bytes, at + 1);
    const end = size.next + size.value;
    if (bytes[at] === MEMORY_SECTION) {
      const minimum = readNumber(bytes, size.next + 2);
      const limits = [1, HAS_MAXIMUM, ...number(minimum.value), ...number(Math.max(pages, minimum.value))];
      const section = [MEMORY_SECTION, ...number(limits.length), ...limits];
      const grown = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length + at + section.length - end);
      grown.copyWithin(at + section.length, end, bytes.length);
      grown.set(section, at);
      return grown;
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
