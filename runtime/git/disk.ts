/** A disk that takes no more, told apart from all that else can go wrong with writing. */

import { TransientError } from '../errors';

/** The disk that holds the mirrors takes no more, though room was made of what could go. */
export class DiskFull extends TransientError {
  constructor(said: string, options?: { readonly cause: unknown }) {
    super(
      'The disk that holds the Git mirrors has no room left, or no inodes, and no mirror that could go for another. ' +
        `Give it more.${said}`,
      undefined,
      options,
    );
  }
}

/** A write to a mirror that failed. A full disk is told apart; anything else stays what it is. */
export function diskError(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' ? new DiskFull(` ${message}`, { cause: error }) : error;
}
