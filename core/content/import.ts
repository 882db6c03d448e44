/** Brings a club's texts in: a folder of SOPs and knowledge, or a history of versions. Idempotent: what is there already is left alone. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import type pg from 'pg'
import { z } from 'zod'
import type { AnsweringServices } from '../answering/ask.ts'
import { type Claims, withClaims } from '../database/index.ts'
import { embedMissing } from '../learning/analyse.ts'

export class ImportError extends Error {}

export interface ImportReport {
  sops: { created: string[]; changed: string[]; unchanged: number }
  knowledge: { created: number; changed: number; unchanged: number }
  golden: { created: number; changed: number; unchanged: number }
  sites: number
}

const Site = z
  .object({
    slug: z.string(),
    name: z.string(),
    timezone: z.string().default('UTC'),
    address: z.string().nullish(),
  })
  .loose()
const Entry = z
  .object({
    category: z.string(),
    topic: z.string(),
    question: z.string(),
    answer: z.string(),
    site: z.string().nullish(),
  })
  .loose()

const Golden = z
  .object({
    question: z.string(),
    /** `category/section` of an SOP. */
    sop_id: z.string().includes('/').optional(),
    /** `category/topic` of knowledge. */
    topic: z.string().includes('/').optional(),
    hand_over: z.literal(true).optional(),
    site: z.string().nullish(),
    note: z.string().nullish(),
  })
  .loose()
  .refine(
    (golden) =>
      [golden.sop_id, golden.topic, golden.hand_over].filter((one) => one !== undefined).length === 1,
    'one of sop_id, topic and hand_over is expected',
  )

export function readJsonLines<T>(file: string, schema: z.ZodType<T>): T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '') return []
      const place = `${file}:${index + 1}`
      let value: unknown
      try {
        value = JSON.parse(line)
      } catch (error) {
        throw new ImportError(`${place} is not JSON: ${(error as Error).message}`)
      }
      const parsed = schema.safeParse(value)
      if (!parsed.success)
        throw new ImportError(
          `${place}: ${parsed.error.issues.map((issue) => `${issue.path.join('.') || 'line'}: ${issue.message}`).join('; ')}`,
        )
      return [parsed.data]
    })
}

interface SopFile {
  category: string
  section: string
  file: string
  characters: number
}

/** `sops/<category>/<section>.md`, sections possibly in subfolders. All are looked into, and none is kept in memory. */
function listSops(folder: string): SopFile[] {
  const root = existsSync(join(folder, 'sops')) ? join(folder, 'sops') : folder
  const found: SopFile[] = []
  const walk = (directory: string, category: string | null) => {
    for (const name of readdirSync(directory).sort()) {
      const path = join(directory, name)
      if (statSync(path).isDirectory()) walk(path, category ?? name)
      else if (name.endsWith('.md') && category !== null) {
        const content = readFileSync(path, 'utf8')
        if (content.includes('\0')) throw new ImportError(`${path} is not a text file.`)
        if (content.trim() === '') throw new ImportError(`${path} is empty.`)
        found.push({
          category,
          section: relative(join(root, category), path).replace(/\.md$/, '').replaceAll('\\', '/'),
          file: path,
          characters: content.length,
        })
      }
    }
  }
  walk(root, null)
  return found
}

/** Documents of one transaction: long enough that its costs are shared, short enough that nobody waits for it. */
const chunk = { documents: 500, characters: 4_000_000 }

/** Chunks that are imported at once, and after how many of them the words of what came in are counted. */
const lanes = 2
const countAfter = 20

/** Lists of at most so many documents; one that is longer than a list may be stands alone. */
function* inChunks<T>(items: T[], lengthOf: (item: T) => number): Generator<T[]> {
  let list: T[] = []
  let characters = 0
  for (const item of items) {
    const length = lengthOf(item)
    if (list.length > 0 && (list.length >= chunk.documents || characters + length > chunk.characters)) {
      yield list
      list = []
      characters = 0
    }
    list.push(item)
    characters += length
  }
  if (list.length > 0) yield list
}

export interface ImportOptions {
  actor: string
  reason?: string
  /** Reports what would change, and rolls back. */
  dryRun?: boolean
  /** later: words find what is new at once, and the worker's next job gives it vectors. */
  vectors?: 'now' | 'later'
  progress?: (text: string) => void
}

