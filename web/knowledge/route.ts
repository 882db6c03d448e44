import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'
import { whole } from '../app/search.ts'

export const knowledgeRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/knowledge',
  validateSearch: (search: Record<string, unknown>) => ({ entry: whole(search, 'entry') }),
}).lazy(() => import('./page.tsx').then(({ route }) => route))
