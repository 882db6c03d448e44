import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'

export const adminRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/admin',
}).lazy(() => import('./page.tsx').then(({ route }) => route))
