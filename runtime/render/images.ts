/** The last step of every render: images set wherever a container image stands, never in the source. Pure. */

import { type ImageReference, parseImageReference } from '../../lib/network/image-reference';
import { TerminalError, messageOf } from '../errors';
import { type Manifest, isRecord, nameOf } from './manifest';

/** One version of one image. `repoURL` in any spelling: `nginx` is `docker.io/library/nginx`. */
export type Image = ImageReference;

/** Fields that hold a list of containers in pod specs, and in every custom resource that embeds one. */
export const CONTAINERS: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/**
 * Reads `ghcr.io/acme/web:1.2@sha256:...`, normalised.
 *
 * @throws TerminalError (`RenderFailed`) naming the reference and what is wrong with it
 */
export function parseImage(reference: string): Image {
  try {
    return parseImageReference(reference);
  } catch (error) {
    throw new TerminalError(messageOf(error), 'RenderFailed', { cause: error });
  }
}

/**
 * Copies of the manifests with the given images in place of other versions of the same repository. The manifest's own
 * spelling of the repository stays; tag and digest become the given ones, both where both are given.
 *
 * @returns `used`: which of the given `repoURL`s the manifests use
 * @throws TerminalError (`RenderFailed`) when a reference, given or found, does not parse, a given one has neither tag
 *   nor digest, or one repository is given twice
 */
export function setImages(
  manifests: readonly Manifest[],
  images: readonly Image[],
): { readonly manifests: Manifest[]; readonly used: readonly string[] } {
  const byRepository = new Map<string, Image>();
  for (const image of images) {
    const { repoURL, tag, digest } = parseImage(image.repoURL);
    if (tag !== undefined || digest !== undefined) throw failed(`Repository ${image.repoURL} carries a tag or digest`);
    if (image.tag === undefined && image.digest === undefined) {
      throw failed(`Image ${image.repoURL} has neither tag nor digest`);
    }
    if (byRepository.has(repoURL)) throw failed(`Image ${image.repoURL} is given twice`);
    parseImage(written(image.repoURL, image));
    byRepository.set(repoURL, image);
  }
  const used = new Set<string>();
  const replaced = manifests.map(
    (manifest) =>
      // Only texts inside containers differ: what made it a manifest is copied as it was.
      mapImages(manifest, (text) => {
        const image = byRepository.get(readIn(manifest, text).repoURL);
        if (image === undefined) return text;
        used.add(image.repoURL);
        return withVersion(text, image);
      }) as Manifest,
  );
  return { manifests: replaced, used: images.map(({ repoURL }) => repoURL).filter((repoURL) => used.has(repoURL)) };
}

/**
 * The images that the manifests use, each version once, sorted.
 *
 * @throws TerminalError (`RenderFailed`) naming the object, when one does not parse
 */
export function findImages(manifests: readonly Manifest[]): readonly Image[] {
  const found = new Map<string, Image>();
  for (const manifest of manifests) {
    mapImages(manifest, (text) => {
      const image = readIn(manifest, text);
      found.set(written(image.repoURL, image), image);
      return text;
    });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, image]) => image);
}

/** A reference with another version, its repository spelled as it was. */
export const withVersion = (reference: string, image: Image): string => written(repositoryPart(reference), image);

function written(repository: string, { tag, digest }: Pick<Image, 'tag' | 'digest'>): string {
  return `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** A reference without tag and digest, spelled as it was. */
function repositoryPart(reference: string): string {
  const named = reference.split('@', 1).join('');
  const colon = named.lastIndexOf(':');
  return colon > named.lastIndexOf('/') ? named.slice(0, colon) : named;
}

function readIn(manifest: Manifest, text: string): Image {
  try {
    return parseImageReference(text);
  } catch (error) {
    throw new TerminalError(`${nameOf(manifest)}: ${messageOf(error)}`, 'RenderFailed', { cause: error });
  }
}

/** A deep copy in which `change` was applied to the image of every container. Empty ones are left for others to fill. */
function mapImages(value: unknown, change: (image: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => mapImages(item, change));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, item]) => {
      const copy = mapImages(item, change);
      const containers = CONTAINERS.has(field) && Array.isArray(copy);
      return [field, containers ? copy.map((container: unknown) => withImage(container, change)) : copy];
    }),
  );
}

function withImage(container: unknown, change: (image: string) => string): unknown {
  if (!isRecord(container) || typeof container.image !== 'string' || container.image === '') return container;
  return { ...container, image: change(container.image) };
}

function failed(words: string): TerminalError {
  return new TerminalError(`${words}.`, 'RenderFailed');
}
