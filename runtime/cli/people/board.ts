/** `k8sta board`: a change on a track by hand. */

import { board } from '../../verbs';
import { nameOf, Reach } from '../reach';
import type { ExitCode, Terminal } from '../terminal';
import { cargoOf, type Cargo } from './cargo';
import { suffix, type VerbOptions } from './options';
import { speak } from './speak';

export interface BoardOptions extends VerbOptions, Cargo {
  readonly track: string;
  /** The one station that overlays go to. */
  readonly express?: string;
}

export async function boardTrack(terminal: Terminal, options: BoardOptions): Promise<ExitCode> {
  const reach = new Reach(terminal, options);
  const by = await reach.whoami();
  const ending = suffix();
  const { express } = options;
  return speak(terminal, reach, options.output, async () => {
    const track = await reach.need({ kind: 'Track', name: nameOf(options.track, 'Track') });
    const change = cargoOf(track, options);
    return board({ track, change, by, suffix: ending, ...(express === undefined ? {} : { express }) });
  });
}
