/** What the search knows of a section; site.js reads the index with the same. */

export const FIELDS = { fields: ['page', 'heading', 'words'], storeFields: ['page', 'heading', 'words'] };
