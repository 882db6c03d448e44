import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'

export const insightsRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/insights',
}).lazy(() => import('./page.tsx').then(({ route }) => route))
