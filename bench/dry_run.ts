/**
 * Dry runs against what happens: half of a set's questions are asked, rated and learned from; the others are held back
 * and asked before and after each approval. On the demo club, and on STAR where ../shared/data is there.
 *   fixes, breaks   of the proposals that a dry run says fix (break) something, how many do, to questions held back
 *   order           the share of what approving all of them gains that the first half by impact gains, the first half
 *                   by age, and the best half: of those that gain most by themselves
 *   time            of a dry run of 200 questions, at some 10,000 search units: of the first, and of one within ten minutes
 * BENCH_QUESTIONS (400): how many questions of a set, at most.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import type { App } from '../core/app.ts'
import { readConfig } from '../core/config.ts'
import { demoFolder, importDemo } from '../core/content/demo.ts'
import { settle } from '../core/content/import.ts'
import { type Claims, toVector, withClaims } from '../core/database/index.ts'
import { projectFolder } from '../core/database/migrate.ts'
import { openScratch } from '../core/database/scratch.ts'
import { loadSet, type Question, rate } from '../core/evaluation/index.ts'
import { analyse } from '../core/learning/analyse.ts'
import { makeLog } from '../core/log.ts'
import { migrateToCurrent } from '../test/support/template.ts'
import type { BenchOptions } from './index.ts'
import { quantile } from './scratch.ts'

const most = Number(process.env.BENCH_QUESTIONS ?? 400)
const reviewer: Claims = { role: 'reviewer', actor: 'bench' }
const star = join(projectFolder, '..', 'shared', 'data', 'star')

/** The same order each time (mulberry32). */
function shuffled<T>(items: T[]): T[] {
  let state = 7
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}

interface Held {
  asked: string
  /** Targets of a search, any of which is right. */
  right: string[]
}
interface Predicted {
  id: number
  fixed: number
  /** Those fixed, and good ones, that are answered rightly as new: what others may ask. */
  for_others: number
  broken: number
}

async function nameTargets(pool: pg.Pool, questions: Question[]): Promise<Held[]> {
  const { rows } = await pool.query<{ name: string; target: string }>(
    `select category || '/' || section as name, 'sop:' || id as target from app_public.sops
     union select category || '/' || topic, app_hidden.target_of(sop_id, category, topic) from app_public.knowledge_base`,
  )
  return questions.map((question) => ({
    asked: question.query,
    right: rows.filter((row) => question.right.includes(row.name)).map((row) => row.target),
  }))
}

/** Which of the questions are answered, and rightly, at this moment. */
async function answeredRightly(client: pg.PoolClient, held: Held[]): Promise<boolean[]> {
  const { rows } = await client.query<{ found: { target: string | null; answered: boolean }[] }>(
    'select app_private.run_preview($1) as found',
    [JSON.stringify(held.map(({ asked }) => ({ question: asked })))],
  )
  return rows[0]!.found.map(
    (found, index) => found.answered && found.target !== null && held[index]!.right.includes(found.target),
  )
}
const count = (found: boolean[]) => found.filter(Boolean).length

/** As the owner, who may call what is not for people, with a name for the audit log. */
async function asOwner<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return withClaims(pool, reviewer, async (client) => {
    await client.query(`select set_config('role', 'none', true)`)
    return work(client)
  })
}

/** Approves what can be; a conflict with one approved before is left out. */
async function approve(client: pg.PoolClient, id: number): Promise<boolean> {
  await client.query('savepoint approving')
  try {
    await client.query(`select set_config('role', 'reviewer', true)`)
    await client.query('select app_public.approve_improvement($1)', [id])
    await client.query(`select set_config('role', 'none', true)`)
    return true
  } catch (error) {
    await client.query('rollback to savepoint approving')
    if ((error as { code?: string }).code !== 'CO102') throw error
    return false
  }
}

class RollBack extends Error {}

/** By how many more of them are answered rightly with these approved; before: how many are without. */
async function gainOf(pool: pg.Pool, held: Held[], before: number, ids: number[]): Promise<number> {
  let gain = 0
  await asOwner(pool, async (client) => {
    for (const id of ids) await approve(client, id)
    gain = count(await answeredRightly(client, held)) - before
    throw new RollBack()
  }).catch((error) => {
    if (!(error instanceof RollBack)) throw error
  })
  return gain
}

const ratio = (part: number, whole: number) => (whole === 0 ? null : Math.round((part / whole) * 1000) / 1000)

