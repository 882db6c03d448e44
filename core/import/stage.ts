/** Fills and plans an import: read → embed → plan, in short steps with no database client held between them. */

import type { AnsweringServices } from '../answering/ask.ts'
import { type Claims, withClaims } from '../database/index.ts'
import { storeVectors } from '../learning/analyse.ts'
import { type ImportItem, readItems, type SourceFile } from './files.ts'

export interface Batch {
  id: number
  name: string
  source: string
  status:
    | 'staging'
    | 'staged'
    | 'failed'
    | 'applying'
    | 'applied'
    | 'rolling_back'
    | 'rolled_back'
    | 'discarded'
  stage: string | null
  done: number
  total: number
  counts: Record<string, unknown>
  error: string | null
  as_proposals: boolean
  created_by: string
}

export interface StageOptions {
  actor: string
  signal?: AbortSignal
  progress?: (text: string) => void
}

const oneRow = <T>(
  services: Pick<AnsweringServices, 'pool'>,
  claims: Claims,
  statement: string,
  values: unknown[],
): Promise<T> =>
  withClaims(services.pool, claims, async (client) => (await client.query(statement, values)).rows[0] as T)

export const findImport = (services: AnsweringServices, id: number): Promise<Batch | undefined> =>
  oneRow(
    services,
    { role: 'worker', actor: 'worker' },
    'select * from app_public.import_batches where id = $1',
    [id],
  )

export const beginImport = (
  services: Pick<AnsweringServices, 'pool'>,
  name: string,
  source: string,
  actor: string,
): Promise<Batch> =>
  oneRow(services, { role: 'worker', actor }, 'select * from app_private.begin_import($1, $2)', [
    name,
    source,
  ])

export interface Source {
  files: SourceFile[]
  /** Where reading finds out what is wrong with a file only as it goes. */
  skipped?: ImportItem[]
}

/** Reads a source into a batch that was begun. What fails stands in the batch; the error is thrown as well. */
export async function stageInto(
  services: AnsweringServices,
  batch: Batch,
  source: () => Promise<Source>,
  options: StageOptions,
): Promise<Batch> {
  const claims: Claims = { role: 'worker', actor: options.actor }
  const call = <T>(statement: string, values: unknown[]) => oneRow<T>(services, claims, statement, values)
  const note = (stage: string, done: number, total: number, what: string) => {
    options.progress?.(`${what} ${done} of ${total}`)
    return call('select app_private.note_import($1, $2, $3, $4)', [batch.id, stage, done, total])
  }
  await call('select app_private.restart_import($1)', [batch.id])
  const { files, skipped = [] } = await source()
  let waiting: ImportItem[] = skipped
  let size = 0
  const send = async () => {
    if (waiting.length > 0)
      await call('select app_private.add_import_items($1, $2)', [
        batch.id,
        JSON.stringify(waiting).replaceAll('\\u0000', ''),
      ])
    waiting = []
    size = 0
  }
  let read = 0
  for await (const { items } of readItems(files)) {
    options.signal?.throwIfAborted()
    for (const item of items) {
      waiting.push(item)
      size += (item.content?.length ?? 0) + 200
      if (size > 2_000_000 || waiting.length >= 500) await send()
    }
    read++
    if (read % 20 === 0 || read === files.length) {
      await send()
      await note('reading', read, files.length, 'Files')
    }
  }
  await send()
  await embed(services, batch.id, claims, options, note)
  const { n: total } = await call<{ n: number }>(
    'select count(*)::integer as n from app_public.import_items where batch_id = $1 and action is null',
    [batch.id],
  )
  for (;;) {
    options.signal?.throwIfAborted()
    const { left } = await call<{ left: number }>('select app_private.plan_import_step($1) as left', [
      batch.id,
    ])
    await note('planning', total - left, total, 'Planned')
    if (left === 0) break
  }
  return call<Batch>('select * from app_private.finish_staging($1)', [batch.id])
}

/** Vectors of what is new, so that it is searchable the moment it is applied; and by them the categories that nobody named. */
async function embed(
  services: AnsweringServices,
  batch: number,
  claims: Claims,
  options: StageOptions,
  note: (stage: string, done: number, total: number, what: string) => Promise<unknown>,
): Promise<void> {
  const rows = <T>(statement: string, values: unknown[]) =>
    withClaims(services.pool, claims, async (client) => (await client.query(statement, values)).rows as T[])
  const store = (texts: string[]) =>
    storeVectors(services, [...new Set(texts)]).catch((error: Error) => {
      // Words alone find it until the job that looks for missing vectors has been.
      services.log.warn({ error: error.message }, 'texts of an import are not embedded')
    })
  for (let after = 0; ; ) {
    const found = await rows<{ ordinal: number; words: string }>(
      'select * from app_private.import_uncategorised($1, $2)',
      [batch, after],
    )
    if (found.length === 0) break
    await store(found.map((row) => row.words))
    after = found.at(-1)!.ordinal
  }
  await rows('select app_private.categorise_import($1)', [batch])
  const [last] = await rows<{ n: number }>(
    'select coalesce(max(ordinal), 0) as n from app_public.import_items where batch_id = $1',
    [batch],
  )
  for (let after = 0; after < last!.n; after += 64) {
    options.signal?.throwIfAborted()
    const found = await rows<{ embedding_text: string }>(
      'select embedding_text from app_private.import_texts($1, $2, 64)',
      [batch, after],
    )
    await store(found.map((row) => row.embedding_text))
    await note('embedding', Math.min(after + 64, last!.n), last!.n, 'Embedded')
  }
}

/** What is left of a big batch, here and now, whether or not a worker does it as well. */
export async function settleImport(
  services: AnsweringServices,
  batch: number,
  options: { actor: string; signal?: AbortSignal; progress?: (left: number) => void },
): Promise<Batch> {
  const claims: Claims = { role: 'worker', actor: options.actor }
  const get = () =>
    oneRow<Batch>(services, claims, 'select * from app_public.import_batches where id = $1', [batch])
  let now = await get()
  while (now.status === 'applying' || now.status === 'rolling_back') {
    options.signal?.throwIfAborted()
    const step = now.status === 'applying' ? 'apply_import_step' : 'rollback_import_step'
    try {
      const { left } = await oneRow<{ left: number }>(
        services,
        claims,
        `select app_private.${step}($1) as left`,
        [batch],
      )
      options.progress?.(left)
    } catch (error) {
      await oneRow(services, claims, 'select app_private.fail_import($1, $2, false)', [
        batch,
        (error as Error).message,
      ]).catch(() => {})
      throw error
    }
    now = await get()
  }
  return now
}
