const path = require('node:path');
const shared = require('../../jest.config.js');
const { build } = require('../../scripts/build.cjs');
// jest loads what is set up before all files by itself.
require('../../scripts/typescript.cjs');

/** Tests of the page in a real browser, against the page as it is shipped. */
module.exports = async () => {
  await build({ declarations: false });
  return {
    ...shared,
    rootDir: path.resolve(__dirname, '..', '..'),
    roots: ['<rootDir>/test/browser'],
    testPathIgnorePatterns: ['/node_modules/'],
    // Frames are counted: two browsers at once would take them from each other.
    maxWorkers: 1,
  };
};
