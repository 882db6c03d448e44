/** `previewPrompt`: an edited prompt asks models before it is saved, which SQL alone cannot. */
import type { GraphileConfig } from 'graphile-config'
import { context, type FieldArgs, SafeError, type Step, sideEffect } from 'postgraphile/grafast'
import { extendSchema, gql } from 'postgraphile/utils'
import type { AnsweringServices } from '../../core/answering/ask.ts'
import { PreviewError, PreviewInput, previewPrompt } from '../../core/answering/preview_prompt.ts'
import type { Claims } from '../../core/database/index.ts'

export function promptsPlugin(services: AnsweringServices | null): GraphileConfig.Plugin {
  return extendSchema(() => ({
    typeDefs: gql`
      input PreviewPromptInput {
        clientMutationId: String
        """route or answer."""
        name: String!
        """The text to try; nothing is saved."""
        content: String!
        """Questions to try it on, at most 20; without, the latest answered and handed-over ones."""
        questions: [String!]
        """So many of the latest, 1 to 20 (5)."""
        latest: Int
        """Says what it would cost, and asks no model."""
        estimateOnly: Boolean
      }

      """What became of a question with the edited prompt, beside what was answered then."""
      type PromptTrial {
        """As the model read it: personal data masked."""
        question: String!
        """What was answered then; null for a question that was given."""
        old: PromptTrialBefore
        text: String!
        """answered, handed_over or emergency."""
        outcome: String!
        category: String
        """What wrote the text."""
        model: String!
        """Why the model's own text is not given: what the gate refused (unsupported, leak, unsafe …), or how the call failed; null where it is."""
        fallback: String
        """The same in words; also why it is handed over."""
        reason: String
        tokensIn: Int
        tokensOut: Int
        """US dollars; null where the model has no price."""
        cost: Float
        latencyMs: Float!
      }

      type PromptTrialBefore {
        responseId: BigInt!
        text: String!
        outcome: String!
        reason: String
        model: String!
        """Of the prompt that wrote it; null where no model did."""
        promptVersion: Int
      }

      type PreviewPromptPayload {
        clientMutationId: String
        """US dollars, by what answers lately cost; null where none did."""
        estimatedCost: Float
        trials: [PromptTrial!]!
      }

      extend type Mutation {
        """
        Tries an edited prompt on past questions: search, model and checks as for an answer, and nothing is recorded but
        the calls' cost. Reviewers.
        """
        previewPrompt(input: PreviewPromptInput!): PreviewPromptPayload
      }
    `,
    objects: {
      Mutation: {
        plans: {
          previewPrompt(_root: Step, args: FieldArgs) {
            return sideEffect(
              [args.getRaw('input'), context().get('claims'), context().get('takeAsk')],
              async ([given, claims, take]) => {
                if (!services) throw new Error('This schema was made to be printed, not asked.')
                await (take as () => Promise<void>)()
                const { clientMutationId } = given as { clientMutationId?: string }
                const { estimatedCost, questions } = await previewPrompt(
                  services,
                  claims as Claims,
                  PreviewInput.parse(given),
                ).catch((error) => {
                  if (error instanceof PreviewError)
                    throw new SafeError(error.message, { code: error.code, hint: error.hint })
                  throw error
                })
                return {
                  clientMutationId,
                  estimatedCost,
                  trials: questions.map((trial) => ({
                    ...trial,
                    old: trial.old && {
                      ...trial.old,
                      responseId: trial.old.response_id,
                      promptVersion: trial.old.prompt_version,
                    },
                  })),
                }
              },
            )
          },
        },
      },
    },
  }))
}