type Step = (client: pg.PoolClient) => Promise<void>

/** Runs them in their order, some at once. After one that fails none is begun, and those that run come to their end. */
async function inLanes(works: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  const queue = works.values()
  const lane = async () => {
    for (const work of queue) {
      if (failures.length > 0) return
      await work().catch((error) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  if (failures.length > 0) throw failures[0]
}

/**
 * A folder of up to one chunk is all or nothing. A larger one is imported chunk by chunk, each all or nothing: stopped
 * anywhere, the same import goes on where it was, for what is there already is left alone.
 */
export async function importFolder(
  services: AnsweringServices,
  folder: string,
  options: ImportOptions,
): Promise<ImportReport> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new ImportError(`${folder} is not a folder.`)
  const sops = listSops(folder)
  const optional = <T>(name: string, schema: z.ZodType<T>) =>
    existsSync(join(folder, name)) ? readJsonLines(join(folder, name), schema) : []
  const sites = optional('sites.jsonl', Site)
  // Of entries that ask the same the last one holds; those of a topic stand together, so that its profile is made once.
  const knowledge = [
    ...new Map(
      optional('knowledge.jsonl', Entry).map((entry) => [
        JSON.stringify([entry.category, entry.topic, entry.question]),
        entry,
      ]),
    ),
  ]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, entry]) => entry)
  const golden = optional('golden.jsonl', Golden)
  const total = sops.length + knowledge.length + golden.length + sites.length
  if (total === 0)
    throw new ImportError(
      `${folder} holds nothing to import: sops/<category>/<section>.md, knowledge.jsonl, golden.jsonl or sites.jsonl is expected.`,
    )
  const report: ImportReport = {
    sops: { created: [], changed: [], unchanged: 0 },
    knowledge: { created: 0, changed: 0, unchanged: 0 },
    golden: { created: 0, changed: 0, unchanged: 0 },
    sites: sites.length,
  }
  const reason = options.reason ?? `Imported from ${basename(resolve(folder))}`
  const say = progressOf(options.progress)
  // A golden question names an SOP, and an entry belongs to the SOP of its name: those come first.
  const stages: Step[][] = [sites.length > 0 ? [(client) => importSites(client, sites)] : [], [], [], []]
  for (const list of inChunks(sops, (sop) => sop.characters))
    stages[1]!.push(async (client) => {
      const { rows } = await client
        .query<{ report: ImportReport['sops'] }>('select app_public.import_sops($1, $2) as report', [
          JSON.stringify(
            list.map(({ category, section, file }) => ({
              category,
              section,
              content: readFileSync(file, 'utf8'),
            })),
          ),
          reason,
        ])
        .catch((error) => {
          throw inFile(error, list)
        })
      const { created, changed, unchanged } = rows[0]!.report
      report.sops.created.push(...created)
      report.sops.changed.push(...changed)
      report.sops.unchanged += unchanged
      say('SOPs', list.length, sops.length)
    })
  for (const list of inChunks(knowledge, (entry) => entry.question.length + entry.answer.length))
    stages[2]!.push(async (client) => {
      const { rows } = await client.query<{ report: ImportReport['knowledge'] }>(
        'select app_public.import_knowledge($1, $2) as report',
        [
          JSON.stringify(
            list.map(({ category, topic, question, answer, site }) => ({
              category,
              topic,
              question,
              answer,
              site: site || null,
            })),
          ),
          options.reason ?? 'Imported',
        ],
      )
      for (const key of ['created', 'changed', 'unchanged'] as const)
        report.knowledge[key] += rows[0]!.report[key]
      say('Knowledge', list.length, knowledge.length)
    })
  if (golden.length > 0)
    stages[3]!.push(async (client) => {
      for (const one of golden) {
        report.golden[await importGolden(client, one, options.reason ?? 'Imported')]++
        say('Golden questions', 1, golden.length)
      }
    })

  const claims: Claims = { role: 'admin', actor: options.actor }
  class DryRun extends Error {}
  if (options.dryRun || total <= chunk.documents)
    await withClaims(services.pool, claims, async (client) => {
      for (const step of stages.flat()) await step(client)
      if (options.dryRun) throw new DryRun()
    }).catch((error) => {
      if (!(error instanceof DryRun)) throw error
    })
  else
    for (const [n, stage] of stages.entries()) {
      const works = stage.map((step) => () => withClaims(services.pool, claims, step))
      // What is in so far is counted beside what comes next: at the end little is left to count.
      if (n > 1 && works.length > 0) works.unshift(() => refresh(services))
      for (let at = countAfter; at < works.length; at += countAfter + 1)
        works.splice(at, 0, () => refresh(services))
      await inLanes(works)
    }
  if (!options.dryRun) await settle(services, options)
  return report
}

