/**
 * 1,000 answers, 300 edits of every kind after them (and some between), and every answer's search done again: how many
 * are found as they were, how long it takes, and what it costs to be able to.
 */
import { BusyClub } from '../test/support/history.ts'
import type { BenchOptions } from './index.ts'
import { quantile, withScratch } from './scratch.ts'

const answers = 1000
const later = 300

export default (options: BenchOptions) =>
  withScratch(4, async (pool) => {
    const club = new BusyClub(pool)
    await club.setUp(100, 300)
    const responses: string[] = []
    const answering: number[] = []
    for (let n = 0; n < answers; n++) {
      const begun = performance.now()
      responses.push(await club.answer())
      answering.push(performance.now() - begun)
      if (n % 10 === 9) await club.edit()
    }
    options.print(`${answers} answers; edits between them: ${JSON.stringify(club.edits)}`)
    const editing: number[] = []
    for (let n = 0; n < later; n++) {
      const begun = performance.now()
      await club.edit()
      editing.push(performance.now() - begun)
    }
    options.print(`${later} edits later: ${JSON.stringify(club.edits)}`)
    let same = 0
    let exact = 0
    const ranks = { all: 0, same: 0 }
    const replaying: number[] = []
    for (const id of responses) {
      const begun = performance.now()
      const { rows } = await pool.query('select * from app_public.replay_response($1)', [id])
      replaying.push(performance.now() - begun)
      same += Number(rows.every((row) => row.same))
      exact += Number(rows.every((row) => row.exact))
      ranks.all += rows.length
      ranks.same += rows.filter((row) => row.same).length
    }
    const { rows } = await pool.query(
      `select (select count(*)::int from app_private.search_units) as units, (select count(*)::int from app_private.search_unit_history) as history,
              pg_total_relation_size('app_private.search_unit_history')::int as history_bytes,
              (select avg(pg_column_size(s))::int from app_private.response_searches s) as mean_bytes, (select max(pg_column_size(s))::int from app_private.response_searches s) as most_bytes`,
    )
    const times = (numbers: number[]) => ({
      p50_ms: round(quantile(numbers, 0.5)),
      p95_ms: round(quantile(numbers, 0.95)),
    })
    const result = {
      responses: responses.length,
      later_edits: later,
      same,
      exact,
      ranks,
      ...rows[0],
      answering: times(answering),
      editing: times(editing),
      replaying: times(replaying),
    }
    options.print(JSON.stringify(result, null, 2))
    return result
  })

const round = (value: number) => Math.round(value * 10) / 10
