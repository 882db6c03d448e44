/**
 * Against what a user would take instead: LangChain's PGVectorStore, Mastra's PgVector and LlamaIndex's PGVectorStore,
 * each on its own table of the same database, with the same vectors and an HNSW index (LlamaIndex offers none; it gets
 * one here), asked the same questions by its own client. All three search by vector alone. They are not installed with
 * ClubOS: npm ci --prefix bench/peers.
 *
 * At a size (--rows), in the search space of bench/retrieval.ts (BENCH_KEEP keeps it): time, and recall of the ten nearest
 * against a full scan; each peer as it comes, and again at the least ef that finds as many as we do. On data (CLUBOS_DATA, a folder of sets
 * with sops/ and queries.jsonl; real local vectors): hit@1, the peers holding the very sections and phrases that ClubOS
 * searches.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { z } from 'zod'
import type { AnsweringServices } from '../core/answering/ask.ts'
import { importFolder, readJsonLines } from '../core/content/import.ts'
import { toVector } from '../core/database/index.ts'
import { projectFolder } from '../core/database/migrate.ts'
import { ClubEmbedders, LocalEmbedder } from '../core/embedding/index.ts'
import { makeLog } from '../core/log.ts'
import type { BenchOptions } from './index.ts'
import { load, type Theirs } from './peers/load.ts'
import { exactly, withUnits } from './retrieval.ts'
import { quantile, withScratch } from './scratch.ts'

interface Item {
  id: string
  text: string
  target: string
  vector: number[]
}

interface Found {
  id: string
  target: string
}

interface System {
  name: string
  /** The nearest ten. */
  search(question: string, vector: number[]): Promise<Found[]>
}

interface Peer extends System {
  add(items: Item[]): Promise<void>
  /** Its table, and what it keeps of a unit u there. */
  into: string
  /** How many neighbours its index looks at from now on. */
  setEffort(ef: number): Promise<void>
  index(): Promise<void>
  close(): Promise<void>
}

const dimensions = 1536

export default async (options: BenchOptions) => {
  if (!existsSync(join(projectFolder, 'bench', 'peers', 'node_modules')))
    throw new Error('The peers are not installed: npm ci --prefix bench/peers')
  const results: object[] = []
  const want = (name: string) => name.includes(options.only ?? '')
  if (want('speed'))
    results.push(
      await withUnits(options.rows ?? 10_000, options.print, (pool, url) => speed(pool, url, options.print)),
    )
  for (const set of ['star', 'abcd']) {
    const folder = join(process.env.CLUBOS_DATA ?? join(projectFolder, '..', 'shared', 'data'), set)
    if (want('hit') && existsSync(folder))
      results.push(await withScratch(6, (pool, url) => hits(pool, url, set, folder, options.print)))
  }
  return { results }
}

type Row = Omit<Item, 'vector'> & { vector: string }
const parsed = (row: Row): Item => ({ ...row, vector: JSON.parse(row.vector) as number[] })
/** The bench's units have their words where they are shown. */
const textOf = "case u.kind when 'section' then u.body else u.title end"

/** How many neighbours an HNSW index looks at, until as many of the ten nearest are found as by us; pgvector allows no more. */
const efforts = [40, 64, 100, 160, 250, 400, 640, 1000]

