import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { apiFile, writeApi } from '../../scripts/api.ts'

it('docs/api.md is what data/schema.graphql says (else: npm run schema -- dump)', () => {
  expect(readFileSync(apiFile, 'utf8') === writeApi()).toBe(true)
})
