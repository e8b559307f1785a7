/**
 * What pull requests say of themselves. Names, tags and commit messages are words of strangers: they are shown as code,
 * on one line, so that they neither format anything, nor call anybody, nor refer to anything.
 */

import type { RequestWords } from '../../journey';

const TITLE_LENGTH = 200;
const SHOWN_LENGTH = 1_000;

/** Without characters that nobody sees, or that turn the text around. */
const visible = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 3)}...`;

/** Text as code: between more backticks than it has in a row. */
function code(text: string): string {
  const plain = cut(visible(text), SHOWN_LENGTH);
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 || plain === '' ? ' ' : '';
  return `${fence}${space}${plain}${space}${fence}`;
}

const ZERO_WIDTH_SPACE = '\u200b';

/** Text where no code can be: nobody is called, and no issue is referred to or closed. */
const calm = (text: string): string =>
  visible(text)
    .replace(/[<>`*_[\]\\|~$]/g, ' ')
    .replace(/[@#!&%^]/g, (sign) => `${sign}${ZERO_WIDTH_SPACE}`);

interface Subject {
  readonly station: string;
  readonly ticket: string;
  readonly words: RequestWords;
}

export const titleOf = ({ station, ticket, words }: Subject): string =>
  cut(calm(`${station}: ${words.change} (${ticket})`), TITLE_LENGTH);

export function bodyOf({ station, ticket, words }: Subject): string {
  const rows = [
    ['Ticket', code(ticket)],
    ['Station', code(station)],
    ['Application', code(words.application)],
    ['Change', code(words.change)],
    ['Files', code(words.summary)],
    ...words.lineage.map((line) => ['From', code(line)]),
    ...words.approvedBy.map((person) => ['Approved by', code(person)]),
  ];
  const list = rows.map(([name = '', value = '']) => `- ${name}: ${value}`).join('\n');
  return `${list}\n\nMerged, the ticket goes on; by which method does not matter. Closed, the ticket fails. Files that K8sTA wrote must stay as they are.\n`;
}
