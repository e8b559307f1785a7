// Lets Node run the TypeScript of this repository: `node -r ./scripts/typescript.cjs file.ts`, from any folder.
// `k8sta` and its entries are the sources, so nothing needs to be built first. Types are not checked here: ts-node hands
// the files to swc. What it made of a file is kept beside the dependencies, and so is what V8 made of that: a process that
// finds both loads neither of the compilers, and starts in a third of the time.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { ENTRIES } = require('./swc.cjs');

const root = path.resolve(__dirname, '..');
const cache = path.join(root, 'node_modules', '.cache', 'k8sta');
const HOW = {
  skipProject: true,
  swc: true,
  compilerOptions: { target: 'es2022', module: 'CommonJS', moduleResolution: 'node10', esModuleInterop: true },
};
const digest = (...parts) => createHash('sha256').update(parts.join('\n')).digest('hex');
/** What the result depends on beside the file: the lock file names the compilers. */
const circumstances = digest(JSON.stringify(HOW), fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'));

let compiler;
function compile(source, file) {
  compiler ??= require('ts-node').create({ ...HOW, cwd: root });
  return compiler.compile(source, file);
}

/** One file for each source, with the key of what it was made from in front, so that a change takes the old one's place. */
function compiled(source, file) {
  const place = path.relative(root, file);
  if (place.startsWith('..')) return compile(source, file);
  const key = digest(circumstances, source);
  const kept = path.join(cache, `${place.replaceAll(path.sep, '%')}.js`);
  try {
    const text = fs.readFileSync(kept, 'utf8');
    if (text.startsWith(key)) return text.slice(key.length);
  } catch {
    fs.mkdirSync(cache, { recursive: true });
  }
  const code = compile(source, file);
  // Whole or not at all: another process may be reading.
  const unfinished = `${kept}.${process.pid}`;
  fs.writeFileSync(unfinished, key + code);
  fs.renameSync(unfinished, kept);
  return code;
}

process.setSourceMapsEnabled(true);
Module.enableCompileCache?.(path.join(cache, 'v8'));
Module._extensions['.ts'] = (module, file) => module._compile(compiled(fs.readFileSync(file, 'utf8'), file), file);

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const entry = Object.hasOwn(ENTRIES, request) ? ENTRIES[request] : undefined;
  return entry === undefined ? resolve.call(this, request, ...rest) : path.join(root, entry);
};
