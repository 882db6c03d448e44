/** What row level security costs: each query under its policy, and as the owner with the condition written out. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { claimSettings } from '../core/database/index.ts'
import type { BenchOptions } from './index.ts'
import { asOwner, asRole, policyQueries } from './policies_queries.ts'
import { quantile, withScratch } from './scratch.ts'

interface Plan {
  'Node Type': string
  'Index Name'?: string
  'Relation Name'?: string
  Plans?: Plan[]
}

/** At most so many, and for some seconds: a query that returns thousands of rows needs fewer. */
const pairs = 1000
const explained = 25

/** One execution: milliseconds of planning and running, pages, and the plan's shape. */
async function explain(client: pg.PoolClient, sql: string) {
  const { rows } = await client.query(`explain (analyze, buffers, timing off, format json) ${sql}`)
  const [top] = rows[0]['QUERY PLAN'] as [
    { Plan: Plan & Record<string, number>; 'Execution Time': number; 'Planning Time': number },
  ]
  return {
    run: top['Execution Time'],
    plan: top['Planning Time'],
    pages: (top.Plan['Shared Hit Blocks'] ?? 0) + (top.Plan['Shared Read Blocks'] ?? 0),
    shape: shape(top.Plan),
  }
}

const shape = (plan: Plan): string =>
  [plan['Node Type'], plan['Index Name'] ?? plan['Relation Name']].filter(Boolean).join(' ') +
  (plan.Plans ? ` (${plan.Plans.map(shape).join(', ')})` : '')

export default (options: BenchOptions) =>
  withScratch(3, async (pool) => {
    options.print('Filling 100,000 rows a table …')
    await fill(pool)
    // Two sessions that take turns, statement by statement: whatever else the machine does hits both alike.
    const sessions = { none: await pool.connect(), policy: await pool.connect() }
    const kinds = ['none', 'policy'] as const
    const results = []
    options.print(
      `Statement: as the client sees it. Executor: EXPLAIN ANALYZE. The 20th percentile of up to ${pairs} and of ${explained} runs, in ms.\n${'query'.padEnd(28)} ${'none'.padStart(8)} ${'policy'.padStart(8)} ${'cost'.padStart(6)}  ${'executor'.padStart(8)} ${'policy'.padStart(8)}  pages`,
    )
    for (const query of policyQueries.filter(({ name }) => name.includes(options.only ?? ''))) {
      const sql = { none: asOwner(query), policy: asRole(query) }
      for (const kind of kinds) await sessions[kind].query('begin')
      for (const [name, value] of Object.entries(claimSettings(query.claims)))
        await sessions.policy.query('select set_config($1, $2, true)', [name, value])
      const rows = { none: 0, policy: 0 }
      const statement = { none: [] as number[], policy: [] as number[] }
      const executor = { none: [] as number[], policy: [] as number[] }
      const last: Record<string, { pages: number; shape: string }> = {}
      const end = performance.now() + 6000
      for (let pair = -10; pair < pairs && (pair < 15 || performance.now() < end); pair++)
        for (const kind of pair % 2 ? kinds : kinds.toReversed()) {
          const begun = performance.now()
          // Prepared, as the API's statements are: planned a few times, then the plan is kept.
          const prepared = { name: `${kind} ${query.name}`, text: sql[kind] }
          rows[kind] = (await sessions[kind].query(prepared)).rowCount!
          if (pair >= 0) statement[kind].push(performance.now() - begun)
        }
      for (let run = 0; run < explained; run++)
        for (const kind of kinds) {
          const found = await explain(sessions[kind], sql[kind])
          executor[kind].push(found.run)
          last[kind] = found
        }
      for (const kind of kinds) await sessions[kind].query('rollback')
      if (rows.none !== rows.policy || rows.none === 0)
        throw new Error(`${query.name}: ${rows.none} rows without, ${rows.policy} with the policy.`)
      // The quickest fifth: what else the machine does only ever adds.
      const usual = (numbers: number[]) => quantile(numbers, 0.2)
      const result = {
        query: query.name,
        rows: rows.none,
        none_ms: usual(statement.none),
        policy_ms: usual(statement.policy),
        cost_percent: (usual(statement.policy) / usual(statement.none) - 1) * 100,
        none_executor_ms: usual(executor.none),
        policy_executor_ms: usual(executor.policy),
        none_pages: last.none!.pages,
        policy_pages: last.policy!.pages,
        none_plan: last.none!.shape,
        policy_plan: last.policy!.shape,
      }
      results.push(result)
      options.print(
        `${query.name.padEnd(28)} ${result.none_ms.toFixed(3).padStart(8)} ${result.policy_ms.toFixed(3).padStart(8)} ${`${result.cost_percent.toFixed(0)} %`.padStart(6)}  ${result.none_executor_ms.toFixed(3).padStart(8)} ${result.policy_executor_ms.toFixed(3).padStart(8)}  ${result.none_pages}/${result.policy_pages}`,
      )
      if (result.none_plan !== result.policy_plan)
        options.print(`    without: ${result.none_plan}\n    policy:  ${result.policy_plan}`)
    }
    for (const kind of kinds) sessions[kind].release()
    const worst = results.toSorted((a, b) => b.cost_percent - a.cost_percent)[0]
    if (worst)
      options.print(
        `The dearest policy costs ${worst.cost_percent.toFixed(0)} % (${worst.query}); 20 % is the most that it may.`,
      )
    return { results }
  })

async function fill(pool: pg.Pool) {
  const client = await pool.connect()
  for (const statement of readFileSync(join(import.meta.dirname, 'policies_data.sql'), 'utf8').split(/;\n/))
    if (statement.trim() !== '') await client.query(statement)
  client.release()
}
