/** Which renderer an overlay asks for: said by the Application, or found by convention (rule L7). Pure. */

import { posix } from 'node:path';
import { type RenderSpec } from '../../lib/api';
import { failed } from './failed';
import { KUSTOMIZATION_FILES, kustomizationIn } from './kustomization';

export type RendererName = 'kustomize' | 'yaml' | 'helm' | 'ytt' | 'command';

/** The folder that everything but kustomize takes beside the overlay. */
export const BASE = 'base';
export const CHART_FILE = 'Chart.yaml';
const CDK8S_FILE = 'cdk8s.yaml';

type Files = ReadonlyMap<string, unknown>;

/** Whether `path` stands below `folder`; everything stands below the empty folder. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

/**
 * What is said counts. Else the overlay decides, then `base/`: a kustomization is built by kustomize, a `Chart.yaml` by
 * helm, anything else is plain YAML. ytt and commands have to be said, since their files look like plain YAML.
 *
 * @throws TerminalError (`RenderFailed`) naming the files, where one folder is two things
 */
export function rendererOf(render: RenderSpec | undefined, files: Files, overlay: string): RendererName {
  const said = (['kustomize', 'helm', 'ytt', 'yaml', 'command'] as const).find((name) => render?.[name] !== undefined);
  if (said !== undefined) return said;
  for (const folder of [overlay, BASE]) {
    const kustomization = kustomizationIn(files, folder);
    const chart = chartIn(files, folder);
    if (kustomization !== undefined && chart !== undefined) {
      throw failed(
        `${kustomization} and ${chart} stand side by side, so it could be kustomize or helm: say which in render of the Application`,
      );
    }
    if (chart !== undefined) return 'helm';
    if (kustomization !== undefined) {
      if (folder === overlay) return 'kustomize';
      throw failed(
        `${kustomization} is a kustomization but "${overlay}" holds none of ${KUSTOMIZATION_FILES.join(', ')}: add one there`,
      );
    }
  }
  refuseOthers(files, overlay);
  return 'yaml';
}

/** The `Chart.yaml` of a folder, where it has one. */
export function chartIn(files: Files, folder: string): string | undefined {
  const path = posix.join(folder, CHART_FILE);
  return files.has(path) ? path : undefined;
}

/** What would be read as manifests, and is the source of some. */
function refuseOthers(files: Files, overlay: string): void {
  for (const path of files.keys()) {
    const name = posix.basename(path);
    if (!isWithin(path, overlay) && !isWithin(path, BASE)) continue;
    if (name === CDK8S_FILE) {
      throw failed(
        `${path} belongs to a cdk8s project, and code of a team is not run here: run cdk8s synth before you commit, and make what it writes the overlay`,
      );
    }
    if (name === CHART_FILE) {
      throw failed(
        `${path} is a chart below "${path.split('/', 1).join('')}", where plain YAML is looked for: say helm with path ${JSON.stringify(posix.dirname(path))} in render of the Application`,
      );
    }
  }
}
