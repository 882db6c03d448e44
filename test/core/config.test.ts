import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
    [{ CLUBOS_URL: 'help.club.example' }, 'CLUBOS_URL'],
    [{ CLUBOS_URL: 'https://club.example/help' }, 'CLUBOS_URL'],
    [{ CLUBOS_SECRET: 'short' }, 'CLUBOS_SECRET'],
    [{ SMTP_URL: 'mail.example' }, 'SMTP_URL'],
    [{ SMTP_URL: 'smtp://a', SMTP_URL_FILE: '/b' }, 'SMTP_URL_FILE'],
    [{ CLUBOS_SECRET_FILE: '/there/is/none' }, 'CLUBOS_SECRET_FILE'],
  ])('refuses %j by the variable’s name', (environment, name) => {
    expect(() => readConfig(environment)).toThrow(ConfigError)
    expect(() => readConfig(environment)).toThrow(name)
  })

  it('says nothing of a secret that it refuses', () => {
    expect(() => readConfig({ CLUBOS_SECRET: 'hush hush' })).toThrow(/^(?!.*hush)/)
    expect(() => readConfig({ DATABASE_URL: 'mysql://me:hush@db' })).toThrow(/^(?!.*hush)/)
  })

  it('reads secrets from files', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'clubos-config-')), 'smtp')
    writeFileSync(file, 'smtps://me:hush@mail.example\n')
    expect(readConfig({ SMTP_URL_FILE: file }).smtpUrl).toBe('smtps://me:hush@mail.example')
  })

  it('lets headers name a role only where that is asked for', () => {
    expect(readConfig({}).developmentHeaders).toBe(false)
    expect(readConfig({ CLUBOS_DEV_HEADERS: 'on' }).developmentHeaders).toBe(true)
  })
})
