/** `k8sta init`: a new project with a network and its test, in an empty folder. */

import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { GitRepository, Subscription } from '../../lib';
import { parseImageReference } from '../../lib/network/image-reference';
import { labelProblem, nameFromPath } from '../../lib/network/name';
import { packageFolder, packageVersion } from './folder';
import { type ProjectFile, projectFiles } from './project-files';
import { EXIT, type ExitCode, print, type Terminal, UsageError } from './terminal';

export interface InitOptions {
  readonly folder?: string;
  /** Name of the project, and of the namespace of its network. @default - the folder's */
  readonly name?: string;
  /** Repository of the image that the first track subscribes to. */
  readonly image?: string;
  /** Address of the source repository. */
  readonly repository?: string;
  /** Where npm finds k8sta: a version, or a file made by `npm pack`. @default - this version */
  readonly package?: string;
}

/** What a project may have before: they are kept. */
const OF_ANY_PROJECT = ['.gitignore', 'README.md'];

/** @throws UsageError before anything is written, where a file of the project is there already or an option cannot be */
export async function init(terminal: Terminal, options: InitOptions): Promise<ExitCode> {
  const { folder: named = '.' } = options;
  const folder = resolve(terminal.cwd, named);
  const name = nameOf(options.name, folder);
  const image = checked('--image', options.image ?? `ghcr.io/acme/${name}`, imageOf);
  const repository = checked('--repository', options.repository ?? `https://git.example.com/${name}.git`, (url) => {
    GitRepository.at(url);
    return url;
  });
  const k8sta = dependencyOn(terminal, folder, options.package);
  const files = projectFiles({ name, image, repository, k8sta, versions: versionsOfTools() });
  const taken = files.filter(({ path }) => existsSync(join(folder, path)));
  const inTheWay = taken.filter(({ path }) => !OF_ANY_PROJECT.includes(path));
  if (inTheWay.length > 0) {
    throw new UsageError(
      `${folder} has ${inTheWay.map(({ path }) => path).join(', ')} already, and nothing is overwritten: name another folder, as in k8sta init ${name}-delivery`,
    );
  }
  for (const file of files) {
    if (!taken.includes(file)) await put(folder, file);
    print(terminal.out, `${taken.includes(file) ? 'kept   ' : 'created'}  ${join(named, file.path)}`);
  }
  print(terminal.out, ...nextSteps(named, name));
  return EXIT.done;
}

function nameOf(given: string | undefined, folder: string): string {
  const name = given ?? nameFromPath([basename(folder)]);
  const problem = labelProblem(name);
  if (problem === undefined) return name;
  throw new UsageError(`${given === undefined ? `the folder's name` : '--name'} '${name}' ${problem}: say --name shop`);
}

function imageOf(reference: string): string {
  const { repoURL, tag, digest } = parseImageReference(reference);
  if (tag !== undefined || digest !== undefined)
    throw new Error('leave out the version: each new one boards the track');
  Subscription.image(repoURL, { newest: true });
  return repoURL;
}

function checked(option: string, value: string, read: (value: string) => string): string {
  try {
    return read(value);
  } catch (error) {
    throw new UsageError(
      `${option} ${value} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function dependencyOn({ cwd }: Terminal, folder: string, given: string | undefined): string {
  if (given === undefined) return `^${packageVersion()}`;
  if (!/\.tgz$|^[./]/.test(given)) return given;
  const file = resolve(cwd, given);
  if (!existsSync(file)) throw new UsageError(`--package ${given} is not there: npm pack makes it in a clone`);
  return `file:${relative(folder, file).split(sep).join('/')}`;
}

/** The versions of tools that this package is made and tested with. */
function versionsOfTools(): ReadonlyMap<string, string> {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8'));
  const versions = new Map<string, string>();
  if (typeof manifest !== 'object' || manifest === null) return versions;
  for (const kind of Object.entries(manifest).filter(([key]) => /^(dev|peer)Dependencies$/.test(key))) {
    // What a package needs to run with wins over what it is made with.
    for (const [name, version] of Object.entries(kind[1] as Readonly<Record<string, string>>)) {
      if (kind[0] === 'peerDependencies' || !versions.has(name)) versions.set(name, version.replace(/^\^?/, '^'));
    }
  }
  return versions;
}

async function put(folder: string, { path, content }: ProjectFile): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  // Whoever came in between keeps what they wrote.
  await writeFile(file, content, { flag: 'wx' });
}

const nextSteps = (folder: string, name: string): string[] => [
  '',
  `Next${folder === '.' ? '' : `, after cd ${folder}`}:`,
  '  npm install                       what the project needs, once',
  '  npm test                          rides the network in a simulation: no cluster, no Git, no waiting',
  '  npm run synth                     compiles network.ts into dist/',
  '  npm run check                     looks for what is wrong with it',
  `  npx k8sta layout --into ../${name}   makes the folders of the source repository`,
  '',
  'Then make network.ts your own, beginning with the addresses at its top.',
];
