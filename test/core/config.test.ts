import { describe, expect, it } from '@jest/globals'
import { ConfigError, readConfig } from '../../core/config.ts'

describe('reading the environment', () => {
  it('starts on the embedded database with nothing set', () => {
    expect(readConfig({})).toMatchObject({
      databaseUrl: undefined,
      dataDir: '.clubos',
      port: 5678,
      host: '127.0.0.1',
      demo: true,
    })
  })
  it('takes an empty variable as unset', () => {
    expect(readConfig({ DATABASE_URL: '', PORT: '' })).toMatchObject({ databaseUrl: undefined, port: 5678 })
  })
  it.each([
    [{ PORT: 'many' }, 'PORT'],
    [{ PORT: '70000' }, 'PORT'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
  ])('refuses %j by the variable’s name', (environment, name) => {
    expect(() => readConfig(environment)).toThrow(ConfigError)
    expect(() => readConfig(environment)).toThrow(name)
  })
})
