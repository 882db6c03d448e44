/** What the playground asks and searches. */
import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const filtersQuery = graphql(`
  query AskFilters {
    sopCategories(first: 500) { nodes { category } }
    sites(first: 500) { nodes { slug name } }
  }
`)

export const searchQuery = graphql(`
  query AskSearch($query: String!, $category: String, $site: String, $asOf: Datetime) {
    searchKnowledge(query: $query, category: $category, site: $site, first: 15, asOf: $asOf) {
      rank kind sopId version knowledgeId category topic title heading snippet matched trust score
    }
  }
`)

export const searchedAsQuery = graphql(`
  query AskSearchedAs($query: String!) { searchedAs(query: $query) }
`)

export const askMutation = graphql(`
  mutation AskQuestion($query: String!, $category: String, $site: String) {
    ask(input: { query: $query, category: $category, site: $site }) {
      response {
        id text textHtml outcome confidence category reason model latencyMs ticketId
        sources { rank kind sopId version knowledgeId category topic title heading snippet matched trust score cited }
        trace {
          embedMs routeMs beginMs rerankMs writeMs recordMs totalMs tokensIn tokensOut cost
          route { category confidence threshold votes { category share } }
          sources { rank words cosine cited }
        }
      }
    }
  }
`)

export type Found = ResultOf<typeof searchQuery>['searchKnowledge'][number]
export type Answer = NonNullable<ResultOf<typeof askMutation>['ask']>['response']
export type Trace = NonNullable<Answer['trace']>

/** A row of the table: what a search gives, and where an answer was asked for also why it was found. */
export type Row = Found & { words?: number | null; cosine?: number | null; cited?: boolean | null }

export const rowsOfAnswer = ({ sources, trace }: Answer): Row[] =>
  sources.map((source) => {
    const traced = trace?.sources.find(({ rank }) => rank === source.rank)
    return { ...source, words: traced?.words ?? null, cosine: traced?.cosine ?? null }
  })

export const keyOf = ({ kind, sopId, knowledgeId, heading }: Found) =>
  kind === 'sop' ? `sop:${sopId}:${heading}` : `knowledge:${knowledgeId}`
