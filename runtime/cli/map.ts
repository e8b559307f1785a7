/** `k8sta map`: a network as a picture or as text, from synth's output or from a cluster. */

import { drawSvg, drawText, layOutMap, type Direction } from '../dashboard';
import { formatProblem } from '../../lib/network';
import { findNetwork, type NetworkChoice } from './network-choice';
import { EXIT, type ExitCode, print, type Terminal } from './terminal';
import { oneLine } from './view/text';

export interface MapOptions extends NetworkChoice {
  readonly output: 'svg' | 'text';
  readonly direction: Direction;
}

/** The picture goes to stdout; what could not be read is told on stderr, and ends with 1. */
export async function printMap(terminal: Terminal, options: MapOptions): Promise<ExitCode> {
  const { network, problems } = await findNetwork(terminal, options);
  print(terminal.err, ...problems.map((problem) => `${problem.severity}: ${formatProblem(problem)}`));
  const places = <Spec>(of: ReadonlyMap<string, { namespace: string; name: string; spec: Spec }>) =>
    [...of.values()].map(({ namespace, name, spec }) => ({ metadata: { namespace, name }, spec }));
  const layout = layOutMap(places(network.tracks), places(network.stations), {
    // Text has names beside the stops and no other way to run.
    direction: options.output === 'text' ? 'right' : options.direction,
  });
  if (options.output === 'svg') terminal.out.write(drawSvg(layout));
  else print(terminal.out, ...drawText(layout, oneLine));
  return problems.length === 0 ? EXIT.done : EXIT.failed;
}
