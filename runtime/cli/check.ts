/** `k8sta check`: everything that is wrong with a network, at once. */

import { checkNetwork, formatProblem, sortProblems, type Problem } from '../../lib/network';
import { findNetwork, type NetworkChoice } from './network-choice';
import { EXIT, type ExitCode, print, type Terminal } from './terminal';

export type CheckOptions = NetworkChoice;

/** Errors and warnings go to stderr, each on its line; errors end with 1. */
export async function check(terminal: Terminal, options: CheckOptions): Promise<ExitCode> {
  const { network, problems: unreadable } = await findNetwork(terminal, options);
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
