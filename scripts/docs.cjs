// `npm run docs`: the documents as a folder of static pages, `site/` or the one that is given.
require('./typescript.cjs');
require('./docs/write.ts');