async function speed(pool: pg.Pool, url: string, print: (line: string) => void) {
  await pool.query('drop table if exists public.langchain, public.mastra, public.llamaindex')
  const { rows: some } = await pool.query<Row>(
    `select u.id::text, ${textOf} as text, target, embedding::text as vector from app_private.search_units u where kind <> 'profile' order by u.id limit 100`,
  )
  const peers = await openPeers(url)
  for (const peer of peers) {
    const begun = performance.now()
    await peer.add(some.map(parsed))
    // The first rows by its own client show their form; the others have it, and come by SQL.
    await pool.query(
      `insert into ${peer.into} from app_private.search_units u where kind <> 'profile' and id > $1`,
      [some.at(-1)!.id],
    )
    const added = performance.now()
    await peer.index()
    print(
      `${peer.name}: rows in ${round((added - begun) / 1000)} s, index in ${round((performance.now() - added) / 1000)} s`,
    )
  }
  await pool.query('vacuum analyze public.langchain, public.mastra, public.llamaindex')
  const { rows: asked } = await pool.query<{ id: number; question: string; v: string }>(
    'select id, question, v::text from bench.questions order by id limit 200',
  )
  const questions = asked.map(({ id, question, v }) => ({ id, question, vector: JSON.parse(v) as number[] }))
  // By comparing all: the sign keeps the index out of it.
  const { rows: nearest } = await pool.query<{ ids: string[] }>(
    `select array(select u.id from app_private.search_units u where u.kind <> 'profile' order by -(u.embedding <#> q.v::halfvec(1536)) desc limit 10)::text[] as ids
       from bench.questions q where q.id <= $1 order by q.id`,
    [exactly],
  )
  const exact = nearest.map(({ ids }) => new Set(ids))
  const recallOf = async (system: System) => {
    let found = 0
    for (const [n, ids] of exact.entries())
      found += (await system.search(questions[n]!.question, questions[n]!.vector)).filter(({ id }) =>
        ids.has(id),
      ).length
    return found / exact.length / 10
  }
  const leg: System = {
    name: 'ClubOS, its vector leg',
    search: async (_, vector) => {
      const { rows: near } = await pool.query<Found>(
        `select u.id::text, u.target from app_private.nearest_units($1::halfvec(1536), (select embedding_model from app_public.club_settings)) n
           join app_private.search_units u on u.id = n.unit_id where u.kind <> 'profile' order by u.embedding <#> $1::halfvec(1536) limit 10`,
        [toVector(vector)],
      )
      return near
    },
  }
  const whole: System = {
    name: 'ClubOS, words and vectors',
    search: (question, vector) => ours(pool, question, vector),
  }
  const measure = async (system: System, setting: string, recall: number | null) => {
    const took: number[] = []
    for (let round = 0; round < 2; round++)
      for (const { question, vector } of questions) {
        const begun = performance.now()
        await system.search(question, vector)
        if (round === 1) took.push(performance.now() - begun)
      }
    const row = {
      system: system.name,
      setting,
      p50_ms: round(quantile(took, 0.5)),
      p99_ms: round(quantile(took, 0.99)),
      recall10: recall === null ? null : round(recall),
    }
    print(JSON.stringify(row))
    return row
  }
  const goal = await recallOf(leg)
  // search_knowledge gives targets, not units: its own leg says how it finds them.
  const table = [await measure(whole, 'as it comes', null), await measure(leg, 'as it comes', goal)]
  for (const peer of peers) {
    table.push(await measure(peer, 'as it comes', await recallOf(peer)))
    let recall = 0
    let ef = 0
    for (ef of efforts) {
      await peer.setEffort(ef)
      recall = await recallOf(peer)
      if (recall >= goal - 0.002) break
    }
    table.push(await measure(peer, `ef ${ef}`, recall))
    await peer.close()
  }
  const { rows: size } = await pool.query<{ n: number }>('select count(*)::int as n from public.langchain')
  return { bench: 'speed', rows: size[0]!.n, table }
}

const Query = z.object({ query: z.string(), sop_id: z.union([z.string(), z.array(z.string())]) }).loose()

async function hits(pool: pg.Pool, url: string, set: string, folder: string, print: (line: string) => void) {
  const embedder = new LocalEmbedder()
  try {
    const embedders = new ClubEmbedders(pool, null, 'local', { local: embedder })
    const services = { pool, embedder: embedders, log: makeLog('silent') } as unknown as AnsweringServices
    await pool.query('update app_public.club_settings set embedding_model = $1', [embedder.model])
    await importFolder(services, folder, { actor: 'bench', vectors: 'now' })
    const { rows: items } = await pool.query<Row>(
      `select u.id::text, u.embedding_text as text, u.topic as target, u.embedding::text as vector from app_private.search_units u where u.kind <> 'profile' and u.embedding is not null`,
    )
    const peers = await openPeers(url)
    await fill(peers, items.map(parsed))
    const queries = readJsonLines(join(folder, 'queries.jsonl'), Query).slice(0, 400)
    const systems: System[] = [
      { name: 'ClubOS, words and vectors', search: (question, vector) => ours(pool, question, vector) },
      ...peers,
    ]
    const right = new Map(systems.map(({ name }) => [name, 0]))
    for (const { query, sop_id } of queries) {
      const [short] = await embedder.embed([query])
      const vector = JSON.parse(toVector(short!)) as number[]
      for (const system of systems) {
        const [first] = await system.search(query, vector)
        const wanted = [sop_id].flat().map((id) => id.split('/').at(-1))
        if (first && wanted.includes(first.target)) right.set(system.name, right.get(system.name)! + 1)
      }
    }
    const table = systems.map(({ name }) => ({
      system: name,
      hit1: round(right.get(name)! / queries.length),
    }))
    for (const peer of peers) await peer.close()
    for (const row of table) print(`${set} ${JSON.stringify(row)}`)
    return { bench: 'hit@1', set, n: queries.length, items: items.length, table }
  } finally {
    await embedder.close()
  }
}

async function ours(pool: pg.Pool, question: string, vector: number[]): Promise<Found[]> {
  const { rows } = await pool.query<Found>(
    'select coalesce(knowledge_id, sop_id)::text as id, topic as target from app_public.search_knowledge($1, $2::vector, first => 10)',
    [question, toVector(vector)],
  )
  return rows
}

