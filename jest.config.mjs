export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/esbuildTransform.mjs' },
  moduleNameMapper: { '^@azure/functions-core$': '<rootDir>/test/support/functionsCore.cjs' },
  reporters: ['default', '<rootDir>/test/support/countReporter.mjs'],
  maxWorkers: 2,
  testTimeout: 60_000,
};
