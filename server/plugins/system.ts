/** What this server is and with what it answers: what runs, not what somebody hoped for. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GraphileConfig } from 'graphile-config'
import { context, lambda, SafeError } from 'postgraphile/grafast'
import { extendSchema, gql } from 'postgraphile/utils'
import { z } from 'zod'
import type { AnsweringServices } from '../../core/answering/ask.ts'
import type { Config } from '../../core/config.ts'
import type { Claims } from '../../core/database/index.ts'
import { projectFolder } from '../../core/database/migrate.ts'
import { analystName } from '../../core/learning/analyse.ts'

export const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')))

const staff = new Set<Claims['role']>(['agent', 'reviewer', 'admin', 'auditor'])

export function systemPlugin(
  services: AnsweringServices | null,
  config?: Pick<Config, 'production' | 'smtpUrl' | 'publicUrl'>,
): GraphileConfig.Plugin {
  const describe = async () => {
    if (!services || !config) throw new Error('This schema was made to be printed, not asked.')
    const { rows } = await services.pool.query<{ version: string }>('select version()')
    const embedder = (await services.embedder.active()) ?? services.embedder.wanted
    return {
      version,
      databaseKind: /emscripten|wasm/.test(rows[0]!.version) ? 'embedded' : 'server',
      answeringProvider: services.providers.answer?.provider ?? 'local-extractive',
      answeringModel: services.providers.answer?.model ?? 'local-extractive',
      routingModel: services.providers.route?.model ?? 'local-vote',
      rerankingModel: services.providers.rerank?.model ?? null,
      embeddingProvider: embedder.provider,
      embeddingModel: embedder.model,
      embeddingWanted: services.embedder.wanted.model,
      analyst: services.providers.analyst?.model ?? analystName,
      providers: services.providers.health(),
      environment: config.production ? 'production' : 'development',
      mailConfigured: config.smtpUrl !== undefined,
      publicUrl: config.publicUrl ?? null,
    }
  }
  return extendSchema(() => ({
    typeDefs: gql`
      """What this server is, and with what it answers."""
      type System {
        """Of ClubOS."""
        version: String!
        """server, or embedded."""
        databaseKind: String!
        """
        Who writes answers: openai, or local-extractive, which quotes the club's texts and needs no key. Where a model
        fails the local one answers; each response says who it was.
        """
        answeringProvider: String!
        answeringModel: String!
        """What finds the category: local-vote lets the nearest sources vote."""
        routingModel: String!
        """Who puts what was found in order; null: the search's own order stays."""
        rerankingModel: String
        """Who makes the vectors: local, or openai."""
        embeddingProvider: String!
        """
        What questions are embedded with: the club's model (systemHealth has its name), where this server can. Where it
        is another one, words alone find answers.
        """
        embeddingModel: String!
        """The model that the settings ask for; where it is not the club's, the texts are embedded anew: reembeddings says how far."""
        embeddingWanted: String!
        """Who finds patterns of failures and drafts proposals: a model, or local."""
        analyst: String!
        """The providers of language models: how they are reached, and how they are, as this server sees them."""
        providers: [ProviderStatus!]!
        """production or development."""
        environment: String!
        """Whether a mail server is set."""
        mailConfigured: Boolean!
        """The address that people use; null: this machine alone."""
        publicUrl: String
      }

      """A provider of language models, as this server sees it."""
      type ProviderStatus {
        """openai or anthropic: whose protocol; the endpoint may be another's."""
        provider: String!
        configured: Boolean!
        """Host and port it is reached at; null where it is not configured."""
        host: String
        """What is asked of which of its models."""
        models: [ProviderModel!]!
        """closed: it is asked; open: it failed too often and is left alone for a while; half_open: one call tries it."""
        breaker: String!
        """Since this server started; null: none."""
        lastFailure: ProviderFailure
        lastSuccess: Datetime
      }

      type ProviderModel {
        """route, answer, embed or analyse."""
        part: String!
        model: String!
      }

      type ProviderFailure {
        """As llmCalls.status has it: rate_limited, timeout …"""
        kind: String!
        at: Datetime!
      }

      extend type Query {
        """What this server is, and with what it answers. Staff only."""
        system: System
      }
    `,
    objects: {
      Query: {
        plans: {
          system() {
            return lambda(context().get('claims'), (claims) => {
              if (!staff.has((claims as Claims).role))
                throw new SafeError('This needs the role agent.', { code: 'CO403' })
              return describe()
            })
          },
        },
      },
    },
  }))
}
