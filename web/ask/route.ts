import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'
import { moment, text } from '../app/search.ts'

export interface AskSearch {
  q?: string
  category?: string
  site?: string
  /** Search as of this moment, ISO 8601. */
  at?: string
}

export const askRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/ask',
  validateSearch: (search: Record<string, unknown>): AskSearch => ({
    q: text(search, 'q', 4000),
    category: text(search, 'category', 100),
    site: text(search, 'site', 100),
    at: moment(search, 'at'),
  }),
}).lazy(() => import('./page.tsx').then(({ route }) => route))
