/** One rendered state becomes the files of a rendered branch: input tree, render, images, layout (rules A1, A3, A6). */

import type { ApplicationReference, RenderedState, Renderer as RendererName } from '../../../lib/api';
import { shortCommit } from '../../../lib/api/words';
import { TerminalError } from '../../errors';
import { assertPath, isCommitMissing, type Git, type TreeEntry } from '../../git';
import { overlayPath } from '../../journey';
import {
  branchFiles,
  placesToRead,
  setImages,
  type ChartVersion,
  type Manifest,
  type Renderer,
  type RenderRequest,
} from '../../render';
import { Unavailable } from '../jobs/job-board';

const REGULAR_FILES = ['100644', '100755'];

export interface Composition {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly renderer: RendererName;
  /** What is in the files; absent where nothing was rendered. */
  readonly manifests?: readonly Manifest[];
  /** Image repositories of the state that the manifests use; absent where nothing was rendered. */
  readonly usedImages?: readonly string[];
  /** The file that says where they come from, where they are kept as they were. */
  readonly origin?: Uint8Array;
  /** Published charts that are in it; absent where nothing was rendered. */
  readonly usedCharts?: readonly ChartVersion[];
}

/**
 * The tree of the base commit, with the overlay folder taken from the overlay commit (rule A3), as far as a render reads
 * it: a repository may hold much that is none of this application's.
 */
class InputTree {
  private readonly tree = new Map<string, TreeEntry>();
  private readonly read: string[] = [];
  readonly files = new Map<string, Uint8Array>();

  constructor(
    private readonly git: Git,
    private readonly reference: ApplicationReference,
    private readonly commits: { readonly base: string; readonly overlay: string },
  ) {}

  /** Whether any of these places had not been read. */
  async take(places: readonly string[]): Promise<boolean> {
    const fresh = places.filter((place) => isPath(place) && !this.read.some((one) => isWithin(place, one)));
    if (fresh.length === 0) return false;
    this.read.push(...fresh);
    const listings = await Promise.all(fresh.map((place) => this.list(place)));
    const entries = listings.flatMap((listing) => [...listing]).filter(([path]) => !this.tree.has(path));
    for (const [path, entry] of entries) this.tree.set(path, entry);
    const regular = entries.filter(([, entry]) => REGULAR_FILES.includes(entry.mode));
    const blobs = await this.git.blobs(this.reference.repoURL, new Set(regular.map(([, entry]) => entry.oid)));
    for (const [path, { oid }] of regular) {
      const bytes = blobs.get(oid);
      if (bytes !== undefined) this.files.set(path, bytes);
    }
    return true;
  }

  private async list(place: string): Promise<ReadonlyMap<string, TreeEntry>> {
    try {
      return await this.listed(place);
    } catch (error) {
      throw isCommitMissing(error) ? this.gone(error) : error;
    }
  }

  /** Rule B5: what the state was made of is not to be had any more. */
  private gone(cause: unknown): TerminalError {
    const { base, overlay } = this.commits;
    const commits = base === overlay ? `commit ${base}` : `commits ${base} (base) or ${overlay} (overlay)`;
    const words = `${this.reference.repoURL} has ${commits} no more, from which the files have to be rendered: a source ticket with a commit that is there brings a new base`;
    return new TerminalError(words, 'SourceNotContained', { cause });
  }

  private async listed(place: string): Promise<ReadonlyMap<string, TreeEntry>> {
    const { git, reference, commits } = this;
    const path = overlayPath(reference);
    const under = place === '' ? undefined : place;
    if (under !== undefined && isWithin(under, path)) return git.files(reference.repoURL, commits.overlay, under);
    const whole = await git.files(reference.repoURL, commits.base, under);
    if (!isWithin(path, place)) return whole;
    const top = await git.files(reference.repoURL, commits.overlay, path);
    return new Map([...[...whole].filter(([candidate]) => !isWithin(candidate, path)), ...top]);
  }
}

/** A kustomization may hold whole resources where others name a file, and nothing but paths can be read. */
function isPath(place: string): boolean {
  if (place === '') return true;
  try {
    assertPath(place);
    return true;
  } catch {
    return false;
  }
}

/** Whether a path is that of the place, or stands below it; everything stands below the empty one. */
const isWithin = (path: string, place: string): boolean =>
  place === '' || path === place || path.startsWith(`${place}/`);

const overlayMissing = (reference: ApplicationReference, commit: string): TerminalError =>
  new TerminalError(
    `folder ${overlayPath(reference)} does not exist in ${reference.repoURL} at ${shortCommit(commit)}: create it on branch ${reference.sourceBranch}, or correct overlay in the Station`,
    'OverlayMissing',
  );

/**
 * The files that a state shows.
 *
 * @throws TerminalError `OverlayMissing`, `SourceNotContained` where a commit of the state is gone, `RenderFailed` with
 * the renderer's words; Unavailable where trying again helps
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
  const input = new InputTree(git, reference, { base, overlay });
  const request: RenderRequest = {
    files: input.files,
    folder: reference.folder,
    overlay: reference.overlay,
    ...(reference.render === undefined ? {} : { render: reference.render }),
    ...(state.charts === undefined ? {} : { charts: state.charts }),
    application: {
      name: reference.name,
      namespace: reference.namespace,
      ...(reference.destinationNamespace === undefined ? {} : { destinationNamespace: reference.destinationNamespace }),
    },
  };
  await input.take([overlayPath(reference)]);
  if (input.files.size === 0) throw overlayMissing(reference, overlay);
  while (await input.take(placesToRead(request)));
  const rendered = await renderer.render(request, signal).catch((error: unknown) => {
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
  const { renderer: name, charts: usedCharts = [] } = rendered;
  return { files: new Map(written), manifests, renderer: name, usedImages: used, usedCharts };
}
