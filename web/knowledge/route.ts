import { createRoute } from '@tanstack/react-router'
import { staffRoute } from '../app/routes.tsx'
import { moment, oneOf, text, whole } from '../app/search.ts'

type Search = Record<string, unknown>

export const views = ['entries', 'duplicates', 'sites', 'health', 'past'] as const
export const sources = ['manual_entry', 'learned', 'improvement', 'sop'] as const
/** As the view `knowledge_health` names them. */
export const healths = ['well', 'unreviewed', 'often unhelpful', 'never used', 'expired'] as const
/** As `knowledge_findings` names them, the worst first. */
export const findingKinds = ['contradiction', 'low_success', 'duplicate', 'never_used'] as const
export const sorts = ['changed', 'used', 'helped'] as const

export interface KnowledgeSearch {
  view?: (typeof views)[number]
  /** The entry that is read. */
  entry?: number
  mode?: 'edit' | 'new'
  q?: string
  category?: string
  trust?: number
  source?: (typeof sources)[number]
  health?: (typeof healths)[number]
  /** A slug, or `everywhere`. */
  site?: string
  sort?: (typeof sorts)[number]
  /** Of a new entry. */
  topic?: string
  /** Sites: only topics that some site lacks. */
  gaps?: 'yes'
  /** Health: only findings of this kind. */
  finding?: (typeof findingKinds)[number]
  /** Past: as of when. */
  at?: string
}

export const knowledgeRoutes = createRoute({
  getParentRoute: () => staffRoute,
  path: '/knowledge',
  validateSearch: (search: Search): KnowledgeSearch => ({
    view: oneOf(search, 'view', views),
    entry: whole(search, 'entry'),
    mode: oneOf(search, 'mode', ['edit', 'new']),
    q: text(search, 'q'),
    category: text(search, 'category', 100),
    trust: whole(search, 'trust'),
    source: oneOf(search, 'source', sources),
    health: oneOf(search, 'health', healths),
    site: text(search, 'site', 100),
    sort: oneOf(search, 'sort', sorts),
    topic: text(search, 'topic', 200),
    gaps: oneOf(search, 'gaps', ['yes']),
    finding: oneOf(search, 'finding', findingKinds),
    at: moment(search, 'at'),
  }),
}).lazy(() => import('./page.tsx').then(({ route }) => route))
