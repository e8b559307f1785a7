/** What the commands of people have in common. */

import { randomInt } from 'node:crypto';
import type { Format } from '../output';
import type { ReachOptions } from '../reach';

export interface VerbOptions extends ReachOptions {
  readonly output?: Format;
}

/** As Kubernetes ends names that it makes up: no vowels, and nothing that looks like something else. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Five characters that end the name of a ticket. */
export const suffix = (): string => Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
