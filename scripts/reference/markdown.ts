/** Words of Markdown, with what may stand in them. */

/** Text in a cell of a table: one line, and no column of its own. */
const cell = (text: string): string =>
  text
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|')
    .trim();

/** Code in a line. */
export const code = (text: string): string => (text === '' ? '' : `\`${text.replaceAll('`', "'")}\``);

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)];
}

export const fenced = (language: string, text: string): string[] => ['```' + language, text.trim(), '```'];

/** A page, with a word to whoever would edit it. */
export const page = (title: string, lines: readonly string[]): string =>
  `${[`# ${title}`, '', '<!-- Written by `npm run reference`: change the sources, not this page. -->', '', ...lines].join('\n').trim()}\n`;
