/** A branch that another tool filled, taken over with the Application's consent (rule D10). */

import type { ApplicationReference, RenderedState, Renderer } from '../../../lib/api';
import { blobId, type Git } from '../../git';
import type { Ownership } from '../../journey';
import { adoptablePaths, imagesIn, manifestsAmong, setImagesInPlace, type Files } from '../../render';
import type { Composition } from './compose';
import { ORIGIN_FILE } from './origin';
import type { Recovered } from './recovery';
import { branchContent, editedPaths, type BranchContent } from '../jobs/state-record';

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
export async function managedFiles(git: Git, repoURL: string, commit: string): Promise<Composition> {
  const content = await branchContent(git, repoURL, commit);
  const { record } = content;
  const { files: listed, origin: from } = managedIn(content);
  const blobs = await git.blobs(repoURL, [...Object.values(listed), ...(from === undefined ? [] : [from])]);
  const origin = blobs.get(from ?? '');
  const whence = origin === undefined ? {} : { origin };
  if (record === undefined) return { files: await adoptedFiles(git, repoURL, content), renderer: ADOPTED, ...whence };
  const files = Object.entries(listed).flatMap(([path, oid]) => {
    const bytes = blobs.get(oid);
    return bytes === undefined ? [] : [[path, bytes] as const];
  });
  return { files: new Map(files), renderer: record.renderer, ...whence };
}

/** What of a head the next commit replaces or removes. */
export interface Managed {
  /** Path -> blob id. */
  readonly files: Readonly<Record<string, string>>;
  /** Blob id of the file that says where they come from. */
  readonly origin?: string;
}

export async function managedIds(
  git: Git,
  { repoURL, adopt }: ApplicationReference,
  { whose }: Ownership,
  head: BranchContent | undefined,
): Promise<Managed> {
  if (head?.record !== undefined) return managedIn(head);
  if (head === undefined || whose !== 'ForeignBranch' || !adopt) return { files: {} };
  const files = await adoptedFiles(git, repoURL, head);
  return { ...managedIn(head), files: Object.fromEntries([...files].map(([path, bytes]) => [path, blobId(bytes)])) };
}

/** By the record of a commit; without one only what another tool wrote about all that is taken over. */
function managedIn({ record, files: all }: BranchContent): Managed {
  const entry = all.get(ORIGIN_FILE);
  const { [ORIGIN_FILE]: listed, ...files } = record?.files ?? {};
  const origin = record === undefined && entry?.mode.startsWith('100') ? entry.oid : listed;
  return { files, ...(origin === undefined ? {} : { origin }) };
}

/** Until the first source change, images are set in the files that were taken over. */
export async function editAdopted(
  git: Git,
  { repoURL }: ApplicationReference,
  good: string,
  { images = [] }: RenderedState,
): Promise<Composition> {
  const managed = await managedFiles(git, repoURL, good);
  const edited = setImagesInPlace(managed.files, images);
  return { ...managed, files: edited.files, usedImages: edited.used };
}
