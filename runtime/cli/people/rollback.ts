/** `k8sta rollback`: an earlier good state of a station, byte for byte. */

import { rollback } from '../../verbs';
import { nameOf, Reach } from '../reach';
import type { ExitCode, Terminal } from '../terminal';
import { suffix, type VerbOptions } from './options';
import { speak } from './speak';

export interface RollbackOptions extends VerbOptions {
  readonly station: string;
  /** The ticket that left the state, or a commit of it. @default - the good state before the present one */
  readonly to?: string;
}

export async function rollBack(terminal: Terminal, options: RollbackOptions): Promise<ExitCode> {
  const reach = new Reach(terminal, options);
  const by = await reach.whoami();
  const ending = suffix();
  return speak(terminal, reach, options.output, async () => {
    const station = await reach.need({ kind: 'Station', name: nameOf(options.station, 'Station') });
    return rollback({ station, by, suffix: ending, ...(options.to === undefined ? {} : { to: options.to }) });
  });
}
