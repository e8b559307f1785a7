/** The navigation of the site: what docs/README.md lists, in its order and under its words. */

import type { Token, Tokens } from 'marked';
import { posix } from 'node:path';
import type { Document } from './document';

export interface Part {
  readonly title: string;
  readonly pages: readonly { readonly path: string; readonly title: string }[];
}

const LIST = 'docs/README.md';

export function navigationOf(documents: ReadonlyMap<string, Document>): readonly Part[] {
  const parts: Part[] = [{ title: '', pages: ['README.md', LIST].map((path) => entry(path, documents)) }];
  let title = '';
  for (const token of documents.get(LIST)?.tokens ?? []) {
    if (token.type === 'heading' || token.type === 'paragraph') title = (token as Tokens.Paragraph).text;
    if (token.type !== 'list') continue;
    const pages = (token as Tokens.List).items
      .flatMap(({ tokens }) => linksIn(tokens))
      .map((href) => posix.normalize(posix.join('docs', href)))
      .filter((path) => documents.has(path))
      .map((path) => entry(path, documents));
    if (pages.length > 0) parts.push({ title: title.replace(/[:.,].*$/s, ''), pages });
  }
  return parts;
}

function entry(path: string, documents: ReadonlyMap<string, Document>): Part['pages'][number] {
  return { path, title: path === 'README.md' ? 'K8sTA' : (documents.get(path)?.title ?? path) };
}

const linksIn = (tokens: readonly Token[]): string[] =>
  tokens.flatMap((token): string[] => {
    if (token.type === 'link') return [(token as Tokens.Link).href];
    return 'tokens' in token && token.tokens !== undefined ? linksIn(token.tokens) : [];
  });
