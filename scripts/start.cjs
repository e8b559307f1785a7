// `npm start -- <options>`: builds what changed and runs `k8sta demo <options>` in this very process, so that signals, the
// terminal and the exit code are the command's own.
const path = require('node:path');
const { build } = require('./build.cjs');

const command = path.resolve(__dirname, '..', 'dist', 'runtime', 'cli', 'main.js');

build({ declarations: false }).then(
  () => {
    process.argv = [process.argv[0], command, 'demo', ...process.argv.slice(2)];
    require(command);
  },
  (error) => {
    process.stderr.write(`k8sta: the build failed: ${error.message}\n`);
    process.exitCode = 1;
  },
);
