/** Asks the assistant for a draft: it is seen as it is written, and stands beside the reply when it is there. */
import { toastError } from '../components/toast.ts'
import { ApiError, request } from '../graphql/client.ts'
import { graphql } from '../graphql/graphql.ts'
import { StoppedError, useStreamed } from '../streaming/useStreamed.ts'
import { keepDraft } from './drafts.ts'

const draftReply = graphql(`
  mutation InboxDraftReply($id: Int!) { draftReply(input: { ticketId: $id }) { response { id } } }
`)

export function useDrafting(ticket: number) {
  const { coming, run, stop } = useStreamed<{ id: string }>()
  const ask = async () => {
    try {
      const { id } = await run('/chat/draft', { ticketId: ticket }, async () => {
        return (await request(draftReply, { id: ticket })).draftReply!.response
      })
      keepDraft(ticket, { proposed: String(id) })
    } catch (error) {
      if (!(error instanceof StoppedError))
        toastError(error instanceof ApiError ? error : new ApiError(String(error), 'CO500'))
    }
  }
  return { coming, ask, stop }
}
