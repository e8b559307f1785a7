/** Builds the site of the documents: `npm run docs [folder]`. */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { siteOf } from './site';
import { sourcesIn } from './sources';

const ROOT = resolve(__dirname, '../..');
/** Only a folder that a build has made is emptied before the next. */
const MARK = '.k8sta-site';

function build(folder: string): void {
  const site = siteOf(sourcesIn(ROOT));
  clear(folder);
  for (const [file, content] of site) {
    const target = join(folder, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  writeFileSync(join(folder, MARK), '');
  process.stdout.write(`${site.size} files in ${folder}: open ${join(folder, 'index.html')}\n`);
}

function clear(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const before = readdirSync(folder);
  if (before.length === 0) return;
  if (!before.includes(MARK)) throw new Error(`${folder} holds files that are not of a site: name an empty folder`);
  for (const each of before) rmSync(join(folder, each), { recursive: true });
}

try {
  build(resolve(process.argv[2] ?? join(ROOT, 'site')));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
