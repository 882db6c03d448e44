import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'
import { oneOf, text, whole } from '../app/search.ts'

/** By the last check; handOver: those that a person must answer. */
export const shows = ['failed', 'unasked', 'passed', 'handOver'] as const

export interface GoldenSearch {
  q?: string
  only?: (typeof shows)[number]
  /** The one that the keys act on, or that is edited. */
  question?: number
  mode?: 'new' | 'edit'
}

export const goldenRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/golden',
  validateSearch: (search: Record<string, unknown>): GoldenSearch => ({
    q: text(search, 'q'),
    only: oneOf(search, 'only', shows),
    question: whole(search, 'question'),
    mode: oneOf(search, 'mode', ['new', 'edit']),
  }),
}).lazy(() => import('./page.tsx').then(({ route }) => route))
