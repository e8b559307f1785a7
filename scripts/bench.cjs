// `npm run bench [-- name ...]`: runs the figures of bench/, each in a process of its own, one after another, and prints
// their tables. A file of bench/ is a figure when it has a function `main`, which it calls itself or exports.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const folder = path.join(root, 'bench');
const RUN = 'const { main } = require(process.argv[1]); if (main) void (async () => main())();';

const isFigure = (file) =>
  /^(export )?(async )?function main\b/m.test(fs.readFileSync(path.join(folder, file), 'utf8'));
const known = fs
  .readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && isFigure(file))
  .map((file) => file.slice(0, -'.ts'.length));
const asked = process.argv.length > 2 ? process.argv.slice(2) : known;

const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(
    `k8sta: there is no figure ${unknown.map((name) => `'${name}'`).join(', ')}: choose from ${known.join(', ')}\n`,
  );
  process.exitCode = 1;
} else {
  for (const name of asked) {
    process.stdout.write(`\n${name}\n`);
    const file = path.join(folder, `${name}.ts`);
    const flags = ['--expose-gc', '-r', path.join(__dirname, 'typescript.cjs'), '-e', RUN];
    const { status, signal } = spawnSync(process.execPath, [...flags, file], { cwd: root, stdio: 'inherit' });
    if (status !== 0) {
      process.stderr.write(`k8sta: ${name} failed (${signal ?? `exit code ${status}`})\n`);
      process.exitCode = 1;
    }
  }
}
