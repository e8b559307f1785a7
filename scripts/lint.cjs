// `npm run lint`: every judge of the sources, side by side, and all of their objections at once.
const { spawn } = require('node:child_process');
const path = require('node:path');

const root = path.resolve(__dirname, '..');

const JUDGES = [
  { name: 'eslint', arguments: ['.'] },
  { name: 'depcruise', arguments: ['--config', '.dependency-cruiser.js', 'lib', 'testing', 'runtime'] },
  { name: 'prettier', arguments: ['--check', '.'] },
  { name: 'knip', arguments: [] },
];

/** @returns {Promise<boolean>} whether it had no objection */
function ask(judge) {
  return new Promise((resolve) => {
    const start = Date.now();
    const child = spawn(path.join(root, 'node_modules', '.bin', judge.name), judge.arguments, { cwd: root });
    const said = [];
    child.stdout.on('data', (chunk) => said.push(chunk));
    child.stderr.on('data', (chunk) => said.push(chunk));
    child.on('error', (error) => said.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => {
      const seconds = ((Date.now() - start) / 1000).toFixed(0);
      process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${judge.name} (${seconds} s)\n`);
      if (code !== 0) process.stdout.write(Buffer.concat(said));
      resolve(code === 0);
    });
  });
}

void (async () => {
  // The slowest beside all the others: two cores have no use for more.
  const [slowest, ...others] = JUDGES;
  const verdicts = await Promise.all([
    ask(slowest),
    (async () => {
      let fine = true;
      for (const judge of others) fine = (await ask(judge)) && fine;
      return fine;
    })(),
  ]);
  process.exitCode = verdicts.every(Boolean) ? 0 : 1;
})();
