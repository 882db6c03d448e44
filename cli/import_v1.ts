/** `clubos import v1` and what follows it: moving in from the old assistants, and what became of imports. */
import { userInfo } from 'node:os'
import { basename, resolve } from 'node:path'
import { Command } from 'commander'
import type { App } from '../core/app.ts'
import { withClaims } from '../core/database/index.ts'
import { filesOf } from '../core/import/files.ts'
import { openAiSource } from '../core/import/openai.ts'
import { type Batch, beginImport, settleImport, stageInto } from '../core/import/stage.ts'
import { progress, withApp } from './report.ts'

const user = () => userInfo().username

export function importCommands(command: Command): void {
  // What stands after `v1` is for it, though the command above has options of that name.
  command.enablePositionalOptions()
  command.addHelpText(
    'after',
    '\nA folder that is called like a command is ./v1. docs/import.md says what is read, and how an import is taken back.',
  )
  command.addCommand(
    new Command('v1')
      .argument('[path]', 'a folder, a zip archive or a file')
      .description(
        'Move in from the old assistants: documents, questions and answers, conversations, assistants. Reports first, and changes nothing unless told to.',
      )
      .option('--openai', 'read the vector stores of the account of OPENAI_API_KEY instead')
      .option('--apply', 'do what the report says')
      .option('--review', 'put everything into the review queue instead')
      .option('--reason <text>', 'why, for the history', 'Moved in from the old assistants')
      .option('--actor <name>', 'who, for the history', user())
      .option('--json', 'print one JSON object')
      .action(importV1),
  )
  const one = (name: string, description: string) =>
    new Command(name)
      .argument('<id>', 'the number of the import', numberOf)
      .description(description)
      .option('--actor <name>', 'who, for the history', user())
      .option('--json', 'print one JSON object')
  command.addCommand(
    new Command('list')
      .description('Imports, the latest first.')
      .option('--json', 'print one JSON object')
      .action((options: { json?: boolean }) =>
        withApp(async (app) => {
          const { rows } = await app.pool.query<Batch & { created_at: Date }>(
            'select * from app_public.import_batches order by id desc limit 50',
          )
          if (options.json) console.log(JSON.stringify(rows))
          else
            for (const row of rows)
              console.log(
                `${String(row.id).padStart(5)}  ${row.created_at.toISOString().slice(0, 16)}  ${row.status.padEnd(12)}  ${row.source.padEnd(7)}  ${row.name}`,
              )
        }),
      ),
  )
  command.addCommand(
    one('show', 'What a staged import would do, or what became of it.').action(
      (id: number, options: { json?: boolean }) =>
        withApp(async (app) => {
          const batch = await find(app, id)
          await print(app, batch, options.json)
        }),
    ),
  )
  command.addCommand(
    one('apply', 'Do what a staged import says.')
      .option('--review', 'put everything into the review queue instead')
      .option('--reason <text>', 'why, for the history', 'Moved in from the old assistants')
      .action((id: number, options: Applying) =>
        withApp(async (app) => print(app, await apply(app, id, options), options.json)),
      ),
  )
  command.addCommand(
    one('rollback', 'Take an applied import back, as one.')
      .requiredOption('--reason <text>', 'why, for the history')
      .option('--force', 'leave what was changed since as it is, and take back the rest')
      .action((id: number, options: { actor: string; reason: string; force?: boolean; json?: boolean }) =>
        withApp(async (app) => {
          await call(app, options.actor, 'select id from app_public.rollback_import($1, $2, $3)', [
            id,
            options.reason,
            options.force ?? false,
          ])
          await print(app, await settle(app, id, options.actor), options.json)
        }),
      ),
  )
  command.addCommand(
    one('discard', 'Throw a staged import away, its texts with it.').action(
      (id: number, options: { actor: string; json?: boolean }) =>
        withApp(async (app) => {
          await call(app, options.actor, 'select id from app_public.discard_import($1)', [id])
          if (options.json) console.log(JSON.stringify({ id, status: 'discarded' }))
          else console.log(`Import ${id} is discarded.`)
        }),
    ),
  )
}

function numberOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`"${text}" is not the number of an import: clubos import list`)
  return Number(text)
}

const call = (app: App, actor: string, statement: string, values: unknown[]) =>
  withClaims(
    app.pool,
    { role: 'admin', actor },
    async (client) => (await client.query(statement, values)).rows[0],
  )

