/** Addresses: each page's own route.ts says its path and what its search part holds; its code comes when it is visited. */
import type { QueryClient } from '@tanstack/react-query'
import { createRoute, createRouter, redirect } from '@tanstack/react-router'
import { adminRoutes } from '../admin/route.ts'
import { askRoutes } from '../ask/route.ts'
import { chatRoutes } from '../chat/route.ts'
import { experimentsRoutes } from '../experiments/route.ts'
import { goldenRoutes } from '../golden/route.ts'
import { inboxRoutes } from '../inbox/route.ts'
import { insightsRoutes } from '../insights/route.ts'
import { knowledgeRoutes } from '../knowledge/route.ts'
import { questionsRoutes } from '../questions/route.ts'
import { reviewRoutes } from '../review/route.ts'
import { sopsRoutes } from '../sops/route.ts'
import { rootRoute, staffRoute } from './routes.tsx'
import { isStaff, sessionQuery } from './session.ts'

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: async ({ context }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery)
    throw redirect({ to: isStaff(session.role) ? '/review' : '/chat', replace: true })
  },
})

const routeTree = rootRoute.addChildren([
  homeRoute,
  chatRoutes,
  staffRoute.addChildren([
    reviewRoutes,
    inboxRoutes,
    ...sopsRoutes,
    knowledgeRoutes,
    goldenRoutes,
    askRoutes,
    experimentsRoutes,
    insightsRoutes,
    questionsRoutes,
    adminRoutes,
  ]),
])

export const makeRouter = (queryClient: QueryClient) =>
  createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    // TanStack Query decides what is fresh.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
