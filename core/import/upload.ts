/** An upload on its way through the database: in parts, since who takes it and who reads it may be two machines. */

import type { AnsweringServices } from '../answering/ask.ts'
import { withClaims } from '../database/index.ts'
import { ImportSourceError } from './files.ts'

type Services = Pick<AnsweringServices, 'pool'>

/** Bytes of a part. */
const partSize = 1_000_000

export async function keepUpload(
  services: Services,
  batch: number,
  actor: string,
  pieces: AsyncIterable<Buffer>,
): Promise<number> {
  let part = 0
  let size = 0
  let waiting: Buffer[] = []
  let held = 0
  const send = async () => {
    const content = Buffer.concat(waiting)
    waiting = []
    held = 0
    await withClaims(services.pool, { role: 'worker', actor }, (client) =>
      client.query('select app_private.keep_import_upload($1, $2, $3)', [batch, part++, content]),
    )
  }
  for await (const piece of pieces) {
    waiting.push(piece)
    held += piece.length
    size += piece.length
    if (held >= partSize) await send()
  }
  if (held > 0) await send()
  return size
}

export async function uploadedFile(services: Services, batch: number): Promise<Uint8Array> {
  const parts: Buffer[] = []
  for (;;) {
    const content = await withClaims(services.pool, { role: 'worker', actor: 'worker' }, async (client) => {
      const { rows } = await client.query<{ content: Buffer | null }>(
        'select app_private.import_upload_part($1, $2) as content',
        [batch, parts.length],
      )
      return rows[0]!.content
    })
    if (content === null) break
    parts.push(content)
  }
  if (parts.length === 0) throw new ImportSourceError('The uploaded file is gone: upload it again.')
  return Buffer.concat(parts)
}
