// Node runs our TypeScript as it is; jest needs swc to strip the types (ts-jest does not take TypeScript 7).
export default {
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' } }] },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/template.ts',
  setupFilesAfterEnv: ['<rootDir>/test/support/retries.ts'],
  testEnvironment: 'node',
  testTimeout: 60_000,
  maxWorkers: 2,
}
