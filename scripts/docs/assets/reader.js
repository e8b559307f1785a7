// What the pages of the documents do by themselves: find words, draw diagrams, and close the list of pages on a phone.
'use strict';

(() => {
  const root = document.body.dataset.root;
  const field = document.getElementById('search');
  const found = document.getElementById('found');
  const MOST_FOUND = 12;
  const LENGTH_OF_EXCERPT = 120;

  const load = (file) =>
    new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = root + file;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${file} could not be loaded`));
      document.head.append(script);
    });

  let search;
  // Loaded when somebody looks for something.
  const ready = () =>
    (search ??= Promise.all([load('assets/minisearch.js'), load('assets/search-index.js')]).then(() =>
      globalThis.MiniSearch.loadJSON(globalThis.searchIndex, {
        fields: ['page', 'heading', 'words'],
        storeFields: ['page', 'heading', 'words'],
      }),
    ));

  const excerpt = ({ words, terms }) => {
    const at = Math.max(0, Math.min(...terms.map((term) => words.toLowerCase().indexOf(term)).filter((i) => i >= 0)));
    if (!Number.isFinite(at)) return words.slice(0, LENGTH_OF_EXCERPT);
    const from = Math.max(0, at - 40);
    return `${from > 0 ? '… ' : ''}${words.slice(from, from + LENGTH_OF_EXCERPT)}`;
  };

  const show = (results) => {
    found.replaceChildren(
      ...results.slice(0, MOST_FOUND).map((result, index) => {
        const item = document.createElement('li');
        item.role = 'option';
        item.id = `found-${index}`;
        item.ariaSelected = String(index === 0);
        const link = document.createElement('a');
        link.href = root + result.id;
        link.tabIndex = -1;
        const heading = document.createElement('b');
        heading.textContent = result.heading === result.page ? result.page : `${result.page} › ${result.heading}`;
        const words = document.createElement('span');
        words.textContent = excerpt(result);
        link.append(heading, words);
        item.append(link);
        return item;
      }),
    );
    if (results.length === 0) {
      const item = document.createElement('li');
      item.className = 'none';
      item.textContent = 'Nothing was found.';
      found.append(item);
    }
    open(true);
  };

  const open = (yes) => {
    found.hidden = !yes;
    field.setAttribute('aria-expanded', String(yes));
    const chosen = found.querySelector('[aria-selected="true"]');
    if (yes && chosen) field.setAttribute('aria-activedescendant', chosen.id);
    else field.removeAttribute('aria-activedescendant');
  };

  const choose = (step) => {
    const items = [...found.querySelectorAll('[role="option"]')];
    if (items.length === 0) return;
    const now = items.findIndex((item) => item.ariaSelected === 'true');
    const next = items[(now + step + items.length) % items.length];
    for (const item of items) item.ariaSelected = String(item === next);
    next.scrollIntoView({ block: 'nearest' });
    open(true);
  };

  const look = async () => {
    const words = field.value.trim();
    if (words === '') return open(false);
    const index = await ready();
    if (words !== field.value.trim()) return;
    show(index.search(words, { prefix: true, fuzzy: 0.1, combineWith: 'AND', boost: { page: 4, heading: 6 } }));
  };

  field.addEventListener('focus', () => void ready());
  field.addEventListener('input', () => void look());
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') open(false);
    else if (event.key === 'ArrowDown') choose(1);
    else if (event.key === 'ArrowUp') choose(-1);
    else if (event.key === 'Enter') found.querySelector('[aria-selected="true"] a')?.click();
    else return;
    event.preventDefault();
  });
  document.addEventListener('click', (event) => {
    if (!event.target.closest('.search')) open(false);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.closest('input, textarea')) return;
    event.preventDefault();
    field.focus();
  });

  // A narrow screen begins with the text.
  if (matchMedia('(max-width: 60rem)').matches) document.querySelector('nav.pages details').open = false;
  document.querySelector('nav.pages [aria-current]')?.scrollIntoView({ block: 'nearest' });

  const drawings = [...document.querySelectorAll('pre.mermaid')];
  if (drawings.length > 0) {
    const texts = drawings.map((each) => each.textContent);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const draw = async () => {
      drawings.forEach((each, index) => {
        each.removeAttribute('data-processed');
        each.textContent = texts[index];
      });
      globalThis.mermaid.initialize({
        startOnLoad: false,
        securityLevel: 'strict',
        theme: dark.matches ? 'dark' : 'neutral',
        fontFamily: getComputedStyle(document.body).fontFamily,
      });
      await globalThis.mermaid.run({ nodes: drawings });
    };
    addEventListener('load', () => void draw());
    dark.addEventListener('change', () => void draw());
  }
})();