async function find(app: App, id: number): Promise<Batch> {
  const { rows } = await app.pool.query<Batch>('select * from app_public.import_batches where id = $1', [id])
  if (!rows[0]) throw new Error(`There is no import ${id}: clubos import list`)
  return rows[0]
}

async function settle(app: App, id: number, actor: string): Promise<Batch> {
  const batch = await settleImport(app, id, { actor, progress: (left) => progress(`${left} items left`) })
  progress('', true)
  return batch
}

interface Applying {
  actor: string
  reason: string
  review?: boolean
  json?: boolean
}
async function apply(app: App, id: number, options: Applying): Promise<Batch> {
  await call(app, options.actor, 'select id from app_public.apply_import($1, $2, $3)', [
    id,
    options.reason,
    options.review ?? false,
  ])
  return settle(app, id, options.actor)
}

interface File {
  file: string
  created: number
  changed: number
  unchanged: number
  duplicates: number
  proposed: number
  skipped: number
  contradictions: number
  reason: string | null
}

async function print(app: App, batch: Batch, json?: boolean): Promise<void> {
  const files = await withClaims(
    app.pool,
    { role: 'admin', actor: 'import' },
    async (client) =>
      (await client.query<File>('select * from app_public.import_files($1)', [batch.id])).rows,
  )
  if (json) {
    console.log(JSON.stringify({ ...batch, files }))
    return
  }
  for (const file of files) {
    const parts = (['created', 'changed', 'unchanged', 'duplicates', 'proposed', 'skipped'] as const)
      .filter((name) => file[name] > 0)
      .map(
        (name) =>
          `${file[name]} ${{ created: 'new', duplicates: 'duplicate', proposed: 'to review' }[name as string] ?? name}`,
      )
    console.log(
      `  ${file.file}: ${parts.join(', ')}${file.contradictions > 0 ? `, ${file.contradictions} contradicting` : ''}${file.reason ? ` (${file.reason})` : ''}`,
    )
  }
  const sum = (name: keyof File) => files.reduce((total, file) => total + Number(file[name]), 0)
  console.log(
    `Import ${batch.id} of ${files.length} files is ${batch.status.replace('_', ' ')}: ${sum('created')} new, ${sum('changed')} changed, ${sum('unchanged')} unchanged, ${sum('duplicates')} duplicates, ${sum('proposed')} to review, ${sum('skipped')} skipped.`,
  )
  const conflicts = Number(batch.counts.conflict ?? 0)
  const kept = Number(batch.counts.kept ?? 0)
  if (conflicts > 0)
    console.log(`${conflicts} were changed by somebody meanwhile and left alone: import again to see them.`)
  if (kept > 0) console.log(`${kept} were changed since and kept.`)
  if (batch.status === 'staged')
    console.log(
      `Nothing is changed yet. To do it: clubos import apply ${batch.id}; as proposals: clubos import apply ${batch.id} --review; not at all: clubos import discard ${batch.id}`,
    )
  else if (batch.status === 'applied')
    console.log(`To take it back: clubos import rollback ${batch.id} --reason "…"`)
}

async function importV1(path: string | undefined, options: Applying & { openai?: boolean; apply?: boolean }) {
  if ((path === undefined) === !options.openai)
    throw new Error('Name either a folder, zip archive or file, or --openai.')
  if (options.apply && options.review) throw new Error('Either --apply or --review: not both.')
  await withApp(async (app) => {
    const { config } = app
    if (options.openai && !config.openai)
      throw new Error('--openai needs OPENAI_API_KEY, a key of the account that has the assistants.')
    const name = options.openai ? 'OpenAI' : basename(resolve(path!))
    const stop = new AbortController()
    const interrupt = () => stop.abort(new Error('Interrupted: nothing was changed.'))
    process.once('SIGINT', interrupt)
    const begun = await beginImport(app, name, options.openai ? 'openai' : 'v1', options.actor)
    let batch: Batch
    try {
      batch = await stageInto(
        app,
        begun,
        async () =>
          options.openai
            ? openAiSource(config.openai!, { signal: stop.signal, progress })
            : { files: await filesOf(path!) },
        { actor: options.actor, signal: stop.signal, progress },
      )
    } catch (error) {
      await withClaims(app.pool, { role: 'worker', actor: options.actor }, (client) =>
        client.query('select app_private.fail_import($1, $2)', [begun.id, (error as Error).message]),
      ).catch(() => {})
      throw error
    } finally {
      process.off('SIGINT', interrupt)
    }
    progress('', true)
    await print(
      app,
      options.apply || options.review ? await apply(app, batch.id, options) : batch,
      options.json,
    )
  })
}
