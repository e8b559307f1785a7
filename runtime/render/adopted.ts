/**
 * Manifests that another tool wrote, taken over as they are: which files they are, the images in them, and images set
 * in place, so that every other byte stays (rule D10). Pure.
 */

import { type Node, type YAMLMap, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { messageOf } from '../errors';
import { failed } from './failed';
import { CONTAINERS, type Image, parseImage, repositoryIn, withVersion } from './images';
import { KUSTOMIZATION_FILES } from './kustomization';

/** Path of a file -> its bytes. */
export type Files = ReadonlyMap<string, Uint8Array>;

const MANIFEST = /\.(?:ya?ml|json)$/;
/** What makes Argo CD build a folder instead of applying its files. */
const BUILT = [...KUSTOMIZATION_FILES, 'Chart.yaml'];
/** More files than this are a source tree, not a rendered branch. */
const MOST_FILES = 5_000;
const MAX_ALIASES = 100;

/**
 * Paths that may be manifests; what they hold decides. Names that start with a dot are left alone.
 *
 * @throws TerminalError (`RenderFailed`) where the branch is not one of plain manifests
 */
export function adoptablePaths(paths: Iterable<string>): string[] {
  const all = [...paths];
  const built = BUILT.find((name) => all.includes(name));
  if (built !== undefined) {
    throw failed(`${built} stands on the branch: only plain manifests can be taken over, and Argo CD builds this one`);
  }
  const candidates = all.filter((path) => MANIFEST.test(path) && !path.split('/').some((name) => name.startsWith('.')));
  if (candidates.length <= MOST_FILES) return candidates;
  throw failed(
    `${candidates.length} files could be manifests; a branch with more than ${MOST_FILES} is not taken over`,
  );
}

/** The files that hold Kubernetes objects and nothing else. */
export const manifestsAmong = (files: Files): Files =>
  new Map([...files].filter(([path, bytes]) => documentsOf(path, bytes)?.some(isObject) === true));

/**
 * The images of the files' containers, sorted by repository; those without tag and digest say nothing about a version and are left
 * out.
 *
 * @param only repositories to look for; empty means all
 * @throws TerminalError (`RenderFailed`) naming file and image, when one does not parse or stands in two versions
 */
export function imagesIn(files: Files, only: readonly string[]): readonly Image[] {
  const wanted = new Set(only.map((repository) => parseImage(repository).repoURL));
  const found = new Map<string, { image: Image; path: string; text: string }>();
  for (const [path, bytes] of files) {
    for (const { text, isContainer } of placesIn(path, bytes)) {
      if (!isContainer) continue;
      const image = read(path, text);
      if (image.tag === undefined && image.digest === undefined) continue;
      if (wanted.size > 0 && !wanted.has(image.repoURL)) continue;
      const other = found.get(image.repoURL);
      if (other !== undefined && (other.image.tag !== image.tag || other.image.digest !== image.digest)) {
        throw failed(
          `${image.repoURL} stands in two versions, ${other.text} in ${other.path} and ${text} in ${path}: a state has ` +
            'one for each repository. Make them one, or list the images that tickets carry in images of the Application',
        );
      }
      found.set(image.repoURL, { image, path, text });
    }
  }
  return [...found.values()].map(({ image }) => image).sort((a, b) => (a.repoURL < b.repoURL ? -1 : 1));
}

/**
 * The same files with the given images in place of other versions, wherever a render would have set them.
 *
 * @returns `used`: which of the given `repoURL`s the files use
 * @throws TerminalError (`RenderFailed`) naming file and image, when one does not parse or cannot be replaced in place
 */
export function setImagesInPlace(
  files: Files,
  images: readonly Image[],
): { readonly files: Files; readonly used: readonly string[] } {
  const byRepository = new Map(images.map((image) => [parseImage(image.repoURL).repoURL, image]));
  const used = new Set<string>();
  const edited = [...files].map(([path, bytes]): [string, Uint8Array] => {
    const source = decode(bytes) ?? '';
    let text = '';
    let done = 0;
    for (const place of placesIn(path, bytes)) {
      const repository = place.isContainer ? read(path, place.text).repoURL : repositoryIn(place.text);
      const image = repository === undefined ? undefined : byRepository.get(repository);
      if (image === undefined) continue;
      used.add(image.repoURL);
      const next = withVersion(place.text, image);
      if (next === place.text) continue;
      if (place.start < done || !place.source.includes(place.text)) {
        throw failed(`${path}: image ${place.text} cannot be replaced in place: write it out as plain text`);
      }
      text += source.slice(done, place.start) + place.source.replace(place.text, next);
      done = place.end;
    }
    return [path, done === 0 ? bytes : new TextEncoder().encode(text + source.slice(done))];
  });
  return { files: new Map(edited), used: images.map(({ repoURL }) => repoURL).filter((one) => used.has(one)) };
}

/** One image, and where its text stands, quotes included. */
interface Place {
  readonly text: string;
  /** In a container nothing but an image can stand; in any other field `image` it may be something else. */
  readonly isContainer: boolean;
  readonly source: string;
  readonly start: number;
  readonly end: number;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The documents of a file that are not empty; `undefined` where something in it is no Kubernetes object. */
function documentsOf(path: string, bytes: Uint8Array): Node[] | undefined {
  const text = decode(bytes);
  if (text === undefined) return undefined;
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  const broken = documents.find((document) => document.errors.length > 0);
  const nodes = documents.flatMap(({ contents }) => (contents === null || isEmpty(contents) ? [] : [contents]));
  const objects = nodes.filter(isObject);
  if (objects.length === 0) return undefined;
  if (broken !== undefined) throw failed(`${path} cannot be read as YAML: ${messageOf(broken.errors[0])}`);
  if (objects.length < nodes.length) throw failed(`${path} holds Kubernetes objects and something that is none`);
  for (const document of documents) document.toJS({ maxAliasCount: MAX_ALIASES });
  return nodes;
}

const isEmpty = (node: Node): boolean => isScalar(node) && (node.value === null || node.value === '');

const isObject = (node: Node): boolean =>
  isMap(node) && typeof node.get('apiVersion') === 'string' && typeof node.get('kind') === 'string';

/** Every image, in the order of the text. */
function placesIn(path: string, bytes: Uint8Array): Place[] {
  const source = decode(bytes) ?? '';
  const places: Place[] = [];
  for (const document of documentsOf(path, bytes) ?? []) visit(document);
  return places.sort((one, other) => one.start - other.start);

  /** @param within a list of containers */
  function visit(node: unknown, within = false): void {
    if (isSeq(node)) return node.items.forEach((item) => visit(item, within));
    if (within && isAlias(node)) {
      throw failed(`${path}: a container stands behind the alias *${node.source}: write it out`);
    }
    if (!isMap(node) || isData(node)) return;
    for (const { key, value } of node.items) {
      const field = isScalar(key) ? String(key.value) : '';
      if (field === 'metadata') continue;
      if (field === 'image') image(value, within);
      visit(value, CONTAINERS.has(field) && isSeq(value));
    }
  }

  function image(node: unknown, isContainer: boolean): void {
    if (isAlias(node) && isContainer) {
      throw failed(`${path}: an image stands behind the alias *${node.source}: write it out`);
    }
    if (isMap(node) && !isContainer) return image(node.get('reference', true), false);
    if (!isScalar(node) || typeof node.value !== 'string' || node.value === '' || !node.range) return;
    const [start, end] = node.range;
    places.push({ text: node.value, isContainer, source: source.slice(start, end), start, end });
  }
}

const isData = (node: YAMLMap): boolean => {
  const kind = node.get('kind');
  return node.get('apiVersion') === 'v1' && (kind === 'ConfigMap' || kind === 'Secret');
};

function read(path: string, text: string): Image {
  try {
    return parseImage(text);
  } catch (error) {
    throw failed(`${path}: ${messageOf(error)}`);
  }
}
