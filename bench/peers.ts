/**
 * Against what a user would take instead: LangChain's PGVectorStore, Mastra's PgVector and LlamaIndex's PGVectorStore,
 * each on its own table of the same database, with the same vectors and an HNSW index (LlamaIndex offers none; it gets
 * one here), asked the same questions by its own client. All three search by vector alone. They are not installed with
 * ClubOS: npm ci --prefix bench/peers.
 *
 * At a size (--rows): time, and recall of the ten nearest against a full scan. On data (CLUBOS_DATA, a folder of sets
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
    results.push(await withScratch(6, (pool, url) => speed(pool, url, options.rows ?? 10_000, options.print)))
  for (const set of ['star', 'abcd']) {
    const folder = join(process.env.CLUBOS_DATA ?? join(projectFolder, '..', 'shared', 'data'), set)
    if (want('hit') && existsSync(folder))
      results.push(await withScratch(6, (pool, url) => hits(pool, url, set, folder, options.print)))
  }
  return { results }
}

async function speed(pool: pg.Pool, url: string, rows: number, print: (line: string) => void) {
  await pool.query(
    `create schema bench;
     create table bench.centres as select i, (select array_agg(random() - 0.5) from generate_series(1, ${dimensions}) where i >= 0)::vector(${dimensions}) as v from generate_series(0, 499) i;
     create function bench.words(n integer, salt integer) returns text language sql volatile as
       $$ select string_agg('k' || translate(floor(power(50000, random()))::integer::text, '0123456789', 'aeioulnrst'), ' ') from generate_series(1, n) where salt is not null $$;
     create table bench.items as select i, bench.words(12, i) || ' ' || i || '?' as question from generate_series(1, ${rows}) i;
     insert into app_private.embedding_cache (content_hash, model, embedding)
     select app_hidden.embedding_hash(t.question), s.embedding_model, l2_normalize(a.v + b.v)
       from bench.items t join bench.centres a on a.i = t.i % 500 join bench.centres b on b.i = (t.i / 500 * 7 + t.i % 13) % 500 cross join app_public.club_settings s;
     set clubos.actor = 'bench';
     drop index app_private.search_units_embedding;
     insert into app_public.knowledge_base (category, topic, question, answer)
     select 'category_' || i % 20, 'topic_' || i / 5, question, question || ' ' || bench.words(40, i) from bench.items;
     select app_private.refresh_search_statistics();
     set maintenance_work_mem = '2GB';
     create index search_units_embedding on app_private.search_units using hnsw (embedding halfvec_ip_ops) where indexed;
     reset maintenance_work_mem`,
  )
  await pool.query('vacuum analyze app_private.search_units')
  const { rows: items } = await pool.query<{ id: string; text: string; target: string; vector: string }>(
    `select id::text, embedding_text as text, target, embedding::text as vector from app_private.search_units where kind = 'knowledge' order by id`,
  )
  const parsed = items.map((item) => ({ ...item, vector: JSON.parse(item.vector) as number[] }))
  const peers = await openPeers(url)
  await fill(peers, parsed, print)
  // Questions near items, whose words they share in part.
  const questions = Array.from({ length: 200 }, (_, n) => {
    const item = parsed[(n * 7919) % parsed.length]!
    const vector = item.vector.map(
      (value, i) => value + 0.4 * parsed[(n * 104_729 + 1) % parsed.length]!.vector[i]!,
    )
    const length = Math.hypot(...vector)
    return {
      question: item.text.split(' ').slice(2, 9).join(' '),
      vector: vector.map((value) => value / length),
    }
  })
  const exact: Set<string>[] = []
  for (const { vector } of questions) {
    const { rows: near } = await pool.query<{ id: string }>(
      `select id::text from (select id, embedding <#> $1::halfvec(1536) as d from app_private.search_units where kind = 'knowledge' offset 0) u order by d limit 10`,
      [toVector(vector)],
    )
    exact.push(new Set(near.map(({ id }) => id)))
  }
  const systems: System[] = [
    { name: 'ClubOS, words and vectors', search: (question, vector) => ours(pool, question, vector) },
    {
      name: 'ClubOS, its vector leg',
      search: async (_, vector) => {
        const { rows: near } = await pool.query<Found>(
          `select u.id::text, u.target from app_private.nearest_units($1::halfvec(1536), (select embedding_model from app_public.club_settings)) n
             join app_private.search_units u on u.id = n.unit_id where u.kind = 'knowledge' order by u.embedding <#> $1::halfvec(1536) limit 10`,
          [toVector(vector)],
        )
        return near
      },
    },
    ...peers,
  ]
  const table = []
  for (const system of systems) {
    const took: number[] = []
    let found = 0
    for (let round = 0; round < 2; round++)
      for (const [n, { question, vector }] of questions.entries()) {
        const begun = performance.now()
        const near = await system.search(question, vector)
        if (round === 0) continue
        took.push(performance.now() - begun)
        found += near.filter(({ id }) => exact[n]!.has(id)).length
      }
    const row = {
      system: system.name,
      p50_ms: round(quantile(took, 0.5)),
      p99_ms: round(quantile(took, 0.99)),
      // search_knowledge gives targets, not units: its own leg says how it finds them.
      recall10: system === systems[0] ? null : round(found / questions.length / 10),
    }
    table.push(row)
    print(JSON.stringify(row))
  }
  for (const peer of peers) await peer.close()
  return { bench: 'speed', rows, table }
}

const Query = z.object({ query: z.string(), sop_id: z.union([z.string(), z.array(z.string())]) }).loose()

async function hits(pool: pg.Pool, url: string, set: string, folder: string, print: (line: string) => void) {
  const embedder = new LocalEmbedder()
  try {
    const embedders = new ClubEmbedders(pool, null, 'local', { local: embedder })
    const services = { pool, embedder: embedders, log: makeLog('silent') } as unknown as AnsweringServices
    await pool.query('update app_public.club_settings set embedding_model = $1', [embedder.model])
    await importFolder(services, folder, { actor: 'bench', vectors: 'now' })
    const { rows: items } = await pool.query<{ id: string; text: string; target: string; vector: string }>(
      `select u.id::text, u.embedding_text as text, u.topic as target, u.embedding::text as vector from app_private.search_units u where u.kind <> 'profile' and u.embedding is not null`,
    )
    const peers = await openPeers(url)
    await fill(
      peers,
      items.map((item) => ({ ...item, vector: JSON.parse(item.vector) as number[] })),
      () => {},
    )
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

async function fill(peers: Peer[], items: Item[], print: (line: string) => void) {
  for (const peer of peers) {
    const begun = performance.now()
    for (let at = 0; at < items.length; at += 250) await peer.add(items.slice(at, at + 250))
    const added = performance.now()
    await peer.index()
    print(
      `${peer.name}: ${items.length} rows in ${round((added - begun) / 1000)} s, index in ${round((performance.now() - added) / 1000)} s`,
    )
  }
}

async function openPeers(url: string): Promise<Peer[]> {
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
    index: () => store.createHnswIndex({ dimensions, efConstruction: 64, m: 16 }),
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
    close: () => store.disconnect(),
    index: () => store.buildIndex({ indexName: 'mastra', metric: 'cosine', indexConfig: { type: 'hnsw' } }),
    search: async (_, vector) =>
      (await store.query({ indexName: 'mastra', queryVector: vector, topK: 10 })).map((hit: Theirs) => ({
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
