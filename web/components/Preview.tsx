/** What a text looks like when it is read: rendered and sanitised by the server, as everywhere. */
import { Paper } from '@mantine/core'
import { graphql } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'
import { Markdown } from './Markdown.tsx'
import { QueryState } from './QueryState.tsx'

const renderQuery = graphql(`
  query RenderMarkdown($text: String!) { renderMarkdown(text: $text) }
`)

export default function Preview({ text }: { text: string }) {
  const query = useData(renderQuery, { text }, { keepPrevious: true, staleTime: Number.POSITIVE_INFINITY })
  return (
    <Paper withBorder p="md" mah="70vh" style={{ overflow: 'auto' }} tabIndex={0} role="region">
      <QueryState query={query}>{(data) => <Markdown html={data.renderMarkdown} />}</QueryState>
    </Paper>
  )
}
