/** Node runs the TypeScript sources as ES modules through swc: no build is needed for the tests themselves. */
export default {
  // Node loads the modules, once for all test files of a worker: see docs/decisions/2026-11-23-tests-in-plain-node.md.
  testEnvironment: '<rootDir>/test/support/native/native-environment.js',
  runtime: '<rootDir>/test/support/native/native-runtime.js',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/client/src'],
  testRegex: '\\.(test|e2e-test)\\.ts$',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  reporters: ['default', '<rootDir>/test/support/summary-reporter.js'],
  // More than two cores would need: many tests wait for deadlines of seconds, and leave the processor to others.
  maxWorkers: 3,
  // What test files keep in their variables is never given back, 40 MB each; collecting it takes time from those that follow.
  workerIdleMemoryLimit: '1.2GB',
  testTimeout: 30_000,
};
