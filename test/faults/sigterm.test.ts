/** What the real process does when it is told to end while people and jobs are at it. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { openEmbedded } from '../../core/database/embedded/index.ts'
import { isServer, makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { type Running, startProcess, until } from '../support/processes.ts'
import { readTemplate } from '../support/template.ts'

const onServer = isServer ? it : it.skip
const folder = mkdtempSync(join(tmpdir(), 'clubos-sigterm-'))
let database: TestDatabase | null = null
let child: Running | null = null
const start = async () => {
  child = await startProcess(database ? { DATABASE_URL: database.url } : { CLUBOS_DATA_DIR: folder })
  return child
}
beforeAll(async () => {
  if (isServer) database = await makeTestDatabase()
  else await (await openEmbedded({ dataDir: folder, loadDataDir: readTemplate('empty') })).close()
})
afterAll(async () => {
  child?.signal('SIGKILL')
  await child?.ended
  await database?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** On a connection of its own: a kept one that the server closes at that moment says nothing about the server. */
async function send(query: string, variables: object = {}, headers: Record<string, string> = {}) {
  const response = await fetch(`${child!.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  return (await response.json()) as {
    // biome-ignore lint/suspicious/noExplicitAny: what a document returns is the test's to know
    data: any
    errors?: { message: string; extensions?: { code?: string } }[]
  }
}
const rita = { 'x-clubos-role': 'reviewer', 'x-clubos-actor': 'rita' }
const save = (section: string, text: string) =>
  send(
    'mutation ($s: String!, $c: String!, $r: String) { saveSop(input: { category: "club", section: $s, content: $c, reason: $r }) { result { id } } }',
    { s: section, c: `# ${section}\n\n## Steps\n\n1. ${text}\n`, r: text },
    rita,
  )
const ask = (q: string) =>
  send('mutation ($q: String!) { ask(input: { query: $q }) { response { id outcome } } }', { q })

/** Looks at the tables once the process has ended. */
async function look<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const opened = database ? null : await openEmbedded({ dataDir: folder })
  const client = new pg.Client({ connectionString: database?.url ?? opened!.url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
    await opened?.close()
  }
}

it('finishes what is under way, takes nothing new, leaves no job locked and ends with 0', async () => {
  await start()
  // Jobs too: each new SOP wants its vectors.
  for (let n = 0; n < 5; n++) expect((await save(`sop${n}`, 'First')).errors).toBeUndefined()
  await ask('warm')
  const tokens = Array.from({ length: 25 }, () => randomUUID())
  const underWay = tokens.map((token, n) =>
    n % 5 === 0 ? save(`sop${n / 5}`, token) : ask(`door? ${token}`),
  )
  await sleep(150)
  child!.signal('SIGTERM')
  const results = await Promise.allSettled(underWay)
  // On a slow machine some had not been let in yet: they were refused, and must have left nothing.
  const errorOf = (result: (typeof results)[number]) =>
    result.status === 'fulfilled' ? result.value.errors?.[0]?.extensions?.code : 'no connection'
  const answered = tokens.filter((_, n) => errorOf(results[n]!) === undefined)
  expect(answered.length).toBeGreaterThan(4)
  for (const result of results) expect([undefined, 'no connection', 'CO503']).toContain(errorOf(result))
  await until('it takes nothing new', () =>
    ask('too late').then(
      () => false,
      () => true,
    ),
  )
  expect(await child!.ended).toEqual({ code: 0, signal: null })
  expect(child!.output()).toMatch(/Stopping …\n$/)
  await look(async (client) => {
    const there = await client.query<{ token: string }>(
      `select right(question, 36) as token from responses where question like 'door? %' union all select change_reason from sop_versions where change_reason = any ($1)`,
      [tokens],
    )
    expect(there.rows.map(({ token }) => token).sort()).toEqual(answered.sort())
    expect(
      (await client.query('select 1 from graphile_worker._private_jobs where locked_at is not null')).rows,
    ).toEqual([])
    expect((await client.query('select 1 from app_private.worker_heartbeats')).rows).toEqual([])
  })
})

onServer('waits for a request that waits for somebody else', async () => {
  await start()
  await save('slow', 'First')
  const holder = await database!.pool.connect()
  try {
    await holder.query('begin')
    await holder.query(`select 1 from sops where section = 'slow' for update`)
    const waiting = save('slow', 'Second')
    await sleep(300)
    child!.signal('SIGTERM')
    await sleep(1000)
    await holder.query('commit')
    expect((await waiting).data.saveSop.result.id).toEqual(expect.any(Number))
    expect(await child!.ended).toEqual({ code: 0, signal: null })
  } finally {
    holder.release()
  }
})

onServer('ends at once at a second signal, and nothing is half done', async () => {
  await start()
  const holder = await database!.pool.connect()
  try {
    await holder.query('begin')
    await holder.query(`select 1 from sops where section = 'slow' for update`)
    const waiting = save('slow', 'Never').catch(() => 'broken')
    await sleep(300)
    child!.signal('SIGTERM')
    await sleep(1200)
    const at = Date.now()
    child!.signal('SIGTERM')
    expect(await child!.ended).toEqual({ code: 1, signal: null })
    expect(Date.now() - at).toBeLessThan(8000)
    expect(await waiting).toBe('broken')
    await holder.query('commit')
  } finally {
    holder.release()
  }
})
