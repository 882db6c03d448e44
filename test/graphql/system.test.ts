/** What staff are told of the server and its health, and how the insights and the past are asked for. */

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readConfig } from '../../core/config.ts'
import { withClaims } from '../../core/database/index.ts'
import { openProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { admin as adminClaims, isServer } from '../support/database.ts'
import { foundClub } from './club.ts'
import { type Api, ann, auditor, onlyError, rita, startApi, visitorA } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi({ SMTP_URL: 'smtp://mail.example', CLUBOS_URL: 'http://127.0.0.1' })
  await foundClub(api.services)
})
afterAll(() => api?.close())

const admin = { role: 'admin', actor: 'adam' }

describe('system', () => {
  const query =
    '{ system { version databaseKind answeringProvider answeringModel routingModel embeddingProvider embeddingModel embeddingWanted analyst environment mailConfigured publicUrl } }'

  it('says what answers: what an answer is recorded with', async () => {
    const { data, errors } = await api.sendText(query, {}, ann)
    expect(errors).toBeUndefined()
    const { rows } = await api.database.pool.query('select version()')
    expect(data.system).toEqual({
      version: JSON.parse(readFileSync('package.json', 'utf8')).version,
      databaseKind: /emscripten|wasm/.test(rows[0].version) ? 'embedded' : 'server',
      answeringProvider: 'local-extractive',
      answeringModel: 'local-extractive',
      routingModel: 'local-vote',
      embeddingProvider: 'local',
      embeddingModel: api.services.embedder.wanted.model,
      embeddingWanted: 'local-use-lite',
      analyst: 'local',
      environment: 'development',
      mailConfigured: true,
      publicUrl: 'http://127.0.0.1',
    })
    expect(data.system.databaseKind).toBe(isServer ? 'server' : 'embedded')
    await api.sendText('mutation { ask(input: { query: "Where can I park?" }) { response { id } } }', {}, ann)
    const answered = await api.database.pool.query(
      'select model, router_model from app_public.responses order by id desc limit 1',
    )
    expect(answered.rows[0]).toEqual({
      model: data.system.answeringModel,
      router_model: data.system.routingModel,
    })
  })

  it('says which providers are asked, and how they are', async () => {
    const state =
      '{ system { answeringProvider answeringModel routingModel analyst providers { provider configured host models { part model } breaker lastFailure { kind at } lastSuccess } } }'
    const unasked = { breaker: 'closed', lastFailure: null, lastSuccess: null }
    expect((await api.sendText(state, {}, ann)).data.system.providers).toEqual(
      ['openai', 'anthropic'].map((provider) => ({
        provider,
        configured: false,
        host: null,
        models: [],
        ...unasked,
      })),
    )
    const { providers } = api.services
    const config = readConfig({
      OPENAI_API_KEY: 'sk-hush',
      OPENAI_BASE_URL: 'https://gateway.example/hush/v1',
      OPENAI_ROUTE_MODEL: 'gpt-4o-mini',
      EMBEDDINGS: 'local',
      ANTHROPIC_API_KEY: 'sk-ant-hush',
    })
    api.services.providers = await openProviders(config, makeLog('silent'))
    try {
      const { data } = await api.sendText(state, {}, ann)
      expect(data.system).toEqual({
        answeringProvider: 'openai',
        answeringModel: 'gpt-4o',
        routingModel: 'gpt-4o-mini',
        analyst: config.anthropic!.model,
        providers: [
          {
            provider: 'openai',
            configured: true,
            host: 'gateway.example',
            models: [
              { part: 'route', model: 'gpt-4o-mini' },
              { part: 'answer', model: 'gpt-4o' },
            ],
            ...unasked,
          },
          {
            provider: 'anthropic',
            configured: true,
            host: 'api.anthropic.com',
            models: [{ part: 'analyse', model: config.anthropic!.model }],
            ...unasked,
          },
        ],
      })
      expect(JSON.stringify(data)).not.toContain('hush')
    } finally {
      api.services.providers = providers
    }
  })

  it('is for staff', async () => {
    for (const who of [rita, admin, auditor])
      expect((await api.sendText(query, {}, who)).errors).toBeUndefined()
    for (const who of [{}, visitorA, { role: 'customer', ...visitorA }])
      expect(onlyError(await api.sendText(query, {}, who)).code).toBe('CO403')
  })
})

