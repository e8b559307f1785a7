/** `k8sta get` and `k8sta tickets`: what there is, as tables and as objects. */

import { hasEnded } from '../../../lib/api';
import type { Kind, Ticket } from '../../../lib/api';
import { silentLog } from '../../log';
import { metadataOf, Store } from '../../kube';
import { isRaw, printRaw, table, type Format } from '../output';
import { objectsOf, Reach, targetOf, needKind, type AnyOfOurs, type Ours, type ReachOptions } from '../reach';
import { EXIT, type ExitCode, print, stopped, type Terminal, UsageError } from '../terminal';
import { inOrder } from '../view/snapshot';
import { columnsOf } from './columns';

export interface GetOptions extends ReachOptions {
  readonly output?: Format;
  /** Goes on with every change, until it is told to end. */
  readonly watch?: boolean;
}

export interface TicketsOptions extends GetOptions {
  readonly track?: string;
  readonly station?: string;
  /** Those that have ended as well. */
  readonly ended?: boolean;
}

/** @param words a kind, and names; or `kind/name`, each */
export async function get(terminal: Terminal, words: readonly string[], options: GetOptions): Promise<ExitCode> {
  const [first = '', ...names] = words;
  const slashed = first.includes('/');
  const kind = slashed ? targetOf(first).kind : needKind(first);
  const wanted = slashed ? words.map((word) => nameIn(word, kind)) : names;
  const reach = new Reach(terminal, options);
  if (wanted.length > 0 && options.allNamespaces === true)
    throw new UsageError('a name is of one namespace: leave --all-namespaces out');
  const keep = (object: AnyOfOurs): boolean => wanted.length === 0 || wanted.includes(object.metadata.name);
  const found: AnyOfOurs[] =
    wanted.length > 0
      ? await Promise.all(wanted.map((name) => reach.need({ kind, name })))
      : await reach.list(kind, reach.scope);
  const single = wanted.length === 1;
  return show(terminal, reach, { kind, found, keep, single }, options);
}

function nameIn(word: string, kind: Kind): string {
  const target = targetOf(word);
  if (target.kind === kind) return target.name;
  throw new UsageError(`${word}: one kind at a time, and the first word says ${kind.toLowerCase()}`);
}

export async function tickets(terminal: Terminal, options: TicketsOptions): Promise<ExitCode> {
  const reach = new Reach(terminal, options);
  const keep = (object: AnyOfOurs): boolean => {
    if (object.kind !== 'Ticket') return false;
    const { spec, status } = object;
    const places = [status?.station, spec.express?.station, spec.rollback?.station];
    return (
      (options.ended === true || !hasEnded(object.status)) &&
      (options.track === undefined || spec.track === options.track) &&
      (options.station === undefined || places.includes(options.station))
    );
  };
  const all = await reach.list('Ticket', reach.scope);
  const found = sorted(all.filter(keep));
  return show(terminal, reach, { kind: 'Ticket', found, keep, single: false }, options);
}

/** By namespace and track; within a track in the order of boarding. */
function sorted(list: readonly Ours['Ticket'][]): Ours['Ticket'][] {
  const line = ({ metadata, spec }: Ticket): string => `${metadata.namespace}/${spec.track ?? ''}`;
  // Each is one of those that were handed in.
  const ordered = inOrder(list) as Ours['Ticket'][];
  return ordered.sort((one, other) => (line(one) < line(other) ? -1 : line(one) > line(other) ? 1 : 0));
}

interface Found {
  readonly kind: Kind;
  readonly found: readonly AnyOfOurs[];
  readonly keep: (object: AnyOfOurs) => boolean;
  /** Whether one object was asked for, by its name. */
  readonly single: boolean;
}

async function show(terminal: Terminal, reach: Reach, result: Found, options: GetOptions): Promise<ExitCode> {
  const { kind, found, single } = result;
  const { output } = options;
  if (isRaw(output)) printRaw(terminal, output, found, { single });
  else printTable(terminal, kind, found, options);
  if (options.watch === true) await follow(terminal, reach, result, options);
  return EXIT.done;
}

const choices = ({ allNamespaces, output }: GetOptions) => ({
  allNamespaces: allNamespaces === true,
  wide: output === 'wide',
});

function printTable(terminal: Terminal, kind: Kind, found: readonly AnyOfOurs[], options: GetOptions): void {
  if (found.length === 0) {
    const where = options.allNamespaces === true ? 'in any namespace' : 'there';
    return print(terminal.err, `no ${kind.toLowerCase()} ${where}`);
  }
  const { headings, row } = columnsOf(kind, choices(options));
  const now = new Date();
  print(
    terminal.out,
    ...table(
      headings,
      found.map((object) => row(object, now)),
    ),
  );
}

/** A line for each change, as it comes. */
async function follow(
  terminal: Terminal,
  reach: Reach,
  { kind, found, keep }: Found,
  options: GetOptions,
): Promise<void> {
  const known = new Map(found.map(({ metadata }) => [metadata.uid, metadata.resourceVersion]));
  const { row } = columnsOf(kind, choices(options));
  const log = silentLog;
  const store = new Store<AnyOfOurs>({ log, identity: metadataOf });
  store.onChange((_key, _before, after) => {
    if (after === undefined || !keep(after) || known.get(after.metadata.uid) === after.metadata.resourceVersion) return;
    if (isRaw(options.output)) printRaw(terminal, options.output, [after], { single: true });
    else print(terminal.out, ...table([], [row(after, new Date())]).slice(1));
  });
  const reflector = reach.cluster.reflector<AnyOfOurs, AnyOfOurs>({
    resource: objectsOf(reach.cluster, kind).resource,
    store,
    project: (object) => object,
    ...(reach.scope === undefined ? {} : { namespaces: [reach.scope] }),
    log,
  });
  reflector.start();
  await stopped(terminal);
  await reflector.stop();
}
