/** A file's way to the server: what can be said before it is sent, how far it is, and why it was refused. */
import { ApiError, asError, type ErrorReply, refusal, unreachable } from '../graphql/client.ts'

/** The browser's fetch tells nothing of how far an upload is. */
export function upload(
  file: Blob,
  name: string,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    signal.addEventListener('abort', stop)
    request.open('POST', `/import?name=${encodeURIComponent(name)}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.setRequestHeader('accept', 'application/json')
    request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 1)
    request.onabort = () => reject(new DOMException('Stopped', 'AbortError'))
    // One that closes the door while it is being sent to: too large, mostly, or the line is gone.
    request.onerror = () => reject(unreachable())
    request.onloadend = () => signal.removeEventListener('abort', stop)
    request.onload = () => {
      const reply = parsed(request.responseText)
      const id = reply?.batch?.id
      if (request.status < 300 && typeof id === 'number') resolve(id)
      else if (reply?.errors?.[0]) reject(asError(reply.errors[0]))
      else if (request.status === 413)
        reject(
          new ApiError(
            'The file is too large.',
            'CO006',
            'Something between you and the server takes less at once: upload it in parts.',
          ),
        )
      else reject(refusal(request.status))
    }
    request.send(file)
  })
}

function parsed(text: string): { batch?: { id?: unknown }; errors?: ErrorReply[] } | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Several files as one archive, since one import is one file. */
export async function packed(files: File[]): Promise<Blob> {
  const { default: Zip } = await import('jszip')
  const zip = new Zip()
  for (const file of files) zip.file(pathOf(file), file)
  return zip.generateAsync({ type: 'blob', compression: 'DEFLATE' })
}

/** Within its folder, where one was chosen. */
export const pathOf = (file: File) => file.webkitRelativePath || file.name

/** What the archive is called: as the folder, or as the first file. */
export const nameOf = (files: File[]) => {
  const first = pathOf(files[0]!)
  const folder = first.includes('/')
    ? first.split('/')[0]!
    : `${first.replace(/\.[^.]*$/, '')} +${files.length - 1}`
  return `${folder}.zip`
}
