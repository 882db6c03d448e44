/** A club whose analyst is Claude, played by a local server that speaks its protocol; the SDK and all else are real. */
import type { AnsweringServices } from '../../core/answering/ask.ts'
import { readConfig } from '../../core/config.ts'
import { withClaims } from '../../core/database/index.ts'
import type { LocalEmbedder } from '../../core/embedding/index.ts'
import { embedMissing } from '../../core/learning/analyse.ts'
import type { Suggestion } from '../../core/learning/claude.ts'
import type { BreakerOptions } from '../../core/llm/breaker.ts'
import { openProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { one, type Sop } from '../sql/fixtures.ts'
import { makeTestDatabase, worker } from '../support/database.ts'
import { AnthropicServer } from '../support/providers/anthropic.ts'
import type { Received } from '../support/providers/http.ts'
import type { Script } from '../support/providers/script.ts'
import { guestsText, type Pattern, patternOf, type Said, writeSop } from './support.ts'

export const model = 'claude-sonnet-5-5'

export interface Club {
  services: AnsweringServices
  config: ReturnType<typeof readConfig>
  claude: AnthropicServer
  url: string
  sop: Sop
  /** Failures of one pattern. */
  fail(said: Said[], of?: { sop?: Sop | null; axis?: number }): Promise<Pattern>
  // biome-ignore lint/suspicious/noExplicitAny: rows are what the statement says.
  read<T = any>(statement: string, values?: unknown[]): Promise<T[]>
  close(): Promise<void>
}

export async function openClub(embedder: LocalEmbedder, breaker?: BreakerOptions): Promise<Club> {
  const database = await makeTestDatabase()
  const claude = await AnthropicServer.start({ keys: ['sk-test'] })
  const config = readConfig({
    ANTHROPIC_API_KEY: 'sk-test',
    ANTHROPIC_BASE_URL: claude.url,
    ANTHROPIC_MODEL: model,
  })
  const log = makeLog('silent')
  const providers = await openProviders(config, log, { breaker: breaker ?? { threshold: 1_000_000 } })
  const services: AnsweringServices = { pool: database.pool, embedder, log, providers }
  const sop = await withClaims(database.pool, worker, (client) =>
    writeSop(client, 'booking', 'guests', guestsText),
  )
  await embedMissing(services)
  return {
    services,
    config,
    claude,
    url: database.url,
    sop,
    fail: (said, of = {}) =>
      withClaims(database.pool, worker, (client) =>
        patternOf(client, said, { sop: of.sop === null ? undefined : (of.sop ?? sop), axis: of.axis }),
      ),
    read: async (statement, values = []) => (await database.pool.query(statement, values)).rows,
    async close() {
      await providers.close()
      await claude.close()
      await database.close()
      claude.assertClean()
    },
  }
}

/** A failure is a pattern of its own only where search cannot take it for another: each asks of something else. */
export const questions = [
  'May my brother come along as a guest?',
  'Is there a sauna?',
  'Who repairs broken clubs?',
  'Do you sell gift cards?',
]

const nothing: Suggestion = {
  action: 'nothing',
  sop_id: null,
  base_version: null,
  edits: [],
  category: null,
  section: null,
  topic: null,
  content: null,
  entries: [],
  reasoning: 'Guests are asked about, and the SOP says it in passing only.',
  evidence: [],
}

// biome-ignore lint/suspicious/noExplicitAny: a request of the SDK, as the server has checked it.
type Asked = Received<any>
// biome-ignore lint/suspicious/noExplicitAny: what app_private.analyst_brief gives.
type AnyBrief = any
const textsOf = (request: Asked): { text: string; cache_control?: object }[] =>
  request.body.messages[0].content

/** What a request brought of the pattern. */
export function briefIn(request: Asked): AnyBrief {
  const text = textsOf(request).at(-1)!.text
  return JSON.parse(/^<brief>\n([\s\S]*)\n<\/brief>$/.exec(text)![1]!)
}

/** What Claude says of a brief, on the failures that stand in it. */
export const says =
  (more: Partial<Suggestion> | ((brief: AnyBrief) => Partial<Suggestion>)) =>
  (request: Asked): Script => {
    const brief = briefIn(request)
    return {
      json: {
        ...nothing,
        evidence: brief.failures.map(({ id }: { id: number }) => id),
        ...(typeof more === 'function' ? more(brief) : more),
      },
    }
  }

export const editOf = (sop: Sop, ...edits: Suggestion['edits']): Partial<Suggestion> => ({
  action: 'edit_sop',
  sop_id: sop.id,
  base_version: 1,
  edits,
})

export const pricesOf = (club: Club, daily: number | null) =>
  one(club.services.pool, 'update app_public.club_settings set daily_budget = $1 returning daily_budget', [
    daily,
  ])

export const jobsOf = (club: Club, task: string) =>
  club.read<{ key: string; run_at: Date; delay: number }>(
    `select key, run_at, extract(epoch from run_at - now())::double precision as delay from graphile_worker.jobs where task_identifier = $1 order by id`,
    [task],
  )
