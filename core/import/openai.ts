/** What an OpenAI account still has of the old assistants: their instructions, and the files of its vector stores. */
import type OpenAI from 'openai'
import type { OpenAiConfig } from '../config.ts'
import { openOpenAi } from '../llm/openai.ts'
import { type ImportItem, ImportSourceError, leftOut, type SourceFile } from './files.ts'
import type { ReasonCode, ReasonDetails } from './reasons.ts'
import type { Source } from './stage.ts'

/** Nothing but reading is asked for; what is paged is paged through. */
export async function openAiSource(
  config: OpenAiConfig,
  options: {
    signal?: AbortSignal
    retries?: number
    timeout?: number
    progress?: (text: string) => void
  } = {},
): Promise<Source> {
  const { client: base, sdk } = await openOpenAi(config, options.timeout ?? 60_000)
  // No job retries this: the SDK does, as long as Retry-After says.
  const client = base.withOptions({ maxRetries: options.retries ?? 4 })
  const request = { signal: options.signal }
  const files: SourceFile[] = []
  const skipped: ImportItem[] = []
  const skip = (file: string, code: ReasonCode, details?: ReasonDetails) =>
    skipped.push({ file, kind: 'file', ...leftOut(code, details) })
  const owners = new Map<string, string>()
  try {
    const assistants = await assistantsOf(client, sdk, request)
    if (assistants === null) skip('assistants', 'assistants_gone')
    for (const assistant of assistants ?? [])
      for (const store of assistant.tool_resources?.file_search?.vector_store_ids ?? [])
        owners.set(store, assistant.name ?? store)
    if (assistants && assistants.length > 0) {
      const bytes = Buffer.from(JSON.stringify(assistants))
      files.push({ name: 'assistants.json', read: async () => bytes })
    }
    for await (const store of client.vectorStores.list({ limit: 100 }, request)) {
      const folder = owners.get(store.id) ?? store.name ?? store.id
      if (store.status === 'expired') {
        skip(folder, 'store_expired')
        continue
      }
      for await (const file of client.vectorStores.files.list(store.id, { limit: 100 }, request)) {
        const name = await nameOf(client, sdk, file.id, request)
        options.progress?.(`Vector store ${folder}: ${name ?? file.id}`)
        const path = `${folder.replaceAll('/', '_')}/${(name ?? file.id).replaceAll('/', '_')}`
        const error = file.last_error?.message
        if (file.status === 'failed')
          if (error) skip(path, 'openai_failed_with', { error: error.slice(0, 300) })
          else skip(path, 'openai_failed')
        else if (file.status !== 'completed') skip(path, 'openai_unread', { status: file.status })
        else {
          const text = await contentOf(client, sdk, store.id, file.id, request)
          if (text === null) skip(path, 'file_gone')
          else if (text.trim() === '') skip(path, 'no_text')
          else files.push({ name: path, parsed: true, read: async () => Buffer.from(text) })
        }
      }
    }
  } catch (error) {
    throw explained(error, sdk)
  }
  return { files, skipped }
}

type Request = { signal?: AbortSignal }
const isGone = (error: unknown, sdk: typeof OpenAI) =>
  error instanceof sdk.APIError && (error.status === 404 || error.status === 410)

async function assistantsOf(client: OpenAI, sdk: typeof OpenAI, request: Request) {
  const found = []
  try {
    for await (const { id, object, name, instructions, model, tool_resources } of client.beta.assistants.list(
      { limit: 100 },
      request,
    ))
      found.push({ id, object, name, instructions: instructions ?? '', model, tool_resources })
  } catch (error) {
    if (isGone(error, sdk)) return null
    throw error
  }
  return found
}

async function nameOf(
  client: OpenAI,
  sdk: typeof OpenAI,
  id: string,
  request: Request,
): Promise<string | null> {
  try {
    return (await client.files.retrieve(id, request)).filename
  } catch (error) {
    if (isGone(error, sdk)) return null
    throw error
  }
}

async function contentOf(
  client: OpenAI,
  sdk: typeof OpenAI,
  store: string,
  file: string,
  request: Request,
): Promise<string | null> {
  const parts: string[] = []
  try {
    for await (const part of client.vectorStores.files.content(file, { vector_store_id: store }, request))
      parts.push(part.text ?? '')
  } catch (error) {
    if (isGone(error, sdk)) return null
    throw error
  }
  return parts.join('\n')
}

function explained(error: unknown, sdk: typeof OpenAI): unknown {
  if (!(error instanceof sdk.APIError)) return error
  if (error.status === 401)
    return new ImportSourceError(
      'OpenAI does not accept this key: set OPENAI_API_KEY to one of the account that has the assistants.',
    )
  if (error.status === 403)
    return new ImportSourceError(
      'This key may not read vector stores: give it the permissions “Files: Read” and “Vector Stores: Read”.',
    )
  if (error.status === 429)
    return new ImportSourceError(
      'OpenAI asks for fewer requests, or the account’s quota is used up. Try again later: what was read is read again.',
    )
  return new ImportSourceError(
    `OpenAI did not answer as expected (${error.status ?? 'no connection'}): ${error.message.slice(0, 200)}. Try again.`,
  )
}
