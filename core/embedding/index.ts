/**
 * Texts to vectors of length one. A vector is of use only among others of its model, so each travels with the
 * model's name; which model's vectors are searched stands in club_settings.embedding_model.
 */
import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type pg from 'pg'
import { type Call, type EmbeddingModel, LlmError } from '../llm/index.ts'

export interface EmbedOptions {
  signal?: AbortSignal
  /** Each call that was made, whether it succeeded or not: it belongs in the ledger. */
  onCall?(call: Call): void
}

export interface Embedder {
  /** Whose model it is: local, or a service's name. */
  readonly provider: string
  /** Stored with each vector; vectors of two models are never compared. */
  readonly model: string
  /** Whether texts leave this machine: then they are masked before, and cost something. */
  readonly remote: boolean
  embed(texts: string[], options?: EmbedOptions): Promise<ArrayLike<number>[]>
  close(): Promise<void>
}

/** The embedders that this process has. */
export interface Embedders {
  /** By the name that stands with its vectors; null where this process cannot make such vectors. */
  for(model: string): Embedder | null
  /** What the settings ask for; another one may be active until everything is embedded anew. */
  readonly wanted: Embedder
  /** The model whose vectors are searched. Known for a few seconds, unless it has to be fresh. */
  activeModel(options?: { fresh?: boolean }): Promise<string>
  /** Its embedder; null where this process has none: then words alone find the answer. */
  active(options?: { fresh?: boolean }): Promise<Embedder | null>
  /** The database said which model is active. */
  heard(model: string): void
  close(): Promise<void>
}

/** Where there is no other. */
export function only(embedder: Embedder): Embedders {
  return {
    for: (model) => (model === embedder.model ? embedder : null),
    wanted: embedder,
    activeModel: async () => embedder.model,
    active: async () => embedder,
    heard() {},
    close: () => embedder.close(),
  }
}

/** Questions whose vectors are kept in memory, 2 kB each. */
const mostHot = 1000

interface Waiting {
  resolve(vectors: Float32Array[]): void
  reject(error: Error): void
}

/** @energetic-ai's English model (512 dimensions), bundled: no key, no network. Starts at the first text. By itself it is all embedders that there are. */
export class LocalEmbedder implements Embedder, Embedders {
  readonly provider = 'local'
  readonly model = 'local-use-lite'
  readonly remote = false
  readonly wanted = this
  #worker: Worker | null = null
  #waiting = new Map<number, Waiting>()
  #next = 1
  /** Vectors of what was asked of late, the latest last, by hash: no customer's words are kept. */
  #hot = new Map<string, Float32Array>()

  for = (model: string) => (model === this.model ? this : null)
  active = async (): Promise<Embedder | null> => this
  activeModel = async () => this.model
  heard() {}

  async embed(texts: string[]): Promise<Float32Array[]> {
    if (texts.length === 0) return []
    // A text alone is a question, and many ask the same.
    if (texts.length > 1) return this.#compute(texts)
    const key = createHash('sha256').update(texts[0]!).digest('base64')
    const vector = this.#hot.get(key) ?? (await this.#compute(texts))[0]!
    this.#hot.delete(key)
    this.#hot.set(key, vector)
    if (this.#hot.size > mostHot) this.#hot.delete(this.#hot.keys().next().value!)
    return [vector]
  }

  #compute(texts: string[]): Promise<Float32Array[]> {
    this.#worker ??= this.#start()
    const worker = this.#worker
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      worker.ref()
      worker.postMessage({ id, texts })
    })
  }

  #start(): Worker {
    const worker = new Worker(new URL('./local_thread.ts', import.meta.url), { execArgv: ['--no-warnings'] })
    worker.on('message', (message: { id?: number; vectors?: Float32Array[]; error?: string }) => {
      const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id)
      if (!waiting) return
      this.#waiting.delete(message.id!)
      if (message.error) waiting.reject(new Error(`The local embedding model failed: ${message.error}`))
      else waiting.resolve(message.vectors!)
      // Idle, it must not keep the process alive.
      if (this.#waiting.size === 0) worker.unref()
    })
    const fail = (error: Error) => {
      for (const waiting of this.#waiting.values()) waiting.reject(error)
      this.#waiting.clear()
      this.#worker = null
    }
    worker.on('error', fail)
    worker.on('exit', (code) => fail(new Error(`The local embedding model stopped (exit code ${code}).`)))
    return worker
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }
}

