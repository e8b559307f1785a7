/** What the WebAssembly here was built from. Written with it by scripts/build-kustomize.cjs. */

export const shipped = { kustomize: 'v0.21.2', shim: '70e5273df2fbc0e8', yaml: 'v2.4.4' } as const;
