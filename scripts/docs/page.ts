/** The frame around each document: band, navigation, the document, and what is on the page. */

import { escaped, type Document } from './document';
import type { Part } from './navigation';

export interface Framed {
  readonly document: Document;
  /** Of the document in the repository. */
  readonly path: string;
  readonly html: string;
  readonly navigation: readonly Part[];
  /** From here to the root of the site: empty, or `../` as often as needed. */
  readonly toRoot: string;
  readonly placeOf: (path: string) => string;
}

/** More headings than this, and only the main ones are listed beside the page. */
const MOST_LISTED = 40;

export function pageOf({ document, path, html, navigation, toRoot, placeOf }: Framed): string {
  const title = path === 'README.md' ? document.title : `${document.title} · K8sTA`;
  const link = (to: string): string => escaped(toRoot + placeOf(to));
  const parts = navigation.map(({ title: name, pages }) => {
    const items = pages.map((page) => {
      const here = page.path === path ? ' aria-current="page"' : '';
      return `<li><a href="${link(page.path)}"${here}>${escaped(page.title)}</a></li>`;
    });
    return `${name === '' ? '' : `<p>${escaped(name)}</p>`}<ul>${items.join('')}</ul>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="icon" href="${toRoot}assets/roundel.svg">
<link rel="stylesheet" href="${toRoot}assets/colours.css">
<link rel="stylesheet" href="${toRoot}assets/site.css">
<script src="${toRoot}assets/reader.js" defer></script>${document.drawn ? `\n<script src="${toRoot}assets/mermaid.js" defer></script>` : ''}
</head>
<body data-root="${toRoot}">
<a class="skip" href="#content">To the text</a>
<header class="band">
<a class="brand" href="${link('README.md')}"><img src="${toRoot}assets/roundel.svg" alt="" width="26" height="26">K8sTA</a>
<div class="search" role="search">
<input type="search" id="search" placeholder="Search" aria-label="Search the documents" autocomplete="off" role="combobox" aria-expanded="false" aria-controls="found">
<ul id="found" role="listbox" aria-label="What was found" hidden></ul>
</div>
</header>
<div class="columns">
<nav class="pages" aria-label="Documents"><details open><summary>All documents</summary>${parts.join('')}</details></nav>
<main id="content">
${html}</main>
${contents(document)}
</div>
</body>
</html>
`;
}

function contents({ headings }: Document): string {
  const below = headings.filter(({ depth }) => depth === 2 || depth === 3);
  const listed = below.length > MOST_LISTED ? below.filter(({ depth }) => depth === 2) : below;
  if (listed.length < 2) return '<aside class="contents"></aside>';
  const items = listed.map(
    ({ depth, anchor, text }) => `<li class="d${depth}"><a href="#${anchor}">${escaped(text)}</a></li>`,
  );
  return `<aside class="contents"><nav aria-label="On this page"><p>On this page</p><ul>${items.join('')}</ul></nav></aside>`;
}
