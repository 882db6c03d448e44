/**
 * `clubos import` of many documents, against COPY and index build of the very rows that it left: half of them SOPs of
 * three search units and a profile, half knowledge entries, each alone in its topic: the most profiles there can be. Twice: with no vectors (words answer at
 * once), and with all vectors in the cache, so that what is measured is the database and not a model. The floor writes
 * no version for itself, checks nothing and asks nobody: tables without triggers and keys, filled by COPY from files of
 * the server, then all indexes, with all the memory that it wants for them.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import type { AnsweringServices } from '../core/answering/ask.ts'
import { importFolder } from '../core/content/import.ts'
import { makeLog } from '../core/log.ts'
import type { BenchOptions } from './index.ts'
import { withScratch } from './scratch.ts'

/** Governed and derived tables that an import fills. */
const tables = [
  'app_public.sops',
  'app_public.sop_versions',
  'app_public.knowledge_base',
  'app_private.search_units',
  'app_public.audit_log',
]

const cases = { 'words alone': false, 'vectors cached': true } as const

export default async (options: BenchOptions) => {
  const rows = options.rows ?? 10_000
  const results = []
  for (const [name, vectors] of Object.entries(cases)) {
    if (!name.includes(options.only ?? '')) continue
    const result = await withScratch(4, (pool) => measure(pool, rows, vectors, options.print))
    results.push({ case: name, rows, ...result })
    options.print(
      `${name}: ${rows} documents, ${result.units} search units: import ${result.import_s} s (${result.per_second}/s), COPY ${result.copy_s} s + indexes ${result.index_s} s, ratio ${result.ratio}; again, unchanged, ${result.again_s} s`,
    )
    for (const [table, seconds] of Object.entries(result.floor)) options.print(`  ${table}: ${seconds}`)
  }
  return { results }
}

