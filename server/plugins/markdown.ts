/** Texts as HTML that is safe to show, beside the markdown itself: what customers and models wrote included. */
import type { GraphileConfig } from 'graphile-config'
import { context, type FieldArgs, get, lambda, SafeError, type Step } from 'postgraphile/grafast'
import { extendSchema, gql } from 'postgraphile/utils'
import type { Claims } from '../../core/database/index.ts'
import { renderMarkdown } from '../../core/markdown.ts'
import { isStaff } from './subscriptions.ts'

const mostBytes = 256 * 1024

interface Row extends Step {
  get(attribute: string): Step
}
const rendered = (attribute: string) => ($row: Step, _args: FieldArgs) =>
  lambda(($row as Row).get(attribute), (text) => (text == null ? null : renderMarkdown(text as string)))

function renderForStaff(text: string, claims: Claims): string {
  if (!isStaff(claims)) throw new SafeError('This needs the role agent.', { code: 'CO403' })
  const bytes = Buffer.byteLength(text)
  if (bytes > mostBytes)
    throw new SafeError(`The text has ${bytes} bytes; ${mostBytes} are rendered at most.`, {
      code: 'CO006',
      hint: 'Show it as markdown, or render a part of it.',
    })
  return renderMarkdown(text)
}

export const markdownPlugin: GraphileConfig.Plugin = extendSchema({
  typeDefs: gql`
    extend type Query {
      """Markdown as the sanitised HTML that contentHtml would give, for previews while writing. At most 256 kB. Staff only."""
      renderMarkdown(text: String!): String!
    }
    extend type Sop {
      """The content as sanitised HTML."""
      contentHtml: String
    }
    extend type SopVersion {
      """The content as sanitised HTML."""
      contentHtml: String
    }
    extend type KnowledgeBase {
      """The answer as sanitised HTML."""
      answerHtml: String
    }
    extend type Message {
      """The body as sanitised HTML."""
      bodyHtml: String
    }
    extend type Response {
      """The text as sanitised HTML."""
      textHtml: String
    }
    extend type Answer {
      """The text as sanitised HTML."""
      textHtml: String
    }
  `,
  objects: {
    Query: {
      plans: {
        renderMarkdown(_root: Step, args: FieldArgs) {
          return lambda([args.getRaw('text'), context().get('claims')], ([text, claims]) =>
            renderForStaff(text as string, claims as Claims),
          )
        },
      },
    },
    Sop: { plans: { contentHtml: rendered('content') } },
    SopVersion: { plans: { contentHtml: rendered('content') } },
    KnowledgeBase: { plans: { answerHtml: rendered('answer') } },
    Message: { plans: { bodyHtml: rendered('body') } },
    Response: { plans: { textHtml: rendered('text') } },
    Answer: {
      plans: {
        textHtml($answer: Step) {
          return lambda(get($answer, 'text' as never), (text) => renderMarkdown(text as unknown as string))
        },
      },
    },
  },
})
