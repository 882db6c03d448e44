/**
 * What takes long for what it is: commands and servers as processes of their own, killed in all ways; thousands of random
 * inputs; whole weeks of learning. `npm run test:slow` runs it (jest.slow.config.ts), `npm test` all else.
 */
export const slow = [
  '/test/(cli|docs|faults|fuzz|evaluation|redteam|database/embedded)/',
  '/test/(learning/(messages|batches)|embedding/reembed|server/(protection|login)|backup/(kill|drive|restore|targets))\\.test',
]

// Node runs our TypeScript as it is; jest needs swc to strip the types (ts-jest does not take TypeScript 7).
export default {
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' } }] },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: slow,
  globalSetup: '<rootDir>/test/support/template.ts',
  setupFilesAfterEnv: ['<rootDir>/test/support/retries.ts'],
  testEnvironment: '<rootDir>/test/support/environment.js',
  testSequencer: '<rootDir>/test/support/sequencer.js',
  testTimeout: 60_000,
  maxWorkers: 2,
}
