import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'
import { text, whole } from '../app/search.ts'

export interface QuestionsSearch {
  /** What is looked for. */
  q?: string
  /** The number of the one that is open. */
  n?: number
}

export const questionsRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/questions',
  validateSearch: (search: Record<string, unknown>): QuestionsSearch => ({
    q: text(search, 'q', 200),
    n: whole(search, 'n'),
  }),
}).lazy(() => import('./page.tsx').then(({ route }) => route))
