/** Uploads: who may, how large, and what is left of those that break off. */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Api, startApi } from '../graphql/support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

const asAdmin = { 'x-clubos-role': 'admin', 'x-clubos-actor': 'adam' }
const batches = async () =>
  (
    await api.database.pool.query(
      'select name, status, created_by from app_public.import_batches order by id',
    )
  ).rows

async function upload(path: string, body: BodyInit, headers: Record<string, string> = asAdmin) {
  const response = await fetch(`${api.server.url}${path}`, { method: 'POST', body, headers })
  return { status: response.status, json: await response.json() }
}
const form = (...names: string[]) => {
  const data = new FormData()
  for (const name of names) data.append('file', new Blob(['Text of the file.']), name)
  return data
}

describe('POST /import', () => {
  it('takes a form, and a body with a name, and leaves the reading to the worker', async () => {
    const { status, json } = await upload('/import', form('../ordner/Türen.md'))
    expect([status, json]).toEqual([
      202,
      { batch: { id: expect.any(Number), name: 'Türen.md', status: 'staging', size: 17 } },
    ])
    expect((await upload('/import?name=b.txt', 'Text of the body.')).status).toBe(202)
    const { rows } = await api.database.pool.query(
      `select payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'imports__stage'`,
    )
    expect(rows).toHaveLength(2)
    expect(await batches()).toEqual([
      { name: 'Türen.md', status: 'staging', created_by: 'adam' },
      { name: 'b.txt', status: 'staging', created_by: 'adam' },
    ])
    const parts = await api.database.pool.query(
      `select convert_from(content, 'UTF8') as text from app_private.import_uploads order by batch_id`,
    )
    expect(parts.rows.map(({ text }) => text)).toEqual(['Text of the file.', 'Text of the body.'])
  })

  it.each([
    ['reviewers', { 'x-clubos-role': 'reviewer', 'x-clubos-actor': 'rita' }, 403, 'CO403'],
    ['customers', {}, 403, 'CO403'],
    [
      'other sites’ pages',
      { ...asAdmin, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      403,
      null,
    ],
  ])('is not for %s', async (_, headers, status, code) => {
    const before = await batches()
    const response = await fetch(`${api.server.url}/import?name=a.md`, {
      method: 'POST',
      body: 'Text',
      headers: headers as Record<string, string>,
    })
    expect(response.status).toBe(status)
    if (code) expect((await response.json()).errors[0].extensions.code).toBe(code)
    expect(await batches()).toEqual(before)
  })

  it.each([
    ['no name', '/import', 'Text', /no name/],
    ['nothing in it', '/import?name=a.md', '', /empty/],
    [
      'a form without a file',
      '/import',
      (() => {
        const data = new FormData()
        data.append('a', 'b')
        return data
      })(),
      /holds no file/,
    ],
    ['two files', '/import', form('a.md', 'b.md'), /One file at a time/],
  ])('refuses one with %s', async (_, path, body, words) => {
    const { status, json } = await upload(path, body)
    expect([status, json.errors[0].extensions.code]).toEqual([400, 'CO005'])
    expect(json.errors[0].message).toMatch(words)
  })

  it('says that a file is too large before it is sent', async () => {
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const call = request(
        `${api.server.url}/import?name=a.zip`,
        { method: 'POST', headers: { ...asAdmin, 'content-length': '200000000' } },
        (response) => {
          let text = ''
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () => {
            resolve({ status: response.statusCode!, text })
            call.destroy()
          })
        },
      )
      call.on('error', reject)
      call.write('begin')
    })
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.text).errors[0]).toMatchObject({
      message: expect.stringContaining('larger than 100 MB'),
      extensions: { code: 'CO006', hint: expect.stringContaining('clubos import v1') },
    })
  })

  it('leaves nothing to do where the sender goes away', async () => {
    const { n } = (await api.database.pool.query('select count(*)::int as n from app_private.import_uploads'))
      .rows[0]
    await new Promise<void>((resolve) => {
      const call = request(`${api.server.url}/import?name=broken.zip`, {
        method: 'POST',
        headers: { ...asAdmin, 'content-length': '2000000' },
      })
      call.on('error', () => resolve())
      call.write('x'.repeat(1_100_000), () => setTimeout(() => call.destroy(new Error('gone')), 200))
    })
    for (
      let waited = 0;
      waited < 50 &&
      !(await batches()).some(({ name, status }) => name === 'broken.zip' && status === 'discarded');
      waited++
    )
      await new Promise((later) => setTimeout(later, 100))
    expect((await batches()).find(({ name }) => name === 'broken.zip')?.status).toBe('discarded')
    expect(
      (await api.database.pool.query('select count(*)::int as n from app_private.import_uploads')).rows[0].n,
    ).toBe(n)
  })
})
