/** What needs a model before SQL: `ask`, `draftReply`, and `searchKnowledge` with the question's vector. */
import type { GraphileConfig } from 'graphile-config'
import { context, type FieldArgs, lambda, SafeError, type Step, sideEffect } from 'postgraphile/grafast'
import { extendSchema, gql } from 'postgraphile/utils'
import { type Answer, type AnsweringServices, ask, draftReply, Question } from '../../core/answering/ask.ts'
import { type Claims, withClaims } from '../../core/database/index.ts'
import { embedQuestion, recordCalls } from '../../core/embedding/question.ts'

declare global {
  namespace Grafast {
    interface Context {
      /** Who asks, as the server found out. */
      claims: Claims
      /** Counts a question; throws where the caller asks too often. */
      takeAsk(): Promise<void>
    }
  }
}

export function askPlugin(services: AnsweringServices | null): GraphileConfig.Plugin {
  const answering = (): AnsweringServices => {
    if (!services) throw new Error('This schema was made to be printed, not asked.')
    return services
  }
  return extendSchema(() => ({
    typeDefs: gql`
      input AskInput {
        clientMutationId: String
        """What the customer wrote."""
        query: String!
        """Only answer from this category."""
        category: String
        """Slug of the venue the question is about."""
        site: String
        """Continue this conversation (startConversation gives one)."""
        conversation: UUID
      }

      """The answer to a question, with everything it rests on."""
      type Answer {
        """The response's id: for markHelpful and markUnhelpful."""
        id: BigInt!
        """Empty where the answer was withheld, since a person has the conversation."""
        text: String!
        """answered, handed_over, emergency, withheld or paused; of a draft, drafted."""
        outcome: String!
        """Calibrated probability (0 to 1) that the first source is right."""
        confidence: Float
        category: String
        """Why it was not answered; null for customers."""
        reason: String
        """What wrote the text."""
        model: String!
        """Why the club's own text was quoted although there is a model: a kind of failure; null for customers."""
        fallback: String
        """Version of the prompt that the text was written by; null where no model wrote it."""
        promptVersionId: Int
        latencyMs: Float!
        """The ticket that was opened, or whose conversation this is."""
        ticketId: Int
        conversation: UUID
        sources: [Source!]!
        """How it came about; null for customers."""
        trace: AnswerTrace
      }

      """How an answer came about: where the time went, how it was routed, what was found."""
      type AnswerTrace {
        """Milliseconds for the question's vector."""
        embedMs: Float!
        """Milliseconds for route, search and draft."""
        beginMs: Float!
        """Milliseconds of the model that routed, beside the vector; null without one."""
        routeMs: Float
        """Milliseconds of the model that put what was found in order; null without one."""
        rerankMs: Float
        """Milliseconds of the model that wrote; null without one."""
        writeMs: Float
        """Milliseconds for writing it down."""
        recordMs: Float!
        totalMs: Float!
        """Null where no language model had a part in it."""
        tokensIn: Int
        tokensOut: Int
        """US dollars."""
        cost: Float
        """The model that found the category; local-vote where the sources voted."""
        routedBy: String!
        route: AnswerRoute!
        """All that was found, also where the answer rests on nothing."""
        sources: [TracedSource!]!
      }

      type AnswerRoute {
        category: String
        """Calibrated probability (0 to 1) that the first source is right."""
        confidence: Float!
        """Below it the assistant hands over."""
        threshold: Float!
        """How the sources that were found voted."""
        votes: [RouteVote!]!
      }

      type RouteVote {
        category: String!
        """Share of the votes, 0 to 1."""
        share: Float!
      }

      type TracedSource {
        rank: Int!
        """sop or knowledge."""
        kind: String!
        sopId: Int
        version: Int
        knowledgeId: Int
        category: String!
        topic: String!
        matched: String
        trust: Int
        score: Float!
        """Share of the question's information that the best text holds, 0 to about 3."""
        words: Float
        """Cosine of question and text, -1 to 1."""
        cosine: Float
        cited: Boolean
      }

      """An SOP or a knowledge entry that was found for a question."""
      type Source {
        rank: Int!
        """sop or knowledge."""
        kind: String!
        sopId: Int
        version: Int
        knowledgeId: Int
        category: String!
        """The SOP's section or the entry's topic."""
        topic: String!
        title: String!
        heading: String
        snippet: String!
        """The customers' phrase or learned question that led here, if one did."""
        matched: String
        """0 unreviewed, 1 confirmed by customers, 2 by staff, 3 written or approved by staff."""
        trust: Int
        """Comparable within one search only."""
        score: Float!
        """Whether the answer rests on it."""
        cited: Boolean
      }

      type AskPayload {
        clientMutationId: String
        response: Answer!
      }

      input DraftReplyInput {
        clientMutationId: String
        """The conversation whose customer waits for an answer."""
        ticketId: Int!
      }

      type DraftReplyPayload {
        clientMutationId: String
        response: Answer!
      }

      extend type Mutation {
        """Answers a customer's question from the club's SOPs and knowledge, or hands it to a person."""
        ask(input: AskInput!): AskPayload
        """
        What the assistant would answer to what the customer last wrote: for an agent to look at, change and send
        (reply with responseId). Its text is empty where the assistant would have handed over; reason says why.
        """
        draftReply(input: DraftReplyInput!): DraftReplyPayload
      }

      extend type Query {
        """Searches SOPs and knowledge by words and meaning, as an answer would. Staff only."""
        searchKnowledge(
          query: String!
          category: String
          site: String
          first: Int = 10
          """What would have been found then: by the SOP versions in force, and the knowledge as it was."""
          asOf: Datetime
        ): [Source!]!
      }
    `,
    objects: {
      Mutation: {
        plans: {
          ask(_root: Step, args: FieldArgs) {
            const $take = context().get('takeAsk')
            return sideEffect(
              [args.getRaw('input'), context().get('claims'), $take],
              async ([input, claims, take]) => {
                const { role } = claims as Claims
                // An answer is written down, which an auditor does nowhere.
                if (role === 'auditor')
                  throw new SafeError('An auditor reads, and asks nothing.', { code: 'CO403' })
                await (take as () => Promise<void>)()
                const answer = await ask(answering(), claims as Claims, Question.parse(input))
                return {
                  response: presented(answer, claims as Claims),
                  clientMutationId: (input as { clientMutationId?: string }).clientMutationId,
                }
              },
            )
          },
          draftReply(_root: Step, args: FieldArgs) {
            const $take = context().get('takeAsk')
            return sideEffect(
              [args.getRaw('input'), context().get('claims'), $take],
              async ([given, claims, take]) => {
                const input = given as { clientMutationId?: string; ticketId: number }
                await (take as () => Promise<void>)()
                const answer = await draftReply(answering(), claims as Claims, input.ticketId)
                return {
                  response: presented(answer, claims as Claims),
                  clientMutationId: input.clientMutationId,
                }
              },
            )
          },
        },
      },
      Query: {
        plans: {
          searchKnowledge(_root: Step, args: FieldArgs) {
            return lambda(
              [
                args.getRaw('query'),
                args.getRaw('category'),
                args.getRaw('site'),
                args.getRaw('first'),
                args.getRaw('asOf'),
                context().get('claims'),
              ],
              async ([query, category, site, first, asOf, claims]) => {
                const { vector, model, calls } = await embedQuestion(answering(), query as string)
                await recordCalls(answering().pool, calls)
                return withClaims(answering().pool, claims as Claims, async (client) => {
                  const given = [query, vector, category ?? null, site ?? null, first ?? 10, model]
                  const { rows } = asOf
                    ? await client.query(
                        'select * from app_public.search_as_of($1, $2::vector, $7::timestamptz, $3, $4, $5, $6)',
                        [...given, asOf],
                      )
                    : await client.query(
                        'select * from app_public.search_knowledge($1, $2::vector, $3, $4, $5, $6)',
                        given,
                      )
                  return rows.map(camel)
                })
              },
            )
          },
        },
      },
    },
  }))
}

const staff = new Set<Claims['role']>(['agent', 'reviewer', 'admin'])

/** What led to an answer, or kept the assistant from one, is for staff. */
export const presented = ({ trace, ...answer }: Answer, { role }: Claims) =>
  camel({
    ...answer,
    reason: staff.has(role) ? answer.reason : null,
    fallback: staff.has(role) ? answer.fallback : null,
    prompt_version_id: staff.has(role) ? answer.prompt_version_id : null,
    sources: answer.sources.map(camel),
    trace: staff.has(role) ? camel({ ...trace, sources: trace.sources.map(camel) }) : null,
  })

/** snake_case columns as GraphQL names. */
const camel = (row: object) =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )
