/** `failuresAbout` by meaning too: what is looked for gets its vector before SQL compares it. */
import type { GraphileConfig } from 'graphile-config'
import { context, sideEffect } from 'postgraphile/grafast'
import { wrapPlans } from 'postgraphile/utils'
import type { AnsweringServices } from '../../core/answering/ask.ts'
import { type Claims, withClaims } from '../../core/database/index.ts'
import { embedQuestion, recordCalls } from '../../core/embedding/question.ts'

const staff = new Set<Claims['role']>(['agent', 'reviewer', 'admin', 'auditor'])

export const failuresAboutPlugin = (services: AnsweringServices | null): GraphileConfig.Plugin =>
  wrapPlans({
    Query: {
      failuresAbout(plan, _root, args) {
        sideEffect([args.getRaw('text'), context().get('claims')], async ([text, claims]) => {
          // Nobody pays for what somebody may not see.
          if (!services || typeof text !== 'string' || !staff.has((claims as Claims).role)) return
          const { vector, model, calls } = await embedQuestion(services, text)
          await recordCalls(services.pool, calls)
          if (vector !== null)
            await withClaims(services.pool, { role: 'worker', actor: 'server' }, (client) =>
              client.query('select app_private.store_vectors(array[$1::text], array[$2::vector], $3)', [
                text,
                vector,
                model,
              ]),
            )
        })
        return plan()
      },
    },
  })
