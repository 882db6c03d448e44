import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../app/routes.tsx'

export const chatRoutes = createRoute({
  getParentRoute: () => rootRoute,
  path: '/chat',
}).lazy(() => import('./page.tsx').then(({ route }) => route))
