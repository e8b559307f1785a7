/**
 * What people do, as commands: approve, hold, resume, abort, retry, roll back, board, and wait for what comes of it.
 * Lives here: reading what a verb is about, and carrying out what `runtime/verbs` makes of it, with the rights of whoever
 * types. May not: decide whether a verb makes sense, or who may say it.
 */

/* eslint-disable @typescript-eslint/no-require-imports -- A command's modules are loaded when it runs. */

import type * as Approve from './approve';
import type * as Board from './board';
import type * as Rollback from './rollback';
import type * as Steer from './steer';
import type * as Wait from './wait';
import { type Describing, withNamespace, withOutput } from '../family';
import { oneMore, seconds } from '../values';

const WRITTEN = ['json', 'yaml', 'name'];

export function describePeople({ program, terminal, command, ends }: Describing): void {
  const verb = (name: string, description: string) =>
    withOutput(withNamespace(command(program, name, description)), WRITTEN);

  verb('approve <ticket>', 'say yes to exactly what a ticket would change at the station before which it stands')
    .option('--digest <digest>', 'only if this is what the ticket shows, as k8sta diff prints it')
    .option('-y, --yes', 'do not show the diff and do not ask; nothing is asked without a terminal either')
    .action((ticket: string, options: Omit<Approve.ApproveOptions, 'ticket'>) => {
      const { approveTicket } = require('./approve') as typeof Approve;
      return ends(approveTicket(terminal, { ...options, ticket }));
    });

  const steer = (
    name: string,
    description: string,
    run: 'holdTarget' | 'resumeTarget' | 'abortTicket' | 'retryTicket',
  ) =>
    verb(name, description).action((target: string, options: Omit<Steer.SteerOptions, 'target'>) => {
      const steering = require('./steer') as typeof Steer;
      return ends(steering[run](terminal, { ...options, target }));
    });
  steer('hold <target>', 'hold a ticket, station/<name> or track/<name>: nothing new begins there', 'holdTarget');
  steer(
    'resume <target>',
    "release what is held, and end what waits for a person's word: a ticket, station/<name> or track/<name>",
    'resumeTarget',
  );
  steer('abort <ticket>', 'end a ticket where it is; what it has put on branches stays', 'abortTicket');
  steer('retry <ticket>', 'try the change of an ended ticket again, as a new ticket', 'retryTicket');

  verb('rollback <station>', 'put an earlier good state of a station back, byte for byte, and hold the station')
    .option('--to <ticket>', 'the ticket that left it, or a commit of it; see k8sta history (default: the one before)')
    .action((station: string, options: Omit<Rollback.RollbackOptions, 'station'>) => {
      const { rollBack } = require('./rollback') as typeof Rollback;
      return ends(rollBack(terminal, { ...options, station }));
    });

  verb('board <track>', 'put a change on a track by hand')
    .option('--image <name=tag>', 'an image, by tag or sha256 digest; may be repeated', oneMore)
    .option('--chart <name=version>', 'a chart that the track subscribes to; may be repeated', oneMore)
    .option('--commit <sha>', 'a commit of the source branch, configuration and overlays; may be repeated', oneMore)
    .option('--overlay <path=sha>', 'the commit of one overlay folder alone; may be repeated', oneMore)
    .option('--repository <url>', 'repository of commits and overlays (default: the one that the track subscribes to)')
    .option('--express <station>', 'overlays go to this station alone')
    .action((track: string, options: Omit<Board.BoardOptions, 'track'>) => {
      const { boardTrack } = require('./board') as typeof Board;
      return ends(boardTrack(terminal, { ...options, track }));
    });

  verb('wait <ticket>', 'wait until a ticket has completed, or is where it should be')
    .option(
      '--for <what>',
      'completed, ended (however), approval, station=<name> (stands or arrives there), departed=<name>',
      'completed',
    )
    .option('--timeout <seconds>', 'give up after this long', seconds, 1800)
    .action((ticket: string, options: Omit<Wait.WaitOptions, 'ticket'>) => {
      const { waitForTicket } = require('./wait') as typeof Wait;
      return ends(waitForTicket(terminal, { ...options, ticket }));
    });
}
