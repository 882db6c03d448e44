/** Drive's resumable uploads: a large file goes in pieces, and after an interruption on from what has arrived. */
import type { BackupError } from '../target.ts'
import { type DriveClient, explain } from './drive_client.ts'

interface Answer {
  status: number
  headers: Headers
  data: { id: string }
}

/** Pieces are of a multiple of this. */
const unit = 256 * 1024

export async function uploadResumable(
  client: DriveClient,
  upload: {
    /** Null: a new file. */
    id: string | null
    metadata: object
    query: Record<string, string>
    content: Buffer
    contentType: string
    piece: number
  },
  signal?: AbortSignal,
): Promise<string> {
  const { content } = upload
  const piece = Math.max(unit, Math.floor(upload.piece / unit) * unit)
  // Another session is begun where Google has forgotten this one.
  for (let session = 1; ; session++) {
    const address = await begin(client, upload, signal)
    try {
      return await send(client, address, content, piece, signal)
    } catch (error) {
      if ((error as { forgotten?: boolean }).forgotten !== true || session === 3) throw error
    }
  }
}

async function begin(
  client: DriveClient,
  upload: Parameters<typeof uploadResumable>[1],
  signal?: AbortSignal,
): Promise<string> {
  const url = new URL(
    `${client.origin}/upload/drive/v3/files${upload.id === null ? '' : `/${encodeURIComponent(upload.id)}`}`,
  )
  for (const [name, value] of Object.entries({ uploadType: 'resumable', ...upload.query }))
    url.searchParams.set(name, value)
  const { headers } = await client.attempt(
    () =>
      client.auth.request({
        url: url.href,
        method: upload.id === null ? 'POST' : 'PATCH',
        headers: {
          'content-type': 'application/json; charset=UTF-8',
          'x-upload-content-type': upload.contentType,
          'x-upload-content-length': String(upload.content.length),
        },
        data: upload.metadata,
        signal,
        retry: false,
      } as never) as Promise<Answer>,
    signal,
  )
  return headers.get('location')!
}

async function send(
  client: DriveClient,
  address: string,
  content: Buffer,
  piece: number,
  signal?: AbortSignal,
): Promise<string> {
  let from = 0
  let lost = false
  for (;;) {
    const answer = await client.attempt(async () => {
      if (lost) {
        // How much has arrived?
        const state = await put(client, address, Buffer.alloc(0), `bytes */${content.length}`, signal)
        if (state.status !== 308) return state
        from = arrived(state)
      }
      lost = true
      const part = content.subarray(from, from + piece)
      const sent = await put(
        client,
        address,
        part,
        `bytes ${from}-${from + part.length - 1}/${content.length}`,
        signal,
      )
      lost = false
      return sent
    }, signal)
    if (answer.status !== 308) return answer.data.id
    from = arrived(answer)
  }
}

/** 308 says by Range which bytes it has; without one, none. */
const arrived = ({ headers }: Answer) => {
  const range = /bytes=0-(\d+)/.exec(headers.get('range') ?? '')
  return range ? Number(range[1]) + 1 : 0
}

async function put(
  client: DriveClient,
  url: string,
  data: Buffer,
  range: string,
  signal?: AbortSignal,
): Promise<Answer> {
  try {
    return (await client.auth.request({
      url,
      method: 'PUT',
      headers: { 'content-range': range },
      body: data,
      signal,
      retry: false,
      validateStatus: (status: number) => status === 308 || (status >= 200 && status < 300),
    } as never)) as Answer
  } catch (error) {
    const { status } = explain(error)
    if (status === 404 || status === 410)
      throw Object.assign(explain(error).error as BackupError, { forgotten: true })
    throw error
  }
}
