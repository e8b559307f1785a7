/** What the site is made of: the documents of the repository, its examples, and the pictures in them. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, posix } from 'node:path';

export interface Sources {
  /** Markdown by its path from the root of the repository. */
  readonly pages: ReadonlyMap<string, string>;
  /** Everything else that a link may lead to, by the same paths. */
  readonly files: ReadonlyMap<string, Buffer>;
}

const FOLDERS = ['docs', 'examples'];
const SINGLE = ['README.md', 'CONTRIBUTING.md', 'LICENSE'];
const PICTURES = ['.png', '.svg'];
const FENCES: Readonly<Record<string, string>> = { '.ts': 'ts', '.yaml': 'yaml', '.yml': 'yaml', '.json': 'json' };

/** @param root the repository */
export function sourcesIn(root: string): Sources {
  const pages = new Map<string, string>();
  const files = new Map<string, Buffer>();
  for (const path of [...SINGLE, ...FOLDERS.flatMap((folder) => filesBelow(root, folder))]) {
    const content = readFileSync(join(root, path));
    if (path.endsWith('.md')) pages.set(path, content.toString());
    else files.set(path, content);
  }
  for (const folder of examplesIn(root)) {
    const readme = posix.join(folder, 'README.md');
    if (!pages.has(readme)) pages.set(readme, pageOfExample(folder, files));
  }
  return { pages, files: new Map([...files].filter(([path]) => PICTURES.includes(extname(path)))) };
}

const filesBelow = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(root.length + 1), entry.name))
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
    .sort();

const examplesIn = (root: string): string[] =>
  readdirSync(join(root, 'examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'examples', entry.name, 'cdk8s.yaml')))
    .map(({ name }) => `examples/${name}`);

/** An example without words of its own is its files, the network first. */
function pageOfExample(folder: string, files: ReadonlyMap<string, Buffer>): string {
  const own = [...files].filter(([path]) => path.startsWith(`${folder}/`));
  const rank = (path: string): number => Number(path.endsWith('main.ts')) + 2 * Number(path.split('/').length > 3);
  const parts = own
    .filter(([path]) => !path.endsWith('cdk8s.yaml'))
    .sort(([one], [other]) => rank(one) - rank(other) || one.localeCompare(other))
    .map(([path, content]) => {
      const fence = FENCES[extname(path)] ?? '';
      return `## ${path.slice(folder.length + 1)}\n\n~~~~${fence}\n${content.toString().trimEnd()}\n~~~~\n`;
    });
  return `# ${folder.split('/').at(-1)}\n\nAll of [examples](../README.md).\n\n${parts.join('\n')}`;
}
