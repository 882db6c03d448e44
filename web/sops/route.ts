import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'
import { text } from '../app/search.ts'

const listRoute = createRoute({
  getParentRoute: () => staffRoute,
  path: '/sops',
  validateSearch: (search: Record<string, unknown>) => ({ q: text(search, 'q') }),
}).lazy(() => import('./page.tsx').then(({ route }) => route))

const sopRoute = createRoute({
  getParentRoute: () => staffRoute,
  path: '/sops/$id',
}).lazy(() => import('./sop.tsx').then(({ route }) => route))

export const sopsRoutes = [listRoute, sopRoute] as const
