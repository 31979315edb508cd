/** Jest runs the TypeScript sources as ES modules through swc: no build is needed for the tests themselves. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/client/src'],
  testRegex: '\\.(test|e2e-test)\\.ts$',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@smart-ai-hub/mcp-client$': '<rootDir>/client/src/node.ts',
  },
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
  // The modules of every test file stay in memory: after 140 files a worker had 3.7 GB, and stood still for seconds to collect
  // its garbage, which tests take for lateness. A new one costs a second.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 30_000,
};
