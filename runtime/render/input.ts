/** What one render reads: which renderer, which of the files given, in the form that the renderer takes. Pure. */

import { posix } from 'node:path';
import { type RenderSpec } from '../../lib/api';
import { TerminalError } from '../errors';
import { failed } from './failed';
import { type Commands, commandCall, commandFiles } from './command';
import { BASE, isWithin, type RendererName, rendererOf } from './detection';
import { type ChartVersion, chartsToPull, helmCall, helmFiles, helmPlaces } from './helm';
import { reach, reachable } from './kustomization';
import { kustomizeCall } from './kustomize/call';
import { type ProgramCall } from './program';
import { yttCall, yttFiles } from './ytt';

export interface RenderRequest {
  /** The composed input tree (rule A3): path from the root of the repository -> content, symlinks left out. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Folder that the repository is seen from; nothing outside it exists for the render. Empty means the root. */
  readonly folder: string;
  /** The application's overlay, from `folder`: `env/prod`. */
  readonly overlay: string;
  /** Absent: found by convention (rule L7). */
  readonly render?: RenderSpec;
  /** Versions of published charts that tickets brought. @default - those that the source names */
  readonly charts?: readonly ChartVersion[];
  readonly application: {
    readonly name: string;
    readonly namespace: string;
    /** Where Argo CD puts objects that name no namespace. */
    readonly destinationNamespace?: string;
  };
}

/** What is rendered, and nothing else. */
export interface Input {
  readonly renderer: RendererName;
  readonly overlay: string;
  /** Paths are from `folder`, or from the private folder of a program. */
  readonly files: readonly (readonly [path: string, content: Uint8Array])[];
  /** The program that renders; absent for those that are built in. */
  readonly call?: ProgramCall;
}

/** What comes from the operator and from elsewhere. */
export interface Supplies {
  readonly commands: Commands;
  /** Archives of {@link pulledCharts}, in their order. */
  readonly archives: readonly Uint8Array[];
}

const MANIFEST = /\.(?:ya?ml|json)$/;

/** What was asked, with paths that are known to be plain. */
interface Seen {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly overlay: string;
  readonly renderer: RendererName;
}

/**
 * @throws TerminalError `OverlayMissing` when the overlay is not there, `RenderFailed` when the input cannot be rendered
 */
export function inputOf(request: RenderRequest, { commands, archives }: Supplies): Input {
  const { files, overlay, renderer } = seenBy(request);
  const { name, destinationNamespace: namespace = name } = request.application;
  const release = { name, namespace };
  const sorted = (chosen: readonly (readonly [string, Uint8Array])[]): Input['files'] =>
    [...chosen].sort(([one], [other]) => (one < other ? -1 : 1));
  switch (renderer) {
    case 'helm': {
      const spec = request.render?.helm;
      const call = helmCall(spec, files, overlay, release, commands.get('helm') ?? 'helm');
      return { renderer, overlay, call, files: sorted(helmFiles(spec, files, overlay, archives)) };
    }
    case 'ytt':
      return {
        renderer,
        overlay,
        call: yttCall(files, commands.get('ytt') ?? 'ytt'),
        files: sorted(yttFiles(files, overlay)),
      };
    case 'command': {
      const call = commandCall(request.render?.command?.name ?? '', commands, overlay, release);
      return { renderer, overlay, call, files: sorted(commandFiles(files, overlay)) };
    }
    case 'kustomize': {
      const program = commands.get('kustomize');
      const call = program === undefined ? {} : { call: kustomizeCall(program, overlay) };
      return { renderer, overlay, ...call, files: sorted(contentsOf(reachable(files, overlay), files)) };
    }
    case 'yaml':
      return { renderer, overlay, files: sorted(contentsOf(plainManifests(files, overlay), files)) };
  }
}

const contentsOf = (
  paths: Iterable<string>,
  files: ReadonlyMap<string, Uint8Array>,
): (readonly [string, Uint8Array])[] => [...paths].map((path) => [path, files.get(path) ?? new Uint8Array()]);

/**
 * The published charts that the render needs beside the files.
 *
 * @throws TerminalError like {@link inputOf}
 */
export function pulledCharts(request: RenderRequest): readonly ChartVersion[] {
  const { files, overlay, renderer } = seenBy(request);
  if (renderer !== 'helm') return [];
  return chartsToPull({ spec: request.render?.helm, overlay, files, charts: request.charts ?? [] });
}

/**
 * Folders and single files, as paths from the root of the repository, that the render reads as far as the files given
 * say: asked again with those, it may name more, until it names none that is not given. The empty path is all.
 *
 * @throws TerminalError like {@link inputOf}
 */
export function placesToRead(request: RenderRequest): readonly string[] {
  const { folder, overlay, render } = request;
  const files = seenFrom(folder, request.files);
  cleanFolder(overlay, 'overlay');
  const renderer = rendererOf(render, files, overlay);
  const places =
    renderer === 'kustomize'
      ? [...(reach(files, overlay)?.folders ?? [''])]
      : renderer === 'helm'
        ? helmPlaces(render?.helm, overlay)
        : [overlay, BASE];
  return places.filter((place) => place === '' || isClean(place)).map((place) => below(folder, place));
}

const below = (folder: string, place: string): string => [folder, place].filter((part) => part !== '').join('/');

function seenBy({ folder, files: all, overlay: asked, render }: RenderRequest): Seen {
  const files = seenFrom(folder, all);
  const overlay = cleanFolder(asked, 'overlay');
  if (![...files.keys()].some((path) => isWithin(path, overlay))) {
    const where = folder === '' ? '' : ` in "${folder}"`;
    throw new TerminalError(`There is no folder "${overlay}"${where} at this commit.`, 'OverlayMissing');
  }
  return { files, overlay, renderer: rendererOf(render, files, overlay) };
}

/** The manifests of `base/`, where it exists, and of the overlay, at any depth; names that start with a dot are not read. */
function plainManifests(files: ReadonlyMap<string, Uint8Array>, overlay: string): string[] {
  const chosen = [...files.keys()].filter(
    (path) =>
      (isWithin(path, overlay) || isWithin(path, BASE)) &&
      MANIFEST.test(path) &&
      !path.split('/').some((name) => name.startsWith('.')),
  );
  if (chosen.length === 0) {
    throw failed(`Neither "${overlay}" nor "${BASE}" holds a kustomization, a chart or a .yaml, .yml or .json file`);
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
