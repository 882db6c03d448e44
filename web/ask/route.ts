import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'

export const askRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/ask',
}).lazy(() => import('./page.tsx').then(({ route }) => route))
