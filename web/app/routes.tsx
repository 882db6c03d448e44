/** The two frames: the root, and around the staff's pages the shell. Pages hang themselves below one of them. */
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, Outlet } from '@tanstack/react-router'
import { CrashPage, NotFoundPage } from './ErrorPages.tsx'
import { Shell } from './Shell.tsx'
import { isStaff, loginUrl, sessionQuery } from './session.ts'

export interface RouterContext {
  queryClient: QueryClient
}

export const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: CrashPage,
})

/** Everything that staff see: with the menu around it. */
export const staffRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'staff',
  component: Shell,
  errorComponent: CrashPage,
  beforeLoad: async ({ context }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery)
    if (!isStaff(session.role)) {
      location.assign(loginUrl())
      // The browser is leaving; nothing may be shown meanwhile.
      await new Promise(() => {})
    }
  },
})
