import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'

export const reviewRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/review',
}).lazy(() => import('./page.tsx').then(({ route }) => route))
