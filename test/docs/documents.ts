/** What tests read of the documents: every page that people read, its fences, and its links. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

/** Text between fences. */
export interface Block {
  /** First word of the fence. */
  readonly language: string;
  /** Of `file=` behind it: blocks of a page that name files lie in one folder. */
  readonly file: string | undefined;
  readonly text: string;
  /** The line of the page on which it begins, counted from 1. */
  readonly line: number;
}

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

const FOLDERS = ['docs', 'examples'];

export function pages(): Page[] {
  const below = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
      .map((file) => `${folder}/${file}`),
  );
  return ['README.md', 'CONTRIBUTING.md', ...below.sort()].map((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return { path, text, blocks: blocksOf(text) };
  });
}

function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(\S*)(?: file=(\S+))?[^\n]*\n(.*?)^```$/gms)].map((found) => {
    const [, language = '', file, content = ''] = found;
    return { language, file, text: content, line: text.slice(0, found.index).split('\n').length };
  });
}

/** What links to a heading, as forges make it of its text. */
export const anchorsOf = ({ text }: Page): ReadonlySet<string> =>
  new Set(
    [...text.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );

/** Where links lead that stay in the repository, without those inside code. */
export const linksOf = ({ text }: Page): string[] =>
  [
    ...text
      .replace(/^```.*?^```$/gms, '')
      .replace(/`[^`]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
