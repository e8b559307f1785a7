/** What one render reads: which renderer, which of the files given, in the form that the shim takes. Pure. */

import { posix } from 'node:path';
import { type RenderSpec } from '../../lib/api';
import { TerminalError } from '../errors';
import { KUSTOMIZATION_FILES, kustomizationIn, reach, reachable } from './kustomization';

export interface RenderRequest {
  /** The composed input tree (rule A3): path from the root of the repository -> content, symlinks left out. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Folder that the repository is seen from; nothing outside it exists for the render. Empty means the root. */
  readonly folder: string;
  /** The application's overlay, from `folder`: `env/prod`. */
  readonly overlay: string;
  /** Absent: kustomize where the overlay holds a kustomization, plain YAML elsewhere. */
  readonly render?: RenderSpec;
  readonly application: {
    readonly name: string;
    readonly namespace: string;
    /** Where Argo CD puts objects that name no namespace. */
    readonly destinationNamespace?: string;
  };
}

/** The renderers of {@link RenderSpec} that this version honours. The others are refused by name. */
export const supportedRenderers = ['kustomize', 'yaml'] as const;
export type RendererName = (typeof supportedRenderers)[number];

/** What is rendered, and nothing else. Paths are from `folder`. */
export interface Input {
  readonly renderer: RendererName;
  readonly overlay: string;
  readonly files: readonly (readonly [path: string, content: Uint8Array])[];
}

/** The folder that plain YAML takes beside the overlay. */
export const BASE = 'base';
const MANIFEST = /\.(?:ya?ml|json)$/;

/**
 * @throws TerminalError `OverlayMissing` when the overlay is not there, `RenderFailed` when the input cannot be rendered
 */
export function inputOf(request: RenderRequest): Input {
  const files = seenFrom(request.folder, request.files);
  const overlay = cleanFolder(request.overlay, 'overlay');
  if (![...files.keys()].some((path) => isWithin(path, overlay))) {
    const where = request.folder === '' ? '' : ` in "${request.folder}"`;
    throw new TerminalError(`There is no folder "${overlay}"${where} at this commit.`, 'OverlayMissing');
  }
  const renderer = rendererOf(request, files, overlay);
  const chosen = renderer === 'kustomize' ? reachable(files, overlay) : plainManifests(files, overlay);
  const sorted = [...chosen].sort();
  return { renderer, overlay, files: sorted.map((path) => [path, files.get(path) ?? new Uint8Array()] as const) };
}

/**
 * Folders and single files, as paths from the root of the repository, that the render reads as far as the files given
 * say: asked again with those, it may name more, until it names none that is not given. The empty path is all.
 *
 * @throws TerminalError like {@link inputOf}
 */
export function placesToRead(request: RenderRequest): readonly string[] {
  const { folder, overlay } = request;
  const files = seenFrom(folder, request.files);
  cleanFolder(overlay, 'overlay');
  const renderer = rendererOf(request, files, overlay);
  const places = renderer === 'yaml' ? [overlay, BASE] : [...(reach(files, overlay)?.folders ?? [''])];
  return places.filter((place) => place === '' || isClean(place)).map((place) => below(folder, place));
}

const below = (folder: string, place: string): string => [folder, place].filter((part) => part !== '').join('/');

function rendererOf(
  { render, application }: RenderRequest,
  files: ReadonlyMap<string, Uint8Array>,
  overlay: string,
): RendererName {
  const asked = Object.entries(render ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const unknown = asked.find((name) => !supportedRenderers.some((supported) => supported === name));
  if (unknown !== undefined) {
    throw failed(
      `Application ${application.namespace}/${application.name} asks for the renderer "${unknown}"; this version ` +
        `renders ${supportedRenderers.join(' and ')} only`,
    );
  }
  if (render?.kustomize !== undefined) return 'kustomize';
  return render?.yaml === undefined && kustomizationIn(files, overlay) !== undefined ? 'kustomize' : 'yaml';
}

/** The manifests of `base/`, where it exists, and of the overlay, at any depth; names that start with a dot are not read. */
function plainManifests(files: ReadonlyMap<string, Uint8Array>, overlay: string): string[] {
  const inBase = kustomizationIn(files, BASE);
  if (inBase !== undefined && kustomizationIn(files, overlay) === undefined && !isWithin(inBase, overlay)) {
    throw failed(
      `${inBase} is a kustomization but "${overlay}" holds none of ${KUSTOMIZATION_FILES.join(', ')}: add one there`,
    );
  }
  const chosen = [...files.keys()].filter(
    (path) =>
      (isWithin(path, overlay) || isWithin(path, BASE)) &&
      MANIFEST.test(path) &&
      !path.split('/').some((name) => name.startsWith('.')),
  );
  if (chosen.length === 0) {
    throw failed(`Neither "${overlay}" nor "${BASE}" holds a kustomization or a .yaml, .yml or .json file`);
  }
  return chosen;
}

/** Files below `folder`, by their path from there. */
function seenFrom(folder: string, files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const root = cleanFolder(folder, 'folder');
  const seen = new Map<string, Uint8Array>();
  for (const [path, content] of files) {
    if (!isClean(path)) throw failed(`Path ${JSON.stringify(path)} of the input is not a plain relative path`);
    if (isWithin(path, root)) seen.set(root === '' ? path : path.slice(root.length + 1), content);
  }
  return seen;
}

function cleanFolder(folder: string, what: string): string {
  if (folder !== '' && !isClean(folder)) {
    throw failed(`The ${what} ${JSON.stringify(folder)} is not a plain relative path`);
  }
  return folder;
}

/** Relative, normalised, without `..`, and nothing that another system reads as a separator or an end. */
function isClean(path: string): boolean {
  const normal = posix.normalize(path) === path && !posix.isAbsolute(path) && !path.endsWith('/');
  return normal && path !== '.' && path !== '..' && !path.startsWith('../') && !path.includes('\0');
}

/** Whether `path` stands below `folder`; everything stands below the empty folder. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

function failed(words: string): TerminalError {
  return new TerminalError(`${words}.`, 'RenderFailed');
}
