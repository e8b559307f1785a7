/** The private folder and the arguments of one `helm template`. Pure. */

import { type RenderSpec } from '../../../lib/api';
import { API_VERSION_PATTERN, KUBERNETES_VERSION_PATTERN } from '../../../lib/api/schema';
import { failed } from '../failed';
import { BASE, isWithin } from '../detection';
import { type ProgramCall } from '../program';
import { sourceChart } from './chart';

type HelmSpec = NonNullable<RenderSpec['helm']>;
type Files = ReadonlyMap<string, Uint8Array>;

/** Names in the private folder are ours, so that no folder of a team can mean anything as an argument. */
const CHART = 'chart';
const ARCHIVE = 'chart.tgz';
const VALUES = 'values.yaml';

/** What helm is asked, each checked again: a resource may have been stored before the definition was. */
const RELEASE_NAME = /^[a-z\d](?:[-a-z\d]*[a-z\d])?(?:\.[a-z\d](?:[-a-z\d]*[a-z\d])?)*$/;
const NAMESPACE = /^[a-z\d](?:[-a-z\d]{0,61}[a-z\d])?$/;
const KUBERNETES_VERSION = new RegExp(KUBERNETES_VERSION_PATTERN);
const API_VERSION = new RegExp(API_VERSION_PATTERN);
const LONGEST_RELEASE = 53;

/** Files of the private folder: the chart, what was fetched for it, and values that win in their order. */
export function helmFiles(
  spec: HelmSpec | undefined,
  files: Files,
  overlay: string,
  archives: readonly Uint8Array[],
): (readonly [path: string, content: Uint8Array])[] {
  const folder = sourceChart(spec, files, overlay);
  const values = valuesIn(files, overlay).map((content, i) => [valuesName(i), content] as const);
  if (folder === undefined) return [...archives.map((content) => [ARCHIVE, content] as const), ...values];
  const start = folder === '' ? 0 : folder.length + 1;
  const chart = [...files]
    .filter(([path]) => isWithin(path, folder))
    .map(([path, content]) => [`${CHART}/${path.slice(start)}`, content] as const);
  const fetched = archives.map((content, i) => [`${CHART}/charts/fetched-${i}.tgz`, content] as const);
  return [...chart, ...fetched, ...values];
}

const valuesName = (index: number): string => `values-${index}.yaml`;

/** `base/values.yaml`, then that of the overlay (rule L7). */
const valuesIn = (files: Files, overlay: string): Uint8Array[] =>
  [BASE, overlay].flatMap((folder) => files.get(`${folder}/${VALUES}`) ?? []);

/** @throws TerminalError (`RenderFailed`) for a name or version that helm would not take */
export function helmCall(
  spec: HelmSpec | undefined,
  files: Files,
  overlay: string,
  release: { readonly name: string; readonly namespace: string },
  program: string,
): ProgramCall {
  const { kubeVersion, apiVersions = [] } = spec ?? {};
  check('the release', release.name, RELEASE_NAME);
  if (release.name.length > LONGEST_RELEASE) {
    throw failed(
      `the release would be called ${release.name} like its Application; Helm takes at most ${LONGEST_RELEASE} characters`,
    );
  }
  check('the namespace', release.namespace, NAMESPACE);
  if (kubeVersion !== undefined) check('kubeVersion', kubeVersion, KUBERNETES_VERSION);
  for (const version of apiVersions) check('apiVersions', version, API_VERSION);
  const count = valuesIn(files, overlay).length;
  return {
    name: 'helm',
    program,
    version: { args: ['version', '--template={{.Version}}'], pattern: /v\d+\.\d+\S*/ },
    args: [
      'template',
      `--namespace=${release.namespace}`,
      '--include-crds',
      '--skip-tests',
      ...Array.from({ length: count }, (_, i) => `--values=${valuesName(i)}`),
      ...(kubeVersion === undefined ? [] : [`--kube-version=${kubeVersion}`]),
      ...apiVersions.map((version) => `--api-versions=${version}`),
      '--',
      release.name,
      sourceChart(spec, files, overlay) === undefined ? ARCHIVE : CHART,
    ],
    remedy: 'Put helm 3 into its container image, or name it with --render-command helm=<file>',
  };
}

function check(what: string, value: string, pattern: RegExp): void {
  if (!pattern.test(value)) throw failed(`${what} cannot be ${JSON.stringify(value)}`);
}
