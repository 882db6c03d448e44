/** Files of any kind to items of an import: what each holds is found out by its content first, by its name then. */
import { lstat, readdir, readFile, stat } from 'node:fs/promises'
import { basename, extname, join, relative } from 'node:path'
import { parse as parseCsv } from 'csv-parse/sync'
import { archiveKind, entriesOf, isZip, limits } from './archive.ts'
import { htmlToMarkdown, pdfToMarkdown, wordToMarkdown } from './documents.ts'
import { conversationsOf, isFormula, isRow, minePairs, type Pair, pairOf, topicOf } from './pairs.ts'
import { type ReasonCode, type ReasonDetails, sentenceOf, Unreadable } from './reasons.ts'
import { split } from './split.ts'
import { clean, decode, isBinary, slug } from './text.ts'

export interface SourceFile {
  /** As a path, with slashes. */
  name: string
  /** The assistant that it belonged to. */
  assistant?: string
  refused?: Unreadable
  /** Already made into text by somebody else, whatever its name says. */
  parsed?: boolean
  read(): Promise<Uint8Array>
}

/** As app_private.add_import_items takes it. */
export interface ImportItem {
  file: string
  kind: 'sop' | 'knowledge' | 'conversation' | 'file'
  category?: string
  topic?: string
  question?: string
  content?: string
  /** Why a person should see it. */
  review?: string
  /** Why it is left out. */
  skip?: string
  /** Of skip, or else of review: for the UI to say in its language. */
  reason_code?: ReasonCode
  reason_details?: ReasonDetails
}

const because = (code: ReasonCode, details: ReasonDetails = {}) => ({
  reason_code: code,
  reason_details: details,
})
export const leftOut = (code: ReasonCode, details: ReasonDetails = {}) => ({
  skip: sentenceOf(code, details),
  ...because(code, details),
})
const tooLarge = () => new Unreadable('large', { megabytes: limits.file / 1_000_000 })

interface Assistant {
  id?: string
  name: string
  instructions: string
  model?: string
  files: string[]
}

export class ImportSourceError extends Error {}

const ignored = /(?:^|\/)(?:\.[^/]*|__MACOSX|Thumbs\.db|desktop\.ini)(?:\/|$)/

/** The files of a folder, a zip archive, or one file. */
export async function filesOf(path: string): Promise<SourceFile[]> {
  const found = await stat(path).catch(() => null)
  if (!found) throw new ImportSourceError(`${path} is not there.`)
  if (!found.isDirectory()) return inArchive(basename(path), await readFile(path))
  const files: SourceFile[] = []
  const walk = async (folder: string) => {
    for (const entry of (await readdir(folder)).sort()) {
      const full = join(folder, entry)
      const name = relative(path, full).replaceAll('\\', '/')
      if (ignored.test(name)) continue
      const state = await lstat(full)
      if (state.isDirectory()) await walk(full)
      else if (!state.isFile())
        files.push({ name, refused: new Unreadable('link'), read: async () => new Uint8Array() })
      else if (state.size > limits.file)
        files.push({ name, refused: tooLarge(), read: async () => new Uint8Array() })
      else if (extname(name).toLowerCase() === '.zip')
        files.push(...(await inArchive(name, await readFile(full))))
      else files.push({ name, read: () => readFile(full) })
    }
  }
  await walk(path)
  return files
}

/** One file by its name and content; a zip gives those in it. */
export async function inArchive(name: string, bytes: Uint8Array): Promise<SourceFile[]> {
  const refuse = (refused: Unreadable) => [{ name, refused, read: async () => new Uint8Array() }]
  try {
    if (!isZip(bytes) || (await archiveKind(bytes)) !== 'zip')
      return bytes.length > limits.file ? refuse(tooLarge()) : [{ name, read: async () => bytes }]
    const files: SourceFile[] = []
    for await (const entry of entriesOf(bytes)) if (!ignored.test(entry.name)) files.push(entry)
    // A folder that was packed as a whole names nothing.
    const root = files[0]?.name.split('/')[0]
    const nested =
      files.length > 0 &&
      files.every((file) => file.name.startsWith(`${root}/`)) &&
      files.some((file) => file.name.split('/').length > 2)
    return files.map((file) => ({ ...file, name: nested ? file.name.slice(root!.length + 1) : file.name }))
  } catch (error) {
    if (error instanceof Unreadable) return refuse(error)
    throw error
  }
}

/** `Booking Assistant` answered for the category booking. */
export const categoryOf = (name: string) =>
  slug(
    name.replaceAll(/[_-]+/g, ' ').replace(/\b(?:ai|gpt|assistants?|assistent(?:en)?|bot|agent)\b/gi, ' '),
  ) || slug(name)

/** Folders that sort by kind, not by subject. */
const kinds =
  /^(?:sops?|files?|knowledge|documents?|docs|exports?|conversations?|threads?|assistants?|dateien|wissen)$/i

