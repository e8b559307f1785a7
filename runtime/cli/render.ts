/** `k8sta render`: what the runtime would make of the files that lie here, before anybody commits them. */

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import type { RenderSpec } from '../../lib/api';
import { TerminalError } from '../errors';
import { branchFiles, setImages } from '../render';
import { codeOf } from './errors';
import { openFolder } from './folder';
import { imageNamed } from './image-named';
import { ownRenderer, type RendererChoice } from './own-renderer';
import { EXIT, type ExitCode, print, type Terminal } from './terminal';

export interface RenderOptions extends RendererChoice {
  /** `env/prod`, from the folder that the repository is seen from. */
  readonly overlay: string;
  /** The work tree. */
  readonly source: string;
  /** Folder that the repository is seen from. */
  readonly folder: string;
  readonly image?: readonly string[];
  readonly renderer?: 'kustomize' | 'helm' | 'ytt' | 'yaml';
  /** Name of the Application; also of a Helm release. */
  readonly name?: string;
  /** Where objects go that name no namespace. */
  readonly namespace?: string;
  /** A folder that gets the files of the branch. */
  readonly into?: string;
}

/** Folders that are of no repository. */
const LEFT_OUT = new Set(['.git', 'node_modules']);

/** @throws TerminalError in the renderer's own words */
export async function render(terminal: Terminal, options: RenderOptions): Promise<ExitCode> {
  const images = (options.image ?? []).map((text) => imageNamed(text));
  const files = await filesIn(resolve(terminal.cwd, options.source));
  const folder = await openFolder(terminal, undefined, 'render');
  const renderer = ownRenderer(terminal, folder.path, options);
  try {
    const overlay = posix.normalize(options.overlay).replace(/\/+$/, '');
    const name = options.name ?? overlay.replaceAll('/', '-');
    const { namespace } = options;
    const application = { name, namespace: 'argocd', ...(namespace && { destinationNamespace: namespace }) };
    // One renderer, and all that can be said of it is in the files.
    const spec = options.renderer && ({ [options.renderer]: {} } as RenderSpec);
    const request = { files, folder: options.folder, overlay, application, ...(spec && { render: spec }) };
    const rendered = await renderer.render(request, terminal.stop);
    const { manifests, used } = setImages(rendered.manifests, images);
    if (options.into === undefined)
      for (const text of branchFiles(manifests, 'SingleFile').values()) print(terminal.out, text.trimEnd());
    else await writeInto(resolve(terminal.cwd, options.into), branchFiles(manifests, 'Files'));
    const unused = images.filter(({ repoURL }) => !used.includes(repoURL)).map(({ repoURL }) => repoURL);
    if (unused.length > 0) print(terminal.err, `nothing uses ${unused.join(', ')}`);
    print(
      terminal.err,
      `${manifests.length} object${manifests.length === 1 ? '' : 's'}, by ${rendered.renderer.name} ${rendered.renderer.version}`,
    );
    return EXIT.done;
  } finally {
    await renderer.close();
    folder.release();
  }
}

/** Every file below a folder, symlinks left out, as the runtime reads a commit. */
async function filesIn(top: string): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) await walk(path);
      if (entry.isFile()) found.set(relative(top, path).split(sep).join('/'), await readFile(path));
    }
  };
  try {
    await walk(top);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
    throw new TerminalError(`there is no folder ${top}: name the work tree of a source repository with --source`);
  }
  return found;
}

/** Writes files into a new or empty folder: what lay there would else seem to be rendered. */
async function writeInto(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new TerminalError(`${folder} is not empty: name a new folder`);
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
