/** What may follow a command line that is begun: commands, options, their values, and what the cluster has. */

import type { Command } from 'commander';
import { hasEnded, KINDS, type Kind } from '../../lib/api';
import { Reach } from './reach';
import { EXIT, type ExitCode, print, type Terminal } from './terminal';

/** How long somebody who has pressed Tab waits for a cluster, in milliseconds. */
const PATIENCE_MS = 2_000;
/** What a shell can put into a command line as it stands. */
const PLAIN = /^[\w./@+-]+$/;

interface Candidate {
  readonly text: string;
  readonly words?: string;
}

export interface CompleteOptions {
  /** kubectl wants to be told at the end what else it should do: nothing. */
  readonly forKubectl: boolean;
}

/** @param words everything after the program's name; the last one, maybe empty, is the one to complete */
export async function complete(
  terminal: Terminal,
  program: Command,
  words: readonly string[],
  { forKubectl }: CompleteOptions,
): Promise<ExitCode> {
  const begun = words.at(-1) ?? '';
  const found = await candidates(terminal, program, words.slice(0, -1), begun);
  const fitting = found.filter(({ text }) => text.startsWith(begun) && PLAIN.test(text));
  print(terminal.out, ...fitting.map(({ text, words: said }) => (said === undefined ? text : `${text}\t${said}`)));
  if (forKubectl) print(terminal.out, ':4');
  return EXIT.done;
}

async function candidates(
  terminal: Terminal,
  program: Command,
  before: readonly string[],
  begun: string,
): Promise<readonly Candidate[]> {
  const line = read(program, before);
  if (line.open !== undefined) return (line.open.argChoices ?? []).map((text) => ({ text }));
  if (begun.startsWith('-')) return optionsOf(line.command);
  const commands = line.command.commands.filter((one) => !isHidden(one));
  if (commands.length > 0 && line.names.length === 0)
    return commands.map((one) => ({ text: one.name(), words: one.description() }));
  return namesFor(terminal, line);
}

interface Line {
  readonly command: Command;
  /** Words that are no options and no commands. */
  readonly names: readonly string[];
  /** Long names of options, with the value that each has. */
  readonly values: ReadonlyMap<string, string>;
  /** An option that waits for its value. */
  readonly open: Command['options'][number] | undefined;
}

/** Reads the words as the program would, without doing anything. */
function read(program: Command, words: readonly string[]): Line {
  let command = program;
  const names: string[] = [];
  const values = new Map<string, string>();
  let open: Line['open'];
  for (const word of words) {
    if (open !== undefined) {
      values.set(open.long ?? '', word);
      open = undefined;
      continue;
    }
    const [flag, value] = word.startsWith('--') ? word.split('=', 2) : [word];
    const option = word.startsWith('-')
      ? command.options.find(({ long, short }) => long === flag || short === flag)
      : undefined;
    if (option !== undefined && value !== undefined) values.set(option.long ?? '', value);
    else if (option !== undefined) open = option.required || option.optional ? option : undefined;
    const below = command.commands.find((one) => one.name() === word);
    if (word.startsWith('-')) continue;
    if (below !== undefined && names.length === 0) command = below;
    else names.push(word);
  }
  return { command, names, values, open };
}

/** Commands that only programs call. */
const isHidden = (command: Command): boolean => command.name().startsWith('__');

const optionsOf = (command: Command): Candidate[] =>
  [...command.options, ...(command.parent?.parent === null ? [] : (command.parent?.options ?? []))].flatMap(
    ({ long, description }) => (long === null || long === undefined ? [] : [{ text: long, words: description }]),
  );

/** What the first name of a command is of. */
const NAMED: Readonly<Record<string, readonly Kind[]>> = {
  abort: ['Ticket'],
  approve: ['Ticket'],
  board: ['Track'],
  describe: ['Ticket', 'Station', 'Track'],
  diff: ['Ticket'],
  history: ['Station'],
  hold: ['Ticket', 'Station', 'Track'],
  resume: ['Ticket', 'Station', 'Track'],
  retry: ['Ticket'],
  rollback: ['Station'],
  status: ['Track'],
  wait: ['Ticket'],
  why: ['Ticket'],
};

async function namesFor(terminal: Terminal, { command, names, values }: Line): Promise<readonly Candidate[]> {
  const name = command.name();
  if (name === 'get' && names.length === 0) return Object.values(KINDS).map(({ plural }) => ({ text: plural }));
  const [first = ''] = names;
  const given = Object.values(KINDS).find(({ plural, singular }) =>
    [plural, singular].includes(first as typeof plural),
  );
  const kinds =
    names.length === 0 ? NAMED[name] : name === 'get' || name === 'describe' ? given && [given.kind] : undefined;
  if (kinds === undefined) return [];
  try {
    const stop = AbortSignal.any([terminal.stop, AbortSignal.timeout(PATIENCE_MS)]);
    const reach = new Reach({ ...terminal, stop }, choiceIn(values));
    const lists = await Promise.all(kinds.map((kind) => namesOf(reach, kind, command.name(), kinds.length > 1)));
    return lists.flat();
  } catch {
    // Nobody asked a question that an error would answer.
    return [];
  }
}

function choiceIn(values: Line['values']) {
  const [namespace, context, kubeconfig] = ['--namespace', '--context', '--kubeconfig'].map((name) => values.get(name));
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(context === undefined ? {} : { context }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  };
}

/** Commands for tickets that have ended; most are for those that have not. */
const FOR_ENDED = ['retry', 'describe', 'get', 'why'];

async function namesOf(reach: Reach, kind: Kind, command: string, several: boolean): Promise<Candidate[]> {
  const objects = await reach.list(kind, reach.namespace);
  const fitting = objects.filter(
    (object) =>
      object.kind !== 'Ticket' ||
      (command === 'retry' ? hasEnded(object.status) : FOR_ENDED.includes(command) || !hasEnded(object.status)),
  );
  const prefix = several && kind !== 'Ticket' ? `${KINDS[kind].singular}/` : '';
  return fitting.map(({ metadata }) => ({ text: prefix + metadata.name }));
}
