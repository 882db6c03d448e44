/** Pictures instead of tests: `npm run tour`. */
import config from './playwright.config.ts'

export default { ...config, testMatch: '**/*.shots.ts', workers: 1 }
