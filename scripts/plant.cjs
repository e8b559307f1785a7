// Loads TypeScript with one planted bug: `node -r ./scripts/plant.cjs` with PLANTED=<number in test/simulation/planted.ts>.
require('./typescript.cjs');
const path = require('node:path');
const { transformSync } = require('@swc/core');
const { options } = require('./swc.cjs');
const { PLANTED, edited, editsOf } = require('../test/simulation/planted.ts');

const edits = new Map(
  editsOf(PLANTED[Number(process.env.PLANTED)]).map((edit) => [path.resolve(__dirname, '..', edit.file), edit]),
);
const load = require.extensions['.ts'];
require.extensions['.ts'] = (module, name) => {
  const edit = edits.get(name);
  if (edit === undefined) return load(module, name);
  module._compile(transformSync(edited(edit), options(name, { sourceMaps: false })).code, name);
};
