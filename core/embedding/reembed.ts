/**
 * The club's texts move to another embedding model: each gets its vector of the new one into the cache, while the old
 * ones are searched; then one transaction changes over. It can be stopped and begun again at any time: what is in the
 * cache is not asked for again.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import {
  type Claims,
  connectionProblem,
  kept,
  toBinaryVector,
  toVector,
  withClaims,
} from '../database/index.ts'
import { type Call, LlmError } from '../llm/index.ts'
import type { Log } from '../log.ts'
import type { Embedder, Embedders } from './index.ts'

export interface Estimate {
  from_model: string
  total: number
  missing: number
  characters: number
  tokens: number
  /** US dollars; null: the model has no price. */
  cost: number | null
}

export interface Reembedded extends Estimate {
  to_model: string
  /** Texts that were embedded by this run. */
  embedded: number
  /** US dollars that this run cost, as far as it is known. */
  spent: number | null
  copy_ms: number
  /** How long writers had to wait. */
  change_ms: number
}

interface Services {
  pool: pg.Pool
  embedder: Embedders
  log: Log
}

export interface ReembedOptions {
  reason: string
  actor?: string
  signal?: AbortSignal
  progress?: (done: number, of: number, perSecond: number) => void
  /** Texts of one request (128 of a provider, 32 of the local model). */
  batch?: number
  /** Tries of one request before it is given up (8). */
  tries?: number
  /** Milliseconds before the second try, where the provider does not say; doubled each time (1000). */
  firstDelay?: number
}

/** Where nothing is embedded yet, the model that the settings ask for is the club's at once. */
export async function adoptModel(pool: pg.Pool, embedders: Embedders): Promise<void> {
  const active = await withClaims(pool, { role: 'worker', actor: 'system' }, async (client) => {
    const { rows } = await client.query<{ model: string }>(
      'select app_private.adopt_embedding_model($1) as model',
      [embedders.wanted.model],
    )
    return rows[0]!.model
  })
  embedders.heard(active)
}

/** What a server says and does at its start about a club whose vectors are another model's than the settings ask for; null: nothing. */
export async function requestMove(services: Services): Promise<string | null> {
  const active = await services.embedder.activeModel({ fresh: true })
  const wanted = services.embedder.wanted.model
  if (active === wanted) return null
  await withClaims(services.pool, { role: 'worker', actor: 'system' }, (client) =>
    client.query('select app_private.request_reembedding($1)', [wanted]),
  )
  return services.embedder.for(active)
    ? `The club's texts move from ${active} to ${wanted} in the background; until then ${active} is searched.`
    : `The club's vectors are of ${active}, which this server cannot make: words alone find answers until all texts are embedded by ${wanted}, in the background.`
}

export async function estimate(pool: pg.Pool, to: Embedder): Promise<Estimate> {
  return withClaims(pool, { role: 'worker', actor: 'reembed' }, async (client) => {
    const { rows } = await client.query<Record<keyof Estimate, string> & { from_model: string }>(
      'select * from app_private.reembedding_estimate($1)',
      [to.model],
    )
    const row = rows[0]!
    return {
      from_model: row.from_model,
      total: Number(row.total),
      missing: Number(row.missing),
      characters: Number(row.characters),
      tokens: Number(row.tokens),
      cost: row.cost === null ? null : Number(row.cost),
    }
  })
}

export async function reembed(
  services: Services,
  to: Embedder,
  options: ReembedOptions,
): Promise<Reembedded> {
  const expected = await estimate(services.pool, to)
  const run = new Run(services, to, options)
  return { ...expected, to_model: to.model, ...(await run.all()) }
}

interface Row {
  id: number
  total: number
  done: number
  cost: string | null
}

interface Text {
  content_hash: Buffer
  sent: string
}

class Run {
  readonly #services: Services
  readonly #to: Embedder
  readonly #options: ReembedOptions
  readonly #claims: Claims
  readonly #begun = performance.now()
  #row: Row | null = null
  #embedded = 0
  #spentBefore = 0

  constructor(services: Services, to: Embedder, options: ReembedOptions) {
    this.#services = services
    this.#to = to
    this.#options = options
    this.#claims = { role: 'worker', actor: options.actor ?? 'reembed' }
  }