async function measure(pool: pg.Pool, rows: number, vectors: boolean, print: (line: string) => void) {
  const services = { pool, log: makeLog('silent') } as unknown as AnsweringServices
  const folder = mkdtempSync(join(tmpdir(), 'clubos-bench-'))
  try {
    writeFolder(folder, rows)
    if (vectors) await fillCache(pool, folder, services)
    await pool.query('checkpoint')
    const begun = performance.now()
    const imports = () =>
      importFolder(services, folder, { actor: 'bench', reason: 'Measured', vectors: 'later', progress: tell })
    let last = 0
    const tell = (text: string) => {
      if (performance.now() - last < 10_000) return
      last = performance.now()
      print(`  ${text}`)
    }
    const report = await imports()
    const import_s = seconds(begun)
    if (report.sops.created.length + report.knowledge.created !== rows) throw new Error('Not all came in.')
    const again = performance.now()
    const repeated = await imports()
    const again_s = seconds(again)
    if (repeated.sops.unchanged + repeated.knowledge.unchanged !== rows) throw new Error('Something doubled.')
    const { rows: counted } = await pool.query<{ units: number; vectors: number }>(
      'select count(*)::int as units, count(embedding)::int as vectors from app_private.search_units',
    )
    const floor = await floorOf(pool)
    const sum = (of: 'copy_s' | 'index_s') =>
      round(Object.values(floor).reduce((all, one) => all + one[of], 0))
    return {
      ...counted[0]!,
      import_s,
      per_second: Math.round(rows / import_s),
      again_s,
      copy_s: sum('copy_s'),
      index_s: sum('index_s'),
      ratio: round(import_s / (sum('copy_s') + sum('index_s'))),
      floor: Object.fromEntries(
        Object.entries(floor).map(([table, one]) => [
          table,
          `COPY ${one.copy_s} s, indexes ${one.index_s} s`,
        ]),
      ),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Words by Zipf's law; the same ones on every run. */
function writeFolder(folder: string, rows: number): void {
  let state = 20261128
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const letters = (n: number) => String(n).replaceAll(/\d/g, (digit) => 'aeioulnrst'[Number(digit)]!)
  const words = (n: number) =>
    Array.from({ length: n }, () => `k${letters(Math.floor(50_000 ** random()))}`).join(' ')
  const half = Math.floor(rows / 2)
  for (let i = 0; i < rows - half; i++) {
    const directory = join(folder, 'sops', `category_${i % 20}`)
    if (i < 20) mkdirSync(directory, { recursive: true })
    writeFileSync(
      join(directory, `section_${i}.md`),
      `# ${words(3)}\n\n## When to use\n\n${words(30)}\n\n## Steps\n\n1. ${words(15)}\n2. ${words(15)}\n3. ${words(20)}\n\n## Customers also say\n\n- ${words(8)} ${i}\n`,
    )
  }
  writeFileSync(
    join(folder, 'knowledge.jsonl'),
    Array.from({ length: half }, (_, i) =>
      JSON.stringify({
        category: `category_${i % 20}`,
        topic: `topic_${Math.floor(i / 10)}`,
        question: `${words(9)} ${i}?`,
        answer: words(40),
      }),
    ).join('\n'),
  )
}

/** Vectors of all texts, around 2,000 centres: the folder is imported, its texts are kept, the rest is taken back. */
async function fillCache(pool: pg.Pool, folder: string, services: AnsweringServices): Promise<void> {
  await pool.query('create table public.bench_hashes (content_hash bytea primary key)')
  await pool.query(`
    create function public.bench_note() returns trigger language plpgsql as $$
    begin insert into public.bench_hashes select distinct content_hash from written where kind <> 'profile' on conflict do nothing; return null; end $$`)
  await pool.query(
    'create trigger bench_note after insert on app_private.search_units referencing new table as written for each statement execute function public.bench_note()',
  )
  await importFolder(services, folder, { actor: 'bench', vectors: 'later' })
  await pool.query('drop trigger bench_note on app_private.search_units')
  await pool.query(`truncate app_private.embedding_cache`)
  await pool.query(`
    create table public.bench_centres as
    select i, (select array_agg(random() - 0.5) from generate_series(1, 1536) where i >= 0)::vector(1536) as v from generate_series(0, 1999) i`)
  await pool.query(`
    insert into app_private.embedding_cache (content_hash, model, embedding)
    select h.content_hash, s.embedding_model, l2_normalize(a.v + b.v)
      from (select content_hash, (row_number() over ())::integer as n from public.bench_hashes) h
      join public.bench_centres a on a.i = h.n % 2000
      join public.bench_centres b on b.i = (h.n / 2000 * 7 + h.n % 13) % 2000
     cross join app_public.club_settings s`)
  await withoutTriggers(pool, async (client) => {
    for (const table of [...tables, 'app_private.search_unit_changes', 'app_private.stale_profiles'])
      await client.query(`delete from ${table}`)
    await client.query('select app_private.recount_search_units()')
  })
  for (const table of tables) await pool.query(`vacuum full analyze ${table}`)
}

async function floorOf(pool: pg.Pool): Promise<Record<string, { copy_s: number; index_s: number }>> {
  const floor: Record<string, { copy_s: number; index_s: number }> = {}
  for (const table of tables) {
    const copy = `bench_${table.split('.')[1]}`
    const file = join(tmpdir(), `${copy}_${process.pid}`)
    const { rows: columns } = await pool.query<{ names: string }>(
      `select string_agg(quote_ident(attname), ', ' order by attnum) as names from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
      [table],
    )
    const { rows: indexes } = await pool.query<{ definition: string }>(
      `select replace(pg_get_indexdef(indexrelid), ' ON ${table} ', ' ON public.${copy} ') as definition from pg_index where indrelid = $1::regclass`,
      [table],
    )
    const client = await pool.connect()
    try {
      await client.query(`copy (select ${columns[0]!.names} from ${table}) to '${file}'`)
      await client.query(
        `create table public.${copy} (like ${table} including defaults including generated including storage including compression)`,
      )
      await client.query(`set maintenance_work_mem = '2GB'`)
      await client.query('checkpoint')
      const begun = performance.now()
      await client.query(`copy public.${copy} (${columns[0]!.names}) from '${file}'`)
      const copy_s = seconds(begun)
      const built = performance.now()
      for (const { definition } of indexes) await client.query(definition)
      floor[table] = { copy_s, index_s: seconds(built) }
      await client.query(`drop table public.${copy}`)
      await client.query(`copy (select 1 where false) to '${file}'`)
    } finally {
      client.release()
    }
  }
  return floor
}

async function withoutTriggers(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>) {
  const client = await pool.connect()
  try {
    await client.query(`set session_replication_role = 'replica'`)
    await work(client)
  } finally {
    client.release(true)
  }
}

const round = (value: number) => Math.round(value * 100) / 100
const seconds = (begun: number) => round((performance.now() - begun) / 1000)
