/** `k8sta check`: everything that is wrong with a network, at once. */

import { TerminalError } from '../errors';
import { checkNetwork, formatProblem, sortProblems, type Problem } from '../../lib/network';
import type * as ClusterModule from './cluster';
import { outputFolder, readManifests } from './manifests';
import { networkIn, networkStored, type ReadNetwork } from './network';
import { EXIT, type ExitCode, print, type Terminal, UsageError } from './terminal';

export interface CheckOptions {
  readonly dist?: string;
  readonly cluster?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Errors and warnings go to stderr, each on its line; errors end with 1. */
export async function check(terminal: Terminal, options: CheckOptions): Promise<ExitCode> {
  const { network, problems: unreadable } = await (options.cluster === true
    ? fromCluster(options)
    : fromOutput(terminal, options));
  if (network.tracks.size + network.stations.size + unreadable.length === 0) {
    throw new TerminalError('there is no Track and no Station to check');
  }
  const problems = sortProblems([...unreadable, ...checkNetwork(network)]);
  print(terminal.err, ...problems.map((problem) => `${problem.severity}: ${formatProblem(problem)}`));
  const errors = count(problems, 'error');
  const found = `${plural(errors, 'error')}, ${plural(count(problems, 'warning'), 'warning')}`;
  print(terminal.out, `${plural(network.tracks.size, 'track')}, ${plural(network.stations.size, 'station')}: ${found}`);
  return errors === 0 ? EXIT.done : EXIT.failed;
}

const count = (problems: readonly Problem[], severity: Problem['severity']): number =>
  problems.filter((problem) => problem.severity === severity).length;

const plural = (many: number, word: string): string => `${many} ${word}${many === 1 ? '' : 's'}`;

async function fromOutput(terminal: Terminal, { dist, kubeconfig, context }: CheckOptions): Promise<ReadNetwork> {
  if (kubeconfig !== undefined || context !== undefined) {
    throw new UsageError('--kubeconfig and --context need --cluster: without it files are checked');
  }
  return networkIn(await readManifests(outputFolder(terminal, dist)));
}

async function fromCluster({ dist, kubeconfig, context }: CheckOptions): Promise<ReadNetwork> {
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
