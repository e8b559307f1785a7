/** What the dashboard sees of the caches, and what it may have worked out: nothing here writes anything. */

import type { Station, Ticket, Track } from '../../lib/api';
import { TerminalError } from '../errors';
import type { CommitDescription } from '../git';
import type { ApplicationView } from '../journey';
import { keyOf } from '../kube';
import type { Tools } from './arrivals/prepare';
import { differenceFor, type TicketDifference } from './differences/ticket-difference';
import type { Kept, World } from './caches/world';

/** The objects of one kind, as the runtime knows them. */
export interface Shown<T> {
  /** @param key `<namespace>/<name>` */
  get(key: string): T | undefined;
  list(): readonly T[];
  /** Calls with the key of whatever was added, changed or deleted. It must be quick. @returns a function that ends the calls */
  onChange(listener: (key: string, before: T | undefined) => void): () => void;
}

export interface Sight {
  readonly tracks: Shown<Track>;
  readonly stations: Shown<Station>;
  readonly tickets: Shown<Ticket>;
  readonly applications: Shown<ApplicationView>;
  /** The stations that name an Application by `<namespace>/<name>`. */
  stationsOf(application: string): readonly Station[];
  /**
   * What a ticket would change, or has changed.
   *
   * @throws TerminalError where there is no such ticket, or nothing that it changes
   */
  difference(ticket: string, signal: AbortSignal): Promise<TicketDifference>;
  /**
   * A commit in words.
   *
   * @throws TerminalError where the repository has it no longer
   */
  commit(repoURL: string, commit: string): Promise<CommitDescription>;
  /** The operator's Secrets for the dashboard: what label `k8sta.io/credential` calls `dashboard`. */
  settings(): readonly DashboardSecret[];
}

/** A Secret of the operator. */
export interface DashboardSecret {
  /** `<namespace>/<name>`. */
  readonly key: string;
  /** Where people reach the dashboard. @default '' */
  readonly url: string;
  readonly values: Readonly<Record<string, string>>;
}

const KIND = 'dashboard';

export function sightOf(world: World, tools: Tools): Sight {
  return {
    tracks: readable(world.tracks),
    stations: readable(world.stations),
    tickets: readable(world.tickets),
    applications: world.applications,
    stationsOf: (application) =>
      world.stations.find('application', application).flatMap(({ resource }) => resource ?? []),
    async difference(key, signal) {
      const kept = world.tickets.get(key);
      if (kept === undefined) throw new TerminalError(`there is no ticket ${key}`);
      if (kept.resource === undefined) throw new TerminalError(kept.problems.join(' '));
      return differenceFor(tools, world, kept.resource, signal);
    },
    commit: (repoURL, commit) => tools.git.describe(repoURL, commit),
    settings: () =>
      world.credentials
        .list()
        .filter(({ serves }) => serves.startsWith(`${KIND} `))
        .map(({ metadata, serves, values }) => ({ key: keyOf(metadata), url: serves.slice(KIND.length + 1), values })),
  };
}

interface KeptStore<T> {
  get(key: string): Kept<T> | undefined;
  list(): readonly Kept<T>[];
  onChange(listener: (key: string, before: Kept<T> | undefined) => void): () => void;
}

/** What cannot be read is not there. */
const readable = <T>(store: KeptStore<T>): Shown<T> => ({
  get: (key) => store.get(key)?.resource,
  list: () => store.list().flatMap(({ resource }) => resource ?? []),
  onChange: (listener) => store.onChange((key, before) => listener(key, before?.resource)),
});
