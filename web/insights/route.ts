import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'
import { day, oneOf, text, whole } from '../app/search.ts'

/** How one chart is looked at. */
export const views = ['chart', 'table', 'sql'] as const
export type View = (typeof views)[number]

/** Periods with a name: the last so many days. */
export const presets = [7, 30, 90] as const

export interface InsightsSearch {
  /** The last so many days; 30 where nothing is said. */
  days?: (typeof presets)[number]
  /** A period of its own: both days are included. */
  from?: string
  to?: string
  category?: string
  site?: string
  /** Only this one, full size: a name of charts.ts. */
  chart?: string
  as?: View
}

export const insightsRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/insights',
  validateSearch: (search: Record<string, unknown>): InsightsSearch => ({
    days: presets.find((days) => days === whole(search, 'days')),
    from: day(search, 'from'),
    to: day(search, 'to'),
    category: text(search, 'category', 200),
    site: text(search, 'site', 200),
    chart: text(search, 'chart', 60),
    as: oneOf(search, 'as', views),
  }),
}).lazy(() => import('./page.tsx').then(({ route }) => route))
