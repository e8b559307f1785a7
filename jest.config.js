const long = require('./scripts/jest/long.cjs');

/** Every test file runs on Node 24 with native require(esm), so ESM-only dependencies need no transform. */
module.exports = {
  testEnvironment: '<rootDir>/scripts/jest/environment.cjs',
  testRunner: '<rootDir>/scripts/jest/runner.cjs',
  // runner.cjs has Node load the modules.
  transform: {},
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/real/',
    '<rootDir>/test/browser/',
    ...long.map((start) => `<rootDir>/${start}`),
  ],
  testSequencer: '<rootDir>/scripts/jest/slowest-first.cjs',
  // A watcher outlives a run; every run looks for itself.
  watchman: false,
  maxWorkers: 4,
  // A process that has much memory takes long to start another; a new worker loads everything anew.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 90_000,
  reporters: ['default', '<rootDir>/scripts/jest/plain-count-reporter.cjs'],
};