async function fill(peers: Peer[], items: Item[]) {
  for (const peer of peers) {
    for (let at = 0; at < items.length; at += 250) await peer.add(items.slice(at, at + 250))
    await peer.index()
  }
}

async function openPeers(database: string): Promise<Peer[]> {
  // Where a database of their own would have their tables.
  const url = Object.assign(new URL(database), { search: 'options=-c search_path=public' }).toString()
  const pg = await load('pg')
  const Pool = pg.default?.Pool ?? pg.Pool
  return [
    await langchain(new Pool({ connectionString: url, max: 2 })),
    await mastra(url),
    await llamaindex(url, pg),
  ]
}

async function langchain(pool: pg.Pool): Promise<Peer> {
  const { PGVectorStore } = await load('@langchain/community/vectorstores/pgvector')
  const none = { embedQuery: async () => [], embedDocuments: async () => [] }
  const store = await PGVectorStore.initialize(none, { pool, tableName: 'langchain', dimensions })
  return {
    name: 'LangChain PGVectorStore',
    add: (items) =>
      store.addVectors(
        items.map((item) => item.vector),
        items.map((item) => ({ pageContent: item.text, metadata: { unit: item.id, target: item.target } })),
      ),
    into: `public.langchain (text, embedding, metadata) select ${textOf}, embedding, jsonb_build_object('unit', id::text, 'target', target)`,
    index: () => store.createHnswIndex({ dimensions, efConstruction: 64, m: 16 }),
    setEffort: (ef) => pool.query(`set hnsw.ef_search = ${ef}`).then(() => {}),
    // It keeps a client, for which the pool would wait.
    close: () => store.end(),
    search: async (_, vector) =>
      (await store.similaritySearchVectorWithScore(vector, 10)).map(([document]: [Theirs]) => ({
        id: document.metadata.unit,
        target: document.metadata.target,
      })),
  }
}

async function mastra(url: string): Promise<Peer> {
  let ef: number | undefined
  const { PgVector } = await load('@mastra/pg')
  const store = new PgVector({ id: 'bench', connectionString: url })
  await store.createIndex({ indexName: 'mastra', dimension: dimensions, metric: 'cosine', buildIndex: false })
  return {
    name: 'Mastra PgVector',
    add: (items) =>
      store.upsert({
        indexName: 'mastra',
        vectors: items.map((item) => item.vector),
        ids: items.map((item) => item.id),
        metadata: items.map((item) => ({ target: item.target, text: item.text })),
      }),
    into: `public.mastra (vector_id, embedding, metadata) select id::text, embedding, jsonb_build_object('text', ${textOf}, 'target', target)`,
    setEffort: async (wanted) => {
      ef = wanted
    },
    close: () => store.disconnect(),
    index: () => store.buildIndex({ indexName: 'mastra', metric: 'cosine', indexConfig: { type: 'hnsw' } }),
    search: async (_, vector) =>
      (await store.query({ indexName: 'mastra', queryVector: vector, topK: 10, ef })).map((hit: Theirs) => ({
        id: hit.id,
        target: hit.metadata.target,
      })),
  }
}

async function llamaindex(url: string, pg: Theirs): Promise<Peer> {
  const { PGVectorStore } = await load('@llamaindex/postgres')
  const { Document } = await load('@llamaindex/core/schema')
  const Client = pg.default?.Client ?? pg.Client
  const client = new Client({ connectionString: url })
  await client.connect()
  const store = new PGVectorStore({
    client,
    shouldConnect: false,
    dimensions,
    tableName: 'llamaindex',
    embeddingModel: {},
  })
  return {
    name: 'LlamaIndex PGVectorStore',
    add: (items) =>
      store.add(
        items.map(
          (item) =>
            new Document({
              text: item.text,
              metadata: { unit: item.id, target: item.target },
              embedding: item.vector,
            }),
        ),
      ),
    into: `public.llamaindex (external_id, collection, document, metadata, embeddings) select '', 'data', ${textOf}, jsonb_build_object('unit', id::text, 'target', target, 'create_date', now()), embedding`,
    setEffort: (ef) => client.query(`set hnsw.ef_search = ${ef}`),
    close: () => client.end(),
    index: () => client.query('create index on public.llamaindex using hnsw (embeddings vector_cosine_ops)'),
    search: async (_, vector) =>
      (await store.query({ queryEmbedding: vector, similarityTopK: 10, mode: 'default' })).nodes.map(
        (node: Theirs) => ({
          id: node.metadata.unit,
          target: node.metadata.target,
        }),
      ),
  }
}

const round = (value: number) => Math.round(value * 1000) / 1000
