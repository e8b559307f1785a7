const path = require('node:path');
const shared = require('../../jest.config.js');
// jest loads what is set up before all files by itself.
require('../../scripts/typescript.cjs');

/** The tests on the real stack, and those that the real servers share with the railyard. */
module.exports = {
  ...shared,
  rootDir: path.resolve(__dirname, '..', '..'),
  roots: ['<rootDir>/test/real', '<rootDir>/test/conformance'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/real/setup.ts',
  globalTeardown: '<rootDir>/test/real/teardown.ts',
  // Some tests take a server away from everybody.
  maxWorkers: 1,
  // They take long: each says how long.
  verbose: true,
  testTimeout: 300_000,
};