async function againstReality(name: string, folder: string, options: BenchOptions) {
  const log = makeLog('error')
  const app = await openScratch(readConfig(), log)
  try {
    await migrateToCurrent(app.database.url)
    if (folder === demoFolder) await importDemo(app)
    const set = await loadSet(app, folder, () => {})
    const labelled = shuffled(
      [...set.queries, ...set.feedback].filter((question) => question.right.length > 0 && !question.site),
    ).slice(0, most)
    const learned = labelled.filter((_, index) => index % 2 === 0)
    const held = await nameTargets(
      app.pool,
      labelled.filter((_, index) => index % 2 === 1),
    )
    for (let i = 0; i < held.length; i += 64) {
      const texts = held.slice(i, i + 64).map(({ asked }) => asked)
      const vectors = await app.embedder.wanted.embed(texts)
      await app.pool.query('select app_private.store_vectors($1, $2::vector[], $3)', [
        texts,
        vectors.map(toVector),
        app.embedder.wanted.model,
      ])
    }
    const total = { asked: 0, helpful: 0, failed: 0 }
    await rate(app, learned, total)
    // As the worker does each minute.
    await settle(app)
    await analyse(app, { most: 100_000 })
    await settle(app)
    const { rows: waiting } = await app.pool.query<{ id: number }>(
      `select id from app_public.improvement_queue where status = 'pending' order by impact desc, id`,
    )
    const byImpact = waiting.map(({ id }) => id)
    const byAge = byImpact.toSorted((a, b) => a - b)
    const half = Math.ceil(byImpact.length / 2)
    const before = count(await asOwner(app.pool, (client) => answeredRightly(client, held)))
    // What each gains by itself: who knew that would begin with the best.
    const own = new Map<number, number>()
    for (const id of byAge) own.set(id, await gainOf(app.pool, held, before, [id]))
    const best = byAge.toSorted((a, b) => own.get(b)! - own.get(a)!)
    const all = await gainOf(app.pool, held, before, byImpact)
    const first = await gainOf(app.pool, held, before, byImpact.slice(0, half))
    const oldest = await gainOf(app.pool, held, before, byAge.slice(0, half))
    const bestHalf = await gainOf(app.pool, held, before, best.slice(0, half))

    // After each approval, a part of them: all would take an hour.
    const asked = held.slice(0, 120)
    const seen: { predicted: Predicted; fixes: number; breaks: number }[] = []
    const times: number[] = []
    let now = await asOwner(app.pool, (client) => answeredRightly(client, asked))
    for (const id of byImpact)
      await asOwner(app.pool, async (client) => {
        const { rows } = await client.query<{
          dry: Predicted & {
            fixed_for_others: number
            good_fixed: number
            golden_broken: number
            ms: number
            conflict?: string
          }
        }>('select app_public.preview_improvement($1) as dry', [id])
        const { dry } = rows[0]!
        if (dry.conflict !== undefined || !(await approve(client, id))) return
        times.push(dry.ms)
        const then = await answeredRightly(client, asked)
        seen.push({
          predicted: {
            id,
            fixed: dry.fixed,
            for_others: dry.fixed_for_others + dry.good_fixed,
            broken: dry.broken + dry.golden_broken,
          },
          fixes: then.filter((right, index) => right && !now[index]).length,
          breaks: then.filter((right, index) => !right && now[index]).length,
        })
        now = then
      })
    const judge = (says: (one: Predicted) => number, does: 'fixes' | 'breaks') => {
      const said = seen.filter(({ predicted }) => says(predicted) > 0)
      const done = seen.filter((one) => one[does] > 0)
      const both = said.filter((one) => one[does] > 0)
      return {
        predicted: said.length,
        happened: done.length,
        precision: ratio(both.length, said.length),
        recall: ratio(both.length, done.length),
      }
    }
    const result = {
      learned: learned.length,
      held: held.length,
      failed: total.failed,
      proposals: byImpact.length,
      right_before: before,
      right_after: count(await asOwner(app.pool, (client) => answeredRightly(client, held))),
      asked_after_each: asked.length,
      fixes: judge((one) => one.fixed, 'fixes'),
      fixes_for_others: judge((one) => one.for_others, 'fixes'),
      breaks: judge((one) => one.broken, 'breaks'),
      order: {
        gain: all,
        first_half: first,
        first_half_share: ratio(first, all),
        oldest_half_share: ratio(oldest, all),
        best_half_share: ratio(bestHalf, all),
        first_half_of_best: ratio(first, bestHalf),
      },
      dry_run_ms: { p50: quantile(times, 0.5), p95: quantile(times, 0.95) },
    }
    options.print(`${name}: ${JSON.stringify(result, null, 2)}`)
    return result
  } finally {
    await app.close()
  }
}

