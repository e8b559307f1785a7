// Lets Node run the TypeScript of this repository: `node -r ./scripts/typescript.cjs file.ts`, from any folder.
// `k8sta` and its entries are the sources, so nothing needs to be built first. Types are not checked here.
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { transformSync } = require('@swc/core');
const { ENTRIES, options } = require('./swc.cjs');

const root = path.resolve(__dirname, '..');

process.setSourceMapsEnabled(true);

Module._extensions['.ts'] = (module, file) => {
  const { code } = transformSync(fs.readFileSync(file, 'utf8'), options(file, { sourceMaps: 'inline' }));
  module._compile(code, file);
};

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const entry = Object.hasOwn(ENTRIES, request) ? ENTRIES[request] : undefined;
  return entry === undefined ? resolve.call(this, request, ...rest) : path.join(root, entry);
};