/** Of one text, by OpenAI: 8191 tokens; a token is a byte at least. */
const mostBytes = 8191

/** A provider's model. Its name begins with the provider's, so that two servers' models of one name stay apart from ours. */
export class RemoteEmbedder implements Embedder {
  readonly provider: string
  readonly model: string
  readonly remote = true
  readonly #of: EmbeddingModel

  constructor(of: EmbeddingModel) {
    this.#of = of
    this.provider = of.provider
    this.model = `${of.provider}:${of.model}`
  }

  async embed(texts: string[], options: EmbedOptions = {}): Promise<number[][]> {
    if (texts.length === 0) return []
    try {
      // It refuses an empty text.
      const { vectors, call } = await this.#of.embed(
        texts.map((text) => firstBytes(text, mostBytes) || ' '),
        options.signal,
      )
      options.onCall?.(call)
      // OpenAI's have this length already; other servers' may not.
      return vectors.map((vector) => {
        const length = Math.hypot(...vector) || 1
        return vector.map((value) => value / length)
      })
    } catch (error) {
      if (error instanceof LlmError && error.call) options.onCall?.(error.call)
      throw error
    }
  }

  async close() {}
}

function firstBytes(text: string, most: number): string {
  if (text.length * 3 <= most) return text
  const bytes = Buffer.from(text)
  if (bytes.length <= most) return text
  let end = most
  // Not within a character.
  while ((bytes[end]! & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}

/** Of a running club: the local model, a provider's where one is configured, and what the database says of them. */
export class ClubEmbedders implements Embedders {
  readonly wanted: Embedder
  readonly #pool: pg.Pool
  readonly #known: Embedder[]
  readonly #lifetime: number
  #active: { model: string; until: number } | null = null
  #asking: Promise<string> | null = null

  constructor(
    pool: pg.Pool,
    remote: EmbeddingModel | null,
    wanted: 'local' | 'openai',
    options: { local?: Embedder; lifetime?: number } = {},
  ) {
    this.#pool = pool
    this.#lifetime = options.lifetime ?? 5000
    const local = options.local ?? new LocalEmbedder()
    this.#known = [local, ...(remote ? [new RemoteEmbedder(remote)] : [])]
    this.wanted = wanted === 'openai' && this.#known[1] ? this.#known[1] : local
  }

  for(model: string): Embedder | null {
    return this.#known.find((embedder) => embedder.model === model) ?? null
  }

  /** Of the process's own, by provider. */
  by(provider: 'local' | 'openai'): Embedder | null {
    return this.#known.find((embedder) => embedder.provider === provider) ?? null
  }

  activeModel(options: { fresh?: boolean } = {}): Promise<string> {
    if (!options.fresh && this.#active && this.#active.until > performance.now())
      return Promise.resolve(this.#active.model)
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async active(options: { fresh?: boolean } = {}): Promise<Embedder | null> {
    return this.for(await this.activeModel(options))
  }

  heard(model: string): void {
    this.#active = { model, until: performance.now() + this.#lifetime }
  }

  async #ask(): Promise<string> {
    const { rows } = await this.#pool.query<{ model: string }>(
      'select embedding_model as model from app_public.club_settings',
    )
    this.heard(rows[0]!.model)
    return rows[0]!.model
  }

  async close(): Promise<void> {
    await Promise.all(this.#known.map((embedder) => embedder.close()))
  }
}