function placeOf(file: SourceFile): { category?: string; path: string[] } {
  const parts = file.name.split('/')
  while (parts.length > 1 && kinds.test(parts[0]!)) parts.shift()
  const name = parts.at(-1)!.replace(/\.[a-z0-9]{1,5}$/i, '')
  const category =
    parts.length > 1
      ? categoryOf(parts[0]!)
      : file.assistant !== undefined
        ? categoryOf(file.assistant)
        : undefined
  return { category: category || undefined, path: [...parts.slice(1, -1), name] }
}

/** Every file's items, file by file. Assistants and lists of files are read first, since they say whose a file is. */
export async function* readItems(files: SourceFile[]): AsyncGenerator<{ file: string; items: ImportItem[] }> {
  const assistants: Assistant[] = []
  const listed = new Map<string, string>()
  for (const file of files) {
    if (file.refused !== undefined || !/\.json(?:l|ines)?$/i.test(file.name)) continue
    const rows = await rowsOf(file).catch(() => null)
    for (const row of rows ?? []) {
      const assistant = assistantOf(row)
      if (assistant) assistants.push(assistant)
      else if (row.object === 'file' && typeof row.id === 'string' && typeof row.filename === 'string')
        listed.set(row.id, row.filename)
    }
  }
  const owner = new Map<string, string>()
  for (const { name, files: theirs } of assistants)
    for (const file of theirs)
      for (const key of [file, listed.get(file) ?? file]) owner.set(key.toLowerCase(), name)
  for (const file of files) {
    const base = basename(file.name).toLowerCase()
    const named = listed.get(basename(file.name).replace(/\.[a-z0-9]{1,5}$/i, ''))
    const assistant =
      file.assistant ??
      owner.get(base) ??
      owner.get(base.replace(/\.[a-z0-9]{1,5}$/, '')) ??
      (named ? owner.get(named.toLowerCase()) : undefined)
    let items: ImportItem[]
    try {
      if (file.refused !== undefined) throw file.refused
      items = await itemsOf({ ...file, assistant })
      if (items.length === 0) throw new Unreadable('nothing')
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      items = [{ file: file.name, kind: 'file', ...leftOut(error.code, error.details) }]
    }
    yield { file: file.name, items }
  }
}

async function itemsOf(file: SourceFile): Promise<ImportItem[]> {
  const bytes = await file.read()
  const extension = extname(file.name).toLowerCase()
  if (bytes.length === 0) throw new Unreadable('empty')
  if (Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-'))
    return documentItems(file, await pdfToMarkdown(bytes))
  if (isZip(bytes)) {
    const kind = await archiveKind(bytes)
    if (kind === 'word') return documentItems(file, await wordToMarkdown(bytes))
    throw new Unreadable(kind === 'office' ? 'office' : 'archive_within')
  }
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11) throw new Unreadable('office_old')
  const text = decode(bytes)
  if (isBinary(text)) throw extension ? new Unreadable('binary_as', { extension }) : new Unreadable('binary')
  if (/^\.(?:json|jsonl|jsonlines|ndjson)$/.test(extension)) return jsonItems(file, text)
  if (/^\.(?:csv|tsv)$/.test(extension)) return tableItems(file, text)
  if (/^\.html?$|^\.xhtml$/.test(extension) || /^\s*(?:<!doctype html|<html[\s>])/i.test(text)) {
    if (text.length > 10_000_000) throw new Unreadable('html_large')
    return documentItems(file, await htmlToMarkdown(text))
  }
  if (file.parsed || /^\.(?:md|markdown|txt|text|rst|)$/.test(extension)) return documentItems(file, text)
  throw new Unreadable('kind_unknown', { extension })
}

function documentItems(file: SourceFile, text: string): ImportItem[] {
  // What is said above the text, in YAML, is not the text; names in it hold, as `clubos backup` writes them.
  const front = /^---\n([\s\S]{0,4000}?)\n---\n/.exec(text.replace(/\r\n/g, '\n').replace(/^\uFEFF/, ''))
  const named = (name: string) =>
    new RegExp(`^${name}:\\s*["']?([^"'\\n]+?)["']?\\s*$`, 'm').exec(front?.[1] ?? '')?.[1]
  const content = clean(
    front
      ? text
          .replace(/\r\n/g, '\n')
          .replace(/^\uFEFF/, '')
          .slice(front[0].length)
      : text,
  )
  if (content === '') throw new Unreadable('no_text')
  const { category, path } = placeOf(file)
  const section =
    named('section') ??
    (path
      .map((part) => slug(part))
      .filter(Boolean)
      .join('/') ||
      'document')
  const title = path.at(-1)!.replaceAll(/[_-]+/g, ' ').trim() || 'Document'
  return split(content, title.charAt(0).toUpperCase() + title.slice(1)).map((part) => ({
    file: file.name,
    kind: 'sop',
    category: named('category') ?? category,
    topic: part.name === null ? section.slice(0, 200) : `${section.slice(0, 130)}/${part.name}`,
    content: part.content,
  }))
}

