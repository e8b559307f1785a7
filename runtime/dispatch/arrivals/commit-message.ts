/** What a commit of ours says of itself (rule D3): for people and audits; nothing decides by it (rule D8). */

import { describeChange } from '../../../lib/api/words';
import { TRAILERS, type Change } from '../../../lib/api';
import { changeLine } from '../../journey';

export interface CommitWords {
  readonly namespace: string;
  readonly ticket: string;
  readonly station: string;
  /** `<namespace>/<name>`. */
  readonly application: string;
  readonly change: Change;
  /** What a rollback does, in a line; it carries no change. */
  readonly rollback?: string;
  readonly approvedBy: readonly string[];
  /** Further trailers, in order. */
  readonly more: readonly (readonly [key: string, value: string])[];
}

const SUBJECT_LENGTH = 72;

/** One line, whatever a tag or a name contains. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

export function commitMessage(words: CommitWords): string {
  const subject = oneLine(`${words.station}: ${words.rollback ?? describeChange(words.change)} (${words.ticket})`);
  const short = subject.length <= SUBJECT_LENGTH ? subject : `${subject.slice(0, SUBJECT_LENGTH - 3)}...`;
  const trailers = [
    [TRAILERS.ticket, `${words.namespace}/${words.ticket}`],
    [TRAILERS.station, `${words.namespace}/${words.station}`],
    [TRAILERS.application, words.application],
    [TRAILERS.change, words.rollback ?? changeLine(words.change)],
    ...words.approvedBy.map((person) => [TRAILERS.approvedBy, person]),
    ...words.more,
  ];
  return `${short}\n\n${trailers.map(([key = '', value = '']) => `${key}: ${oneLine(value)}`).join('\n')}\n`;
}
