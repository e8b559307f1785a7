// Loads TypeScript with one planted bug: `node -r ./scripts/plant.cjs` with PLANTED=<number in test/simulation/planted.ts>.
require('./typescript.cjs');
const path = require('node:path');
const { transformSync } = require('@swc/core');
const { options } = require('./swc.cjs');
const { PLANTED, withBug } = require('../test/simulation/planted.ts');

const bug = PLANTED[Number(process.env.PLANTED)];
const file = path.resolve(__dirname, '..', bug.file);
const load = require.extensions['.ts'];
require.extensions['.ts'] = (module, name) => {
  if (name !== file) return load(module, name);
  module._compile(transformSync(withBug(bug), options(name, { sourceMaps: false })).code, name);
};