/**
 * 10,000 entries in 100 topics, a proposal with 80 failures behind it, 60 golden questions. Words as a language has them,
 * few of them often; vectors in clusters of two topics, so that what lies nearest to the one is partly of the other. They are
 * written before the entries, which take theirs from the cache.
 */
async function fillTenThousand(app: App): Promise<void> {
  await asOwner(app.pool, async (client) => {
    await client.query(`select set_config('clubos.reason', 'Measured', true)`)
    await client.query(
      `create function pg_temp.near(topic integer, n bigint) returns vector language sql as $$
         select l2_normalize(array_agg(case when d <= 512 then sin(topic * 97.0 * d) + 0.6 * sin(n * 31.0 * d) else 0 end order by d)::vector) from generate_series(1, 1536) d $$`,
    )
    await client.query(
      `create temporary table entries on commit drop as
       select i, i % 100 as t,
              (select string_agg('w' || floor(exp(random() * ln(5000)))::int, ' ') from generate_series(1, 8 + i * 0)) || ' t' || i % 100 || 'x ' || i as question
         from generate_series(1, 10000) i`,
    )
    await client.query(
      `insert into app_private.embedding_cache (content_hash, model, embedding)
       select app_hidden.embedding_hash(q.question), s.embedding_model, pg_temp.near(q.t / 2, q.n)
         from (select e.question, e.t, e.i as n from entries e
               union all
               -- Those that fail: of the last of a topic, in other words.
               (select e.question || ' why', e.t, 20000 + e.i from entries e where e.t = 7 order by e.i desc limit 80)
               -- Of what is proposed vectors are drafted.
               union all select 'w1 w2 t7x', 7, 30000) q, app_public.club_settings s on conflict do nothing`,
    )
    await client.query(
      `insert into app_public.knowledge_base (category, topic, question, answer)
       select 'category ' || t % 10, 'topic ' || t, question, 'Answer ' || i from entries order by i`,
    )
  })
  await settle(app)
  await asOwner(app.pool, async (client) => {
    await client.query(`select set_config('clubos.reason', 'Measured', true)`)
    await client.query(
      `insert into app_public.golden_questions (question, expected_category, expected_topic, created_by, updated_by)
       select question, category, topic, 'bench', 'bench' from app_public.knowledge_base order by id limit 60`,
    )
    await client.query(
      `with f as (insert into app_public.failed_responses (query, response, feedback_type, expected_category, expected_topic)
         select question || ' why', 'No', 'wrong', category, topic from app_public.knowledge_base where topic = 'topic 7' order by id desc limit 80 returning id)
       select app_public.propose_improvement('knowledge_entry', jsonb_build_object('category', 'category 7', 'topic', 'topic 7', 'reasoning', 'Measured',
         'entries', jsonb_build_array(jsonb_build_object('question', 'w1 w2 t7x', 'answer', 'So'))), array(select id from f))`,
    )
  })
}

async function time(options: BenchOptions) {
  const app = await openScratch(readConfig(), makeLog('error'))
  try {
    await migrateToCurrent(app.database.url)
    await fillTenThousand(app)
    // As autovacuum does within a minute: without it no plan is for so many.
    await app.pool.query('analyze')
    const { rows: units } = await app.pool.query<{ n: number }>(
      'select count(*)::int as n from app_private.search_units',
    )
    const times = { first: [] as number[], next: [] as number[] }
    let asked = 0
    for (let run = -1; run < 12; run++)
      await asOwner(app.pool, async (client) => {
        // Of every other nothing is known; the one after it finds what that kept.
        const kind = run % 2 === 0 ? 'first' : 'next'
        if (kind === 'first') await client.query('delete from app_private.dry_run_rankings')
        const { rows } = await client.query<{ dry: { ms: number; questions: object[] } }>(
          'select app_public.preview_improvement(q.id) as dry from app_public.improvement_queue q',
        )
        asked = rows[0]!.dry.questions.length
        if (run >= 0) times[kind].push(rows[0]!.dry.ms)
      })
    const of = (kind: 'first' | 'next') => ({
      p50: quantile(times[kind], 0.5),
      worst: Math.max(...times[kind]),
    })
    const result = { units: units[0]!.n, questions: asked, first: of('first'), next: of('next') }
    options.print(`time: ${JSON.stringify(result)} (ms)`)
    return result
  } finally {
    await app.close()
  }
}

export default async (options: BenchOptions) => {
  const wanted = (name: string) => !options.only || name.includes(options.only)
  return {
    ...(wanted('time') ? { time: await time(options) } : {}),
    ...(wanted('demo') ? { demo: await againstReality('demo', demoFolder, options) } : {}),
    ...(wanted('star') && existsSync(star) ? { star: await againstReality('star', star, options) } : {}),
  }
}
