/**
 * The documents as a site: static pages, one style, one script, and what the search looks in. It opens from a disk as from
 * a server, and asks nobody else for anything. A link that leads nowhere is an error.
 */

import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import MiniSearch from 'minisearch';
import { htmlOf, readDocument, type Document } from './document';
import { navigationOf, type Part } from './navigation';
import { pageOf } from './page';
import { FIELDS } from './search';
import type { Sources } from './sources';

const INDEX = 'README.md';
/** Files that every page may ask for, by where they are taken from. */
const ASSETS: Readonly<Record<string, string>> = {
  'assets/colours.css': join(__dirname, '../../runtime/dashboard/page/styles/colours.css'),
  'assets/site.css': join(__dirname, 'assets/site.css'),
  'assets/reader.js': join(__dirname, 'assets/reader.js'),
  'assets/roundel.svg': join(__dirname, '../../runtime/dashboard/page/roundel.svg'),
  'assets/minisearch.js': join(require.resolve('minisearch'), '../../umd/index.js'),
  'assets/mermaid.js': require.resolve('@mermaid-js/tiny'),
};

/**
 * Every file of the site by its path.
 *
 * @throws Error naming every link that leads nowhere, and every document that the navigation forgets
 */
export function siteOf(sources: Sources): ReadonlyMap<string, string | Buffer> {
  const documents = new Map([...sources.pages].map(([path, text]) => [path, readDocument(text)]));
  const navigation = navigationOf(documents);
  const problems = [...forgotten(documents, navigation)];
  const site = new Map<string, string | Buffer>();
  const used = new Set<string>();
  for (const [path, document] of documents) {
    const here = placeOf(path);
    const follow = (href: string): string => {
      if (/^[a-z]+:/.test(href)) return href;
      const target = targetOf(path, href, documents, sources);
      if (target === undefined) {
        problems.push(`${path}: nothing is at ${href}`);
        return href;
      }
      used.add(target.path);
      return relative(here, target.place) + target.anchor;
    };
    const toRoot = '../'.repeat(here.split('/').length - 1);
    site.set(here, pageOf({ document, path, html: htmlOf(document, follow), navigation, toRoot, placeOf }));
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  for (const [path, content] of sources.files) if (used.has(path)) site.set(path, content);
  for (const [place, file] of Object.entries(ASSETS)) site.set(place, readFileSync(file));
  site.set('assets/search-index.js', searchIndexOf(documents));
  return site;
}

/** Where a document lies on the site: an index stands for its folder. */
function placeOf(path: string): string {
  const folder = posix.dirname(path);
  const name = posix.basename(path) === INDEX ? 'index.html' : posix.basename(path).replace(/\.md$/, '.html');
  return folder === '.' ? name : `${folder}/${name}`;
}

const relative = (from: string, to: string): string => posix.relative(posix.dirname(from), to);

interface Target {
  /** Document or file of the repository. */
  readonly path: string;
  readonly place: string;
  /** With its sign, or nothing. */
  readonly anchor: string;
}

function targetOf(
  from: string,
  href: string,
  documents: ReadonlyMap<string, Document>,
  { files }: Sources,
): Target | undefined {
  const [file = '', anchor] = href.split('#');
  const path = file === '' ? from : posix.normalize(posix.join(posix.dirname(from), file)).replace(/\/$/, '');
  const page = [path, posix.join(path, INDEX)].find((each) => documents.has(each));
  if (page === undefined)
    return files.has(path) && anchor === undefined ? { path, place: path, anchor: '' } : undefined;
  if (anchor === undefined) return { path: page, place: placeOf(page), anchor: '' };
  const known = documents.get(page)?.headings.some((heading) => heading.anchor === anchor) ?? false;
  return known ? { path: page, place: placeOf(page), anchor: `#${anchor}` } : undefined;
}

function* forgotten(documents: ReadonlyMap<string, Document>, navigation: readonly Part[]): Iterable<string> {
  const named = new Set(navigation.flatMap(({ pages }) => pages.map(({ path }) => path)));
  for (const path of documents.keys()) {
    if (path.startsWith('docs/') && !named.has(path)) yield `${path}: docs/README.md does not list it`;
  }
}

/** A script, so that a page that was opened from a disk may load it too. */
function searchIndexOf(documents: ReadonlyMap<string, Document>): string {
  const search = new MiniSearch(FIELDS);
  for (const [path, { title, sections }] of documents) {
    for (const { anchor, depth, text, words } of sections) {
      const place = placeOf(path) + (depth === 1 ? '' : `#${anchor}`);
      search.add({ id: place, page: title, heading: text, words: words.replace(/\s+/g, ' ').trim() });
    }
  }
  return `globalThis.searchIndex = ${JSON.stringify(JSON.stringify(search))};\n`;
}
