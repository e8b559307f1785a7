/** Which tracks are this runtime's, where several share a cluster by a label selector. */

import { metadataOf, Store, type Cluster, type Clock, type Follower, type Identity } from '../../kube';
import type { Log } from '../../log';
import { TRACKS } from '../../resources';

export interface ShardOptions {
  readonly cluster: Cluster;
  /** As in `kubectl get -l`. */
  readonly selector: string;
  readonly namespaces?: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

/** The server says which tracks the selector means, so that it means here what it means everywhere. */
export class Shard {
  readonly follower: Follower;
  private readonly selected: Store<{ readonly metadata: Identity }>;
  /** Tracks that were this runtime's when they were last seen; of these it ends the tickets when they are deleted. */
  private readonly known = new Set<string>();

  constructor({ cluster, selector, namespaces, clock, log }: ShardOptions) {
    this.selected = new Store({ log, identity: metadataOf });
    this.selected.onChange((key, _before, after) => void (after && this.known.add(key)));
    this.follower = cluster.reflector({
      ...(namespaces === undefined ? {} : { namespaces }),
      resource: TRACKS,
      store: this.selected,
      labelSelector: selector,
      project: ({ metadata: { name, namespace, uid, resourceVersion } }) => ({
        metadata: { name, namespace, uid, resourceVersion },
      }),
      log,
      clock,
    });
  }

  /** Called with the key of each track that has become this runtime's, or has changed, or is its no more. */
  onChange(listener: (key: string) => void): () => void {
    return this.selected.onChange(listener);
  }

  /** @param track `<namespace>/<name>` @param exists whether there is such a track at all */
  owns(track: string, exists: boolean): boolean {
    return this.selected.get(track) !== undefined || (!exists && this.known.has(track));
  }
}