const pairItem = (file: SourceFile, pair: Pair, kind: 'knowledge' | 'conversation'): ImportItem => ({
  file: file.name,
  kind,
  category: pair.category ? slug(pair.category) : placeOf(file).category,
  topic: topicOf(pair),
  question: pair.question,
  content: pair.answer,
  ...([pair.question, pair.answer].some(isFormula) && leftOut('formula')),
})

function rowItems(file: SourceFile, rows: Record<string, unknown>[]): ImportItem[] {
  const conversations = conversationsOf(rows)
  if (conversations.length > 0)
    return conversations
      .flatMap((turns) => minePairs(turns))
      .map((pair) => pairItem(file, pair, 'conversation'))
  return rows
    .map(pairOf)
    .filter((pair) => pair !== null)
    .map((pair) => pairItem(file, pair, 'knowledge'))
}

function tableItems(file: SourceFile, text: string): ImportItem[] {
  const head = text.split('\n', 1)[0]!
  const delimiter = [',', ';', '\t', '|'].toSorted((a, b) => head.split(b).length - head.split(a).length)[0]!
  let rows: Record<string, unknown>[]
  try {
    rows = parseCsv(text, {
      columns: true,
      delimiter,
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 1_000_000,
    })
  } catch (error) {
    throw new Unreadable('csv_broken', { error: (error as Error).message.slice(0, 150) })
  }
  const items = rowItems(file, rows)
  if (items.length > 0) return items
  const columns = Object.keys(rows[0] ?? {})
    .join(', ')
    .slice(0, 300)
  throw columns === '' ? new Unreadable('csv_empty') : new Unreadable('csv_columns', { columns })
}

async function rowsOf(file: SourceFile): Promise<Record<string, unknown>[]> {
  return parseJson(file.name, decode(await file.read()))
}

/** The objects of a JSON text: an array, a list as the OpenAI API gives it, an object, or an object a line. */
function parseJson(name: string, text: string): Record<string, unknown>[] {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  let value: unknown
  try {
    value = JSON.parse(trimmed)
  } catch (error) {
    const lines = trimmed.split('\n').filter((line) => line.trim() !== '')
    if (lines.length < 2 && !/\.jsonl|\.ndjson/i.test(name))
      throw new Unreadable('json_broken', { error: (error as Error).message.slice(0, 100) })
    value = lines.map((line, index) => {
      try {
        return JSON.parse(line) as unknown
      } catch {
        throw new Unreadable('json_line', { line: index + 1 })
      }
    })
  }
  if (isRow(value))
    for (const key of [
      'data',
      'assistants',
      'threads',
      'conversations',
      'items',
      'faq',
      'faqs',
      'questions',
      'entries',
    ])
      if (Array.isArray(value[key])) return (value[key] as unknown[]).filter(isRow)
  return (Array.isArray(value) ? value : [value]).filter(isRow)
}

function assistantOf(row: Record<string, unknown>): Assistant | null {
  if (typeof row.instructions !== 'string' || !(row.object === 'assistant' || typeof row.name === 'string'))
    return null
  const lists = [row.file_ids, row.files, row.file_names]
  const files = lists
    .flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
    .flatMap((file) =>
      typeof file === 'string'
        ? [file]
        : isRow(file)
          ? [file.id, file.filename, file.name].filter((one) => typeof one === 'string')
          : [],
    )
  const model = typeof row.model === 'string' ? row.model : undefined
  return {
    id: typeof row.id === 'string' ? row.id : undefined,
    name: typeof row.name === 'string' && row.name.trim() !== '' ? row.name : 'assistant',
    instructions: row.instructions,
    model,
    files,
  }
}

/** What the assistants were told is no procedure yet: a person makes one of it. */
const instructionsItem = (file: SourceFile, assistant: Assistant): ImportItem => {
  const content = clean(assistant.instructions)
  const { name, model } = assistant
  const [code, details] = model
    ? (['instructions_for', { name, model }] as const)
    : (['instructions', { name }] as const)
  return {
    file: file.name,
    kind: 'sop',
    category: categoryOf(assistant.name),
    topic: 'general',
    content: content === '' ? '' : `# ${assistant.name}\n\n${content}`,
    review: sentenceOf(code, details),
    ...(content === '' ? leftOut('assistant_silent', { name }) : because(code, details)),
  }
}

function jsonItems(file: SourceFile, text: string): ImportItem[] {
  const rows = parseJson(file.name, text)
  const assistants = rows.map(assistantOf).filter((one) => one !== null)
  if (assistants.length > 0) return assistants.map((assistant) => instructionsItem(file, assistant))
  if (rows.length > 0 && rows.every((row) => row.object === 'file')) throw new Unreadable('lists_files')
  const items = rowItems(file, rows)
  if (items.length === 0) throw new Unreadable('json_other')
  return items
}
