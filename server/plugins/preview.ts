/** A dry run of an edited text: its new passages get their vectors first, so that it finds what it would find published. */
import type { GraphileConfig } from 'graphile-config'
import { context, type FieldArgs, type Step, sideEffect } from 'postgraphile/grafast'
import { wrapPlans } from 'postgraphile/utils'
import type { AnsweringServices } from '../../core/answering/ask.ts'
import type { Claims } from '../../core/database/index.ts'
import { embedEdited } from '../../core/learning/analyse.ts'

interface Input {
  id: number
  editedContent?: string | null
  editedVersion?: number | null
}

// Whoever may not preview has nothing embedded either; the function says so to them.
const mayPreview = new Set<Claims['role']>(['agent', 'reviewer', 'admin'])

export function previewPlugin(services: AnsweringServices | null): GraphileConfig.Plugin {
  return wrapPlans({
    Mutation: {
      previewImprovement(plan, _root: Step, args: FieldArgs) {
        // A side effect runs before those that are planned after it.
        sideEffect([args.getRaw('input'), context().get('claims')], async ([given, claims]) => {
          const { id, editedContent, editedVersion } = given as Input
          if (services && editedContent != null && mayPreview.has((claims as Claims).role))
            await embedEdited(services, id, editedContent, editedVersion ?? null)
        })
        return plan()
      },
    },
  })
}
