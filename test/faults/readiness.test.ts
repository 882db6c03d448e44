/** What a process with a worker says while its database is away, and that it is still there when that comes back. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { isServer, makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { type Running, startProcess, until } from '../support/processes.ts'
import { type FaultyProxy, openProxy } from '../support/proxy.ts'

// The embedded database is in the process itself.
const onServer = isServer ? it : it.skip

let database: TestDatabase
let proxy: FaultyProxy
let child: Running
beforeAll(async () => {
  if (!isServer) return
  database = await makeTestDatabase()
  proxy = await openProxy(database.url)
  child = await startProcess({ DATABASE_URL: proxy.url, LOG_LEVEL: 'error' })
})
afterAll(async () => {
  child?.signal('SIGTERM')
  await child?.ended
  await proxy?.close()
  await database?.close()
})

const ready = async () => {
  const response = await fetch(`${child.url}/readyz`)
  const { problem } = (await response.json()) as { problem?: string }
  return { status: response.status, problem }
}
const graphql = async (query: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${child.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: what a document returns is the test's to know
  return (await response.json()) as { data: any; errors?: { extensions: { code: string } }[] }
}
const admin = { 'x-clubos-role': 'admin', 'x-clubos-actor': 'adam' }

onServer(
  'a process lives through a database that is away, says so, and is well again by itself',
  async () => {
    expect(await ready()).toMatchObject({ status: 200 })
    await proxy.refuse()
    const said = await until('it says so', async () => {
      const { status, problem } = await ready()
      return status === 503 && problem
    })
    expect(said).toMatch(/ECONNREFUSED|Connection terminated|does not answer/)
    expect((await fetch(`${child.url}/healthz`)).status).toBe(200)
    await sleep(3000)
    await proxy.accept()
    await until('it is ready', async () => (await ready()).status === 200)
    expect(
      (await graphql('mutation { ask(input: { query: "door?" }) { response { id } } }')).errors,
    ).toBeUndefined()
    await database.pool.query(`select app_hidden.add_job('search_units__embed')`)
    await until(
      'its worker works',
      async () =>
        (
          await database.pool.query(
            `select 1 from graphile_worker.jobs where task_identifier = 'search_units__embed'`,
          )
        ).rowCount === 0,
      40_000,
    )
  },
)

onServer('a process whose database falls silent says so in time', async () => {
  proxy.blackHole(true)
  const at = Date.now()
  expect(await ready()).toMatchObject({ status: 503, problem: 'the database does not answer' })
  expect(Date.now() - at).toBeLessThan(20_000)
  proxy.blackHole(false)
  await until('it is ready', async () => (await ready()).status === 200)
})

onServer('dead jobs are seen, retried and discarded over GraphQL, by admins', async () => {
  const dead = async () =>
    (
      await database.pool.query(
        `insert into graphile_worker._private_jobs (task_id, attempts, max_attempts, last_error, key)
         select t.id, 3, 3, 'It broke', 'k' from graphile_worker._private_tasks t where t.identifier = 'search_units__embed' returning id`,
      )
    ).rows[0].id as string
  const id = await dead()
  const query = '{ deadJobs { nodes { id task jobKey attempts lastError createdAt failedAt } } }'
  expect((await graphql(query, admin)).data.deadJobs.nodes).toEqual([
    {
      id,
      task: 'search_units__embed',
      jobKey: 'k',
      attempts: 3,
      lastError: 'It broke',
      createdAt: expect.any(String),
      failedAt: expect.any(String),
    },
  ])
  expect((await graphql(query, { 'x-clubos-role': 'reviewer' })).errors![0]!.extensions.code).toBe('CO403')
  expect(
    (await graphql(`mutation { retryJob(input: { jobId: "${id}", reason: "Mended" }) { result } }`, admin))
      .data,
  ).toEqual({ retryJob: { result: true } })
  await until(
    'it ran',
    async () =>
      (await database.pool.query('select 1 from graphile_worker._private_jobs where id = $1', [id]))
        .rowCount === 0,
    40_000,
  )
  const other = await dead()
  expect(
    (
      await graphql(
        `mutation { discardJob(input: { jobId: "${other}", reason: "Not needed" }) { result } }`,
        admin,
      )
    ).data,
  ).toEqual({ discardJob: { result: true } })
  expect(
    (
      await graphql(
        `mutation { discardJob(input: { jobId: "${other}", reason: "Not needed" }) { result } }`,
        admin,
      )
    ).errors![0]!.extensions.code,
  ).toBe('CO404')
})
