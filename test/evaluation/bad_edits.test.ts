/** What a dry run says of edits that should not be approved, and of those that should, on the demo club. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { demoFolder, importDemo } from '../../core/content/demo.ts'
import { settle } from '../../core/content/import.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import {
  agent,
  become,
  makeTestDatabase,
  rolledBack,
  type TestDatabase,
  worker,
} from '../support/database.ts'
import { searchedOneByOne } from '../support/dry_run.ts'
import { type Edit, honestEdits, lostSteps, movedSections, wrongFigures } from './bad_edits.ts'

let database: TestDatabase
let embedder: LocalEmbedder
const texts = new Map<string, string>()
const textOf = (sop: string) => {
  if (!texts.has(sop)) texts.set(sop, readFileSync(join(demoFolder, 'sops', `${sop}.md`), 'utf8'))
  return texts.get(sop)!
}
beforeAll(async () => {
  database = await makeTestDatabase()
  embedder = new LocalEmbedder()
  const services = { pool: database.pool, embedder, providers: noProviders, log: makeLog('silent') }
  await importDemo(services)
  await settle(services)
}, 300_000)
afterAll(async () => {
  await embedder?.close()
  await database?.close()
})

interface Looked {
  /** Of the questions that were not searched again without the change: those that find something else when they are. */
  wronglySpared: string[]
  flagged: boolean
  broken: number
  golden_broken: number
  warnings: { kind: string; text: string }[]
  questions: { effect: string; question: string; before: string | null; before_answered: boolean }[]
}

/** What all questions of a dry run find without the change, each of them searched by itself. */
async function searchAll(client: pg.PoolClient, id: number) {
  await client.query(`select set_config('role', 'none', true), set_config('clubos.reason', 'Tried', true)`)
  await client.query('savepoint applied')
  const { rows } = await client.query(
    `with applied as materialized (select app_private.apply_improvement__sop_edit(q) as i from improvement_queue q where q.id = $1)
     select i as improvement from applied`,
    [id],
  )
  const { rows: asked } = await client.query(
    `select coalesce(jsonb_agg(to_jsonb(p)), '[]') as questions from app_private.preview_questions($1::improvement_queue,
       app_private.touched_targets($1::improvement_queue), case when to_regclass('app_private.search_units_embedding') is null then 66 else 200 end) p`,
    [rows[0].improvement],
  )
  await client.query('rollback to savepoint applied')
  const questions: { question: string }[] = asked[0].questions
  const found = await searchedOneByOne(client, questions)
  return questions.map(({ question }, index) => ({ question, ...found[index]! }))
}

/** The dry run of a proposal with this text, as the analyst would have made it; nothing of it stays. */
async function dryRun(sop: string, content: string, edit: Partial<Edit> = {}): Promise<Looked> {
  const services = { pool: database.pool, embedder, providers: noProviders, log: makeLog('silent') }
  const [category, section] = sop.split('/')
  // Vectors are drafted before, as for every proposal.
  const { rows: drafted } = await database.pool.query(
    'select m.embedding_text from app_private.missing_vectors($1, $2, $3) m',
    [category, section, content],
  )
  const missing = [...drafted.map((row) => row.embedding_text), ...(edit.asked ? [edit.asked] : [])]
  const vectors = await services.embedder.embed(missing)
  await database.pool.query('select app_private.store_vectors($1, $2::vector[], $3)', [
    missing,
    vectors.map((vector) => `[${[...vector].concat(Array(1536 - vector.length).fill(0)).join(',')}]`),
    services.embedder.model,
  ])
  let result: Looked | undefined
  await rolledBack(database.pool, worker, async (client) => {
    const failures: number[] = []
    if (edit.asked) {
      await client.query(`select set_config('role', 'none', true)`)
      const { rows } = await client.query(
        `insert into failed_responses (query, response, feedback_type, user_correction, expected_sop_id)
         select $1, 'No.', 'wrong', $2, s.id from sops s where s.category = $3 and s.section = $4 returning id`,
        [edit.asked, edit.correction ?? null, category, section],
      )
      failures.push(rows[0].id)
      await become(client, worker)
    }
    const { rows } = await client.query(
      `select p.id from sops s, propose_improvement('sop_edit', jsonb_build_object('sop_id', s.id, 'new_content', $3::text, 'reasoning', 'As asked'), $4) p
        where s.category = $1 and s.section = $2`,
      [category, section, content, failures],
    )
    await become(client, agent)
    const { rows: looked } = await client.query('select preview_improvement($1) as result', [rows[0].id])
    const looking = looked[0].result as Looked
    const all = await searchAll(client, rows[0].id)
    const wronglySpared = all
      .filter(({ question, target, answered }) => {
        const one = looking.questions.find((asked) => asked.question === question)
        return one !== undefined && (one.before !== target || one.before_answered !== answered)
      })
      .map(({ question }) => question)
    expect(looking.questions.length).toBe(all.length)
    result = { ...looking, wronglySpared }
  })
  return result!
}

