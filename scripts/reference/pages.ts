/** The pages of `docs/reference`, which are written by a program so that nothing is said twice. */

import { resolve } from 'node:path';
import { commandPage } from './command';
import { constructsPage } from './constructs';
import { resourcesPage } from './resources';

export const REFERENCE = resolve(__dirname, '../../docs/reference');

/** What each page has to say now, by its file. */
export const pages = (): ReadonlyMap<string, string> =>
  new Map([
    ['resources.md', resourcesPage()],
    ['command.md', commandPage()],
    ['constructs.md', constructsPage()],
  ]);
