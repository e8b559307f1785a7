// Builds dist/: JavaScript by swc in about a second, the page of the dashboard beside it, and declarations by the TypeScript
// compiler.
//
//   node scripts/build.cjs                 all
//   node scripts/build.cjs --javascript    what is needed to run it
//
// Either is left out while nothing that it is made from has changed since the last time.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { transformFile } = require('@swc/core');
const { buildPage } = require('./page.cjs');
const { options } = require('./swc.cjs');

const root = path.resolve(__dirname, '..');
const dist = path.join(root, 'dist');
const COMMAND = path.join('runtime', 'cli', 'main.js');
const SHEBANG = '#!/usr/bin/env node\n';

/** What becomes of each file: the first pattern that fits. Whatever fits none is not part of the package. */
const KINDS = [
  { pattern: /\.d\.ts$/, kind: 'none' },
  { pattern: /^runtime\/dashboard\/page\//, kind: 'page' },
  { pattern: /^(lib|testing|runtime|imports)\/.*\.ts$/, kind: 'compiled' },
  { pattern: /^runtime\/.*\/shim\//, kind: 'none' },
  { pattern: /^runtime\/.*\.(cjs|mjs|br|wasm|html|css|svg)$/, kind: 'copied' },
  // Where `npm run build:shim` has built it; the package leaves it out.
  { pattern: /^runtime\/render\/kustomize\/kustomize-shim$/, kind: 'copied' },
  { pattern: /^imports\/argocd-crds\/.*\.yaml$/, kind: 'copied' },
];

/** What the output depends on beside the sources. */
const BUILDERS = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

function sources() {
  const found = { compiled: [], copied: [], page: [] };
  for (const room of ['lib', 'testing', 'runtime', 'imports']) {
    for (const entry of fs.readdirSync(path.join(root, room), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.relative(root, path.join(entry.parentPath, entry.name));
      const kind = KINDS.find(({ pattern }) => pattern.test(file.split(path.sep).join('/')))?.kind ?? 'none';
      found[kind]?.push(file);
    }
  }
  return found;
}

/** Changes when any file does, appears or vanishes. */
function stateOf(files) {
  const hash = createHash('sha256').update(process.versions.node);
  for (const file of [...files].sort()) {
    const { mtimeMs, size } = fs.statSync(path.join(root, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

const stamp = (name) => path.join(dist, `.${name}`);

function upToDate(name, state) {
  try {
    return fs.readFileSync(stamp(name), 'utf8') === state;
  } catch {
    return false;
  }
}

/** Whole or not at all, and not at all where nothing changes: another process may be reading. */
function write(file, content, mode = 0o644) {
  const target = path.join(dist, file);
  try {
    if (fs.readFileSync(target).equals(content) && (fs.statSync(target).mode & 0o777) === mode) return;
  } catch {
    fs.mkdirSync(path.dirname(target), { recursive: true });
  }
  const unfinished = `${target}.${process.pid}`;
  fs.writeFileSync(unfinished, content, { mode });
  fs.chmodSync(unfinished, mode);
  fs.renameSync(unfinished, target);
}

/** With source maps, for whoever runs a clone; they would be a third of the package, which leaves them out. */
async function compile(file) {
  const output = file.replace(/\.ts$/, '.js');
  const { code, map } = await transformFile(
    path.join(root, file),
    options(path.join(root, file), { sourceMaps: true }),
  );
  const command = output === COMMAND;
  const text = command && !code.startsWith('#!') ? SHEBANG + code : code;
  const mapFile = `${output}.map`;
  const parsed = { ...JSON.parse(map), sources: [path.relative(path.dirname(path.join('dist', output)), file)] };
  write(output, Buffer.from(`${text}\n//# sourceMappingURL=${path.basename(mapFile)}\n`), command ? 0o755 : 0o644);
  write(mapFile, Buffer.from(JSON.stringify(parsed)));
  return [output, mapFile];
}

/** Output whose source is gone would still be found by require. */
function removeStrangers(expected) {
  for (const entry of fs.readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const file = path.relative(dist, path.join(entry.parentPath, entry.name));
    if (!entry.isFile() || path.basename(file).startsWith('.') || expected.has(file.replace(/\.d\.ts$/, '.js')))
      continue;
    if (isOfPage(file)) continue;
    fs.rmSync(path.join(dist, file), { force: true });
  }
}

async function buildJavaScript({ compiled, copied }) {
  const state = stateOf([...compiled, ...copied, ...BUILDERS, 'scripts/build.cjs', 'scripts/swc.cjs']);
  if (upToDate('javascript', state)) return;
  fs.mkdirSync(dist, { recursive: true });
  const outputs = new Set((await Promise.all(compiled.map(compile))).flat());
  for (const file of copied) {
    const source = path.join(root, file);
    write(file, fs.readFileSync(source), fs.statSync(source).mode & 0o111 ? 0o755 : 0o644);
    outputs.add(file);
  }
  removeStrangers(outputs);
  write('.javascript', Buffer.from(state));
}

function buildDeclarations({ compiled }) {
  const state = stateOf([...compiled, ...BUILDERS]);
  if (upToDate('declarations', state)) return;
  const compiler = require.resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0)
    throw new Error('the declarations could not be built: see the errors of the TypeScript compiler above');
  write('.declarations', Buffer.from(state));
}

/** Where the server of the dashboard looks for it. */
const PAGE = path.join('runtime', 'dashboard');
const isOfPage = (file) =>
  file === path.join(PAGE, 'index.html') || file.startsWith(path.join(PAGE, 'assets') + path.sep);

async function buildDashboard({ compiled, page }) {
  if (page.length === 0) return;
  // It is made from what runs in Node as well: words, the layout, and the types of the API.
  const shared = compiled.filter(
    (file) => file.startsWith(PAGE + path.sep) || file.startsWith(path.join('lib', 'api')),
  );
  const state = stateOf([...page, ...shared, ...BUILDERS, 'scripts/build.cjs', 'scripts/page.cjs']);
  if (upToDate('page', state)) return;
  const files = await buildPage();
  // What the others refer to is there before they are.
  const last = ({ file }) => file === 'index.html';
  for (const { file, content } of files.sort((one, other) => last(one) - last(other))) {
    write(path.join(PAGE, file), content);
  }
  const assets = new Set(files.map(({ file }) => path.basename(file)));
  for (const file of fs.readdirSync(path.join(dist, PAGE, 'assets'))) {
    if (!assets.has(file)) fs.rmSync(path.join(dist, PAGE, 'assets', file));
  }
  write('.page', Buffer.from(state));
}

/** @param {{ declarations: boolean }} what */
async function build({ declarations }) {
  const files = sources();
  await Promise.all([buildJavaScript(files), buildDashboard(files)]);
  if (declarations) buildDeclarations(files);
}

module.exports = { build };

if (require.main === module) {
  build({ declarations: !process.argv.includes('--javascript') }).catch((error) => {
    process.stderr.write(`k8sta: ${error.message}\n`);
    process.exitCode = 1;
  });
}
