/** Texts as HTML that is safe to show, beside the markdown itself: what customers and models wrote included. */
import type { GraphileConfig } from 'graphile-config'
import { type FieldArgs, get, lambda, type Step } from 'postgraphile/grafast'
import { extendSchema, gql } from 'postgraphile/utils'
import { renderMarkdown } from '../../core/markdown.ts'

interface Row extends Step {
  get(attribute: string): Step
}
const rendered = (attribute: string) => ($row: Step, _args: FieldArgs) =>
  lambda(($row as Row).get(attribute), (text) => (text == null ? null : renderMarkdown(text as string)))

export const markdownPlugin: GraphileConfig.Plugin = extendSchema({
  typeDefs: gql`
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
