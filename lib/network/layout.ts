/** The folders that a source repository needs, and the branches that the runtime will render (rule L12). */

import type { ApplicationReference } from '../api';
import { joinFolders } from './git-ref';
import type { Network } from './network';
import { overlaysByRepository, type Overlay } from './overlays';

export interface LayoutFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly content: string;
}

/** What one source branch needs to have. */
export interface SourceLayout {
  /** Repository, spelt as the network first spells it. */
  readonly repoURL: string;
  /** Source branch. */
  readonly branch: string;
  /** Sorted by path. */
  readonly files: readonly LayoutFile[];
}

export interface RenderedBranch {
  readonly repoURL: string;
  readonly branch: string;
  /** Overlay folder, from the root of the repository. */
  readonly overlay: string;
  /** `<namespace>/<name>` of the Application. */
  readonly application: string;
}

export interface Layout {
  readonly sources: readonly SourceLayout[];
  readonly branches: readonly RenderedBranch[];
}

/** What the source repositories of a network need, and what its rendered branches are. Writes nothing. */
export function layoutOf(network: Network): Layout {
  const overlays = [...overlaysByRepository(network).values()];
  return {
    sources: overlays.flatMap(sourcesOf),
    branches: overlays.flat().map(({ reference, branch, path, application }) => ({
      repoURL: reference.repoURL,
      branch,
      overlay: path,
      application,
    })),
  };
}

/** One source for each source branch of a repository. */
function sourcesOf(overlays: readonly Overlay[]): SourceLayout[] {
  const branches = new Set(overlays.map(({ reference }) => reference.sourceBranch));
  return [...branches].map((branch) => {
    const here = overlays.filter(({ reference }) => reference.sourceBranch === branch);
    const files = new Map(here.flatMap(filesOf).map((file) => [file.path, file]));
    return {
      repoURL: here[0]?.reference.repoURL ?? '',
      branch,
      files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    };
  });
}

function filesOf({ reference, path }: Overlay): LayoutFile[] {
  const base = joinFolders(reference.folder, 'base');
  switch (rendererOf(reference)) {
    case 'helm':
      return [values(base, 'every environment'), values(path, path)];
    case 'kustomize':
      return [kustomization(base, []), kustomization(path, [upFrom(reference.overlay) + 'base'])];
    case 'other':
      return [keep(base), keep(path)];
  }
}

/** Without a word about rendering, a fresh repository gets kustomize. */
function rendererOf({ render }: ApplicationReference): 'helm' | 'kustomize' | 'other' {
  if (render?.helm !== undefined) return 'helm';
  return render === undefined || render.kustomize !== undefined ? 'kustomize' : 'other';
}

const upFrom = (overlay: string) => '../'.repeat(overlay.split('/').length);

function kustomization(folder: string, resources: readonly string[]): LayoutFile {
  const list =
    resources.length === 0 ? 'resources: []' : ['resources:', ...resources.map((each) => `  - ${each}`)].join('\n');
  return {
    path: `${folder}/kustomization.yaml`,
    content: `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n${list}\n`,
  };
}

function values(folder: string, where: string): LayoutFile {
  return { path: `${folder}/values.yaml`, content: `# Helm values for ${where}.\n{}\n` };
}

/** Git holds no empty folders. */
function keep(folder: string): LayoutFile {
  return { path: `${folder}/.gitkeep`, content: '' };
}
