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
    [{ OPENAI_BASE_URL: 'localhost:11434' }, 'OPENAI_BASE_URL'],
    [{ OPENAI_BASE_URL: 'https://me:hush@gateway.example/v1' }, 'OPENAI_BASE_URL'],
    [{ OPENAI_HEADERS: 'api-key: hush' }, 'OPENAI_HEADERS'],
    [{ OPENAI_HEADERS: '["hush"]' }, 'OPENAI_HEADERS'],
    [{ ANTHROPIC_HEADERS: '{"x": 1}' }, 'ANTHROPIC_HEADERS'],
    [{ OPENAI_API: 'completions' }, 'OPENAI_API'],
    [{ EMBEDDINGS: 'openai' }, 'EMBEDDINGS'],
    [{ LLM_TIMEOUT: '0' }, 'LLM_TIMEOUT'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
  ])('refuses %j by the variable’s name', (environment, name) => {
    expect(() => readConfig(environment)).toThrow(ConfigError)
    expect(() => readConfig(environment)).toThrow(name)
  })

  it('says nothing of a secret that it refuses', () => {
    expect(() => readConfig({ CLUBOS_SECRET: 'hush hush' })).toThrow(/^(?!.*hush)/)
    expect(() => readConfig({ DATABASE_URL: 'mysql://me:hush@db' })).toThrow(/^(?!.*hush)/)
    expect(() => readConfig({ OPENAI_HEADERS: 'api-key: hush' })).toThrow(/^(?!.*hush)/)
    expect(() => readConfig({ OPENAI_BASE_URL: 'https://me:hush@gateway.example' })).toThrow(/^(?!.*hush)/)
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

  it('asks no language model unless told of one', () => {
    expect(readConfig({ OPENAI_API_KEY: '' })).toMatchObject({
      openai: null,
      anthropic: null,
      embeddings: 'local',
    })
  })
  it('takes a key alone, or a base URL alone', () => {
    expect(readConfig({ OPENAI_API_KEY: 'sk-hush', ANTHROPIC_API_KEY: 'sk-ant' })).toMatchObject({
      openai: { apiKey: 'sk-hush', baseUrl: null, api: 'responses', answerModel: 'gpt-4o' },
      anthropic: { apiKey: 'sk-ant', baseUrl: null },
      embeddings: 'openai',
      llmTimeout: 30_000,
    })
    expect(
      readConfig({ OPENAI_BASE_URL: 'http://localhost:11434/v1', EMBEDDINGS: 'local', LLM_TIMEOUT: '5' }),
    ).toMatchObject({
      openai: { apiKey: null, baseUrl: 'http://localhost:11434/v1', api: 'chat' },
      embeddings: 'local',
      llmTimeout: 5000,
    })
  })
  it('reads headers, and keys from files', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'clubos-config-')), 'key')
    writeFileSync(file, 'sk-hush\n')
    expect(
      readConfig({ OPENAI_API_KEY_FILE: file, OPENAI_HEADERS: '{"api-key": "k", "x-team": "golf"}' }).openai,
    ).toMatchObject({ apiKey: 'sk-hush', headers: { 'api-key': 'k', 'x-team': 'golf' } })
  })
})
