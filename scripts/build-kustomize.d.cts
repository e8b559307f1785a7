/** The bytes of the WebAssembly module; `choice` is GOTOOLCHAIN. */
export function compile(choice: string): Uint8Array;
/** The Go toolchain that go.mod pins: `go1.26.8`. */
export function toolchain(): string;
