/** One rendered state becomes the files of a rendered branch: input tree, render, images, layout (rules A1, A3, A6). */

import type { ApplicationReference, RenderedState, Renderer as RendererName } from '../../lib/api';
import { TerminalError } from '../errors';
import type { Git, TreeEntry } from '../git';
import { overlayPath } from '../journey';
import { branchFiles, setImages, type Renderer } from '../render';
import { Unavailable } from './job-board';

const REGULAR_FILES = ['100644', '100755'];

export interface Composition {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly renderer: RendererName;
  /** Image repositories of the state that the manifests use; absent where nothing was rendered. */
  readonly usedImages?: readonly string[];
}

/** The whole tree of the base commit, with the overlay folder taken from the overlay commit (rule A3). */
async function inputTree(
  git: Git,
  reference: ApplicationReference,
  base: string,
  overlay: string,
): Promise<Map<string, TreeEntry>> {
  const { repoURL, folder } = reference;
  const path = overlayPath(reference);
  const inside = (candidate: string): boolean => candidate === path || candidate.startsWith(`${path}/`);
  const [whole, top] = await Promise.all([
    git.files(repoURL, base, folder === '' ? undefined : folder),
    git.files(repoURL, overlay, path),
  ]);
  const tree = new Map([...whole].filter(([candidate]) => !inside(candidate)));
  for (const [candidate, entry] of top) tree.set(candidate, entry);
  if (![...top.keys()].some(inside)) {
    throw new TerminalError(
      `folder ${path} does not exist in ${repoURL} at ${overlay.slice(0, 7)}: create it on branch ${reference.sourceBranch}, or correct overlay in the Station`,
      'OverlayMissing',
    );
  }
  return tree;
}

async function contents(
  git: Git,
  repoURL: string,
  tree: ReadonlyMap<string, TreeEntry>,
): Promise<Map<string, Uint8Array>> {
  const regular = [...tree].filter(([, entry]) => REGULAR_FILES.includes(entry.mode));
  const blobs = await git.blobs(repoURL, new Set(regular.map(([, entry]) => entry.oid)));
  const files = new Map<string, Uint8Array>();
  for (const [path, { oid }] of regular) {
    const bytes = blobs.get(oid);
    if (bytes !== undefined) files.set(path, bytes);
  }
  return files;
}

/**
 * The files that a state shows.
 *
 * @throws TerminalError `OverlayMissing`, `RenderFailed` with the renderer's words; Unavailable where trying again helps
 */
export async function compose(
  git: Git,
  renderer: Renderer,
  reference: ApplicationReference,
  state: RenderedState,
  signal: AbortSignal,
): Promise<Composition> {
  const { base, overlay = base } = state;
  if (base === undefined || overlay === undefined) {
    throw new TerminalError(
      `no source commit is known for ${reference.namespace}/${reference.name}: branch ${reference.sourceBranch} of ${reference.repoURL} did not exist when the ticket boarded`,
      'OverlayMissing',
    );
  }
  const files = await contents(git, reference.repoURL, await inputTree(git, reference, base, overlay));
  const rendered = await renderer
    .render(
      {
        files,
        folder: reference.folder,
        overlay: reference.overlay,
        ...(reference.render === undefined ? {} : { render: reference.render }),
        application: { name: reference.name, namespace: reference.namespace },
      },
      signal,
    )
    .catch((error: unknown) => {
      if (error instanceof TerminalError) throw error;
      throw new Unavailable('RendererUnavailable', error instanceof Error ? error.message : String(error), {
        cause: error,
      });
    });
  if (rendered.manifests.length === 0) {
    throw new TerminalError(
      `${overlayPath(reference)} renders no object at all: an empty branch would make Argo CD delete everything, so it is refused`,
      'RenderFailed',
    );
  }
  const { manifests, used } = setImages(rendered.manifests, state.images ?? []);
  const encoder = new TextEncoder();
  const written = [...branchFiles(manifests, reference.layout)].map(
    ([path, text]) => [path, encoder.encode(text)] as const,
  );
  return { files: new Map(written), renderer: rendered.renderer, usedImages: used };
}
