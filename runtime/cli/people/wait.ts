/** `k8sta wait`: for scripts, until a ticket is where it should be. */

import { hasEnded } from '../../../lib/api';
import type { Ticket } from '../../../lib/api';
import { silentLog } from '../../log';
import { TerminalError } from '../../errors';
import { metadataOf, Store } from '../../kube';
import { resources } from '../cluster';
import { isRaw, printRaw, type Format } from '../output';
import { nameOf, Reach, type Ours, type ReachOptions } from '../reach';
import { EXIT, type ExitCode, print, type Terminal, UsageError } from '../terminal';
import { oneLine } from '../view/text';
import { transitions } from '../view';

export interface WaitOptions extends ReachOptions {
  readonly ticket: string;
  /** `completed`, `ended`, `approval`, `station=prod`, `departed=prod`. */
  readonly for: string;
  /** Seconds. */
  readonly timeout: number;
  readonly output?: Format;
}

/** How long a cluster may take to tell what is there, in milliseconds. */
const FIRST_LOOK_MS = 15_000;

type Verdict = 'Reached' | 'Missed' | undefined;
type Goal = (ticket: Ticket) => Verdict;

/** @returns 0 where it came so, 3 where it cannot come so any more, 4 where the time is up */
export async function waitForTicket(terminal: Terminal, options: WaitOptions): Promise<ExitCode> {
  const goal = goalOf(options.for);
  const reach = new Reach(terminal, options);
  const found = await reach.need({ kind: 'Ticket', name: nameOf(options.ticket, 'Ticket') });
  const end = await follow(terminal, reach, found, goal, options.timeout);
  const { ticket, verdict } = end;
  if (isRaw(options.output)) printRaw(terminal, options.output, [ticket], { single: true });
  const words = oneLine(situation(ticket));
  if (verdict === 'Reached') {
    if (!isRaw(options.output)) print(terminal.out, words);
    return EXIT.done;
  }
  if (verdict === 'Gone')
    throw new TerminalError(`ticket ${options.ticket} is gone: somebody has deleted it meanwhile`);
  if (terminal.stop.aborted) return EXIT.failed;
  if (verdict === 'Missed') {
    print(terminal.err, words);
    return EXIT.otherwise;
  }
  print(terminal.err, `after ${options.timeout} s: ${words}`);
  return EXIT.late;
}

interface End {
  readonly ticket: Ours['Ticket'];
  readonly verdict: Verdict | 'Gone';
}

/** Follows the ticket until the goal is reached or missed, the time is up, or the command is told to end. */
async function follow(
  terminal: Terminal,
  reach: Reach,
  found: Ours['Ticket'],
  goal: Goal,
  seconds: number,
): Promise<End> {
  const { name, namespace, uid } = found.metadata;
  let last = found;
  const log = silentLog;
  const store = new Store<Ours['Ticket']>({ log, identity: metadataOf });
  const reflector = reach.cluster.reflector({
    resource: resources.tickets,
    store,
    project: (ticket) => ticket,
    ...(namespace === undefined ? {} : { namespaces: [namespace] }),
    fieldSelector: `metadata.name=${name}`,
    log,
  });
  let timer: NodeJS.Timeout | undefined;
  const ending = new Promise<End>((resolve) => {
    const stop = (): void => resolve({ ticket: last, verdict: undefined });
    timer = setTimeout(stop, seconds * 1000);
    terminal.stop.addEventListener('abort', stop, { once: true });
    const look = (ticket: Ours['Ticket'] | undefined): void => {
      if (ticket === undefined || ticket.metadata.uid !== uid) return resolve({ ticket: last, verdict: 'Gone' });
      tell(terminal, last, ticket);
      last = ticket;
      const verdict = goal(ticket);
      if (verdict !== undefined) resolve({ ticket, verdict });
    };
    store.onChange((_key, _before, after) => look(after));
    reflector.start();
    const verdict = goal(found);
    if (verdict !== undefined) resolve({ ticket: found, verdict });
    // What went away between the first look and the watch is told by nobody.
    void reflector.synced(Math.min(seconds * 1000, FIRST_LOOK_MS)).then(
      () => store.list().length === 0 && look(undefined),
      () => undefined,
    );
  });
  try {
    return await ending;
  } finally {
    clearTimeout(timer);
    await reflector.stop();
  }
}

/** Where a person looks, each step of the way. */
function tell(terminal: Terminal, before: Ticket, after: Ticket): void {
  if (terminal.err.isTTY !== true) return;
  const empty = { tracks: [], stations: [], applications: [] };
  const steps = transitions({ ...empty, tickets: [before] }, { ...empty, tickets: [after] });
  print(terminal.err, ...steps.map(({ text }) => text));
}

/** @throws UsageError where the word is none of those that can be waited for */
function goalOf(word: string): Goal {
  const [what = '', station] = word.split('=', 2);
  const until =
    (reached: Goal): Goal =>
    (ticket) =>
      reached(ticket) ?? (hasEnded(ticket.status) ? 'Missed' : undefined);
  const when = (holds: boolean): Verdict => (holds ? 'Reached' : undefined);
  switch (what.toLowerCase()) {
    case 'completed':
      return until(({ status }) => when(status?.phase === 'Completed'));
    case 'ended':
      return ({ status }) => when(hasEnded(status));
    case 'approval':
      return until(({ status }) => when(status?.waiting?.reason === 'Approval' && status.entry?.digest !== undefined));
    case 'station':
      if (station) return until((ticket) => when(ticket.status?.station === station || departed(ticket, station)));
      break;
    case 'departed':
      if (station) return until((ticket) => when(departed(ticket, station)));
      break;
  }
  throw new UsageError(`--for ${word}: say completed, ended, approval, station=<name> or departed=<name>`);
}

/** Results of a visit that let the ticket go on. */
const WENT_ON: readonly string[] = ['Arrived', 'NoChange', 'AlreadyContained', 'RolledBack'];

const departed = ({ status }: Ticket, station: string): boolean =>
  (status?.stamps ?? []).some((stamp) => stamp.station === station && WENT_ON.includes(stamp.result));

function situation({ metadata: { name }, status }: Ticket): string {
  const { phase = 'Standing', station, waiting, failure, supersededBy } = status ?? {};
  const where = station === undefined ? '' : ` at ${station}`;
  if (failure !== undefined) return `${name}: ${phase}${where}, ${failure.reason}: ${failure.message}`;
  if (supersededBy !== undefined) return `${name}: ${phase} by ${supersededBy.ticket}`;
  return waiting === undefined || hasEnded(status)
    ? `${name}: ${phase}${where}`
    : `${name}: ${phase}${where}, ${waiting.reason}: ${waiting.message}`;
}
