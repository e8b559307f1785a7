/** The lines to paste into another terminal while the demo stays up. */

import { inc, parse, rcompare, valid } from 'semver';
import type { Snapshot } from '../view';

export interface Place {
  /** Folder of the railyard. */
  readonly folder: string;
  /** Whether commands find the railyard without being told its folder. */
  readonly temporary: boolean;
  readonly kubeconfigPath: string;
  /** Where the dashboard is, if it is served. */
  readonly dashboardURL?: string;
  /** How this command is called, such as `npx k8sta`. */
  readonly command: string;
  /** Where it is called so: elsewhere npx would ask the registry of npm. */
  readonly cwd: string;
}

/**
 * Short enough for most terminals, since a line that is folded cannot be pasted.
 *
 * @param image repository of the image that the demo publishes
 */
export function hints(place: Place, snapshot: Snapshot, image: string): string[] {
  const namespace = snapshot.tracks[0]?.metadata.namespace ?? 'default';
  const last = snapshot.tracks[0]?.spec.stations.at(-1)?.name;
  const references = snapshot.stations.find(({ metadata }) => metadata.name === last)?.spec.applications ?? [];
  const next = `${image}:${nextTag(snapshot, image)}`;
  const dashboard = place.dashboardURL === undefined ? [] : [`See it all at ${place.dashboardURL}`, ''];
  return [
    ...dashboard,
    'Everything runs on this machine, until Ctrl-C. To look around, paste in another terminal:',
    '',
    `  export KUBECONFIG=${word(place.kubeconfigPath)}`,
    // kubectl remembers what a server offers by its port, and ports come again.
    `  export KUBECACHEDIR=${word(`${place.folder}/kubectl-cache`)}`,
    `  kubectl -n ${namespace} get tickets,stations,tracks`,
    `  kubectl -n ${namespace} describe tickets`,
    ...references.slice(0, 1).map(({ branch, repoURL }) => `  git clone -b ${word(branch)} ${word(repoURL)}`),
    '',
    'To send the next change on its way:',
    '',
    `  cd ${word(place.cwd)}`,
    `  ${place.command} railyard publish ${next}${place.temporary ? '' : ` --folder ${word(place.folder)}`}`,
  ];
}

/** The minor version after the newest that any ticket carried. */
export function nextTag(snapshot: Snapshot, image: string): string {
  const tags = snapshot.tickets
    .flatMap(({ spec }) => spec.change?.images ?? [])
    .filter(({ repoURL }) => repoURL === image)
    .flatMap(({ tag }) => (tag !== undefined && valid(tag) ? [tag] : []));
  const newest = parse(tags.sort(rcompare)[0] ?? '1.2.0');
  return (newest && inc(newest, 'minor')) ?? '1.3.0';
}

/** A word that a shell takes as it is. */
export const word = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
