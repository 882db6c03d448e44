import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { ask } from '../../core/answering/ask.ts'
import { readConfig } from '../../core/config.ts'
import { settle } from '../../core/content/import.ts'
import { type Claims, withClaims } from '../../core/database/index.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { type SupervisedWorker, startWorker } from '../../worker/index.ts'
import { admin, agent, makeTestDatabase, reviewer, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let embedder: LocalEmbedder
let worker: SupervisedWorker | null = null
beforeAll(async () => {
  database = await makeTestDatabase()
  embedder = new LocalEmbedder()
})
afterAll(async () => {
  await worker?.stop()
  await embedder?.close()
  await database?.close()
})

const services = () => ({
  config: readConfig({}),
  pool: database.pool,
  embedder,
  providers: noProviders,
  log: makeLog('silent'),
})
const as = async <T extends object>(claims: Claims, sql: string, values: unknown[] = []): Promise<T[]> =>
  withClaims(database.pool, claims, async (client) => (await client.query(sql, values)).rows as T[])
const read = async <T extends object>(sql: string, values: unknown[] = []) =>
  (await database.pool.query(sql, values)).rows as T[]

async function start() {
  worker = await startWorker(services(), database.url)
}
async function stop() {
  await worker?.stop()
  worker = null
}
beforeEach(start)
afterEach(stop)

/** Until nothing waits to be done, but what failed and waits for its next try. */
async function jobsDone(seconds = 20) {
  for (const end = Date.now() + seconds * 1000; ; await sleep(50)) {
    const rows = await read<{ n: number }>(
      'select count(*)::int as n from graphile_worker.jobs where run_at <= now() and attempts < max_attempts',
    )
    if (rows[0]!.n === 0) return
    if (Date.now() > end) throw new Error('The jobs are not done in time.')
  }
}
const analyse = async () => {
  await as(agent, 'select request_analysis()')
  await jobsDone()
}
const save = async (category: string, section: string, content: string) => {
  const rows = await as<{ id: number }>(admin, `select id from save_sop($1, $2, $3, 'For the test')`, [
    category,
    section,
    content,
  ])
  return rows[0]!.id
}
/** A question that a customer asked, and what was said of its answer. */
async function fail(
  query: string,
  said: { correction?: string; sop?: number; category?: string; topic?: string } = {},
) {
  const { id } = await ask(services(), { visitorId: undefined, actor: 'test' }, { query })
  await as(agent, `select mark_unhelpful($1, 'wrong', $2, $3, $4, $5)`, [
    id,
    said.correction ?? null,
    said.sop ?? null,
    said.category ?? null,
    said.topic ?? null,
  ])
}
interface Proposal {
  id: number
  kind: string
  status: string
  impact: number
  suggested_sop_update: {
    sop_id?: number
    category: string
    new_content: string
    entries: { question: string; answer: string }[]
    reasoning: string
  }
  dry_run: { fixed: number; broken: number } | null
}
// History is not deleted, in tests neither: each case looks at what came after it began.
let before = { proposal: 0, pattern: 0, failure: 0 }
const proposals = () =>
  read<Proposal>('select * from improvement_queue where id > $1 order by id', [before.proposal])
const patterns = () =>
  read('select size, sop_id, status from failure_patterns where id > $1 order by id', [before.pattern])

describe('a saved SOP', () => {
  it('is found by its words at once, and gets its vectors from the job', async () => {
    await stop()
    const id = await save(
      'booking',
      'extend',
      '# Extend a session\n\n## Steps\n\n1. Press Extend on the tablet.\n',
    )
    const missing =
      'select count(*)::int as n from app_private.search_units where sop_id = $1 and embedding is null'
    expect((await read<{ n: number }>(missing, [id]))[0]!.n).toBeGreaterThan(0)
    const found = await as<{ topic: string }>(
      agent,
      `select topic from search_knowledge('extend my session')`,
    )
    expect(found[0]!.topic).toBe('extend')
    await start()
    await jobsDone()
    expect((await read<{ n: number }>(missing, [id]))[0]!.n).toBe(0)
  })

  it('gets them later, where the model fails at first', async () => {
    const embed = embedder.embed
    embedder.embed = () => Promise.reject(new Error('out of memory'))
    try {
      await save('booking', 'guests', '# Bring guests\n\n## Steps\n\n1. Three guests at most.\n')
      await jobsDone()
      const jobs = await read<{ last_error: string; attempts: number }>(
        `select last_error, attempts from graphile_worker.jobs where task_identifier = 'search_units__embed' and last_error is not null`,
      )
      expect(jobs).toEqual([{ last_error: expect.stringContaining('out of memory'), attempts: 1 }])
    } finally {
      embedder.embed = embed
    }
    // Its next try comes in some seconds; we do not wait for it.
    await database.pool.query(
      `select graphile_worker.reschedule_jobs(array_agg(id), run_at => now()) from graphile_worker.jobs`,
    )
    await jobsDone()
    expect(await read('select 1 from app_private.search_units where embedding is null')).toEqual([])
  })
})

describe('failures', () => {
  beforeEach(async () => {
    const rows = await read<typeof before>(
      `select (select coalesce(max(id), 0) from improvement_queue) as proposal, (select coalesce(max(id), 0) from failure_patterns) as pattern,
              (select coalesce(max(id), 0) from failed_responses) as failure`,
    )
    before = rows[0]!
  })

  it('become a proposal with the customers’ words and the correction, dry-run and with its vectors ready', async () => {
    const sop = await save(
      'access',
      'door_code',
      '# Door code does nothing\n\n## Steps\n\n1. Press the hash key after the code.\n',
    )
    await jobsDone()
    await fail('the thing at the entrance blinks red at me', { sop })
    await fail('little box beside the entrance shows red light, my mail is bob@example.com', {
      sop,
      correction: 'The code works from 10 minutes before the booking.',
    })
    await analyse()

    expect(await patterns()).toEqual([{ size: 2, sop_id: sop, status: 'proposed' }])
    const [proposal, ...others] = await proposals()
    expect(others).toEqual([])
    expect(proposal).toMatchObject({ kind: 'sop_edit', status: 'pending', dry_run: { broken: 0 } })
    const { new_content } = proposal!.suggested_sop_update
    expect(new_content).toMatch(
      /^# Door code does nothing\n\n## Steps\n\n1\. Press the hash key after the code\.\n/,
    )
    expect(new_content).toMatch(
      /\n## Customers also say\n\n(- .*\n)*- the thing at the entrance blinks red at me\n/,
    )
    expect(new_content).toMatch(
      /\n## Good to know\n\n- The code works from 10 minutes before the booking\.\n/,
    )
    expect(new_content).not.toContain('bob@example.com')

    await as(reviewer, 'select approve_improvement($1)', [proposal!.id])
    expect(await read('select 1 from app_private.search_units where embedding is null')).toEqual([])
    const answer = await ask(
      services(),
      { actor: 'test' },
      { query: 'the thing at the entrance blinks red at me' },
    )
    expect(answer.sources[0]).toMatchObject({ topic: 'door_code', version: 2, cited: true })
    expect(await patterns()).toMatchObject([{ status: 'resolved' }])
  })

  it('become entries of the topic that staff named', async () => {
    await as(
      admin,
      `select save_knowledge('brand', 'dogs', 'May I bring my dog?', 'Assistance dogs only.', 'Rule')`,
    )
    await jobsDone()
    await fail('is my poodle welcome', { category: 'brand', topic: 'dogs' })
    await analyse()
    const [proposal] = await proposals()
    expect(proposal).toMatchObject({ kind: 'knowledge_entry', status: 'pending' })
    expect(proposal!.suggested_sop_update).toMatchObject({
      category: 'brand',
      topic: 'dogs',
      entries: [{ question: 'is my poodle welcome', answer: 'Assistance dogs only.' }],
    })
  })

  it('become a new SOP where a correction fits none', async () => {
    await fail('do you organise birthday fireworks', {
      correction: 'Fireworks are forbidden on the whole site by the fire department.',
    })
    await analyse()
    const [proposal] = await proposals()
    expect(proposal).toMatchObject({ kind: 'sop_new', status: 'pending' })
    expect(proposal!.suggested_sop_update.new_content).toContain(
      '1. Fireworks are forbidden on the whole site by the fire department.',
    )
    expect(proposal!.suggested_sop_update.new_content).toContain('- do you organise birthday fireworks')
  })

  it('become a pattern but no proposal, where nobody said what is right', async () => {
    await fail('zorbing on the moon with grandma')
    await analyse()
    expect(await patterns()).toEqual([{ size: 1, sop_id: null, status: 'open' }])
    expect(await proposals()).toEqual([])
    expect(await read('select 1 from failed_responses where not analyzed')).toEqual([])
  })

  it('are not analysed again, however often the job runs', async () => {
    const sop = await save('billing', 'receipt', '# Receipt\n\n## Steps\n\n1. Open My payments.\n')
    await jobsDone()
    await fail('i need the paper for my tax office', { sop })
    await analyse()
    const first = await proposals()
    expect(first).toHaveLength(1)
    for (let i = 0; i < 3; i++) await analyse()
    await database.pool.query('update failed_responses set analyzed = false where id > $1', [before.failure])
    await analyse()
    expect((await proposals()).map(({ id, status }) => ({ id, status }))).toEqual([
      { id: first[0]!.id, status: 'pending' },
    ])
  })

  it('do not bring a rejected proposal back', async () => {
    const sop = await save('billing', 'voucher', '# Voucher\n\n## Steps\n\n1. Type it at the end.\n')
    await jobsDone()
    await fail('auntie gave me a paper coupon', { sop })
    await analyse()
    const [proposal] = await proposals()
    await as(reviewer, `select reject_improvement($1, 'Coupons are not ours')`, [proposal!.id])
    await fail('auntie gave me a paper coupon', { sop })
    await analyse()
    expect((await proposals()).map(({ id, status }) => ({ id, status }))).toEqual([
      { id: proposal!.id, status: 'rejected' },
    ])
    expect(await patterns()).toEqual([{ size: 2, sop_id: sop, status: 'dismissed' }])
  })

  it('that were withdrawn are left alone', async () => {
    const sop = await save('billing', 'invoice', '# Invoice\n\n## Steps\n\n1. Write to us.\n')
    const { id } = await ask(services(), { actor: 'test' }, { query: 'company bill please' })
    await as(agent, `select mark_unhelpful($1, 'wrong', null, $2)`, [id, sop])
    await as(agent, 'select mark_helpful($1)', [id])
    await analyse()
    expect(await proposals()).toEqual([])
  })
})

describe('the worker', () => {
  it('refreshes the statistics of the search space', async () => {
    await settle(services())
    await save('general', 'zebra', '# Zebra\n\nZebras are not allowed.\n')
    await database.pool.query(`select graphile_worker.add_job('search_statistics__refresh')`)
    await jobsDone()
    expect(await read(`select 1 from app_private.lexeme_frequencies where lexeme = 'zebra'`)).toHaveLength(1)
  })

  it('finishes what it has begun when it is stopped, and leaves nothing locked', async () => {
    const embed = embedder.embed.bind(embedder)
    let begun = () => {}
    const started = new Promise<void>((resolve) => {
      begun = resolve
    })
    embedder.embed = async (texts) => {
      begun()
      await sleep(500)
      return embed(texts)
    }
    try {
      await save('booking', 'late', '# Late arrival\n\n## Steps\n\n1. Come anyway.\n')
      await started
      await stop()
    } finally {
      embedder.embed = embed
    }
    expect(await read('select 1 from graphile_worker._private_jobs where locked_at is not null')).toEqual([])
    expect(
      await read(
        `select 1 from app_private.search_units u join sops s on s.id = u.sop_id where s.section = 'late' and u.embedding is null`,
      ),
    ).toEqual([])
    // What comes now waits for the next one.
    await save('booking', 'early', '# Early arrival\n\n## Steps\n\n1. Wait.\n')
    await sleep(300)
    expect(
      await read(`select 1 from graphile_worker.jobs where task_identifier = 'search_units__embed'`),
    ).toHaveLength(1)
    await start()
    await jobsDone()
    expect(await read('select 1 from app_private.search_units where embedding is null')).toEqual([])
  })
})
