/** Brings a club's texts in: a folder of SOPs and knowledge, or a history of versions. Idempotent: what is there already is left alone. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
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

/** `sops/<category>/<section>.md`, sections possibly in subfolders. */
export function readSops(
  folder: string,
): { category: string; section: string; content: string; file: string }[] {
  const root = existsSync(join(folder, 'sops')) ? join(folder, 'sops') : folder
  const found: { category: string; section: string; content: string; file: string }[] = []
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
          content,
          file: path,
        })
      }
    }
  }
  walk(root, null)
  return found
}

/** All or nothing: one transaction. dryRun reports and rolls back. */
export async function importFolder(
  services: AnsweringServices,
  folder: string,
  options: { actor: string; reason?: string; dryRun?: boolean; progress?: (text: string) => void },
): Promise<ImportReport> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new ImportError(`${folder} is not a folder.`)
  const sops = readSops(folder)
  const optional = <T>(name: string, schema: z.ZodType<T>) =>
    existsSync(join(folder, name)) ? readJsonLines(join(folder, name), schema) : []
  const sites = optional('sites.jsonl', Site)
  const knowledge = optional('knowledge.jsonl', Entry)
  const golden = optional('golden.jsonl', Golden)
  if (sops.length + knowledge.length + golden.length + sites.length === 0)
    throw new ImportError(
      `${folder} holds nothing to import: sops/<category>/<section>.md, knowledge.jsonl, golden.jsonl or sites.jsonl is expected.`,
    )
  const report: ImportReport = {
    sops: { created: [], changed: [], unchanged: 0 },
    knowledge: { created: 0, changed: 0, unchanged: 0 },
    golden: { created: 0, changed: 0, unchanged: 0 },
    sites: sites.length,
  }
  const claims: Claims = { role: 'admin', actor: options.actor }
  class DryRun extends Error {}
  await withClaims(services.pool, claims, async (client) => {
    for (const site of sites)
      await client.query(
        'insert into app_public.sites (slug, name, timezone, address) values ($1, $2, $3, $4) on conflict (slug) do update set name = excluded.name, timezone = excluded.timezone, address = excluded.address',
        [site.slug, site.name, site.timezone, site.address ?? null],
      )
    for (const [index, sop] of sops.entries()) {
      options.progress?.(`SOPs ${index + 1} of ${sops.length}`)
      const before = await client.query<{ version: number; content: string; archived: boolean }>(
        'select version, content, archived_at is not null as archived from app_public.sops where category = $1 and section = $2 for update',
        [sop.category, sop.section],
      )
      const row = before.rows[0]
      if (row && row.content === sop.content && !row.archived) {
        report.sops.unchanged++
        continue
      }
      await client
        .query('select app_public.save_sop($1, $2, $3, $4)', [
          sop.category,
          sop.section,
          sop.content,
          options.reason ?? `Imported from ${relative(folder, sop.file)}`,
        ])
        .catch((error) => {
          error.message = `${sop.file}: ${error.message}`
          throw error
        })
      ;(row ? report.sops.changed : report.sops.created).push(`${sop.category}/${sop.section}`)
    }
    for (const [index, entry] of knowledge.entries()) {
      options.progress?.(`Knowledge ${index + 1} of ${knowledge.length}`)
      const before = await client.query<{ same: boolean }>(
        `select k.answer = $4 and k.site_id is not distinct from app_hidden.find_site($5) as same from app_public.knowledge_base k where category = $1 and topic = $2 and question = $3`,
        [entry.category, entry.topic, entry.question, entry.answer, entry.site ?? null],
      )
      if (before.rows[0]?.same) {
        report.knowledge.unchanged++
        continue
      }
      await client.query('select app_public.save_knowledge($1, $2, $3, $4, $5, $6)', [
        entry.category,
        entry.topic,
        entry.question,
        entry.answer,
        options.reason ?? 'Imported',
        entry.site ?? null,
      ])
      report.knowledge[before.rows[0] ? 'changed' : 'created']++
    }
    for (const [index, one] of golden.entries()) {
      options.progress?.(`Golden questions ${index + 1} of ${golden.length}`)
      report.golden[await importGolden(client, one, options.reason ?? 'Imported')]++
    }
    if (options.dryRun) throw new DryRun()
  }).catch((error) => {
    if (!(error instanceof DryRun)) throw error
  })
  if (!options.dryRun) await settle(services, options.progress)
  return report
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

/** After a bulk change: vectors and statistics at once, instead of within a minute. */
export async function settle(services: AnsweringServices, progress?: (text: string) => void): Promise<void> {
  await embedMissing(services, (done) => progress?.(`Vectors ${done}`))
  await withClaims(services.pool, { role: 'worker', actor: 'import' }, (client) =>
    client.query('select app_private.refresh_search_statistics()'),
  )
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
  if (!options.dryRun) await settle(services, options.progress)
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
