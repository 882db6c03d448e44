import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'
import { oneOf, whole } from '../app/search.ts'

export const tabs = ['waiting', 'mine', 'open', 'taken', 'resolved', 'all'] as const
export type Tab = (typeof tabs)[number]

export const inboxRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/inbox',
  validateSearch: (search: Record<string, unknown>): { tab?: Tab; ticket?: number } => ({
    tab: oneOf(search, 'tab', tabs),
    ticket: whole(search, 'ticket'),
  }),
}).lazy(() => import('./page.tsx').then(({ route }) => route))
