/** The 25 questions of docs/questions.md as an agent asks them, on 100,000 answers and 10,000 failures: time, and what their plans read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { withClaims } from '../core/database/index.ts'
import { readQuestions } from '../core/questions.ts'
import type { BenchOptions } from './index.ts'
import { quantile, withScratch } from './scratch.ts'

/** Tables that no question may read from end to end. */
const large = [
  'responses',
  'response_sources',
  'failed_responses',
  'messages',
  'tickets',
  'audit_log',
  'llm_calls',
]
const limit = 50
const runs = 11

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  Plans?: Plan[]
}

/** What a plan reads from end to end. */
const sequential = (plan: Plan): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' && plan['Relation Name'] ? [plan['Relation Name']] : []),
  ...(plan.Plans ?? []).flatMap(sequential),
]

/** Sequential scans of this transaction, those inside of functions too. */
async function scans(client: pg.PoolClient): Promise<Map<string, number>> {
  const { rows } = await client.query<{ relname: string; seq_scan: string }>(
    `select relname, seq_scan from pg_stat_xact_user_tables where schemaname like 'app\\_%'`,
  )
  return new Map(rows.map((row) => [row.relname, Number(row.seq_scan)]))
}

export default (options: BenchOptions) =>
  withScratch(2, async (pool) => {
    const begun = performance.now()
    await pool.query(readFileSync(join(import.meta.dirname, 'questions_data.sql'), 'utf8'))
    await pool.query('vacuum analyze')
    const { rows: sizes } = await pool.query(
      `select ${large.map((table) => `(select count(*)::int from app_public.${table}) as ${table}`).join(', ')}`,
    )
    options.print(`${JSON.stringify(sizes[0])}, made in ${Math.round((performance.now() - begun) / 1000)} s`)
    const results = []
    for (const { number, question, sql } of readQuestions()) {
      if (options.only && !`${number} ${question}`.includes(options.only)) continue
      const times: number[] = []
      const found = await withClaims(pool, { role: 'agent', actor: 'bench' }, async (client) => {
        const { rows: plans } = await client.query(`explain (format json) ${sql}`)
        const before = await scans(client)
        let rows = 0
        for (let run = 0; run < runs; run++) {
          const started = performance.now()
          rows = (await client.query(sql)).rows.length
          times.push(performance.now() - started)
        }
        const after = await scans(client)
        return {
          rows,
          plan: [...new Set(sequential(plans[0]['QUERY PLAN'][0].Plan))].filter((table) =>
            large.includes(table),
          ),
          inside: large.filter((table) => (after.get(table) ?? 0) > (before.get(table) ?? 0)),
        }
      })
      const result = {
        number,
        question,
        rows: found.rows,
        p50_ms: round(quantile(times, 0.5)),
        most_ms: round(Math.max(...times)),
        sequential: [...new Set([...found.plan, ...found.inside])],
      }
      results.push(result)
      options.print(
        `${String(number).padStart(2)}  ${result.p50_ms.toFixed(1).padStart(7)} ms  most ${result.most_ms.toFixed(1).padStart(7)} ms  ${String(result.rows).padStart(4)} rows  ${result.sequential.length === 0 ? 'by indexes' : `READS ALL OF ${result.sequential.join(', ')}`}${result.p50_ms > limit ? '  TOO SLOW' : ''}  ${question}`,
      )
    }
    const late = results.filter(({ p50_ms, sequential }) => p50_ms > limit || sequential.length > 0)
    options.print(
      late.length === 0
        ? `All ${results.length} under ${limit} ms, by indexes.`
        : `${late.length} of ${results.length} are not as they should be.`,
    )
    return { sizes: sizes[0], limit_ms: limit, results }
  })

const round = (value: number) => Math.round(value * 10) / 10
