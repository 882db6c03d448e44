/** `npm run test:slow`: what `npm test` leaves out. */
import config, { slow } from './jest.config.ts'

const { testMatch: _all, testPathIgnorePatterns: _slow, ...usual } = config

// Of the folders the tests alone, not what supports them.
export default { ...usual, testRegex: slow.map((pattern) => `${pattern}.*(?<=[.]test[.]ts)$`) }
