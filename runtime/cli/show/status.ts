/** `k8sta status`: the lines, what stands and arrives where, and what it waits for. */

import { messageOf } from '../../errors';
import { silentLog } from '../../log';
import { applicationState } from '../application-state';
import { resources } from '../cluster';
import { displayOn } from '../demo/display';
import { followNetwork } from '../demo/feed';
import { paletteFor } from '../palette';
import { Reach, type ReachOptions } from '../reach';
import { EXIT, type ExitCode, print, stopped, type Terminal } from '../terminal';
import { drawNetwork, type Snapshot } from '../view';

export interface StatusOptions extends ReachOptions {
  /** The one track that is shown. */
  readonly track?: string;
  readonly watch?: boolean;
}

const WIDTH = 100;
/** Applications to a page: they are larger than anything of ours. */
const PAGE_SIZE = 250;

export async function status(terminal: Terminal, options: StatusOptions): Promise<ExitCode> {
  const reach = new Reach(terminal, options);
  if (options.track !== undefined) await reach.need({ kind: 'Track', name: options.track });
  const snapshot = await snapshotOf(terminal, reach, options);
  if (snapshot.tracks.length === 0) {
    const where = reach.scope === undefined ? 'in any namespace' : `in namespace ${reach.scope}`;
    print(terminal.err, `there is no track ${where}: look at all with -A, or begin a network with k8sta init`);
    return EXIT.done;
  }
  if (options.watch === true) return watch(terminal, reach, snapshot, options);
  const width = terminal.out.columns ?? WIDTH;
  print(terminal.out, ...drawNetwork(snapshot, { width, now: new Date(), palette: paletteFor(terminal) }));
  return EXIT.done;
}

/** The network as it is now: a few lists, whatever their length. */
async function snapshotOf(terminal: Terminal, reach: Reach, options: StatusOptions): Promise<Snapshot> {
  const [tracks, stations, tickets] = await Promise.all([
    reach.list('Track', reach.scope),
    reach.list('Station', reach.scope),
    reach.list('Ticket', reach.scope),
  ]);
  const shown = tracks.filter(({ metadata }) => options.track === undefined || metadata.name === options.track);
  const namespaces = [
    ...new Set(stations.flatMap(({ spec }) => spec.applications.map(({ namespace }) => namespace))),
  ].sort();
  const applications = await Promise.all(namespaces.map((namespace) => applicationsIn(terminal, reach, namespace)));
  return { tracks: shown, stations, tickets, applications: applications.flat() };
}

/** What Argo CD says; nothing where it may not be read, and that is said. */
async function applicationsIn(terminal: Terminal, reach: Reach, namespace: string): Promise<Snapshot['applications']> {
  try {
    const asked = { namespace, pageSize: PAGE_SIZE, signal: terminal.stop };
    const { items } = await reach.cluster.objects(resources.applications).list(asked);
    return items.map(applicationState);
  } catch (error) {
    print(terminal.err, `without health and sync of the Applications in ${namespace}: ${messageOf(error)}`);
    return [];
  }
}

/** The living picture where a person looks, a line for each transition elsewhere. */
async function watch(terminal: Terminal, reach: Reach, first: Snapshot, options: StatusOptions): Promise<ExitCode> {
  const places = new Set(first.applications.map(({ namespace }) => namespace));
  const feed = await followNetwork(reach.cluster, silentLog, {
    ...(reach.scope === undefined ? {} : { namespaces: [reach.scope] }),
    applicationNamespaces: [...places],
    ...(options.track === undefined ? {} : { track: options.track }),
  });
  const display = displayOn(terminal);
  try {
    display.follow(feed);
    await stopped(terminal);
  } finally {
    display.end();
    await feed.stop();
  }
  return EXIT.done;
}
