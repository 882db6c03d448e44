import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'
import { oneOf, text, whole } from '../app/search.ts'

export const shown = ['open', 'over'] as const

export interface ExperimentsSearch {
  /** Only those that are open, or over; all where nothing is said. */
  show?: (typeof shown)[number]
  /** This one, with its figures. */
  experiment?: number
  /** The form for a new one, and the SOP it is to be about. */
  mode?: 'new'
  sop?: number
  /** The variant that is compared with the control. */
  arm?: string
}

export const experimentsRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/experiments',
  validateSearch: (search: Record<string, unknown>): ExperimentsSearch => ({
    show: oneOf(search, 'show', shown),
    experiment: whole(search, 'experiment'),
    mode: oneOf(search, 'mode', ['new']),
    sop: whole(search, 'sop'),
    arm: text(search, 'arm', 1),
  }),
}).lazy(() => import('./page.tsx').then(({ route }) => route))
