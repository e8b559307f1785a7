// `npm start`: builds what has changed, then runs the demo with the arguments given.
const { spawn } = require('node:child_process');
const { build, program } = require('./build.cjs');

build(false);
const child = spawn(process.execPath, [program, 'demo', ...process.argv.slice(2)], { stdio: 'inherit' });
// The terminal sends its interrupt to the whole group: the demo cleans up, and this process waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
