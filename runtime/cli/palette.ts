/** Colours, where they are welcome. */

/* eslint-disable @typescript-eslint/no-require-imports -- Colours are loaded for those who see them. */

import type * as ChalkModule from 'chalk';
import { wantsColours, type Terminal } from './terminal';
import { plainPalette, type Palette } from './view';

export const paletteFor = (terminal: Terminal): Palette =>
  wantsColours(terminal, terminal.out) ? colours() : plainPalette;

function colours(): Palette {
  const { Chalk } = require('chalk') as typeof ChalkModule;
  const chalk = new Chalk({ level: 1 });
  return {
    strong: (text) => chalk.bold(text),
    faint: (text) => chalk.dim(text),
    good: (text) => chalk.green(text),
    busy: (text) => chalk.yellow(text),
    bad: (text) => chalk.red(text),
    normal: (text) => text,
  };
}
