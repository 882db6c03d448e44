import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'

export const inboxRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/inbox',
}).lazy(() => import('./page.tsx').then(({ route }) => route))
