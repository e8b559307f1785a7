// Builds the page of the dashboard: a bundle for browsers, beside the JavaScript that Node runs.
const path = require('node:path');

const root = path.resolve(__dirname, '..', 'runtime', 'dashboard', 'page');

/** @returns {Promise<{ file: string, content: Buffer }[]>} what the page consists of; nothing is written */
async function buildPage() {
  // Loaded when something has changed: a start that finds all built does without it.
  const { build } = await import('vite');
  const { output } = await build({
    root,
    base: './',
    configFile: false,
    envDir: false,
    logLevel: 'error',
    publicDir: false,
    css: { transformer: 'lightningcss' },
    build: {
      write: false,
      target: 'es2022',
      // Nothing is inlined: the policy of the page allows no style and no script that is not a file.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
  return output.map((each) => ({
    file: each.fileName,
    content: Buffer.from(each.type === 'chunk' ? each.code : each.source),
  }));
}

module.exports = { buildPage };
