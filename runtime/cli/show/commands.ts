/**
 * What people look at, as commands: the lines, the resources, their histories and their reasons.
 * Lives here: reading a cluster and laying out what it says. May not: write anything, or judge what a status means beyond
 * what it says itself.
 */

/* eslint-disable @typescript-eslint/no-require-imports -- A command's modules are loaded when it runs. */

import type * as Describe from './describe';
import type * as Get from './get';
import type * as History from './history';
import type * as Status from './status';
import type * as Why from './why';
import { type Describing, withNamespace, withNamespaces, withOutput } from '../family';

const OBJECTS = ['json', 'yaml', 'wide', 'name'];
const DATA = ['json', 'yaml'];

export function describeShow({ program, terminal, command, ends }: Describing): void {
  withNamespaces(command(program, 'status [track]', 'draw the lines: what is where, what moves, and what it waits for'))
    .option('-w, --watch', 'go on until Ctrl-C: the living picture on a terminal, a line for each step elsewhere')
    .action((track: string | undefined, options: Status.StatusOptions) => {
      const { status } = require('./status') as typeof Status;
      return ends(status(terminal, { ...options, ...(track === undefined ? {} : { track }) }));
    });

  withOutput(
    withNamespaces(command(program, 'get <kind> [names...]', 'list tracks, stations or tickets; or some, by name')),
    OBJECTS,
  )
    .option('-w, --watch', 'go on with a line for each change, until Ctrl-C')
    .action((kind: string, names: readonly string[], options: Get.GetOptions) => {
      const { get } = require('./get') as typeof Get;
      return ends(get(terminal, [kind, ...names], options));
    });

  withOutput(withNamespaces(command(program, 'tickets', 'list the tickets that are under way')), OBJECTS)
    .option('--track <name>', 'of this track only')
    .option('--station <name>', 'at or before this station only')
    .option('--ended', 'those that have ended as well')
    .option('-w, --watch', 'go on with a line for each change, until Ctrl-C')
    .action((options: Get.TicketsOptions) => {
      const { tickets } = require('./get') as typeof Get;
      return ends(tickets(terminal, options));
    });

  withOutput(
    withNamespace(command(program, 'describe <target> [name]', 'tell everything of a ticket, station or track')),
    DATA,
  ).action((target: string, name: string | undefined, options: Describe.DescribeOptions) => {
    const { describe } = require('./describe') as typeof Describe;
    return ends(describe(terminal, name === undefined ? [target] : [target, name], options));
  });

  withOutput(
    withNamespace(command(program, 'history <station>', 'list what has arrived at a station, and who approved it')),
    OBJECTS,
  ).action((station: string, options: Omit<History.HistoryOptions, 'station'>) => {
    const { history } = require('./history') as typeof History;
    return ends(history(terminal, { ...options, station }));
  });

  withOutput(
    withNamespace(command(program, 'why <ticket>', 'say why a ticket is where it is, and what would move it')),
    DATA,
  ).action((ticket: string, options: Omit<Why.WhyOptions, 'ticket'>) => {
    const { why } = require('./why') as typeof Why;
    return ends(why(terminal, { ...options, ticket }));
  });
}