function edited(edit: Edit): string {
  const text = textOf(edit.sop)
  if (text.split(edit.from).length !== 2) throw new Error(`"${edit.from}" stands not once in ${edit.sop}`)
  return text.replace(edit.from, edit.to)
}
/** A section with its heading and what stands under it. */
const sectionOf = (sop: string, heading: string) =>
  new RegExp(`^${heading}\\n(?:(?!## ).*\\n?)*`, 'm').exec(textOf(sop))![0]

const report = (name: string, result: Looked) =>
  `${result.flagged ? 'flagged' : 'passed '}  ${name}  (broken ${result.broken}, golden ${result.golden_broken}; ${result.warnings.map((w) => `${w.kind} ${w.text.slice(0, 30)}`).join('; ')})`

describe('a dry run', () => {
  const seen: { kind: string; name: string; result: Looked }[] = []
  const look = async (kind: string, name: string, sop: string, content: string, edit?: Partial<Edit>) =>
    seen.push({ kind, name, result: await dryRun(sop, content, edit) })

  beforeAll(async () => {
    for (const edit of wrongFigures) await look('figure', edit.name, edit.sop, edited(edit), edit)
    for (const edit of lostSteps) await look('step', edit.name, edit.sop, edited(edit), edit)
    for (const [index, move] of movedSections.entries()) {
      const section = sectionOf(move.sop, move.from)
      // Of a move, what one proposal shows of it: the SOP that loses the section, or the one that gets it.
      if (index % 2 === 0) await look('cut', move.name, move.sop, textOf(move.sop).replace(section, ''))
      else await look('put', move.name, move.into!, `${textOf(move.into!).trimEnd()}\n\n${section}`)
    }
    for (const edit of honestEdits) await look('honest', edit.name, edit.sop, edited(edit), edit)
    console.info(seen.map(({ name, result }) => report(name, result)).join('\n'))
  }, 300_000)

  it('flags at least nine of ten edits that should not be approved', () => {
    const bad = seen.filter(({ kind }) => kind !== 'honest')
    expect(bad).toHaveLength(30)
    const missed = bad.filter(({ result }) => !result.flagged).map(({ name }) => name)
    expect(missed.length).toBeLessThanOrEqual(3)
  })

  it('lets those pass that should be', () => {
    const flagged = seen
      .filter(({ kind, result }) => kind === 'honest' && result.flagged)
      .map(({ name, result }) => report(name, result))
    expect(flagged.length).toBeLessThanOrEqual(2)
  })

  it('searches again whatever the change could matter to', () => {
    expect(seen.reduce((sum, { result }) => sum + result.questions.length, 0)).toBeGreaterThan(1000)
    expect(
      seen.flatMap(({ name, result }) => result.wronglySpared.map((question) => [name, question])),
    ).toEqual([])
  })

  it('says what is wrong with them', () => {
    for (const { kind, result } of seen) {
      const kinds = result.warnings.map((warning) => warning.kind)
      if (kind === 'figure') expect(kinds).toContain('new_figure')
      if (kind === 'step' || kind === 'cut') expect(kinds).toContain('lost_line')
      if (kind === 'put') expect(kinds).toContain('repeats')
    }
  })
})
