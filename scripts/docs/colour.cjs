// Syntax colours as HTML. Not TypeScript: the types of highlight.js want the library of a browser, which this repository's
// programs do not have.
const highlighter = require('highlight.js/lib/core');

const LANGUAGES = { sh: 'bash', ts: 'typescript', yaml: 'yaml', json: 'json' };
for (const [fence, name] of Object.entries(LANGUAGES)) {
  highlighter.registerLanguage(fence, require(`highlight.js/lib/languages/${name}`));
}

module.exports.coloured = (text, fence) =>
  Object.hasOwn(LANGUAGES, fence) ? highlighter.highlight(text, { language: fence }).value : undefined;
