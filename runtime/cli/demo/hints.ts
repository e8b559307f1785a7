/** The lines to paste into another terminal while the demo stays up. */

import { parse, rcompare, valid, inc } from 'semver';
import type { Snapshot } from '../view';

export interface Place {
  /** Folder of the railyard. */
  readonly folder: string;
  readonly kubeconfigPath: string;
  readonly gitURL: string;
  readonly registryURL: string;
  /** How this command is called here, such as `npx k8sta`. */
  readonly command: string;
}

/** @param image repository of the image that the demo publishes */
export function hints(place: Place, snapshot: Snapshot, image: string): string[] {
  const branches = snapshot.stations.flatMap(({ spec }) => spec.applications);
  const last = branches.at(-1);
  const namespace = snapshot.tracks[0]?.metadata.namespace ?? 'default';
  const clone =
    last === undefined
      ? []
      : [`  git clone --branch ${word(last.branch)} ${word(last.repoURL)} ${word(last.branch.replace(/\W+/g, '-'))}`];
  return [
    'Everything runs on this machine, until Ctrl-C. To look around, paste in another terminal:',
    '',
    `  export KUBECONFIG=${word(place.kubeconfigPath)}`,
    `  kubectl --cache-dir=${word(`${place.folder}/kubectl-cache`)} --namespace ${namespace} get tickets,stations,tracks`,
    `  kubectl --cache-dir=${word(`${place.folder}/kubectl-cache`)} --namespace ${namespace} describe tickets`,
    ...clone,
    '',
    'To send the next change on its way:',
    '',
    `  ${place.command} railyard publish ${image}:${nextTag(snapshot, image)} --registry ${place.registryURL}`,
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
