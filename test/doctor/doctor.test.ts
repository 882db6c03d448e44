/** What `clubos doctor` must not pass over: each fault is found, with what it means and what to do. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { App } from '../../core/app.ts'
import { readConfig } from '../../core/config.ts'
import { examine, type Finding } from '../../core/doctor/index.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { openProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { isServer, makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { OpenAiServer } from '../support/providers/openai.ts'

const log = makeLog('silent')
let database: TestDatabase
let embedder: LocalEmbedder
let dataDir: string
beforeAll(async () => {
  database = await makeTestDatabase()
  embedder = new LocalEmbedder()
  dataDir = mkdtempSync(join(tmpdir(), 'clubos-doctor-'))
})
afterAll(async () => {
  await embedder?.close()
  await database?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function find(environment: Record<string, string> = {}, options: { providers?: boolean } = {}) {
  const config = readConfig({ CLUBOS_DATA_DIR: dataDir, ...environment })
  const providers = await openProviders(config, log)
  const kind = isServer ? ('server' as const) : ('embedded' as const)
  const app: App = {
    config,
    log,
    embedder: embedder as unknown as App['embedder'],
    providers,
    pool: database.pool,
    database: { url: database.url, kind, stopped: new Promise(() => {}), close: async () => {} },
    close: async () => {},
  }
  const findings = await examine(app, options)
  await providers.close()
  return (check: string): Finding | undefined => findings.find((finding) => finding.check === check)
}

const production = {
  NODE_ENV: 'production',
  CLUBOS_URL: 'https://clubos.invalid',
  CLUBOS_SECRET: 'q8Zr1Kx0Vt5Wm3Yb7Nc2Lh9Jf4Gd6Sa1PeRu',
}

describe('clubos doctor', () => {
  it('says of everything that is not well what it means and what to do', async () => {
    const config = readConfig({ CLUBOS_DATA_DIR: dataDir })
    const findings = await examine({
      config,
      log,
      embedder: embedder as unknown as App['embedder'],
      providers: await openProviders(config, log),
      pool: database.pool,
      database: {
        url: '',
        kind: isServer ? 'server' : 'embedded',
        stopped: new Promise(() => {}),
        close: async () => {},
      },
      close: async () => {},
    })
    expect(findings.length).toBeGreaterThan(12)
    for (const { check, level, found, means, advice } of findings) {
      expect([check, found.length > 0]).toEqual([check, true])
      expect([check, level === 'ok', means === undefined && advice === undefined]).toEqual([
        check,
        level === 'ok',
        level === 'ok',
      ])
      expect([check, found]).not.toContain('could not be looked at')
    }
  })

  it('knows a database that is not migrated, and looks at nothing else of it', async () => {
    await database.pool.query('alter table graphile_migrate.migrations rename to elsewhere')
    try {
      const found = await find()
      expect(found('migrations')).toMatchObject({ level: 'fail' })
      expect(found('content')).toBeUndefined()
    } finally {
      await database.pool.query('alter table graphile_migrate.elsewhere rename to migrations')
    }
    expect((await find())('migrations')).toMatchObject({ level: 'ok' })
  })

  it('finds what was set up badly', async () => {
    const found = await find({
      ...production,
      CLUBOS_SECRET: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      RATE_LIMITS: 'off',
      CLUBOS_DEV_HEADERS: 'on',
    })
    expect(found('cookie secret')).toMatchObject({ level: 'fail' })
    expect(found('rate limits')).toMatchObject({ level: 'fail' })
    expect(found('development headers')).toMatchObject({ level: 'fail' })
    expect(found('proxy')).toMatchObject({ level: 'warn', advice: expect.stringContaining('TRUST_PROXY') })
    expect(found('metrics')).toMatchObject({ level: 'warn' })
    expect(found('people')).toMatchObject({ level: 'fail' })
    expect(found('address')).toMatchObject({ level: 'warn' })
    expect((await find({ ...production, CLUBOS_URL: 'http://help.club.example' }))('address')).toMatchObject({
      level: 'fail',
    })
  })

  it('is content with a setup that is in order', async () => {
    const us = createServer((_request, response) => response.end('{"status":"ok"}'))
    await new Promise<void>((resolve) => us.listen(0, '127.0.0.1', resolve))
    try {
      const found = await find({
        CLUBOS_URL: `http://127.0.0.1:${(us.address() as AddressInfo).port}`,
        CLUBOS_SECRET: production.CLUBOS_SECRET,
        METRICS_TOKEN: 'a-token-of-the-tests',
      })
      for (const check of [
        'address',
        'proxy',
        'cookie secret',
        'clock',
        'encoding',
        'database',
        'audit chain',
      ])
        expect(found(check)).toMatchObject({ level: 'ok' })
    } finally {
      us.close()
    }
  })

  it('finds a secret that others can read', async () => {
    const file = join(dataDir, 'secret')
    writeFileSync(file, 'something that was made\n', { mode: 0o644 })
    chmodSync(file, 0o644)
    expect((await find())('cookie secret')).toMatchObject({
      level: 'fail',
      advice: expect.stringContaining('chmod 600'),
    })
    rmSync(file)
  })

  it('finds a worker that is not there, a queue that waits and jobs that died', async () => {
    await database.pool.query(
      `select graphile_worker.add_job('notifications__send', '{"id": 1}', run_at => now() - interval '1 hour')`,
    )
    expect((await find())('queue')).toMatchObject({ level: 'warn' })
    expect((await find())('worker')).toMatchObject({ level: isServer ? 'fail' : 'warn' })
    await database.pool.query('update graphile_worker._private_jobs set attempts = max_attempts')
    expect((await find())('jobs')).toMatchObject({ level: 'fail', found: '1 given up' })
    await database.pool.query('delete from graphile_worker._private_jobs')
    await database.pool.query(`select app_private.beat('doctor', 'here', 1)`)
    expect((await find())('worker')).toMatchObject({ level: 'ok' })
    expect((await find())('jobs')).toMatchObject({ level: 'ok' })
  })

  it('finds a kill switch that is pulled, and a broken audit chain', async () => {
    await database.pool.query(
      `begin; set local clubos.actor = 'rita'; select app_public.set_assistant_enabled(false, 'A try'); commit`,
    )
    expect((await find())('assistant')).toMatchObject({ level: 'fail' })
    await database.pool.query(
      `begin; set local session_replication_role = replica; update app_public.audit_log set reason = 'Another' where id = (select max(id) from app_public.audit_log); commit`,
    )
    expect((await find())('audit chain')).toMatchObject({
      level: 'fail',
      advice: expect.stringContaining('runbook'),
    })
  })

  it('asks providers only where it is told to', async () => {
    const openai = await OpenAiServer.start()
    try {
      const environment = { OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: openai.url }
      expect((await find(environment))('openai')).toMatchObject({
        level: 'ok',
        found: expect.stringContaining('not asked'),
      })
      const asked = (await find(environment, { providers: true }))('openai')
      expect(asked).toMatchObject({ level: 'ok' })
      expect(asked!.found).not.toContain('not asked')
    } finally {
      await openai.close()
    }
    expect(
      (await find({ OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: 'http://127.0.0.1:1' }, { providers: true }))(
        'openai',
      ),
    ).toMatchObject({ level: 'fail' })
  })

  ;(isServer ? it : it.skip)(
    'finds roles that pass over row level security (needs DATABASE_URL)',
    async () => {
      await database.pool.query('alter table app_public.sites disable row level security')
      expect((await find())('roles')).toMatchObject({
        level: 'fail',
        found: expect.stringContaining('sites'),
      })
      await database.pool.query('alter table app_public.sites enable row level security')
      expect((await find({ DATABASE_POOL: '200' }))('connections')).toMatchObject({ level: 'fail' })
    },
  )
})
