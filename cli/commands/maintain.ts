/** `clubos maintain`: what a database needs now and then, without stopping anybody. */
import type { Command } from 'commander'
import type { App } from '../../core/app.ts'
import { progress, withApp } from '../report.ts'

interface Done {
  did: string
  seconds: number
  [figure: string]: unknown
}

/** Each index by itself, while searches and writers go on; one that was left half built is dropped first. */
async function reindex(app: App): Promise<void> {
  if (app.database.kind === 'embedded') {
    await app.pool.query('reindex table app_private.search_units')
    return
  }
  const { rows: left } = await app.pool.query<{ name: string }>(
    `select i.indexrelid::regclass::text as name from pg_catalog.pg_index i
      where i.indrelid = 'app_private.search_units'::regclass and not i.indisvalid and i.indexrelid::regclass::text ~ '_ccnew[0-9]*$'`,
  )
  for (const { name } of left) await app.pool.query(`drop index concurrently ${name}`)
  const { rows } = await app.pool.query<{ name: string }>(
    `select i.indexrelid::regclass::text as name from pg_catalog.pg_index i where i.indrelid = 'app_private.search_units'::regclass order by pg_relation_size(i.indexrelid)`,
  )
  const client = await app.pool.connect()
  // Building takes as long as it takes.
  await client.query('set statement_timeout = 0')
  try {
    for (const [index, { name }] of rows.entries()) {
      const watching = setInterval(() => {
        app.pool
          .query<{ phase: string; share: string | null }>(
            `select phase, round(100.0 * coalesce(nullif(blocks_done, 0), tuples_done) / nullif(coalesce(nullif(blocks_total, 0), tuples_total), 0)) as share from pg_stat_progress_create_index limit 1`,
          )
          .then(({ rows: [now] }) => {
            if (now)
              progress(
                `Index ${index + 1} of ${rows.length}, ${name}: ${now.phase}${now.share ? ` ${now.share} %` : ''}`,
              )
          })
          .catch(() => {})
      }, 2000)
      try {
        progress(`Index ${index + 1} of ${rows.length}, ${name}`)
        await client.query(`reindex index concurrently ${name}`)
      } finally {
        clearInterval(watching)
      }
    }
  } finally {
    client.release(true)
  }
}

export default (program: Command) =>
  program
    .command('maintain')
    .description('Clean up, count and check the search space; rebuild its indexes without blocking anybody.')
    .option('--reindex', 'build the indexes of the search space anew, one after the other')
    .option('--json', 'print one JSON object')
    .action((options: { reindex?: boolean; json?: boolean }) =>
      withApp(async (app) => {
        const done: Done[] = []
        const step = async (did: string, work: () => Promise<Record<string, unknown> | undefined>) => {
          progress(did)
          const begun = performance.now()
          const figures = await work()
          done.push({ did, seconds: Math.round((performance.now() - begun) / 100) / 10, ...figures })
        }
        const one = async (statement: string) => (await app.pool.query(statement)).rows[0]
        if (options.reindex)
          await step('built the indexes anew', async () => {
            await reindex(app)
            return undefined
          })
        await step('cleaned up', async () => {
          await app.pool.query('vacuum (analyze) app_private.search_units')
          return undefined
        })
        await step('counted words', () =>
          one('select app_private.refresh_search_statistics(true) as counted'),
        )
        await step('compared the index with a full scan', () =>
          one('select checked, recall, valid, index_bytes::float8 from app_private.check_search_index()'),
        )
        progress('', true)
        if (options.json) console.log(JSON.stringify({ done }))
        else
          for (const { did, seconds, ...figures } of done)
            console.log(
              `${did} in ${seconds} s${Object.entries(figures)
                .map(([name, value]) => `, ${name} ${value ?? '–'}`)
                .join('')}`,
            )
        const recall = done.at(-1)?.recall
        if (typeof recall === 'number' && recall < 0.9) {
          console.error('The index finds too little. Build it anew: clubos maintain --reindex')
          process.exitCode = 1
        }
      }),
    )
