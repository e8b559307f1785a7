// Lets Node run this repository's TypeScript as it is: `node -r ./scripts/typescript.cjs file.ts`.
// Code that imports the package by its name, as the examples do, gets the sources beside it.
const Module = require('node:module');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const entries = {
  k8sta: 'lib/index.ts',
  'k8sta/api': 'lib/api/index.ts',
  'k8sta/testing': 'testing/index.ts',
  'k8sta/install': 'lib/install/index.ts',
};

require('ts-node').register({ transpileOnly: true, project: path.join(root, 'tsconfig.json') });

const resolve = Module._resolveFilename;
Module._resolveFilename = function resolveOurs(request, ...rest) {
  const entry = Object.hasOwn(entries, request) ? path.join(root, entries[request]) : request;
  return resolve.call(this, entry, ...rest);
};
