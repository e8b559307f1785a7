// `npm run simulate [-- --seed 42]`: histories in memory, judged by the invariants. See test/simulation/command.ts.
require('./typescript.cjs');
require('../test/simulation/command.ts');
