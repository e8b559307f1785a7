/** Where a command takes the network from: files that synth wrote, or a cluster. */

import type * as ClusterModule from './cluster';
import { outputFolder, readManifests } from './manifests';
import { networkIn, networkStored, type ReadNetwork } from './network';
import { type Terminal, UsageError } from './terminal';
import { TerminalError } from '../errors';

export interface NetworkChoice {
  readonly dist?: string;
  readonly cluster?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/**
 * Reads the network that the options name, where there is one.
 *
 * @throws UsageError for options that contradict one another
 * @throws TerminalError naming the place where there is no Track and no Station
 */
export async function findNetwork(terminal: Terminal, choice: NetworkChoice): Promise<ReadNetwork> {
  const found = await (choice.cluster === true ? fromCluster(choice) : fromOutput(terminal, choice));
  const { network, problems } = found;
  if (network.tracks.size + network.stations.size + problems.length > 0) return found;
  const fix = 'run cdk8s synth first, or name the folder that it writes to';
  throw new TerminalError(
    choice.cluster === true
      ? 'the cluster holds no Track and no Station: apply what cdk8s synth writes'
      : `${outputFolder(terminal, choice.dist)} holds no Track and no Station: ${fix}`,
  );
}

async function fromOutput(terminal: Terminal, { dist, kubeconfig, context }: NetworkChoice): Promise<ReadNetwork> {
  if (kubeconfig !== undefined || context !== undefined) {
    throw new UsageError('--kubeconfig and --context need --cluster: without it files are read');
  }
  return networkIn(await readManifests(outputFolder(terminal, dist)));
}

async function fromCluster({ dist, kubeconfig, context }: NetworkChoice): Promise<ReadNetwork> {
  if (dist !== undefined) throw new UsageError(`choose one: the folder ${dist}, or --cluster`);
  // Only a look at a cluster pays for its client.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { openCluster, resources } = require('./cluster') as typeof ClusterModule;
  const cluster = openCluster({ kubeconfig, context });
  const [tracks, stations, applications] = await Promise.all([
    cluster.objects(resources.tracks).list(),
    cluster.objects(resources.stations).list(),
    cluster.objects(resources.applications).list(),
  ]);
  return networkStored(tracks.items, stations.items, applications.items);
}
