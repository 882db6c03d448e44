/** A small club and its embedders: the local one is a function here, OpenAI's the test server. */
import type pg from 'pg'
import { readConfig } from '../../core/config.ts'
import { settle } from '../../core/content/import.ts'
import { withClaims } from '../../core/database/index.ts'
import { ClubEmbedders, type Embedder } from '../../core/embedding/index.ts'
import { openProviders, type Providers } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { admin, makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { embed } from '../support/providers/defaults.ts'
import { OpenAiServer } from '../support/providers/openai.ts'

export const localModel = 'local-use-lite'
export const remoteModel = 'openai:text-embedding-3-small'

/** Made of other numbers than the test server's, so that a mixture shows. */
export const localEmbedder = (): Embedder & { texts: string[] } => {
  const texts: string[] = []
  return {
    provider: 'local',
    model: localModel,
    remote: false,
    texts,
    async embed(given) {
      texts.push(...given)
      return given.map((text) =>
        embed(text, 512)
          .map((value, i) => (i % 2 ? -value : value))
          .reverse(),
      )
    },
    async close() {},
  }
}

export interface Club {
  database: TestDatabase
  server: OpenAiServer
  providers: Providers
  local: ReturnType<typeof localEmbedder>
  embedder: ClubEmbedders
  services: { pool: pg.Pool; embedder: ClubEmbedders; providers: Providers; log: ReturnType<typeof makeLog> }
  close(): Promise<void>
}

export async function openClub(wanted: 'local' | 'openai' = 'local'): Promise<Club> {
  const database = await makeTestDatabase()
  const server = await OpenAiServer.start()
  const log = makeLog('silent')
  const providers = await openProviders(
    readConfig({ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'sk-test' }),
    log,
    { breaker: { failures: 1000 } as never },
  )
  const local = localEmbedder()
  const embedder = new ClubEmbedders(database.pool, providers.embeddings, wanted, { local, lifetime: 0 })
  return {
    database,
    server,
    providers,
    local,
    embedder,
    services: { pool: database.pool, embedder, providers, log },
    async close() {
      await providers.close()
      await server.close()
      await database.close()
    },
  }
}

/** SOPs, entries, failures with a pattern, and a proposal that waits. */
export async function fillClub(club: Club): Promise<void> {
  await withClaims(club.database.pool, admin, async (client) => {
    for (let i = 0; i < 6; i++)
      await client.query(`select app_public.save_sop($1, $2, $3, 'Written')`, [
        'doors',
        `door ${i}`,
        `# Door ${i}\n\n## Steps\n\nPress key ${i} twice.\n\n## Costs\n\nNothing for door ${i}.\n`,
      ])
    for (let i = 0; i < 6; i++)
      await client.query(`select app_public.save_knowledge('doors', $1, $2, $3, 'Written')`, [
        `bell ${i}`,
        `Where is bell ${i}? Write to bell${i}@example.com`,
        `Beside door ${i}.`,
      ])
  })
  await settle(club.services)
}

export const models = async (pool: pg.Pool): Promise<Record<string, string[]>> => {
  const { rows } = await pool.query(
    `select (select embedding_model from app_public.club_settings) as settings,
            (select array_agg(distinct coalesce(embedding_model, 'none')) from app_private.search_units) as units,
            (select array_agg(distinct coalesce(embedding_model, 'none')) from app_public.knowledge_base) as knowledge,
            (select array_agg(distinct embedding_model) from app_public.failure_patterns where centroid is not null) as patterns`,
  )
  return rows[0]
}
