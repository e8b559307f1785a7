/** The bytes of the WebAssembly module; `choice` is GOTOOLCHAIN. */
export function compile(choice: string): Uint8Array;
/** Builds the native shim; `choice` is GOTOOLCHAIN. Returns its path. Linux only. */
export function compileNative(choice: string, file?: string): string;
/** The Go toolchain that go.mod pins: `go1.26.8`. */
export function toolchain(): string;
/** What the sources of the shim are, as its builds say it. */
export function versions(): { kustomize: string; shim: string; yaml: string };
