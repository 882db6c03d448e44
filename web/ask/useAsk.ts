/** Asks: streamed where the server does that, else by GraphQL; the answer is the same. */
import { request } from '../graphql/client.ts'
import { graphql } from '../graphql/graphql.ts'
import { useStreamed } from '../streaming/useStreamed.ts'
import { type Answer, askMutation } from './data.ts'
import type { AskSearch } from './route.ts'

const renderQuery = graphql(`
  query AskRendered($text: String!) { renderMarkdown(text: $text) }
`)

export function useAsk() {
  const { coming, run, stop } = useStreamed<Answer>()
  const ask = async ({ q, category, site }: AskSearch & { q: string }): Promise<Answer> => {
    const question = { query: q, category: category ?? null, site: site ?? null }
    const answer = await run(
      '/chat',
      question,
      async () => (await request(askMutation, question)).ask!.response,
    )
    // Nothing but what the server made HTML of is ever shown as such.
    if (answer.textHtml === undefined && answer.text !== '')
      return { ...answer, textHtml: (await request(renderQuery, { text: answer.text })).renderMarkdown }
    return answer
  }
  return { coming, ask, stop }
}
