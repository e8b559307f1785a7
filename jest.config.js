const path = require('node:path');
const { ENTRIES } = require('./scripts/swc.cjs');

/** Every test file runs on Node 24 with native require(esm), so ESM-only dependencies need no transform. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/real/'],
  moduleNameMapper: {
    ...Object.fromEntries(
      Object.entries(ENTRIES).map(([name, source]) => [`^${name}$`, path.join('<rootDir>', source)]),
    ),
    // jest loads modules by itself: what runtime/kube/kube-config.cjs asks of Node is asked of jest here.
    '^\\./kube-config\\.cjs$': '@kubernetes/client-node/dist/config.js',
    '^\\./gen/index\\.js$': '<rootDir>/runtime/kube/client-generated.mjs',
  },
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  testSequencer: '<rootDir>/scripts/slowest-first.cjs',
  // A watcher outlives a run; every run looks for itself.
  watchman: false,
  maxWorkers: 3,
  // Modules of files that have run stay in memory, and a process that has much of it takes long to start another.
  workerIdleMemoryLimit: '256MB',
  testTimeout: 90_000,
  reporters: ['default', '<rootDir>/scripts/plain-count-reporter.cjs'],
};