  async all() {
    this.#row = await this.#one<Row>('select * from app_private.begin_reembedding($1, $2)', [
      this.#to.model,
      this.#options.reason,
    ])
    this.#spentBefore = Number(this.#row.cost ?? 0)
    try {
      await this.#copy()
      const copied = performance.now()
      const change_ms = await this.#changeOver()
      return {
        embedded: this.#embedded,
        spent: this.#row.cost === null ? null : Number(this.#row.cost) - this.#spentBefore,
        copy_ms: copied - this.#begun,
        change_ms,
      }
    } catch (error) {
      // Where the database is away too, the next run finds it unfinished and goes on.
      await this.#note(
        this.#options.signal?.aborted ? 'waiting' : 'failed',
        this.#options.signal?.aborted
          ? 'It was stopped, and goes on with the next try.'
          : String((error as Error).message),
      ).catch(() => {})
      throw error
    }
  }

  /** One pass over all that the model has no vector of, in the order of the texts' hashes. */
  async #copy(): Promise<void> {
    const batch = this.#options.batch ?? (this.#to.remote ? 128 : 32)
    let after: Buffer = Buffer.alloc(0)
    // A provider answers several requests at once; the texts of the next are fetched and masked meanwhile.
    const width = this.#to.remote ? 3 : 1
    const running = new Set<Promise<void>>()
    const failures: unknown[] = []
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, ...(this.#options.signal ? [this.#options.signal] : [])])
    while (failures.length === 0) {
      this.#options.signal?.throwIfAborted()
      const texts = await this.#query<Text>(
        'select content_hash, sent from app_private.texts_to_embed($1, $2, $3, $4)',
        [this.#to.model, after, batch, this.#to.remote],
      )
      if (texts.length === 0) break
      after = texts.at(-1)!.content_hash
      const work = this.#embed(texts, signal)
        .catch((error) => {
          failures.push(error)
          stop.abort()
        })
        .finally(() => running.delete(work))
      running.add(work)
      if (running.size >= width) await Promise.race(running)
    }
    await Promise.all(running)
    if (failures.length > 0) throw failures[0]
  }

  async #embed(texts: Text[], signal: AbortSignal): Promise<void> {
    const { tries = 8, firstDelay = 1000 } = this.#options
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted()
      await this.#checkBudget()
      const calls: Call[] = []
      try {
        const vectors = await this.#to.embed(
          texts.map((text) => text.sent),
          { signal, onCall: (call) => calls.push(call) },
        )
        this.#row = await this.#one<Row>('select * from app_private.keep_vectors($1, $2, $3::vector[], $4)', [
          this.#row!.id,
          texts.map((text) => text.content_hash),
          vectors.map((vector) => toVector(vector)),
          JSON.stringify(calls),
        ])
        this.#embedded += texts.length
        this.#options.progress?.(
          this.#row.done,
          this.#row.total,
          this.#embedded / ((performance.now() - this.#begun) / 1000),
        )
        return
      } catch (error) {
        if (!(error instanceof LlmError)) throw error
        if (signal.aborted || !error.transient || attempt === tries) {
          await this.#note('running', null, calls)
          throw error
        }
        const delay = error.retryAfter !== null ? error.retryAfter * 1000 : firstDelay * 2 ** (attempt - 1)
        this.#services.log.warn({ kind: error.kind, delay, attempt }, 'embedding anew waits')
        await this.#note('waiting', error.message, calls)
        await sleep(delay, undefined, { signal })
      }
    }
  }

  async #checkBudget(): Promise<void> {
    if (!this.#to.remote) return
    const { budget } = await this.#one<{ budget: string }>(
      `select budget from app_private.prepare_texts('{}')`,
      [],
    )
    if (budget === 'stopped')
      throw new LlmError(
        'budget_stopped',
        'The budget for models is used up: raise it (club_settings), or go on when the day or month ends. What is embedded is kept.',
      )
  }

  /** Returns how long the transaction took that succeeded, in ms. */
  async #changeOver(): Promise<number> {
    // What was written meanwhile is embedded too, until nothing is left at the moment of change; somebody who writes
    // all the time cannot keep it from happening: a few texts then get their vectors right after.
    for (let round = 0, refused = 0; ; ) {
      this.#options.signal?.throwIfAborted()
      const begun = performance.now()
      try {
        const { missing } = await this.#one<{ missing: number }>(
          'select app_private.change_embedding_model($1, $2, $3, $4) as missing',
          [this.#to.model, this.#options.reason, round < 5 ? 0 : 64, this.#row!.id],
        )
        if (missing === 0) {
          this.#services.embedder.heard(this.#to.model)
          return performance.now() - begun
        }
        if (++round > 20) throw new Error(`${missing} texts are written faster than they are embedded.`)
        await this.#copy()
      } catch (error) {
        // Somebody was writing for a moment, or another change was first.
        const { code } = error as { code?: string }
        if ((code !== '55P03' && code !== '40P01') || ++refused > 200) throw error
        await sleep(50 + Math.random() * 200, undefined, { signal: this.#options.signal })
      }
    }
  }

  async #note(state: string, error: string | null, calls: Call[] = []): Promise<void> {
    await this.#query('select app_private.note_reembedding($1, $2, $3, $4)', [
      this.#row!.id,
      state,
      error,
      JSON.stringify(calls),
    ])
  }

  async #one<T extends pg.QueryResultRow>(statement: string, values: unknown[]): Promise<T> {
    return (await this.#query<T>(statement, values))[0]!
  }

  #query<T extends pg.QueryResultRow>(statement: string, values: unknown[]): Promise<T[]> {
    return withClaims(this.#services.pool, this.#claims, async (client) => {
      const { rows } = await client.query<T>(statement, values)
      return rows
    })
  }
}

/** The search index holds the old vectors until it is cleaned; without that, searches get slower for a while. */
export async function tidyIndex(services: Services): Promise<void> {
  await services.pool.query('vacuum (analyze) app_private.search_units').catch((error: Error) => {
    if (connectionProblem(error)) throw error
    services.log.warn({ error: error.message }, 'the search units were not vacuumed; autovacuum will')
  })
}

/**
 * Loads the local model, searches once on each connection that stays open, and brings what searches read into memory; a
 * failure costs the first questions some time, and nothing else. ended: by whoever stops the process meanwhile.
 */
export async function prewarm(services: Services, ended: AbortSignal): Promise<void> {
  const { pool, log, embedder } = services
  const claims: Claims = { role: 'worker', actor: 'system' }
  const text = 'opening hours'
  try {
    const model = await embedder.active()
    const [vector] = model && !model.remote ? await model.embed([text]) : []
    // At once, so that each has a connection of its own.
    await Promise.all(
      Array.from({ length: kept }, () =>
        withClaims(pool, claims, (client) =>
          client.query('select from app_public.search_knowledge($1, $2::vector, embedding_model => $3)', [
            text,
            vector ? toBinaryVector(vector) : null,
            model?.model ?? null,
          ]),
        ),
      ),
    )
    await withClaims(pool, claims, (client) => client.query('select app_private.prewarm_search()'))
  } catch (error) {
    if (!ended.aborted) log.warn({ error: (error as Error).message }, 'the search space was not prewarmed')
  }
}
