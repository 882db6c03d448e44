/** What an OpenAI account still has, through the real SDK, against a local server of the protocol. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { readConfig } from '../../core/config.ts'
import { openAiSource } from '../../core/import/openai.ts'
import { OpenAiFilesServer } from '../support/providers/openai_files.ts'
import { itemsOf } from './support.ts'

const key = 'sk-test-0123456789'
let server: OpenAiFilesServer
beforeAll(async () => {
  server = await OpenAiFilesServer.start({ keys: [key] })
})
afterAll(async () => {
  await server.close()
  server.assertClean()
})
afterEach(() => server.reset())
beforeEach(() => {
  server.assistants = [
    {
      id: 'asst_1',
      object: 'assistant',
      name: 'Booking Assistant',
      model: 'gpt-4o',
      instructions: 'You answer about bookings.',
      tool_resources: { file_search: { vector_store_ids: ['vs_1'] } },
    },
    {
      id: 'asst_2',
      object: 'assistant',
      name: 'Brand Assistant',
      model: 'gpt-4o',
      instructions: null,
      tool_resources: {},
    },
    {
      id: 'asst_3',
      object: 'assistant',
      name: 'Tech Assistant',
      model: 'gpt-4o',
      instructions: 'You repair.',
      tool_resources: {},
    },
  ]
  server.stores = [
    {
      id: 'vs_1',
      name: 'store',
      files: [
        { id: 'file-1', filename: 'moving.pdf', text: ['# Moving', 'Open the app.'] },
        { id: 'file-2', filename: 'faq.csv', text: ['question,answer\nCan I pay?,By card.'] },
        { id: 'file-3', filename: 'gone.md', gone: true },
        { id: 'file-4', filename: 'picture.png', status: 'failed' },
        { id: 'file-5', filename: 'later.md', status: 'in_progress' },
      ],
    },
    { id: 'vs_2', name: 'Old', status: 'expired', files: [] },
    {
      id: 'vs_3',
      name: 'Projectors',
      files: [{ id: 'file-6', filename: 'black.txt', text: ['Press the button.'] }],
    },
  ]
})

const config = (apiKey = key) => readConfig({ OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: server.url }).openai!
const read = async (options: Parameters<typeof openAiSource>[1] = {}, apiKey?: string) => {
  const { files, skipped = [] } = await openAiSource(config(apiKey), options)
  return [...(await itemsOf(...files)), ...skipped]
}

it('reads assistants and files of all pages, and says what it cannot have', async () => {
  const items = await read()
  expect(items.map(({ file, kind, category, skip }) => [file, kind, category ?? null, skip ?? null])).toEqual(
    [
      ['assistants.json', 'sop', 'booking', null],
      ['assistants.json', 'sop', 'brand', expect.stringContaining('no instructions')],
      ['assistants.json', 'sop', 'tech', null],
      ['Booking Assistant/moving.pdf', 'sop', 'booking', null],
      ['Booking Assistant/faq.csv', 'knowledge', 'booking', null],
      ['Projectors/black.txt', 'sop', 'projectors', null],
      ['Booking Assistant/file-3', 'file', null, expect.stringContaining('gone')],
      ['Booking Assistant/picture.png', 'file', null, expect.stringContaining('not supported')],
      ['Booking Assistant/later.md', 'file', null, expect.stringContaining('in_progress')],
      ['Old', 'file', null, expect.stringContaining('expired')],
    ],
  )
  expect(items[3]!.content).toBe('# Moving\nOpen the app.')
  expect(server.of('assistants').length).toBe(2)
  expect(server.of('store_files').length).toBe(4)
  expect(server.requests.every(({ method }) => method === 'GET')).toBe(true)
})

it('reads stores where the account has no assistants any more', async () => {
  server.assistants = null
  const items = await read()
  expect(items.find(({ file }) => file === 'assistants')!.skip).toMatch(/no assistants any more/)
  expect(items.find(({ file }) => file === 'store/moving.pdf')!.kind).toBe('sop')
})

it('waits as long as it is told to, and goes on', async () => {
  const slow = { fault: { kind: 'status', status: 429, headers: { 'retry-after-ms': '20' } } } as const
  server
    .once('stores', slow)
    .once('content', slow)
    .once('content', { fault: { kind: 'reset' } })
  expect((await read()).filter(({ skip }) => skip === undefined)).toHaveLength(5)
  expect(server.of('content').length).toBe(6)
})

it.each([
  ['a wrong key', 'sk-wrong', undefined, /OPENAI_API_KEY/],
  ['a key without the right', key, { status: 403 }, /permissions/],
  ['too many requests for long', key, { status: 429, headers: { 'retry-after-ms': '1' } }, /Try again later/],
  ['a provider that fails', key, { status: 500 }, /Try again/],
])('%s is said, with what to do', async (_, apiKey, fault, words) => {
  if (fault) server.on('stores', { fault: { kind: 'status', ...fault } })
  await expect(read({ retries: 1 }, apiKey)).rejects.toThrow(words)
})

it('stops when it is told to', async () => {
  const stop = new AbortController()
  server.on('stores', () => {
    stop.abort()
    return { fault: { kind: 'hang' } }
  })
  await expect(read({ signal: stop.signal })).rejects.toThrow()
})
