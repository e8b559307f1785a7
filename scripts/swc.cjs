// How TypeScript becomes JavaScript here, the same for scripts and for dist: CommonJS for Node 20, static imports as
// require (which Node 24 also does for packages that are ES modules only), import() as it stands.
const path = require('node:path');

/** Names under which examples and samples import this package, and the sources that they stand for. */
const ENTRIES = {
  k8sta: 'lib/index.ts',
  'k8sta/api': 'lib/api/index.ts',
  'k8sta/install': 'lib/install/index.ts',
  'k8sta/testing': 'testing/index.ts',
};

/** @param {{ sourceMaps: boolean | 'inline' }} how */
const options = (file, { sourceMaps }) => ({
  filename: file,
  sourceFileName: path.basename(file),
  swcrc: false,
  configFile: false,
  sourceMaps,
  jsc: { target: 'es2023', parser: { syntax: 'typescript' }, keepClassNames: true },
  module: { type: 'commonjs', ignoreDynamic: true },
});

module.exports = { ENTRIES, options };
