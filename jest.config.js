/** Every test file runs on Node 24 with native require(esm), so ESM-only dependencies need no transform. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/real/', '<rootDir>/test/packaging/template/'],
  moduleNameMapper: {
    '^k8sta$': '<rootDir>/lib/index.ts',
    '^k8sta/api$': '<rootDir>/lib/api/index.ts',
    '^k8sta/testing$': '<rootDir>/testing/index.ts',
    '^k8sta/install$': '<rootDir>/lib/install/index.ts',
  },
  transform: {
    '^.+\\.tsx?$': ['@swc/jest', {
      jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
    }],
  },
  maxWorkers: 2,
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/scripts/plain-count-reporter.cjs'],
};
