/** Each language says all that English says, with the same things put in. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { projectFolder } from '../../core/database/migrate.ts'

const folder = join(projectFolder, 'web', 'i18n')
const languages = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

function textsOf(language: string, file: string): Map<string, string> {
  const texts = new Map<string, string>()
  const walk = (value: unknown, path: string) => {
    if (typeof value === 'string') texts.set(path, value)
    else
      for (const [key, inner] of Object.entries(value as object)) walk(inner, path ? `${path}.${key}` : key)
  }
  walk(JSON.parse(readFileSync(join(folder, language, file), 'utf8')), '')
  return texts
}

const inserted = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name!).sort()

describe.each(languages.filter((language) => language !== 'en'))('%s', (language) => {
  it('has the files that English has', () => {
    expect(readdirSync(join(folder, language)).sort()).toEqual(readdirSync(join(folder, 'en')).sort())
  })

  it.each(readdirSync(join(folder, 'en')))('%s says the same things', (file) => {
    const [english, other] = [textsOf('en', file), textsOf(language, file)]
    expect([...other.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [key, text] of other) {
      expect([key, text.trim()]).not.toEqual([key, ''])
      expect([key, inserted(text)]).toEqual([key, inserted(english.get(key)!)])
    }
  })
})
