/** One page of Markdown: its headings, its sections for the search, and its HTML. */

import GithubSlugger from 'github-slugger';
import { Marked, type Token, type Tokens } from 'marked';
import { coloured } from './colour.cjs';

export interface Heading {
  readonly depth: number;
  readonly text: string;
  /** What links to it, as forges make it of its text. */
  readonly anchor: string;
}

/** A heading, and the words up to the next one. */
export interface Section extends Heading {
  readonly words: string;
}

export interface Document {
  readonly title: string;
  readonly headings: readonly Heading[];
  readonly sections: readonly Section[];
  /** Whether something on it is to be drawn. */
  readonly drawn: boolean;
  readonly tokens: readonly Token[];
}

/** Where a link of this page leads on the site. */
export type Follow = (href: string) => string;

export function readDocument(text: string): Document {
  const tokens = new Marked().lexer(text.replace(/^<!--.*?-->\n*/gms, ''));
  const slugger = new GithubSlugger();
  const sections: (Heading & { words: string })[] = [];
  for (const token of tokens) {
    if (isHeading(token)) {
      const plain = plainText(token.tokens);
      sections.push({ depth: token.depth, text: plain, anchor: slugger.slug(plain), words: '' });
    } else {
      const section = sections.at(-1);
      if (section !== undefined) section.words += ` ${wordsOf(token)}`;
    }
  }
  return {
    title: sections[0]?.text ?? '',
    headings: sections,
    sections,
    drawn: tokens.some((token) => token.type === 'code' && (token as Tokens.Code).lang === 'mermaid'),
    tokens,
  };
}

export function htmlOf(document: Document, follow: Follow): string {
  const anchors = document.headings.map(({ anchor }) => anchor);
  let next = 0;
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const anchor = anchors[next++] ?? '';
        const words = this.parser.parseInline(tokens);
        const sign = depth === 1 ? '' : `<a class="anchor" href="#${anchor}" aria-label="Link to this heading">#</a>`;
        return `<h${depth} id="${anchor}">${words}${sign}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        return `<a href="${escaped(follow(href))}">${words}</a>`;
      },
      image: ({ href, text }) => `<img src="${escaped(follow(href))}" alt="${escaped(text)}" loading="lazy">`,
      table(token) {
        const cell = ({ tokens, text, header }: Tokens.TableCell): string => {
          const tag = header && text !== '' ? 'th' : 'td';
          return `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`;
        };
        const row = (cells: Tokens.TableCell[]): string => `<tr>${cells.map(cell).join('')}</tr>`;
        const body = token.rows.map((cells) => row(cells)).join('\n');
        return `<div class="table"><table><thead>${row(token.header)}</thead><tbody>${body}</tbody></table></div>\n`;
      },
      code: ({ text, lang = '' }) => codeOf(text, lang),
    },
  });
  return marked.parser([...document.tokens]);
}

function codeOf(text: string, info: string): string {
  const [language = '', ...rest] = info.split(' ');
  if (language === 'mermaid') return `<pre class="mermaid">${escaped(text)}</pre>\n`;
  const file = rest.find((each) => each.startsWith('file='))?.slice('file='.length);
  const html = coloured(text, language) ?? escaped(text);
  const name = file === undefined ? '' : `<figcaption>${escaped(file)}</figcaption>`;
  return `<figure class="code">${name}<pre tabindex="0"><code>${html}</code></pre></figure>\n`;
}

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const isHeading = (token: Token): token is Tokens.Heading => token.type === 'heading';

const NAMED: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

/** The words without their marks. */
const plainText = (tokens: readonly Token[]): string =>
  tokens
    .map((token): string => {
      if ('tokens' in token && token.tokens !== undefined) return plainText(token.tokens);
      return 'text' in token ? (token.text as string) : '';
    })
    .join('')
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (name) => NAMED[name] ?? name);

/** What the search finds in a token, whatever it is made of. */
function wordsOf(token: Token): string {
  if (token.type === 'table') {
    const { header, rows } = token as Tokens.Table;
    return [header, ...rows].map((cells) => cells.map(({ tokens }) => plainText(tokens)).join(' ')).join(' ');
  }
  if (token.type === 'list') return (token as Tokens.List).items.map((item) => plainText(item.tokens)).join(' ');
  return plainText([token]);
}
