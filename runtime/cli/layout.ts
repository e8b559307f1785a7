/** `k8sta layout`: the folders that a network's source repositories need. */

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { layoutOf, type Layout, type SourceLayout } from '../../lib/network';
import { codeOf } from './errors';
import { outputFolder, readManifests, type Manifest } from './manifests';
import { networkIn } from './network';
import { EXIT, type ExitCode, print, type Terminal } from './terminal';

export interface LayoutOptions {
  readonly dist?: string;
  readonly into: string;
}

/** One file of a source repository, and whether it was there before. */
export interface LaidOut {
  readonly path: string;
  readonly created: boolean;
}

export async function layOut(terminal: Terminal, { dist, into }: LayoutOptions): Promise<ExitCode> {
  const layout = layoutIn(await readManifests(outputFolder(terminal, dist)));
  const target = resolve(terminal.cwd, into);
  const folders = foldersOf(layout.sources);
  for (const source of layout.sources) {
    const folder = join(target, folders.get(source) ?? '');
    print(terminal.out, `${source.repoURL}, branch ${source.branch}: ${folder}`);
    for (const { path, created } of await writeMissing(folder, source)) {
      print(terminal.out, `  ${created ? 'created' : 'kept   '}  ${path}`);
    }
  }
  print(terminal.out, '', 'Rendered branches, which the runtime will make:');
  for (const { repoURL, branch, overlay, application } of layout.branches) {
    print(terminal.out, `  ${branch} of ${repoURL}, from ${overlay}, for Application ${application}`);
  }
  return EXIT.done;
}

/** Lays one repository out into its work tree, whatever others the manifests know. */
export async function layOutInto(folder: string, manifests: readonly Manifest[]): Promise<void> {
  for (const source of layoutIn(manifests).sources) await writeMissing(folder, source);
}

function layoutIn(manifests: readonly Manifest[]): Layout {
  const { network, problems } = networkIn(manifests);
  if (problems.length > 0) throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  const layout = layoutOf(network);
  if (layout.sources.length === 0) throw new Error('no Station drives an Application: there is nothing to lay out');
  return layout;
}

/** One source branch goes into the folder itself; of several each gets a folder named like its repository. */
function foldersOf(sources: readonly SourceLayout[]): Map<SourceLayout, string> {
  if (sources.length === 1) return new Map(sources.map((source) => [source, '']));
  const taken = new Set<string>();
  return new Map(
    sources.map((source) => {
      const path = source.repoURL.replace(/\/+$/, '').replace(/\.git$/, '');
      const name = path.split(/[/:]/).pop() || 'source';
      let folder = name;
      for (let n = 2; taken.has(folder); n++) folder = `${name}-${n}`;
      taken.add(folder);
      return [source, folder];
    }),
  );
}

/** Creates the files that are missing. What exists is not even opened. */
async function writeMissing(folder: string, source: SourceLayout): Promise<LaidOut[]> {
  const done: LaidOut[] = [];
  for (const { path, content } of source.files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    const created = await writeFile(file, content, { flag: 'wx' }).then(
      () => true,
      (error: unknown) => {
        if (codeOf(error) === 'EEXIST') return false;
        throw error;
      },
    );
    done.push({ path, created });
  }
  return done;
}
