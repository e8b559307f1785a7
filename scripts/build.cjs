// Compiles the package into dist/: JavaScript by swc, which takes a second, and with `--types` the declarations by tsc.
// Does nothing where no input has changed since the last time.
const { createHash } = require('node:crypto');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const dist = path.join(root, 'dist');
const stampFile = path.join(dist, '.inputs');
const rooms = ['lib', 'testing', 'runtime', 'imports'];
/** What is needed at run time beside the code. */
const assets = /\.(cjs|br|wasm|html|css|yaml)$/;
const program = path.join(dist, 'runtime', 'cli', 'main.js');

function inputs() {
  return rooms.flatMap((room) =>
    fs
      .readdirSync(path.join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
      .filter((file) => assets.test(file) || (file.endsWith('.ts') && !file.endsWith('.d.ts'))),
  );
}

function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of [...files, 'scripts/build.cjs', 'package.json'].sort()) {
    const { size, mtimeMs } = fs.statSync(path.join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function readStamp() {
  try {
    return fs.readFileSync(stampFile, 'utf8');
  } catch {
    return '';
  }
}

function compile(file) {
  const target = path.join(dist, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  if (!file.endsWith('.ts')) return fs.copyFileSync(path.join(root, file), target);
  const { transformFileSync } = require('@swc/core');
  const output = target.replace(/\.ts$/, '.js');
  const { code, map } = transformFileSync(path.join(root, file), {
    swcrc: false,
    sourceMaps: true,
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs', ignoreDynamic: true },
  });
  fs.writeFileSync(output, `${code}\n//# sourceMappingURL=${path.basename(output)}.map\n`);
  fs.writeFileSync(`${output}.map`, map);
}

function build(withTypes) {
  const files = inputs();
  const wanted = `${fingerprint(files)}${withTypes ? ' with types' : ''}`;
  if (readStamp() === wanted || readStamp() === `${wanted} with types`) return;
  fs.rmSync(dist, { recursive: true, force: true });
  for (const file of files) compile(file);
  fs.chmodSync(program, 0o755);
  if (withTypes) {
    const tsc = require.resolve('typescript/bin/tsc');
    const arguments_ = [tsc, '-p', 'tsconfig.build.json', '--emitDeclarationOnly'];
    const { status } = spawnSync(process.execPath, arguments_, { cwd: root, stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
  fs.writeFileSync(stampFile, wanted);
}

module.exports = { build, program };
if (require.main === module) build(process.argv.includes('--types'));
