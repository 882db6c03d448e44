import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'
import { oneOf, text, whole } from '../app/search.ts'

type Search = Record<string, unknown>

export const tabs = ['text', 'edit', 'history', 'blame', 'questions'] as const
export type Tab = (typeof tabs)[number]

/** An ISO moment, in UTC. */
const moment = (search: Search, name: string) => {
  const value = text(search, name, 40)
  return value !== undefined && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : undefined
}

/** The tree and the search beside whatever is read: they stay while one goes from SOP to SOP. */
const listRoute = createRoute({
  getParentRoute: () => staffRoute,
  path: '/sops',
  validateSearch: (search: Search): { q?: string; archived?: 'yes' } => ({
    q: text(search, 'q'),
    archived: oneOf(search, 'archived', ['yes']),
  }),
}).lazy(() => import('./page.tsx').then(({ route }) => route))

const newRoute = createRoute({
  getParentRoute: () => listRoute,
  path: '/new',
  validateSearch: (search: Search): { category?: string } => ({ category: text(search, 'category', 100) }),
}).lazy(() => import('./new.tsx').then(({ route }) => route))

const sopRoute = createRoute({
  getParentRoute: () => listRoute,
  path: '/$id',
  validateSearch: (search: Search): { tab?: Tab; from?: number; to?: number; at?: string } => ({
    tab: oneOf(search, 'tab', tabs),
    from: whole(search, 'from'),
    to: whole(search, 'to'),
    at: moment(search, 'at'),
  }),
}).lazy(() => import('./sop.tsx').then(({ route }) => route))

export const sopsRoutes = [listRoute.addChildren([newRoute, sopRoute])] as const
