/** The GraphQL schema: PostGraphile over app_public, plus what needs TypeScript (ask, search with a vector, live events). */
import '@graphile/simplify-inflection'
import { PgAggregatesPreset } from '@graphile/pg-aggregates'
import { PgSimplifyInflectionPreset } from '@graphile/simplify-inflection'
import type { GraphileConfig } from 'graphile-config'
import { lexicographicSortSchema, printSchema } from 'graphql'
import type pg from 'pg'
import { makeSchema } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter'
import type { AnsweringServices } from '../core/answering/ask.ts'
import type { Config } from '../core/config.ts'
import { poolConfig } from '../core/database/index.ts'
import { askPlugin } from './plugins/ask.ts'
import { documentLimitsPlugin } from './plugins/document_limits.ts'
import { errorsPlugin } from './plugins/errors.ts'
import { failuresAboutPlugin } from './plugins/failures_about.ts'
import { markdownPlugin } from './plugins/markdown.ts'
import { namesPlugin } from './plugins/names.ts'
import { pageSizePlugin } from './plugins/page_size.ts'
import { persistedOperationsPlugin } from './plugins/persisted_operations.ts'
import { previewPlugin } from './plugins/preview.ts'
import { promptsPlugin } from './plugins/prompts.ts'
import { questionsPlugin } from './plugins/questions.ts'
import { subscriptionsPlugin } from './plugins/subscriptions.ts'
import { systemPlugin } from './plugins/system.ts'
import { vectorsPlugin } from './plugins/vectors.ts'

export function makePreset(
  url: string,
  services: AnsweringServices | null,
  config?: Pick<Config, 'introspection' | 'persistedOperations' | 'production' | 'smtpUrl' | 'publicUrl'>,
  /** The caller's own, which ends it; where it is left out, the preset makes one. */
  pool?: pg.Pool,
): GraphileConfig.Preset {
  return {
    extends: [
      PostGraphileAmberPreset,
      PgSimplifyInflectionPreset,
      PostGraphileConnectionFilterPreset,
      PgAggregatesPreset,
    ],
    plugins: [
      vectorsPlugin,
      namesPlugin,
      pageSizePlugin,
      askPlugin(services),
      markdownPlugin,
      previewPlugin(services),
      promptsPlugin(services),
      questionsPlugin(services),
      failuresAboutPlugin(services),
      subscriptionsPlugin,
      systemPlugin(services, config),
      errorsPlugin,
      ...(config?.persistedOperations ? [persistedOperationsPlugin(config.persistedOperations)] : []),
      documentLimitsPlugin({ introspection: config?.introspection ?? true }),
    ],
    pgServices: [
      makePgService({
        ...(pool ? { pool } : { connectionString: url }),
        schemas: ['app_public'],
        pubsub: services !== null,
        poolConfig: poolConfig({ statementTimeout: 30_000, idleInTransactionTimeout: 60_000 }),
      }),
    ],
    schema: {
      // Writing goes through the functions: they know who, why and what follows.
      defaultBehavior:
        '-insert -update -delete -aggregates -aggregates:filterBy -aggregates:orderBy -groupedAggregates',
      connectionFilterRelations: true,
      // A filter that says nothing filters nothing: clients leave variables out.
      connectionFilterAllowNullInput: true,
      connectionFilterAllowEmptyObjectInput: true,
    },
  } as GraphileConfig.Preset
}

export async function exportGraphqlSchema(url: string): Promise<string> {
  const preset = makePreset(url, null)
  const { schema } = await makeSchema(preset)
  await Promise.all((preset.pgServices ?? []).map((service) => service.release?.()))
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}