/** Says how far it is, how fast, and how long it takes about. */
function progressOf(progress?: (text: string) => void) {
  const counts = new Map<string, { done: number; begun: number }>()
  return (what: string, more: number, of: number) => {
    const now = performance.now()
    const count = counts.get(what) ?? { done: 0, begun: now }
    counts.set(what, count)
    count.done += more
    const rate = count.done > more ? (count.done - more) / ((now - count.begun) / 1000) : 0
    progress?.(
      `${what} ${count.done} of ${of}${rate > 0 ? ` (${Math.round(rate)}/s, about ${Math.ceil((of - count.done) / rate)} s left)` : ''}`,
    )
  }
}

/** The database says which of the list it was; the person looks for a file. */
function inFile(error: Error, list: { file: string }[]): Error {
  const place = /^Document (\d+) of the list \(.*?\) (.*)/s.exec(error.message)
  const file = place && list[Number(place[1]) - 1]?.file
  if (file) error.message = `${file} ${place[2]}`
  return error
}

async function importSites(client: pg.PoolClient, sites: z.infer<typeof Site>[]): Promise<void> {
  for (const site of sites)
    await client.query(
      'insert into app_public.sites (slug, name, timezone, address) values ($1, $2, $3, $4) on conflict (slug) do update set name = excluded.name, timezone = excluded.timezone, address = excluded.address',
      [site.slug, site.name, site.timezone, site.address ?? null],
    )
}

/** What the file says of a question holds; questions that it does not name stay. */
async function importGolden(
  client: pg.PoolClient,
  golden: z.infer<typeof Golden>,
  reason: string,
): Promise<'created' | 'changed' | 'unchanged'> {
  const [category, ...rest] = (golden.sop_id ?? golden.topic ?? '').split('/')
  const topic = rest.join('/')
  const { rows } = await client.query<{ sop_id: number | null; id: number | null; same: boolean | null }>(
    `select s.id as sop_id, g.id, (g.expected_sop_id, g.expected_category, g.expected_topic, g.hand_over, g.note) is not distinct from
              (s.id, case when s.id is null then nullif($2, '') end::varchar, case when s.id is null then nullif($3, '') end::varchar, $4::boolean, $6) as same
       from (values (true)) one
       left join app_public.sops s on s.category = $2 and s.section = $3 and s.archived_at is null
       left join app_public.golden_questions g on app_hidden.golden_key(g.question) = app_hidden.golden_key($1) and g.site_id is not distinct from app_hidden.find_site($5)`,
    [golden.question, category, topic, golden.hand_over ?? false, golden.site ?? null, golden.note ?? null],
  )
  const { sop_id, id, same } = rows[0]!
  if (golden.sop_id !== undefined && sop_id === null)
    throw new ImportError(
      `golden.jsonl: "${golden.question}" expects ${golden.sop_id}, and there is no such SOP.`,
    )
  if (same) return 'unchanged'
  await client.query('select app_public.save_golden_question($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
    golden.question,
    sop_id,
    sop_id === null && !golden.hand_over ? category : null,
    sop_id === null && !golden.hand_over ? topic : null,
    golden.hand_over ?? false,
    golden.site ?? null,
    golden.note ?? null,
    id,
    reason,
  ])
  return id === null ? 'created' : 'changed'
}

const asWorker = (services: AnsweringServices, statement: string): Promise<number> =>
  withClaims(services.pool, { role: 'worker', actor: 'import' }, async (client) => {
    const { rows } = await client.query<{ n: number }>(statement)
    return rows[0]!.n
  })

