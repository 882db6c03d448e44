/** An answer that is being written, for components: what has come so far, a way to stop it, the answer in the end. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { NotStreamedError, streamAnswer } from './client.ts'

/** What the stream says of the route, as far as it is shown. */
export interface StreamedRoute {
  category?: string | null
  confidence?: number | null
  model?: string | null
}

export interface Coming {
  text: string
  route: StreamedRoute | null
  /** What was shown had to be taken back; `text` stands in its place. */
  taken: boolean
}

const nothing: Coming = { text: '', route: null, taken: false }
/** Found out once a page: an older server answers by GraphQL alone. */
let streams = true

export class StoppedError extends Error {}

/** Only the last one that was begun is shown. Leaving the page stops nothing: what was asked is written down. */
export function useStreamed<Answer>() {
  const [coming, setComing] = useState<Coming | null>(null)
  const current = useRef<{ stop: AbortController; now: Coming; frame: number } | null>(null)
  useEffect(() => () => cancelAnimationFrame(current.current?.frame ?? 0), [])

  /** otherwise: asks without streaming. Throws ApiError; StoppedError where somebody stopped it. */
  const run = useCallback(
    async (path: string, body: object, otherwise: () => Promise<Answer>): Promise<Answer> => {
      const own = { stop: new AbortController(), now: nothing, frame: 0 }
      current.current = own
      setComing(nothing)
      const show = (part: Partial<Coming>) => {
        own.now = { ...own.now, ...part }
        // Words come faster than a page can be drawn.
        if (current.current !== own || own.frame !== 0) return
        own.frame = requestAnimationFrame(() => {
          own.frame = 0
          if (current.current === own) setComing(own.now)
        })
      }
      try {
        if (streams)
          try {
            return await streamAnswer<Answer, StreamedRoute>(path, body, {
              signal: own.stop.signal,
              onRoute: (route) => show({ route }),
              onText: (text, back) => show({ text, ...(back && { taken: true }) }),
            })
          } catch (error) {
            if (own.stop.signal.aborted) throw new StoppedError(own.now.text)
            if (!(error instanceof NotStreamedError)) throw error
            streams = false
          }
        return await otherwise()
      } finally {
        if (current.current === own) {
          cancelAnimationFrame(own.frame)
          current.current = null
          setComing(null)
        }
      }
    },
    [],
  )
  const stop = useCallback(() => current.current?.stop.abort(), [])
  return { coming, run, stop }
}
