/** The customer's conversation: kept over a reload in this tab, looked at again while somebody may answer. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ApiError, request } from '../graphql/client.ts'
import { refresh, useData } from '../graphql/hooks.ts'
import { StoppedError, useStreamed } from '../streaming/useStreamed.ts'
import { askMutation, conversationQuery, startMutation } from './data.ts'

const key = 'clubos.chat'
const kept = () => {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}
const keep = (conversation: string | null) => {
  try {
    if (conversation === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, conversation)
  } catch {
    // No storage: it lasts as long as the page.
  }
}

const nobody = '00000000-0000-0000-0000-000000000000'

export function useConversation() {
  const client = useQueryClient()
  const [conversation, setConversation] = useState(kept)
  const [expecting, setExpecting] = useState(false)
  const [sending, setSending] = useState<string | null>(null)
  const [refused, setRefused] = useState<ApiError | null>(null)
  const [stopped, setStopped] = useState(false)
  const { coming, run, stop } = useStreamed<unknown>()
  const query = useData(
    conversationQuery,
    { conversation: conversation ?? nobody },
    {
      enabled: conversation !== null,
      // Stops by itself while the page is hidden.
      refetchInterval: expecting ? 5000 : 30_000,
    },
  )
  const ticket = query.data?.ticketByConversation
  const status = ticket?.status
  useEffect(() => setExpecting(status === 'waiting' || status === 'taken'), [status])

  const forget = () => {
    keep(null)
    setConversation(null)
    setRefused(null)
    setStopped(false)
  }
  // Another's by now, or erased: begin anew.
  const gone = query.data !== undefined && ticket === null && sending === null
  useEffect(() => {
    if (gone) {
      keep(null)
      setConversation(null)
    }
  }, [gone])

  /** Whether it was sent: what was not stays in the box. */
  const ask = async (text: string, site: string | undefined): Promise<boolean> => {
    setSending(text)
    setRefused(null)
    setStopped(false)
    try {
      let at = conversation
      if (at === null) {
        const begun = await request(startMutation, { site: site ?? null })
        at = begun.startConversation?.result?.conversation ?? null
        if (at === null) throw new ApiError('No conversation began.', 'CO500')
        keep(at)
        setConversation(at)
      }
      const question = { query: text, conversation: at }
      await run('/chat', question, () => request(askMutation, question))
      await refresh(client, [conversationQuery])
      return true
    } catch (error) {
      // What was asked is written down all the same.
      if (error instanceof StoppedError) {
        setStopped(true)
        await refresh(client, [conversationQuery])
        return true
      }
      setRefused(error instanceof ApiError ? error : new ApiError(String(error), 'CO500'))
      // It may have been written down before it failed.
      void refresh(client, [conversationQuery])
      return false
    } finally {
      setSending(null)
    }
  }
  return { query, ticket, begun: conversation !== null, ask, sending, coming, stop, stopped, refused, forget }
}
