/** Shows a network that rides: a picture that lives where a person looks, a line for each transition elsewhere. */

/* eslint-disable @typescript-eslint/no-require-imports --
   What only a terminal needs is loaded only for one. */

import type * as LogUpdate from 'log-update';
import { paletteFor } from '../palette';
import { print, type Terminal } from '../terminal';
import { drawNetwork, transitions } from '../view';
import type { NetworkFeed } from './feed';

export interface Display {
  /** A line about the world beside the tickets, kept on the screen. */
  say(...lines: readonly string[]): void;
  /** A line of the log, as it is. */
  note(text: string): void;
  /** Shows the network from now on. */
  follow(feed: NetworkFeed): void;
  /** Shows what a person can do now, below everything else. */
  invite(lines: () => readonly string[]): void;
  /** Leaves the last picture on the screen. */
  end(): void;
}

export function displayOn(terminal: Terminal): Display {
  const { isTTY } = terminal.out;
  return isTTY === true && terminal.env.TERM !== 'dumb' ? livingDisplay(terminal) : plainDisplay(terminal);
}

/** `10:04:17.123 text`, in UTC as in the resources. */
const stamped = (text: string): string => `${new Date().toISOString().slice(11, 23)} ${text}`;

function plainDisplay({ out, err }: Terminal): Display {
  const say = (...lines: readonly string[]): void => print(out, ...lines.map(stamped));
  return {
    say,
    note: (text) => void err.write(text),
    follow(feed) {
      const begin = feed.snapshot();
      say(...transitions(undefined, begin).map(({ text }) => text));
      feed.onTicket((before, after) => {
        const empty = { tracks: [], stations: [], applications: [] };
        const known = before === undefined ? undefined : { ...empty, tickets: [before] };
        say(...transitions(known, { ...empty, tickets: [after] }).map(({ text }) => text));
      });
    },
    invite: (lines) => print(out, '', ...lines(), ''),
    end: () => undefined,
  };
}

/** Waiting times on the screen move without anything happening; changes are drawn at once. */
const TICK_MS = 250;
const DEFAULT_WIDTH = 80;

function livingDisplay(terminal: Terminal): Display {
  const { createLogUpdate } = require('log-update') as typeof LogUpdate;
  const palette = paletteFor(terminal);
  // log-update writes to a stream of Node; the terminal of a living display is always one.
  const update = createLogUpdate(terminal.out as NodeJS.WriteStream);
  let draw: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let due: NodeJS.Immediate | undefined;
  let below: () => readonly string[] = () => [];
  return {
    say: (...lines) => update.persist(lines.join('\n')),
    note: (text) => update.persist(text.trimEnd()),
    follow(feed) {
      draw = () => {
        due = undefined;
        const width = terminal.out.columns ?? DEFAULT_WIDTH;
        const picture = drawNetwork(feed.snapshot(), { width, now: new Date(), palette });
        update(['', ...picture, '', ...below(), ''].join('\n'));
      };
      feed.onChange(() => {
        if (draw !== undefined) due ??= setImmediate(draw);
      });
      timer = setInterval(draw, TICK_MS);
      draw();
    },
    invite(lines) {
      below = lines;
      draw?.();
    },
    end() {
      clearInterval(timer);
      clearImmediate(due);
      draw?.();
      draw = undefined;
      update.done();
    },
  };
}
