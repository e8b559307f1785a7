/** What the WebAssembly here was built from. Written with it by scripts/build-kustomize.cjs. */

export const shipped = { kustomize: 'v0.21.2', shim: 'e34b5c3cac0f25d4', yaml: 'v2.4.4' } as const;
