/**
 * What is wrong with the network that the caches hold (rule L11): the checks of constructs and command, on resources
 * however they were written. Each Track and Station says of itself what is wrong with it; nothing is decided by that.
 */

import type { Metadata, Station, Track } from '../../../lib/api';
import {
  checkApplied,
  networkOf,
  SHARED_DESTINATION,
  type ApplicationObject,
  type NetworkObject,
} from '../../../lib/network';
import type { ApplicationView } from '../../journey';
import { keyOf, type Clock } from '../../kube';
import type { Log } from '../../log';
import { fieldsOfKey } from '../jobs/log-fields';
import type { Kept, World } from './world';

/** How long a network rests after a change before it is checked: what is applied together comes one by one. */
const REST_MS = 500;

/** `track <namespace>/<name>` or `station <namespace>/<name>`. */
type Owner = string;

const NONE: readonly string[] = [];

type Faults = ReadonlyMap<Owner, readonly string[]>;

/** Tracks or Stations as the checks see them: whoever has a problem is named as its owner. */
const objectsOf = <Spec>(
  kind: 'track' | 'station',
  list: readonly Kept<{ readonly metadata: Metadata; readonly spec: Spec }>[],
): NetworkObject<Spec>[] =>
  list
    .flatMap(({ resource }) =>
      resource === undefined
        ? []
        : [{ metadata: resource.metadata, spec: resource.spec, path: `${kind} ${keyOf(resource.metadata)}` }],
    )
    // Of two that are in each other's way always the same one says so.
    .sort((one, other) => (one.path < other.path ? -1 : 1));

const applicationObject = (view: ApplicationView): ApplicationObject => ({
  metadata: {
    name: view.name,
    namespace: view.namespace,
    annotations: view.sharedDestination ? { [SHARED_DESTINATION]: 'true' } : {},
  },
  spec: { destination: view.destination },
  path: `application ${keyOf(view)}`,
});

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** What is wrong now, in sentences, by who has to say it: for an Application the stations that drive it. */
function faultsIn(world: World): Faults {
  const stations = objectsOf('station', world.stations.list());
  const tracks = objectsOf('track', world.tracks.list());
  const unreadable = [...world.tracks.list(), ...world.stations.list()].filter(({ problems }) => problems);
  const elsewhere = unreadable.map(({ metadata }) => keyOf(metadata));
  const network = networkOf(tracks, stations, world.applications.list().map(applicationObject), { elsewhere });
  const faults = new Map<Owner, string[]>();
  for (const { path, message, fix } of checkApplied(network)) {
    const [kind, key = ''] = path.split(' ');
    const drivers = kind === 'application' ? world.stations.find('application', key) : undefined;
    for (const owner of drivers?.map(({ metadata }) => `station ${keyOf(metadata)}`) ?? [path]) {
      faults.set(owner, [...(faults.get(owner) ?? []), sentence(`${message}; ${fix}.`)]);
    }
  }
  return faults;
}

const isRespecified = (before: Kept<Track | Station> | undefined, after: Kept<Track | Station> | undefined): boolean =>
  before?.resource?.metadata.uid !== after?.resource?.metadata.uid ||
  before?.resource?.metadata.generation !== after?.resource?.metadata.generation;

const deploysElsewhere = (before: ApplicationView | undefined, after: ApplicationView | undefined): boolean =>
  JSON.stringify([before?.destination, before?.sharedDestination]) !==
  JSON.stringify([after?.destination, after?.sharedDestination]);

/** Checks the network whenever it has changed, and remembers what it found. */
export class NetworkFaults {
  private found: Faults = new Map();

  constructor(private readonly options: { readonly world: World; readonly clock: Clock; readonly log: Log }) {}

  /** What is wrong with a Track or a Station, in sentences. */
  of(owner: Owner): readonly string[] {
    return this.found.get(owner) ?? NONE;
  }

  /**
   * Checks at once, and from now on after each change of the network.
   *
   * @param add told of whoever has something else to say of itself
   * @returns a function that ends it
   */
  follow(add: (owner: Owner) => void): () => void {
    const { world, clock } = this.options;
    let cancel: (() => void) | undefined;
    const changed = (): void => {
      cancel ??= clock.after(REST_MS, () => {
        cancel = undefined;
        this.check(add);
      });
    };
    const ends = [
      world.tracks.onChange((_key, before, after) => void (isRespecified(before, after) && changed())),
      world.stations.onChange((_key, before, after) => void (isRespecified(before, after) && changed())),
      world.applications.onChange((_key, before, after) => void (deploysElsewhere(before, after) && changed())),
      () => cancel?.(),
    ];
    this.check(add);
    return () => {
      for (const end of ends) end();
    };
  }

  private check(add: (owner: Owner) => void): void {
    const before = this.found;
    this.found = faultsIn(this.options.world);
    for (const owner of new Set([...before.keys(), ...this.found.keys()])) {
      const [was, is] = [before.get(owner) ?? NONE, this.of(owner)];
      if (was.join('\n') === is.join('\n')) continue;
      add(owner);
      for (const fault of is.filter((one) => !was.includes(one)))
        this.options.log.warn({ ...fieldsOfKey(owner), fault }, 'The network is not as it should be');
    }
  }
}
