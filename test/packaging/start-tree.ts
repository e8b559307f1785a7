/**
 * A start for npm: packages that the template asks for and that this repository has as well. npm goes on from what it
 * finds: it keeps what fits, replaces what does not, adds what is missing and removes what nobody asked for, so that the
 * tree ends as it would without.
 */

import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the template asks for in the versions that are installed here. jest is not among them: it is a newer one here. */
const TEMPLATE = ['cdk8s', 'cdk8s-plus-33', 'constructs', 'cdk8s-cli', 'typescript', 'ts-node'];

/** npm's record of what it installed, by folder. */
type Packages = Readonly<
  Record<string, { readonly dependencies?: object; readonly optionalDependencies?: object } | undefined>
>;

/**
 * Puts the packages into an empty folder.
 *
 * @param installed the `node_modules` that they come from
 * @param names what is asked for beside the template's own
 */
export function startTree(installed: string, target: string, names: readonly string[]): void {
  const { packages } = JSON.parse(readFileSync(join(installed, '.package-lock.json'), 'utf8')) as {
    readonly packages: Packages;
  };
  const places = new Set<string>();
  for (const name of [...TEMPLATE, ...names]) collect(packages, name, '', places);
  for (const place of places) {
    const inside = place.slice('node_modules/'.length);
    put(join(installed, inside), join(target, inside));
  }
}

/** The package that a name means in a folder, as Node finds it, and all that it depends on. */
function collect(packages: Packages, name: string, from: string, places: Set<string>): void {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const found = packages[place];
    if (found !== undefined) {
      if (places.has(place)) return;
      places.add(place);
      for (const next of Object.keys({ ...found.dependencies, ...found.optionalDependencies })) {
        collect(packages, next, place, places);
      }
      return;
    }
    // An optional dependency may be for another platform.
    if (folder === '') return;
  }
}

/** One package without those inside it. Files are linked where that is possible: nobody writes into a package. */
function put(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isFile()) linkOrCopy(source, copy);
    else if (entry.isDirectory() && entry.name !== 'node_modules') put(source, copy);
  }
}

function linkOrCopy(source: string, copy: string): void {
  try {
    linkSync(source, copy);
  } catch {
    // Another file system, or one without links.
    copyFileSync(source, copy);
  }
}
