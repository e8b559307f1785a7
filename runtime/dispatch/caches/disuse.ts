/** Mirrors of repositories that no Station, Track or Application names any more go. */

import { messageOf } from '../../errors';
import type { OpenGit } from '../../git';
import type { Clock } from '../../kube';
import type { Log } from '../../log';

/** How often they are looked for, in milliseconds. It asks nobody, and reads one folder. */
const EVERY_MS = 60 * 60_000;

interface Named {
  readonly repoURL: string;
}
/** What of the caches names repositories; resources that cannot be read name none. */
export interface Naming {
  readonly stations: List<{
    readonly resource?: { readonly spec: { readonly applications?: readonly Named[] } } | undefined;
  }>;
  readonly tracks: List<{
    readonly resource?:
      { readonly spec: { readonly subscriptions?: readonly { readonly source?: Named }[] } } | undefined;
  }>;
  readonly applications: List<{ readonly sources: readonly Named[] }>;
}
interface List<T> {
  list(): readonly T[];
}

/** All repositories that the network, or anything that Argo CD syncs, could have the runtime work with. */
export function namedRepositories(world: Naming): ReadonlySet<string> {
  const stations = world.stations.list().flatMap(({ resource }) => resource?.spec.applications ?? []);
  const tracks = world.tracks.list().flatMap(({ resource }) => resource?.spec.subscriptions ?? []);
  const applications = world.applications.list().flatMap(({ sources }) => sources);
  const subscribed = tracks.flatMap(({ source }) => source ?? []);
  return new Set([...stations, ...subscribed, ...applications].map(({ repoURL }) => repoURL));
}

/**
 * @param world whose caches are full
 * @returns a function that ends it
 */
export function dropUnnamed(
  world: Naming,
  git: Pick<OpenGit, 'retain'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): () => void {
  const next = (): (() => void) =>
    clock.after(EVERY_MS, () => {
      cancel = next();
      git.retain(namedRepositories(world)).catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'Git mirrors that nothing needs any more could not be removed');
      });
    });
  let cancel = next();
  return () => cancel();
}
