/** The last step of every render: images set wherever a container image stands, never in the source. Pure. */

import { type ImageReference, parseImageReference } from '../../lib/network/image-reference';
import { TerminalError, messageOf } from '../errors';
import { failed } from './failed';
import { type Manifest, groupOf, nameOf } from './manifest';
import { isObject } from '../raw';

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
 * Copies of the manifests with the given images in place of other versions of the same repository: in the containers of
 * pods wherever these stand, in every other field `image` (`spec.image` of a custom resource, the single container of a
 * workflow), and in volumes made of images. Not in ConfigMaps, Secrets and metadata, which are data. The manifest's own
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
  const set = (text: string, repoURL: string | undefined): string => {
    const image = repoURL === undefined ? undefined : byRepository.get(repoURL);
    if (image === undefined) return text;
    used.add(image.repoURL);
    return withVersion(text, image);
  };
  const replaced = manifests.map(
    (manifest) =>
      // Only images differ: what made it a manifest is copied as it was.
      mapImages(manifest, {
        container: (text) => set(text, readIn(manifest, text).repoURL),
        elsewhere: (text) => set(text, isData(manifest) ? undefined : repositoryIn(text)),
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
    mapImages(manifest, {
      container(text) {
        const image = readIn(manifest, text);
        found.set(written(image.repoURL, image), image);
        return text;
      },
      elsewhere: (text) => text,
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

/** What becomes of an image, by where it stands. */
interface Changes {
  /** In a container, where nothing but an image can stand. */
  container(image: string): string;
  /** In any other field `image`, where it may be something else. */
  elsewhere(text: string): string;
}

/** A deep copy in which the changes were made. Empty images of containers are left for others to fill. */
function mapImages(value: unknown, changes: Changes): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => mapImages(item, changes));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, item]) => {
      if (field === 'metadata') return [field, item];
      if (field === 'image') return [field, imageField(item, changes)];
      if (!CONTAINERS.has(field) || !Array.isArray(item)) return [field, mapImages(item, changes)];
      return [field, item.map((container: unknown) => withImage(container, changes))];
    }),
  );
}

function withImage(container: unknown, changes: Changes): unknown {
  if (!isObject(container) || typeof container.image !== 'string' || container.image === '') {
    return mapImages(container, changes);
  }
  const { image } = container;
  const copy = mapImages({ ...container, image: '' }, changes);
  return { ...(copy as object), image: changes.container(image) };
}

/** A text, or the `reference` of a volume that is made of an image. */
function imageField(item: unknown, changes: Changes): unknown {
  if (typeof item === 'string') return changes.elsewhere(item);
  if (!isObject(item)) return mapImages(item, changes);
  const copy = mapImages(item, changes);
  return typeof item.reference === 'string'
    ? { ...(copy as object), reference: changes.elsewhere(item.reference) }
    : copy;
}

const isData = (manifest: Manifest): boolean =>
  groupOf(manifest) === '' && (manifest.kind === 'ConfigMap' || manifest.kind === 'Secret');

/** The repository of a text that is an image; `undefined` where it is none. */
export function repositoryIn(text: string): string | undefined {
  try {
    return parseImageReference(text).repoURL;
  } catch {
    return undefined;
  }
}
