/** A branch that another tool filled, taken over with the Application's consent (rule D10). */

import type { ApplicationReference, RenderedState, Renderer } from '../../lib/api';
import { blobId, type Git } from '../git';
import type { Ownership } from '../journey';
import { adoptablePaths, imagesIn, manifestsAmong, setImagesInPlace, type Files } from '../render';
import type { Composition } from './compose';
import type { Recovered } from './recovery';
import { branchContent, editedPaths, type BranchContent } from './state-record';

/** Who made manifests that were taken over as they are. */
const ADOPTED: Renderer = { name: 'adopted', version: '1' };

/**
 * Takes over a foreign branch where the reference says so: its head counts as ours, with the images found in its
 * manifests as its state.
 *
 * @throws TerminalError `RenderFailed` where the branch cannot be taken over, naming file and reason
 */
export async function takeOver(git: Git, reference: ApplicationReference, found: Recovered): Promise<Recovered> {
  const { ownership } = found;
  if (ownership.whose !== 'ForeignBranch' || !reference.adopt) return found;
  const { head } = ownership;
  const ours: Ownership = { whose: 'Ours', head, by: head };
  const content = await branchContent(git, reference.repoURL, head);
  if (content.record !== undefined) {
    const paths = editedPaths(content);
    if (paths.length > 0) return { ownership: { whose: 'ForeignCommit', head, paths } };
    return { ownership: ours, good: { commit: head, state: content.record.state } };
  }
  const files = await adoptedFiles(git, reference.repoURL, content);
  if (files.size === 0) return { ownership: ours };
  const images = imagesIn(files, reference.images ?? []).map(({ repoURL, tag, digest }) => ({
    repoURL,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }));
  const state: RenderedState = images.length === 0 ? {} : { images };
  return { ownership: ours, good: { commit: head, state } };
}

/** The manifests of a commit of another tool. */
async function adoptedFiles(git: Git, repoURL: string, { files }: BranchContent): Promise<Files> {
  const paths = adoptablePaths(files.keys()).filter((path) => files.get(path)?.mode.startsWith('100'));
  const blobs = await git.blobs(repoURL, new Set(paths.flatMap((path) => files.get(path)?.oid ?? [])));
  const contents = paths.flatMap((path) => {
    const bytes = blobs.get(files.get(path)?.oid ?? '');
    return bytes === undefined ? [] : [[path, bytes] as const];
  });
  return manifestsAmong(new Map(contents));
}

/** The managed files of a commit, byte for byte: those that its record lists, or what was taken over with it. */
export async function managedFiles(
  git: Git,
  repoURL: string,
  commit: string,
): Promise<{ readonly files: Files; readonly renderer: Renderer }> {
  const content = await branchContent(git, repoURL, commit);
  const { record } = content;
  if (record === undefined) return { files: await adoptedFiles(git, repoURL, content), renderer: ADOPTED };
  const blobs = await git.blobs(repoURL, Object.values(record.files));
  const files = Object.entries(record.files).flatMap(([path, oid]) => {
    const bytes = blobs.get(oid);
    return bytes === undefined ? [] : [[path, bytes] as const];
  });
  return { files: new Map(files), renderer: record.renderer };
}

/** Path -> blob id of the files of a head that the next commit replaces or removes. */
export async function managedIds(
  git: Git,
  { repoURL, adopt }: ApplicationReference,
  { whose }: Ownership,
  head: BranchContent | undefined,
): Promise<Readonly<Record<string, string>>> {
  if (head?.record !== undefined) return head.record.files;
  if (head === undefined || whose !== 'ForeignBranch' || !adopt) return {};
  const files = await adoptedFiles(git, repoURL, head);
  return Object.fromEntries([...files].map(([path, bytes]) => [path, blobId(bytes)]));
}

/** Until the first source change, images are set in the files that were taken over. */
export async function editAdopted(
  git: Git,
  { repoURL }: ApplicationReference,
  good: string,
  { images = [] }: RenderedState,
): Promise<Composition> {
  const { files, renderer } = await managedFiles(git, repoURL, good);
  const edited = setImagesInPlace(files, images);
  return { files: edited.files, renderer, usedImages: edited.used };
}
