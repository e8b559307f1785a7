/** `k8sta hold`, `resume`, `abort` and `retry`: stopping, going on, ending, trying again. */

import type { Station, Ticket } from '../../../lib/api';
import { abort, hold, resume, retry } from '../../verbs';
import { nameOf, Reach, targetOf, type AnyOfOurs } from '../reach';
import type { ExitCode, Terminal } from '../terminal';
import { speak } from './speak';
import type { VerbOptions } from './options';

export interface SteerOptions extends VerbOptions {
  /** `main-7`, `station/prod`, `track/main`. */
  readonly target: string;
}

export async function holdTarget(terminal: Terminal, options: SteerOptions): Promise<ExitCode> {
  const reach = new Reach(terminal, options);
  const target = targetOf(options.target);
  return speak(terminal, reach, options.output, async () => hold(await reach.need(target)));
}

export async function resumeTarget(terminal: Terminal, options: SteerOptions): Promise<ExitCode> {
  const reach = new Reach(terminal, options);
  const target = targetOf(options.target);
  const by = await reach.whoami();
  let first: Ticket | undefined;
  return speak(terminal, reach, options.output, async () => {
    const object: AnyOfOurs = await reach.need(target);
    if (object.kind === 'Station') return resume({ object, by, stops: await stopsOf(reach, object) });
    if (object.kind === 'Track') return resume({ object, by });
    // What it waited for at the first look is what the person means, whatever it waits for by now.
    first ??= object;
    const seen = first.status?.waiting?.resume;
    return resume({ object, by, ...(seen === undefined ? {} : { seen }) });
  });
}

/** The tickets that keep the station shut, as far as they are there. */
async function stopsOf(reach: Reach, { status }: Station): Promise<Ticket[]> {
  const stops = [status?.haltBy, status?.holdBy].filter((stop) => stop !== undefined);
  const found = await Promise.all(stops.map(({ ticket }) => reach.find({ kind: 'Ticket', name: ticket })));
  return found.filter((ticket) => ticket !== undefined);
}

export async function abortTicket(terminal: Terminal, options: SteerOptions): Promise<ExitCode> {
  const reach = new Reach(terminal, options);
  return speak(terminal, reach, options.output, async () =>
    abort(await reach.need({ kind: 'Ticket', name: nameOf(options.target, 'Ticket') })),
  );
}

export async function retryTicket(terminal: Terminal, options: SteerOptions): Promise<ExitCode> {
  const reach = new Reach(terminal, options);
  const by = await reach.whoami();
  return speak(terminal, reach, options.output, async () => {
    const ticket = await reach.need({ kind: 'Ticket', name: nameOf(options.target, 'Ticket') });
    const others = await reach.list('Ticket', reach.namespace);
    return retry({ ticket, others, by });
  });
}
