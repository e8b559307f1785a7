const path = require('node:path');
const shared = require('../../jest.config.js');
const long = require('./long.cjs');
// jest loads what is set up before all files by itself.
require('../typescript.cjs');

module.exports = {
  ...shared,
  rootDir: path.resolve(__dirname, '..', '..'),
  testMatch: undefined,
  testRegex: long.map((start) => `/${start}.*\\.test\\.ts$`),
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 2,
};
