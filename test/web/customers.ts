/** Customers for the tests of the inbox and the chat: they speak through the API, as the chat does. */
import type { Page } from '@playwright/test'
import type { Club } from './support.ts'

export const outOfScope = 'Can you tell me who won the match in Lisbon last night?'
export const answerable = 'the projector in my bay is black'
export const emergency = 'there is a fire and smoke in bay 3, people are inside'

/** A customer with a conversation of their own. */
export async function customer(club: Club, site?: string) {
  const page: Page = await club.visitor()
  const send = async <Data>(query: string, variables: object): Promise<Data> => {
    const response = await page.request.post(`${club.url}/graphql`, {
      data: { query, variables },
      headers: { origin: club.url },
    })
    const { data, errors } = (await response.json()) as { data: Data; errors?: { message: string }[] }
    if (errors) throw new Error(errors[0]!.message)
    return data
  }
  const begun = await send<{ startConversation: { result: { id: number; conversation: string } } }>(
    'mutation ($site: String) { startConversation(input: { site: $site }) { result { id conversation } } }',
    { site },
  )
  const { id, conversation } = begun.startConversation.result
  return {
    id,
    conversation,
    ask: async (query: string) =>
      (
        await send<{ ask: { response: { id: string; outcome: string; text: string } } }>(
          'mutation ($query: String!, $conversation: UUID) { ask(input: { query: $query, conversation: $conversation }) { response { id outcome text } } }',
          { query, conversation },
        )
      ).ask.response,
  }
}
