/**
 * A club of 10,000 search units moves to another embedding model and back: how long the copy takes, how long the
 * change, and what searches see meanwhile. The vectors come from a function, so that what is measured is the database
 * and what is around it; a provider's own time comes on top of the copy.
 */
import { createHash } from 'node:crypto'
import { toVector } from '../core/database/index.ts'
import { ClubEmbedders, type Embedder } from '../core/embedding/index.ts'
import { reembed, tidyIndex } from '../core/embedding/reembed.ts'
import { makeLog } from '../core/log.ts'
import type { BenchOptions } from './index.ts'
import { quantile, withScratch } from './scratch.ts'

const sops = 1000
const entries = 4000

/** The same vector for a text each time, near those of texts that begin alike. */
function vectorOf(model: string, text: string, dimensions: number): number[] {
  const values = new Array<number>(dimensions)
  const add = (seed: string, weight: number) => {
    for (let block = 0; block * 32 < dimensions; block++) {
      const bytes = createHash('sha256').update(`${model} ${seed} ${block}`).digest()
      for (let i = 0; i < 32 && block * 32 + i < dimensions; i++)
        values[block * 32 + i] = (values[block * 32 + i] ?? 0) + ((bytes[i]! - 127.5) / 127.5) * weight
    }
  }
  add(text, 1)
  add(text.slice(0, 20), 1)
  const length = Math.hypot(...values)
  return values.map((value) => value / length)
}

const madeUp = (provider: string, model: string, dimensions: number): Embedder => ({
  provider,
  model,
  remote: false,
  embed: async (texts) => texts.map((text) => vectorOf(model, text, dimensions)),
  close: async () => {},
})

export default (options: BenchOptions) =>
  withScratch(8, async (pool) => {
    const one = madeUp('local', 'one', 512)
    const other = madeUp('openai', 'other', 1536)
    const embedders = new ClubEmbedders(pool, null, 'local', { local: one })
    const log = makeLog('silent')
    await pool.query(`update app_public.club_settings set embedding_model = 'one'`)
    await pool.query(`set clubos.actor = 'bench'`)
    for (let i = 0; i < sops; i++)
      await pool.query(`select app_public.save_sop($1, $2, $3, 'Measured')`, [
        `category ${i % 10}`,
        `section ${i}`,
        `# Procedure ${i}\n\n${['When to use', 'Steps', 'Afterwards', 'What to tell the customer', 'Costs']
          .map(
            (heading, n) =>
              `## ${heading}\n\nProcedure ${i} part ${n}: ${createHash('sha256')
                .update(`${i} ${n}`)
                .digest('hex')
                .replaceAll(/(.{6})/g, '$1 ')}`,
          )
          .join('\n\n')}\n`,
      ])
    await pool.query(
      `insert into app_public.knowledge_base (category, topic, question, answer)
       select 'category ' || i % 10, 'topic ' || i % 400, 'Question ' || i || ' about ' || md5(i::text), 'Answer ' || i from generate_series(1, $1) i`,
      [entries],
    )
    const services = { pool, embedder: embedders, log }
    const units = async () =>
      Object.fromEntries(
        (
          await pool.query<{ model: string; n: number }>(
            `select coalesce(embedding_model, 'none') as model, count(*)::int as n from app_private.search_units group by 1`,
          )
        ).rows.map((row) => [row.model, row.n]),
      )
    options.print(`search units by model: ${JSON.stringify(await units())}`)

    const results = []
    for (const to of [one, other, one, other]) {
      const stop = new AbortController()
      const searching = searchAll(stop.signal)
      const result = await reembed(services, to, { reason: 'Measured', batch: 128 }).finally(() =>
        stop.abort(),
      )
      const tidied = performance.now()
      await tidyIndex(services)
      const seen = await searching
      const figures = {
        to: to.model,
        embedded: result.embedded,
        copy_s: round(result.copy_ms / 1000),
        change_s: round(result.change_ms / 1000),
        tidy_s: round((performance.now() - tidied) / 1000),
        units: await units(),
        ...seen,
      }
      results.push(figures)
      options.print(JSON.stringify(figures))
    }
    return { results }

    /** Two searchers, by the model that is active as far as they know. */
    async function searchAll(signal: AbortSignal) {
      const times: number[] = []
      let empty = 0
      let words = 0
      let mixed = 0
      const by: Record<string, number> = {}
      const questions = Array.from(
        { length: 200 },
        (_, i) =>
          `Question ${i * 17 + 1} about ${createHash('md5')
            .update(String(i * 17 + 1))
            .digest('hex')}`,
      )
      const vectors = Object.fromEntries(
        [one, other].map((embedder) => [
          embedder.model,
          questions.map((question) =>
            toVector(vectorOf(embedder.model, question, embedder.model === 'one' ? 512 : 1536)),
          ),
        ]),
      )
      const search = async (turn: number) => {
        for (let n = turn; !signal.aborted; n += 2) {
          const model = await embedders.activeModel()
          const begun = performance.now()
          const { rows } = await pool.query<{
            cosine: number
            knowledge_id: number
            active: string
            models: string[]
          }>(
            `with s as materialized (select * from app_public.search_knowledge($1, $2::vector, null, null, 5, $3))
             select s.cosine, s.knowledge_id, c.embedding_model as active, (select array_agg(distinct u.embedding_model) from app_private.search_units u where u.knowledge_id = s.knowledge_id) as models
               from s, app_public.club_settings c order by s.rank`,
            [questions[n % 200], vectors[model]![n % 200], model],
          )
          times.push(performance.now() - begun)
          if (rows.length === 0) empty++
          else {
            const { active, models, cosine } = rows[0]!
            if (models?.some((found) => found !== active)) mixed++
            // A question of the old model, just after the change: words alone.
            if (cosine === 0) words++
            else if (active !== model) mixed++
            else by[model] = (by[model] ?? 0) + 1
          }
        }
      }
      await Promise.all([search(0), search(1)])
      return {
        searches: times.length,
        p50_ms: round(quantile(times, 0.5)),
        p99_ms: round(quantile(times, 0.99)),
        max_ms: round(Math.max(...times)),
        empty,
        words,
        mixed,
        by,
      }
    }
  })

const round = (value: number) => Math.round(value * 100) / 100
