/**
 * Only documents that the club's own programs use, where PERSISTED_OPERATIONS names a folder of them: NAME.graphql is
 * asked for as documentId "NAME". Read once at start; nothing that a request says becomes a path.
 * (@grafserv/persisted does more, and prints the payload of each refused request, customers' words included.)
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GraphileConfig } from 'graphile-config'
import { SafeError } from 'postgraphile/grafast'

export function persistedOperationsPlugin(folder: string): GraphileConfig.Plugin {
  const documents = new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.graphql'))
      .map((file) => [file.slice(0, -'.graphql'.length), readFileSync(join(folder, file), 'utf8')]),
  )
  return {
    name: 'ClubosPersistedOperationsPlugin',
    version: '1.0.0',
    before: ['ClubosDocumentLimitsPlugin'],
    grafserv: {
      middleware: {
        processGraphQLRequestBody(next, { body }) {
          const asked = body as { documentId?: unknown; query?: unknown }
          const document = documents.get(String(asked.documentId))
          if (document === undefined)
            throw new SafeError('This server takes known operations only.', {
              statusCode: 400,
              code: 'CO404',
              hint: 'Send the name of one as documentId.',
            })
          asked.query = document
          return next()
        },
      },
    },
  }
}
