/** What the WebAssembly here was built from. Written with it by scripts/build-kustomize.cjs. */

export const shipped = { kustomize: 'v0.21.2', shim: 'b26a2a60fe9b61bc', yaml: 'v2.4.4' } as const;
