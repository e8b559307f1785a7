/** `k8sta approve`: a yes to exactly what a ticket would change, shown first where a person looks. */

import { messageOf, TerminalError } from '../../errors';
import { approve, type Word } from '../../verbs';
import { nameOf, Reach } from '../reach';
import { EXIT, type ExitCode, print, type Terminal } from '../terminal';
import { printDiff } from '../ticket-diff';
import { speak } from './speak';
import type { VerbOptions } from './options';

export interface ApproveOptions extends VerbOptions {
  readonly ticket: string;
  /** Digest of the trees that were looked at elsewhere. */
  readonly digest?: string;
  /** Ask nothing and show nothing. */
  readonly yes?: boolean;
}

/** @throws TerminalError where there is nothing to approve, or the cluster refuses */
export async function approveTicket(terminal: Terminal, options: ApproveOptions): Promise<ExitCode> {
  const reach = new Reach(terminal, options);
  const by = await reach.whoami();
  let digest = options.digest;
  const judge = async (): Promise<Word> => {
    const ticket = await reach.need({ kind: 'Ticket', name: nameOf(options.ticket, 'Ticket') });
    const where = ticket.status?.station;
    const station = where === undefined ? undefined : await reach.find({ kind: 'Station', name: where });
    const word = approve({ ticket, station, by, ...(digest === undefined ? {} : { digest }) });
    // From the first look on it is these trees or none.
    if (word.outcome === 'Write') digest ??= ticket.status?.entry?.digest;
    return word;
  };
  if (terminal.ask !== undefined && options.yes !== true) {
    const word = await judge();
    if (word.outcome === 'Refused') throw new TerminalError(word.says);
    if (word.outcome === 'Write' && !(await agrees(terminal, terminal.ask, options, reach, by))) {
      print(terminal.err, 'not approved');
      return EXIT.failed;
    }
  }
  return speak(terminal, reach, options.output, judge);
}

/** Shows what would change, and asks. */
async function agrees(
  terminal: Terminal,
  ask: NonNullable<Terminal['ask']>,
  options: ApproveOptions,
  reach: Reach,
  by: string,
): Promise<boolean> {
  try {
    const { kubeconfig, context } = options;
    await printDiff(terminal, {
      name: nameOf(options.ticket, 'Ticket'),
      namespace: reach.namespace,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    });
  } catch (error) {
    print(terminal.err, `what it would change cannot be shown here: ${messageOf(error)}`);
  }
  const answer = await ask(`Approve ${options.ticket} as ${by}? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}
