/** Sends a reply: it stands in the conversation at once, and comes back into the box where the server refuses. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { graphql } from '../graphql/graphql.ts'
import { refresh, useChange } from '../graphql/hooks.ts'
import { changed, holderOf } from './actions.ts'
import { ticketQuery } from './data.ts'
import { type Draft, draftOf, keepDraft } from './drafts.ts'

const replyMutation = graphql(`
  mutation InboxReply($id: Int!, $body: String!, $responseId: BigInt) {
    reply(input: { ticketId: $id, body: $body, responseId: $responseId }) { result { id } }
  }
`)

export type Sending = ReturnType<typeof useReply>

export function useReply(id: number) {
  const { t } = useTranslation('inbox')
  const { user } = useSession()
  const client = useQueryClient()
  const [underWay, setUnderWay] = useState<string | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  const change = useChange(replyMutation, {
    onSuccess: async () => {
      // The message itself takes the place of what is being sent, without a gap.
      await refresh(client, [ticketQuery])
      setUnderWay(null)
      void refresh(client, changed)
    },
    onError: (error, { body, responseId }) => {
      setUnderWay(null)
      const written = draftOf(id).text
      keepDraft(id, {
        text: written.trim() === '' ? body : `${body}\n\n${written}`,
        from: responseId ?? undefined,
      })
      const who = holderOf(error)
      setRefused(who ? t('refused.taken', { who }) : `${error.message} ${error.hint ?? ''}`)
      void refresh(client, changed)
      return true
    },
  })
  return {
    send(draft: Draft) {
      setRefused(null)
      setUnderWay(draft.text)
      keepDraft(id, { text: '', proposed: undefined })
      change.mutate({ id, body: draft.text, responseId: draft.from ?? null })
    },
    /** What is being sent. */
    underWay,
    pending: change.isPending,
    refused,
    forget: () => setRefused(null),
    by: user?.email,
  }
}
