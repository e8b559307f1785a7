// Lets Node run the TypeScript of this repository: `node -r ./scripts/typescript.cjs file.ts`, from any folder.
// `k8sta` and its entries are the sources, so nothing needs to be built first. Types are not checked here: ts-node hands
// the files to swc.
const Module = require('node:module');
const path = require('node:path');
const { ENTRIES } = require('./swc.cjs');

const root = path.resolve(__dirname, '..');

require('ts-node').register({
  cwd: root,
  skipProject: true,
  swc: true,
  compilerOptions: { target: 'es2022', module: 'CommonJS', moduleResolution: 'node10', esModuleInterop: true },
});

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const entry = Object.hasOwn(ENTRIES, request) ? ENTRIES[request] : undefined;
  return entry === undefined ? resolve.call(this, request, ...rest) : path.join(root, entry);
};
