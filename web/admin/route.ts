import { createRoute, redirect } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'
import { day, oneOf, text, whole } from '../app/search.ts'
import { sessionQuery } from '../app/session.ts'
import { views } from '../insights/route.ts'
import { sections } from './sections.ts'

type Search = Record<string, unknown>

const adminRoute = createRoute({
  getParentRoute: () => staffRoute,
  path: '/admin',
}).lazy(() => import('./page.tsx').then(({ route }) => route))

const indexRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/',
  beforeLoad: async ({ context }) => {
    const { role } = await context.queryClient.ensureQueryData(sessionQuery)
    throw redirect({ to: (sections.find((section) => section.for(role)) ?? sections[0]).path, replace: true })
  },
})

export const staffRoles = ['agent', 'reviewer', 'admin', 'auditor'] as const
export type StaffRole = (typeof staffRoles)[number]

const peopleRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'people',
  validateSearch: (search: Search): { q?: string; role?: StaffRole } => ({
    q: text(search, 'q', 200),
    role: oneOf(search, 'role', staffRoles),
  }),
}).lazy(() => import('./people.tsx').then(({ route }) => route))

/** Those that ended are left out unless asked for. */
const withEnded = (search: Search): { ended?: true } => ({ ended: search.ended === true ? true : undefined })

const tokensRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'tokens',
  validateSearch: withEnded,
}).lazy(() => import('./tokens.tsx').then(({ route }) => route))

const sessionsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'sessions',
  validateSearch: withEnded,
}).lazy(() => import('./sessions.tsx').then(({ route }) => route))

const assistantRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'assistant',
}).lazy(() => import('./assistant.tsx').then(({ route }) => route))

const jobsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'jobs',
}).lazy(() => import('./jobs.tsx').then(({ route }) => route))

export interface AuditSearch {
  table?: string
  row?: string
  actor?: string
  /** A transaction's number: everything that was done at once. */
  transaction?: string
  from?: string
  to?: string
}

const auditRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'audit',
  validateSearch: (search: Search): AuditSearch => ({
    table: text(search, 'table', 100),
    row: text(search, 'row', 200),
    actor: text(search, 'actor', 300),
    transaction: text(search, 'transaction', 20),
    from: day(search, 'from'),
    to: day(search, 'to'),
  }),
}).lazy(() => import('./audit.tsx').then(({ route }) => route))

const healthRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'health',
}).lazy(() => import('./health.tsx').then(({ route }) => route))

export const channels = ['mail', 'webhook', 'push'] as const
export type Channel = (typeof channels)[number]

const notificationsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'notifications',
  validateSearch: (search: Search): { channel?: Channel } => ({
    channel: oneOf(search, 'channel', channels),
  }),
}).lazy(() => import('./notifications.tsx').then(({ route }) => route))

const privacyRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'privacy',
}).lazy(() => import('./privacy.tsx').then(({ route }) => route))

export const modelTabs = ['providers', 'cost', 'calls', 'prices', 'analyses'] as const
export type ModelTab = (typeof modelTabs)[number]

export interface ModelsSearch {
  tab?: ModelTab
  /** Of the charts of cost, and of failed calls: the last so many days. */
  days?: 7 | 90
  /** One chart alone, and how it is looked at. */
  chart?: string
  as?: (typeof views)[number]
  purpose?: string
  status?: string
}

const modelsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'models',
  validateSearch: (search: Search): ModelsSearch => ({
    tab: oneOf(search, 'tab', modelTabs),
    days: ([7, 90] as const).find((days) => days === whole(search, 'days')),
    chart: text(search, 'chart', 60),
    as: oneOf(search, 'as', views),
    purpose: text(search, 'purpose', 20),
    status: text(search, 'status', 40),
  }),
}).lazy(() => import('../models/page.tsx').then(({ route }) => route))

const promptsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'prompts',
}).lazy(() => import('../prompts/page.tsx').then(({ route }) => route))

export const promptTabs = ['text', 'edit', 'history', 'preview'] as const
export type PromptTab = (typeof promptTabs)[number]

const promptRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'prompts/$name',
  validateSearch: (search: Search): { tab?: PromptTab; from?: number; to?: number } => ({
    tab: oneOf(search, 'tab', promptTabs),
    from: whole(search, 'from'),
    to: whole(search, 'to'),
  }),
}).lazy(() => import('../prompts/prompt.tsx').then(({ route }) => route))

const backupsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'backups',
}).lazy(() => import('../backups/page.tsx').then(({ route }) => route))

const restoreRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'backups/restores/$id',
}).lazy(() => import('../backups/restore.tsx').then(({ route }) => route))

const importsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'imports',
}).lazy(() => import('../imports/page.tsx').then(({ route }) => route))

export const importPlans = ['create', 'update', 'propose', 'duplicate', 'unchanged', 'skip'] as const
export type ImportPlan = (typeof importPlans)[number]
/** Items that somebody has changed since: left as they are by the import, or by its being taken back. */
export const leftAlone = ['conflict', 'kept'] as const

export interface ImportSearch {
  /** Item by item rather than file by file: those with this plan, those left alone, those of a file. */
  items?: true
  plan?: ImportPlan
  left?: (typeof leftAlone)[number]
  file?: string
}

const importRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'imports/$id',
  validateSearch: (search: Search): ImportSearch => ({
    items: search.items === true ? true : undefined,
    plan: oneOf(search, 'plan', importPlans),
    left: oneOf(search, 'left', leftAlone),
    file: text(search, 'file', 1000),
  }),
}).lazy(() => import('../imports/import.tsx').then(({ route }) => route))

export const adminRoutes = adminRoute.addChildren([
  indexRoute,
  peopleRoute,
  tokensRoute,
  sessionsRoute,
  assistantRoute,
  jobsRoute,
  auditRoute,
  healthRoute,
  notificationsRoute,
  privacyRoute,
  backupsRoute,
  restoreRoute,
  importsRoute,
  importRoute,
  modelsRoute,
  promptsRoute,
  promptRoute,
])
