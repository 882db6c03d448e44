/** A text that is not saved yet, as the server would render it. */
import { graphql } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'

const renderQuery = graphql(`
  query RenderTexts($text: String!) { renderMarkdown(text: $text) }
`)

export const useRendered = (text: string) =>
  useData(renderQuery, { text }, { keepPrevious: true, staleTime: Number.POSITIVE_INFINITY }).data
    ?.renderMarkdown
