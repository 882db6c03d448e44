import { createRoute } from '@tanstack/react-router'
import i18next from 'i18next'
import { staffRoute } from '../app/routes.tsx'
import { oneOf, text, whole } from '../app/search.ts'

export const statuses = ['pending', 'approved', 'rejected', 'superseded'] as const
export type Status = (typeof statuses)[number]

export const kinds = [
  'sop_edit',
  'sop_new',
  'knowledge_entry',
  'knowledge_correction',
  'knowledge_merge',
  'knowledge_retire',
  'routing_hint',
] as const
export type Kind = (typeof kinds)[number]

export interface ReviewSearch {
  /** Pending unless given. */
  status?: Status
  kind?: Kind
  category?: string
  /** The proposal that is read. */
  id?: number
  /** Its text is edited, or its conflict with the SOP resolved. */
  edit?: true
}

export const reviewRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/review',
  validateSearch: (search: Record<string, unknown>): ReviewSearch => ({
    status: oneOf(search, 'status', ['approved', 'rejected', 'superseded']),
    kind: oneOf(search, 'kind', kinds),
    category: text(search, 'category', 100),
    id: whole(search, 'id'),
    edit: search.edit === true ? true : undefined,
  }),
  // Not `id`: leafing through asks for what it needs by itself.
  loaderDeps: ({ search: { status, kind, category } }) => ({ status, kind, category }),
  loader: ({ context, deps, location }) => {
    void i18next.loadNamespaces('review')
    void import('./options.ts').then(({ preload }) =>
      preload(context.queryClient, { ...deps, id: whole(location.search, 'id') }),
    )
  },
}).lazy(() => import('./page.tsx').then(({ route }) => route))
