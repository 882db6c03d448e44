/** Tries a text on past questions, a few at a time: what is done is seen while the rest is under way, and can be stopped. */
import { useEffect, useRef, useState } from 'react'
import { ApiError, request } from '../graphql/client.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { type Past, pastQuery, previewMutation, type Trial } from './documents.ts'

export interface Compared {
  past: Past
  /** Null while it is under way. */
  trial: Trial | null
}

/** As many at once as the server tries of one request. */
const width = 2

/** The latest, each question once, without those whose texts were erased. */
async function latest(count: number, signal: AbortSignal): Promise<Past[]> {
  // More than asked for, since the same is asked again and again.
  const { responses } = await request(pastQuery, { first: count * 5 }, signal)
  const seen = new Set<string>()
  return nodesOf(responses)
    .filter(({ question, erasedAt }) => {
      const key = question.trim().toLowerCase()
      if (erasedAt !== null || key === '' || seen.has(key)) return false
      seen.add(key)
      return true
    })
    .slice(0, count)
}

export function usePreview(name: string) {
  const [rows, setRows] = useState<Compared[] | null>(null)
  const [running, setRunning] = useState(false)
  const [refused, setRefused] = useState<ApiError | null>(null)
  const under = useRef<AbortController>(null)
  const stop = () => under.current?.abort()
  useEffect(() => () => under.current?.abort(), [])

  const run = async (content: string, count: number) => {
    stop()
    const own = new AbortController()
    under.current = own
    setRefused(null)
    setRows(null)
    setRunning(true)
    try {
      const questions = await latest(count, own.signal)
      setRows(questions.map((past) => ({ past, trial: null })))
      let next = 0
      const work = async () => {
        while (next < questions.length && !own.signal.aborted) {
          const index = next++
          const { previewPrompt } = await request(
            previewMutation,
            { name, content, questions: [questions[index]!.question] },
            own.signal,
          )
          const trial = previewPrompt?.trials[0] ?? null
          if (under.current === own)
            setRows((before) => before?.map((row, at) => (at === index ? { ...row, trial } : row)) ?? null)
        }
      }
      await Promise.all(Array.from({ length: width }, work))
    } catch (error) {
      if (!own.signal.aborted) {
        own.abort()
        setRefused(error instanceof ApiError ? error : new ApiError(String(error), 'CO500'))
      }
    } finally {
      if (under.current === own) setRunning(false)
    }
  }
  return { rows, running, refused, run, stop }
}
