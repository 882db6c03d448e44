/** One trace from a request through its statements and the job that it enqueued; and its id in PostgreSQL, log and audit log. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { readConfig } from '../../core/config.ts'
import { openTracing } from '../../core/watching/tracing.ts'
import { type SupervisedWorker, startWorker } from '../../worker/index.ts'
import { type Api, ann, startApi } from '../graphql/support.ts'

interface Sent {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  attributes: { key: string; value: { stringValue?: string } }[]
}

const spans: Sent[] = []
let collector: Server
let tracing: Awaited<ReturnType<typeof openTracing>>
let api: Api
let worker: SupervisedWorker
beforeAll(async () => {
  collector = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    for (const { scopeSpans } of JSON.parse(text).resourceSpans)
      for (const scope of scopeSpans) spans.push(...scope.spans)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  tracing = await openTracing(`http://127.0.0.1:${(collector.address() as AddressInfo).port}`)
  api = await startApi()
  worker = await startWorker({ ...api.services, config: readConfig({}) }, api.database.url, { crontab: '' })
})
afterAll(async () => {
  await worker?.stop()
  await api?.close()
  collector?.close()
})

it('leads from a request to its statements and to its job, and says nothing of what was asked', async () => {
  const requestId = 'a-request-of-the-tests'
  const asked = await api.sendText(
    'mutation { requestAnalysis(input: {}) { clientMutationId } }',
    {},
    { ...ann, headers: { 'x-request-id': requestId } },
  )
  expect(asked.errors).toBeUndefined()
  await api.sendText(
    'mutation { ask(input: {query: "what of the secret of Nina?"}) { response { outcome } } }',
    {},
    { headers: { 'x-request-id': 'another-request' } },
  )
  for (let i = 0; i < 200; i++, await sleep(50)) {
    const { rows } = await api.database.pool.query<{ due: boolean }>(
      'select exists (select from graphile_worker._private_jobs where attempts < max_attempts) as due',
    )
    if (!rows[0]!.due) break
  }
  await worker.stop()
  await tracing.close()

  const attribute = (span: Sent, key: string) =>
    span.attributes.find((one) => one.key === key)?.value.stringValue
  const request = spans.find((span) => attribute(span, 'clubos.request_id') === requestId)!
  expect(request.name).toBe('POST /graphql')
  const ofTrace = spans.filter((span) => span.traceId === request.traceId)
  expect(ofTrace.map(({ name }) => name)).toContain('SQL app_public.request_analysis')
  const job = ofTrace.find(({ name }) => name === 'job failures__analyse')
  expect(job?.parentSpanId).toBeDefined()
  expect(ofTrace.some(({ parentSpanId }) => parentSpanId === job!.spanId)).toBe(true)
  expect(spans.map(({ name }) => name)).toContain('SQL app_hidden.begin_answer')
  expect(JSON.stringify(spans)).not.toContain('Nina')
})

it('stands in the job’s payload, and in what a change leaves behind', async () => {
  await api.sendText(
    'mutation { setAssistantEnabled(input: {enabled: false, reason: "A try"}) { clientMutationId } }',
    {},
    { ...ann, headers: { 'x-request-id': 'the-switching-off' } },
  )
  const { rows } = await api.database.pool.query<{ request_id: string }>(
    `select request_id from app_public.audit_log where table_name like '%club_settings' order by id desc limit 1`,
  )
  expect(rows).toEqual([{ request_id: 'the-switching-off' }])
  const { rows: payloads } = await api.database.pool.query<{ own: object; plain: object }>(
    `with w as materialized (select set_config('clubos.request_id', 'of-this-one', true))
     select app_hidden.with_request('{"id": 1}') as own, app_hidden.with_request('[1]') as plain from w`,
  )
  expect(payloads).toEqual([{ own: { id: 1, _request: { id: 'of-this-one' } }, plain: [1] }])
})

it('is the connection’s name for as long as the transaction lasts', async () => {
  const { withClaims } = await import('../../core/database/index.ts')
  const name = await withClaims(
    api.database.pool,
    { role: 'agent', actor: 'ann', requestId: 'seen-by-the-dba' },
    async (client) => (await client.query(`select current_setting('application_name') as name`)).rows[0].name,
  )
  expect(name).toBe('clubos seen-by-the-dba')
  const { rows } = await api.database.pool.query(`select current_setting('application_name') as name`)
  expect(rows[0].name).not.toContain('seen-by-the-dba')
})