/** Profiles of what changed, document frequencies and vocabulary. */
async function refresh(services: AnsweringServices, progress?: (text: string) => void): Promise<void> {
  // A few at a time: whoever writes one of their targets waits just so long.
  for (let done = 0; ; ) {
    const more = await asWorker(services, 'select app_private.refresh_profiles(200) as n')
    if (more === 0) break
    done += more
    progress?.(`Profiles ${done}`)
  }
  progress?.('Counting words')
  await asWorker(services, 'select app_private.refresh_search_statistics()::integer as n')
}

/** After a bulk change: profiles, statistics and vectors at once, instead of within minutes. */
export async function settle(
  services: AnsweringServices,
  options: { vectors?: 'now' | 'later'; progress?: (text: string) => void } = {},
): Promise<void> {
  await refresh(services, options.progress)
  if (options.vectors === 'later') return
  if ((await embedMissing(services, (done) => options.progress?.(`Vectors ${done}`))) > 0)
    await asWorker(services, 'select app_private.refresh_search_statistics()::integer as n')
}

const Version = z
  .object({
    doc: z.string(),
    version: z.number().int(),
    op: z.enum(['add', 'modify', 'rename', 'delete']).default('modify'),
    path: z.string().optional(),
    author: z.string().default('unknown'),
    date: z.string().optional(),
    author_date: z.string().optional(),
    commit_date: z.string().optional(),
    message: z.string().default('Imported'),
    content: z.string().nullish(),
  })
  .loose()

/** A version history, rather than a folder of texts. */
export const isHistory = (file: string) => file.endsWith('.jsonl')

/** `docs/a/b.md` is section `a/b` of the category; so a document keeps its name when the file moves. */
const sectionOf = (path: string) => path.replace(/^docs\//, '').replace(/\.md$/, '')

export async function importHistory(
  services: AnsweringServices,
  file: string,
  options: { category: string; dryRun?: boolean; progress?: (text: string) => void },
): Promise<{ documents: number; versions: number; skipped: number }> {
  const rows = readJsonLines(file, Version).map((row) => ({
    ...row,
    at: row.date ?? row.commit_date ?? row.author_date ?? new Date(0).toISOString(),
  }))
  rows.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.version - b.version)
  const result = { documents: new Set(rows.map((row) => row.doc)).size, versions: 0, skipped: 0 }
  const names = new Map<string, string>()
  class DryRun extends Error {}
  await withClaims(services.pool, { role: 'admin', actor: 'import' }, async (client) => {
    for (const [index, row] of rows.entries()) {
      options.progress?.(`Versions ${index + 1} of ${rows.length}`)
      const name = sectionOf(row.path ?? row.doc)
      const before = names.get(row.doc)
      names.set(row.doc, name)
      const content =
        row.op === 'delete'
          ? null
          : (row.content ?? (await currentContent(client, options.category, before ?? name)))
      if (await isThere(client, options.category, name, row.author, row.message, content)) {
        result.skipped++
        continue
      }
      await client.query('select app_public.import_sop_version($1, $2, $3, $4, $5, $6, $7, $8)', [
        options.category,
        name,
        content,
        row.author,
        row.at,
        row.message,
        before === undefined ? null : options.category,
        before ?? null,
      ])
      result.versions++
    }
    if (options.dryRun) throw new DryRun()
  }).catch((error) => {
    if (!(error instanceof DryRun)) throw error
  })
  if (!options.dryRun) await settle(services, { progress: options.progress })
  return result
}

async function currentContent(
  client: pg.PoolClient,
  category: string,
  section: string,
): Promise<string | null> {
  const { rows } = await client.query<{ content: string }>(
    'select content from app_public.sops where category = $1 and section = $2',
    [category, section],
  )
  return rows[0]?.content ?? null
}

async function isThere(
  client: pg.PoolClient,
  category: string,
  section: string,
  author: string,
  reason: string,
  content: string | null,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `select 1 from app_public.sop_versions where category = $1 and section = $2 and changed_by = left($3, 100) and change_reason = left(btrim($4), 4000)
        and archived = ($5::text is null) and ($5::text is null or content = $5) limit 1`,
    [category, section, author, reason, content],
  )
  return rowCount! > 0
}
