/** Types that PostGraphile has no codec for, as text: pgvector's (of no use to a client, so hidden) and transaction ids. */
import type { GraphileConfig } from 'graphile-config'
import { type PgCodec, TYPES } from 'postgraphile/@dataplan/pg'
import sql from 'postgraphile/pg-sql2'

const asText = new Set(['vector', 'halfvec', 'sparsevec', 'xid8'])

export const vectorsPlugin: GraphileConfig.Plugin = {
  name: 'ClubosVectorsPlugin',
  version: '1.0.0',
  gather: {
    hooks: {
      async pgCodecs_findPgCodec(_info, event) {
        const { pgType } = event
        if (event.pgCodec || !asText.has(pgType.typname)) return
        const codec = {
          ...TYPES.text,
          name: pgType.typname,
          sqlType: sql.identifier(pgType.getNamespace()!.nspname, pgType.typname),
        }
        event.pgCodec = codec as unknown as typeof event.pgCodec
      },
    },
  },
  schema: {
    hooks: {
      init(init, build) {
        for (const codec of Object.values(build.input.pgRegistry.pgCodecs) as PgCodec[])
          if (asText.has(codec.name))
            for (const mode of ['input', 'output'] as const)
              build.setGraphQLTypeForPgCodec(codec, mode, build.graphql.GraphQLString.name)
        return init
      },
    },
    entityBehavior: {
      pgCodecAttribute: {
        inferred(behavior, [codec, attributeName]) {
          return codec.attributes[attributeName]?.codec.name === 'vector' ? [behavior, '-*'] : behavior
        },
      },
      pgResource: {
        inferred(behavior, resource) {
          // `ask` and `searchKnowledge` are made in TypeScript, where the question gets its vector.
          const parameters = resource.parameters as readonly { codec: PgCodec }[] | undefined
          return parameters?.some((parameter) => parameter.codec.name === 'vector')
            ? [behavior, '-*']
            : behavior
        },
      },
    },
  },
}