describe('systemHealth', () => {
  const query = `{ systemHealth { postgresVersion pgvectorVersion databaseBytes workers workerLastSeen jobsWaiting jobsRunning oldestWaitingSeconds deadJobs searchUnits
    searchUnitsWithoutVectors pendingProposals oldestPendingDays urgentTicketsWaiting notificationsUnsent notificationsFailed assistantEnabled embeddingModel auditRows auditHeadDay auditHeadPosition auditHeadHash } }`
  const health = async () => (await api.sendText(query, {}, ann)).data.systemHealth

  it('counts', async () => {
    const before = await health()
    expect(before).toMatchObject({
      workers: 0,
      assistantEnabled: true,
      searchUnitsWithoutVectors: '0',
      embeddingModel: 'local-use-lite',
      auditHeadDay: null,
    })
    expect(Number(before.databaseBytes)).toBeGreaterThan(1_000_000)
    expect(Number(before.searchUnits)).toBeGreaterThan(10)
    await api.sendText(
      'mutation { ask(input: { query: "somebody is bleeding and needs an ambulance" }) { response { outcome } } }',
    )
    await api.database.pool.query(`select app_private.beat('w1', 'here', 1), app_private.record_audit_head()`)
    await api.database.pool.query(
      `insert into app_private.worker_heartbeats (worker_id, host, process_id, seen_at) values ('w2', 'there', 2, now() - interval '5 minutes')`,
    )
    await api.database.pool.query(
      `update graphile_worker._private_jobs set run_at = now() - interval '90 seconds' where id = (select min(id) from graphile_worker._private_jobs)`,
    )
    const after = await health()
    expect(after).toMatchObject({ workers: 1, urgentTicketsWaiting: '1' })
    expect(after.oldestWaitingSeconds).toBeGreaterThanOrEqual(90)
    expect(Number(after.auditHeadPosition)).toBe(Number(after.auditRows))
    const { rows } = await api.database.pool.query('select count(*) from app_public.audit_log')
    expect(after.auditRows).toBe(rows[0].count)
    const verified = await api.database.pool.query('select * from app_public.verify_audit_log($1)', [
      `${after.auditHeadPosition}:${after.auditHeadHash}`,
    ])
    expect(verified.rows).toEqual([])
  })

  it('is for staff and auditors', async () => {
    for (const who of [ann, rita, admin, auditor])
      expect((await api.sendText(query, {}, who)).errors).toBeUndefined()
    expect(onlyError(await api.sendText(query, {}, visitorA)).code).toBe('CO403')
  })
})

describe('jobs', () => {
  it('are shown to admins and auditors, errors masked', async () => {
    await withClaims(api.database.pool, adminClaims, (client) => client.query('select request_analysis(10)'))
    await api.database.pool.query(
      `update graphile_worker._private_jobs j set last_error = 'Nobody at jane.doe@example.com', attempts = 1 from graphile_worker._private_tasks t where t.id = j.task_id and t.identifier = 'failures__analyse'`,
    )
    const query = '{ jobs { nodes { id task key runAt attempts maxAttempts lockedAt lastError } } }'
    for (const who of [admin, auditor]) {
      const { data, errors } = await api.sendText(query, {}, who)
      expect(errors).toBeUndefined()
      const job = data.jobs.nodes.find((node: { task: string }) => node.task === 'failures__analyse')
      expect(job).toMatchObject({ attempts: 1, maxAttempts: 8, lockedAt: null })
      expect(job.lastError).toMatch(/^Nobody at /)
      expect(job.lastError).not.toContain('jane.doe')
    }
    for (const who of [ann, rita, visitorA])
      expect(onlyError(await api.sendText(query, {}, who)).code).toBe('CO403')
  })
})

describe('insights', () => {
  it('are lists, cut by first, and one row', async () => {
    const { data, errors } = await api.sendText(
      `query ($since: Datetime!, $until: Datetime!) {
        answersByDay(since: $since, until: $until, timezone: "Europe/Berlin", first: 1000) { nodes { day outcome answers } }
        mostUsedSops(since: $since, until: $until, first: 1) { nodes { sopId category section cited rate } }
        insightsSummary(since: $since, until: $until) { answers answeredRate prevAnswers cost }
        insightSource(name: "answers_by_day")
        knowledgeDuplicates(first: 5) { nodes { knowledgeId duplicateId similarity sameAnswer } }
      }`,
      { since: new Date(Date.now() - 7 * 86_400_000), until: new Date(Date.now() + 60_000) },
      ann,
    )
    expect(errors).toBeUndefined()
    expect(data.answersByDay.nodes.length).toBeGreaterThanOrEqual(8)
    expect(data.mostUsedSops.nodes).toHaveLength(1)
    expect(Number(data.insightsSummary.answers)).toBeGreaterThan(0)
    expect(data.insightSource).toContain('FUNCTION app_public.answers_by_day')
  })
})

describe('searchKnowledge asOf', () => {
  it('finds what was there', async () => {
    const query =
      'query ($asOf: Datetime) { searchKnowledge(query: "where can I park", asOf: $asOf) { topic version snippet score } }'
    const ask = async (asOf: Date | null) => (await api.sendText(query, { asOf }, ann)).data.searchKnowledge
    const now = await ask(null)
    expect(now[0]).toMatchObject({ topic: 'parking' })
    expect((await ask(new Date(Date.now() + 1000)))[0]).toMatchObject({ topic: 'parking', version: 1 })
    expect(await ask(new Date(Date.now() - 3_600_000))).toEqual([])
    expect(onlyError(await api.sendText(query, { asOf: new Date() }, visitorA)).code).toBe('CO403')
  })
})
