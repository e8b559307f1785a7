/** Checks what a commit shall say, and encodes it. */

import { TerminalError } from '../errors';
import type { CommitOrder } from './contract';
import { encodeCommit, type EncodedObject } from './objects';
import type { Sign } from './signature';

/** @throws TerminalError `InvalidCommit` where author, date or message cannot stand in a commit */
export function commitObject(order: CommitOrder, tree: string, sign?: Sign): EncodedObject {
  const fault = faultOf(order);
  if (fault !== undefined) throw new TerminalError(`This commit cannot be made: ${fault}.`, 'InvalidCommit');
  const { parent, author, date, message } = order;
  return encodeCommit({ tree, parent, author, date, message }, sign);
}

function faultOf({ author, date, message }: CommitOrder): string | undefined {
  for (const [part, text] of Object.entries({ name: author.name, email: author.email })) {
    if (text.trim() === '' && part === 'name') return 'its author has no name';
    if (/[<>\p{Cc}]/u.test(text) || text !== text.trim()) {
      return `the author's ${part} ${JSON.stringify(text)} holds "<", ">", a control character or spaces at its ends`;
    }
  }
  if (!(date.getTime() >= 0)) return 'its date is before 1970 or none at all';
  if (message.trim() === '') return 'its message is empty';
  if (message.includes('\0')) return 'its message holds a NUL';
  return undefined;
}
