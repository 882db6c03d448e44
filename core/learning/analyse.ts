/**
 * failed responses → patterns → drafts with their vectors → proposals, dry-run and ranked. Re-running it is harmless:
 * what was analysed is not analysed again, what was answered is not asked again, what was proposed is not proposed again.
 */
import type { AnsweringServices } from '../answering/ask.ts'
import { type Claims, toVector, withClaims } from '../database/index.ts'
import { prepareTexts, recordCalls } from '../embedding/question.ts'
import { type Call, type FailureKind, LlmError, type TextModel } from '../llm/index.ts'
import { type Brief, requestOf, type Suggestion } from './claude.ts'
import { analyseLocally } from './local.ts'

export interface Analysis {
  run: number
  /** Whose the run was: a model's name, or local. */
  analyst: string
  failures: number
  patterns: number
  /** Proposals that wait for a person. */
  proposals: number[]
  /** By what came of them; `local` of them by the local analyst. */
  counts: Record<string, number>
  /** US dollars by now; null where no price is known. */
  cost: number | null
  /** Patterns that wait in a batch of the provider. */
  batched: number
}

export interface Draft {
  kind: string
  suggestion: {
    sop_id?: number
    category?: string
    section?: string
    topic?: string
    new_content?: string
    entries?: { question: string; answer: string }[]
  }
  failed_response_ids: number[]
  base_version?: number
}

export interface AnalysisOptions {
  /** At most so many failures; 2000. */
  most?: number
  kind?: 'hourly' | 'daily' | 'requested'
  /** A run that waits to be begun. */
  run?: number
  job?: number
  /** local: the local analyst alone. By default Claude, where it is configured. */
  provider?: 'local' | 'claude'
  /** By the provider's batches: cheaper, and done within a day. */
  batch?: boolean
  /** Whether the caller comes again where something fails for a while; otherwise the local analyst does it. */
  again?: boolean
  signal?: AbortSignal
  progress?: (done: number, of: number) => void
}

/** Who finds patterns; stands in failure_patterns.analyst until a model has analysed one. */
export const analystName = 'local'

export const analyst: Claims = { role: 'worker', actor: `${analystName} analyst` }

/** Some patterns wait until the provider can do them; the same run goes on with them. */
export class AnalysisWaits extends Error {}

/** A batch may have 100,000 requests and 256 MB; each repeats the shared part. */
const mostInBatch = { requests: 1000, characters: 60_000_000 }

export async function analyse(services: AnsweringServices, options: AnalysisOptions = {}): Promise<Analysis> {
  const providers = options.provider === 'local' ? null : services.providers
  const model = providers?.analyst ?? null
  if (options.provider === 'claude' && !model)
    throw Object.assign(new Error('Claude is not configured.'), {
      hint: 'Set ANTHROPIC_API_KEY, or leave --provider out.',
    })
  await embedFailures(services)
  const started = await begin(services, model?.model ?? analystName, options)
  const progress = (done: number) => options.progress?.(done, started.patterns.length)
  const work = new Run(services, model, started.run, options)
  const batches = options.batch && model ? providers!.batches : null
  const rest = batches ? await work.putIntoBatches(batches, started.patterns, progress) : started.patterns
  for (const [index, pattern] of rest.entries()) {
    options.signal?.throwIfAborted()
    progress(started.patterns.length - rest.length + index)
    await work.analyse(pattern)
  }
  await previewWhatACrashLeft(services, work.proposals)
  const settled = await settleRun(services, started.run, {
    patterns: started.patterns.length,
    overBudget: work.overBudget,
    error: work.waiting?.message,
    done: !work.waiting,
  })
  if (work.waiting) throw new AnalysisWaits(`Patterns wait for another try: ${work.waiting.message}`)
  return {
    run: started.run,
    analyst: model?.model ?? analystName,
    failures: started.failures,
    patterns: started.patterns.length,
    proposals: [...work.proposals].toSorted((a, b) => a - b),
    counts: settled.counts,
    cost: settled.cost === null ? null : Number(settled.cost),
    batched: work.batched,
  }
}

async function begin(services: AnsweringServices, name: string, options: AnalysisOptions) {
  const { pool } = services
  const run = await withClaims(pool, analyst, async (client) => {
    const { rows } = await client.query<{ id: number; failures: number; most: number }>(
      'select id, failures, most from app_private.begin_analysis_run($1, $2, $3, $4, $5)',
      [options.kind ?? 'requested', name, options.most ?? 2000, options.run ?? null, options.job ?? null],
    )
    return rows[0]!
  })
  return withClaims(pool, analyst, async (client) => {
    await client.query('select app_private.resume_analysis_batches()')
    await client.query('select app_private.cluster_failures($1)', [run.most])
    const { rows } = await client.query<{ id: number }>(
      'select p as id from app_private.patterns_to_analyse() p',
    )
    return { run: run.id, failures: run.failures, patterns: rows.map(({ id }) => id) }
  })
}

/** One run over patterns, and what came of it. */
class Run {
  readonly proposals = new Set<number>()
  overBudget = 0
  batched = 0
  /** Why patterns wait for another try. */
  waiting: LlmError | null = null
  /** What every further call would meet too. */
  #down: LlmError | null = null
  readonly #services: AnsweringServices
  readonly #model: TextModel | null
  readonly #run: number
  readonly #options: AnalysisOptions

  constructor(services: AnsweringServices, model: TextModel | null, run: number, options: AnalysisOptions) {
    this.#services = services
    this.#model = model
    this.#run = run
    this.#options = options
  }

  async analyse(pattern: number): Promise<void> {
    if (this.#model) await this.#byModel(this.#model, pattern)
    else await this.#locally(pattern)
  }

  /** Returns the patterns that no batch was for. */
  async putIntoBatches(
    batches: { provider: string; model: string },
    patterns: number[],
    progress: (done: number) => void,
  ): Promise<number[]> {
    const rest: number[] = []
    let batch: { id: number; requests: number; characters: number } | null = null
    const close = async () => {
      if (batch) await one(this.#services, 'select app_private.queue_analysis_batch($1)', [batch.id])
      batch = null
    }
    for (const [index, pattern] of patterns.entries()) {
      progress(index)
      this.#options.signal?.throwIfAborted()
      for (;;) {
        batch ??= {
          ...(await one<{ id: number }>(
            this.#services,
            'select id from app_private.begin_analysis_batch($1, $2, $3)',
            [this.#run, batches.provider, batches.model],
          )),
          requests: 0,
          characters: 0,
        }
        const { state, characters = 0 } = await claim(
          this.#services,
          pattern,
          batches.model,
          this.#run,
          batch.id,
        )
        if (state === 'batch_closed') {
          // Somebody took it for one that was left, and has sent it.
          batch = null
          continue
        }
        if (state === 'batched') {
          this.batched++
          batch.requests++
          batch.characters += characters
        } else if (state === 'over_budget') await this.#overBudget(pattern)
        // What was answered before a crash, what was refused, and what no model is asked: as in a run by messages.
        else if (state === 'received' || state === 'done' || state === 'local') rest.push(pattern)
        break
      }
      if (batch && (batch.requests >= mostInBatch.requests || batch.characters > mostInBatch.characters))
        await close()
    }
    await close()
    return rest
  }

  async #byModel(model: TextModel, pattern: number): Promise<void> {
    // One that is down is not asked again for each pattern.
    if (this.#down) {
      if (!this.waiting)
        await this.#locally(pattern, [`${this.#down.kind}: ${model.model} could not be asked`])
      return
    }
    const claimed = await claim(this.#services, pattern, model.model, this.#run)
    if (claimed.state === 'over_budget') return this.#overBudget(pattern)
    if (claimed.state === 'local') return this.#locally(pattern)
    if (claimed.state === 'done') {
      if (claimed.status === 'refused' || claimed.status === 'failed')
        await this.#locally(pattern, [
          `${claimed.status}: by ${model.model}, analysis ${claimed.analysis_id}`,
        ])
      return
    }
    if (claimed.state === 'received') return this.#settle(pattern, claimed, claimed)
    if (claimed.state !== 'claimed') return
    let answer: { value: Suggestion; call: Call }
    try {
      answer = await model.structured(requestOf(claimed as Brief, this.#options.signal))
    } catch (error) {
      if (!(error instanceof LlmError)) throw error
      const outcome = await failed(this.#services, claimed, error, this.#options.again === true)
      if (error.kind === 'aborted') throw error
      if (standsStill.has(error.kind)) this.#down = error
      if (outcome === 'queued') this.waiting = error
      else await this.#locally(pattern, [`${error.kind}: ${model.model} gave nothing that could be used`])
      return
    }
    await this.#settle(pattern, claimed, await receive(this.#services, claimed, answer.value, answer.call))
  }

  async #settle(pattern: number, claimed: Claimed, received: Received): Promise<void> {
    const id = await settleAnalysis(this.#services, pattern, this.#run, claimed, received)
    if (id !== null) this.proposals.add(id)
  }

  async #overBudget(pattern: number): Promise<void> {
    this.overBudget++
    await this.#locally(pattern, ['over_budget: the budget does not allow a model for it'])
  }

  async #locally(pattern: number, reasons: string[] = []): Promise<void> {
    const id = await analyseLocally(this.#services, pattern, this.#run, reasons)
    if (id !== null) this.proposals.add(id)
  }
}

/** The next pattern would fare no better. */
const standsStill = new Set<FailureKind>([
  'breaker_open',
  'rate_limited',
  'overloaded',
  'connection',
  'quota_exhausted',
  'unauthorized',
  'unknown_model',
])

async function one<T>(services: AnsweringServices, statement: string, values: unknown[]): Promise<T> {
  return withClaims(services.pool, analyst, async (client) => {
    const { rows } = await client.query(statement, values)
    return rows[0] as T
  })
}

export interface Claimed {
  state:
    | 'claimed'
    | 'local'
    | 'received'
    | 'batched'
    | 'done'
    | 'taken'
    | 'over_budget'
    | 'gone'
    | 'batch_closed'
  analysis_id: number
  attempt: number
  status?: string
  characters?: number
}

export type Received = Partial<Draft> & {
  state: 'received' | 'queued' | 'failed' | 'stale' | string
  reasons?: string[]
}

async function claim(
  services: AnsweringServices,
  pattern: number,
  model: string,
  run: number,
  batch: number | null = null,
): Promise<Claimed & Partial<Brief> & Received> {
  const { claimed } = await one<{ claimed: Claimed & Received }>(
    services,
    'select app_private.claim_analysis($1, $2, $3, $4) as claimed',
    [pattern, model, run, batch],
  )
  return claimed
}

type Attempted = Pick<Claimed, 'analysis_id' | 'attempt'>

/** Checked by the database, in the statement that writes it down. */
export async function receive(
  services: AnsweringServices,
  claimed: Attempted,
  suggestion: Suggestion,
  call: Call,
): Promise<Received> {
  const { received } = await one<{ received: Received }>(
    services,
    'select app_private.receive_analysis($1, $2, $3, $4) as received',
    [claimed.analysis_id, claimed.attempt, JSON.stringify(suggestion), JSON.stringify([call])],
  )
  return received
}

/** Writes down why there is no answer, and what it cost; queued: it shall be tried again. */
export async function failed(
  services: AnsweringServices,
  claimed: Attempted,
  error: LlmError,
  again: boolean,
): Promise<string> {
  const { received } = await one<{ received: Received }>(
    services,
    'select app_private.receive_analysis($1, $2, null, $3, $4, $5) as received',
    [
      claimed.analysis_id,
      claimed.attempt,
      JSON.stringify(error.call ? [error.call] : []),
      `${error.kind}: ${error.message}`,
      // Whoever stops us has the next run do it.
      error.kind === 'aborted' || (again && error.transient),
    ],
  )
  return received.state
}

/** From what was received to the queue; what was refused is left to the local analyst. Returns what waits for a person. */
export async function settleAnalysis(
  services: AnsweringServices,
  pattern: number,
  run: number | null,
  claimed: Attempted,
  received: Received,
): Promise<number | null> {
  if (received.reasons)
    return analyseLocally(services, pattern, run, [`refused: by analysis ${claimed.analysis_id}`])
  if (!received.kind || !received.suggestion) return null
  await embedDraft(services, { suggestion: received.suggestion })
  const { proposed } = await one<{ proposed: { state: string; improvement_id: number | null } }>(
    services,
    'select app_private.propose_analysis($1, $2) as proposed',
    [claimed.analysis_id, claimed.attempt],
  )
  if (proposed.state === 'refused')
    return analyseLocally(services, pattern, run, [`refused: by analysis ${claimed.analysis_id}`])
  if (proposed.state !== 'proposed' || proposed.improvement_id === null) return null
  await one(services, 'select app_public.preview_improvement($1)', [proposed.improvement_id])
  return proposed.improvement_id
}

async function previewWhatACrashLeft(services: AnsweringServices, proposals: Set<number>): Promise<void> {
  const left = await withClaims(services.pool, analyst, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      'select p as id from app_private.proposals_without_dry_run() p',
    )
    return rows
  })
  for (const { id } of left) {
    await one(services, 'select app_public.preview_improvement($1)', [id])
    proposals.add(id)
  }
}

export async function settleRun(
  services: AnsweringServices,
  run: number | null,
  given: { patterns?: number; overBudget?: number; error?: string; done?: boolean } = {},
): Promise<{ counts: Record<string, number>; cost: string | null; status: string }> {
  return one(
    services,
    'select counts, cost, status from app_private.settle_analysis_run($1, $2, $3, $4, $5)',
    [run, given.patterns ?? null, given.overBudget ?? 0, given.error ?? null, given.done ?? true],
  )
}

/** So that approving is pure SQL: every text of the draft has its vector before anybody sees it. */
export async function embedDraft(
  services: AnsweringServices,
  draft: Pick<Draft, 'suggestion'>,
): Promise<void> {
  const { suggestion } = draft
  const texts = await withClaims(services.pool, analyst, async (client) => {
    if (suggestion.entries) return suggestion.entries.map((entry) => entry.question)
    const { rows } = await client.query<{ embedding_text: string }>(
      `select m.embedding_text from app_private.missing_vectors(coalesce($1, (select category from app_public.sops where id = $2)), $3, $4) m`,
      [suggestion.category ?? null, suggestion.sop_id ?? null, suggestion.section, suggestion.new_content],
    )
    return rows.map((row) => row.embedding_text)
  })
  await storeVectors(services, texts)
}

/** What an edited proposal says that no vector is known of yet; the words alone count where the model fails. */
export async function embedEdited(
  services: AnsweringServices,
  id: number,
  content: string,
  version: number | null,
): Promise<void> {
  const texts = await withClaims(services.pool, analyst, async (client) => {
    const { rows } = await client.query<{ embedding_text: string }>(
      'select embedding_text from app_private.preview_texts($1, $2, $3)',
      [id, content, version],
    )
    return rows.map((row) => row.embedding_text)
  })
  await storeVectors(services, texts).catch((error: Error) => {
    services.log.error({ error: error.message }, 'embedding failed; the dry run goes by words alone')
  })
}

async function embedFailures(services: AnsweringServices): Promise<void> {
  const texts = await withClaims(services.pool, analyst, async (client) => {
    const { rows } = await client.query<{ query: string }>(
      'select distinct query from app_public.failed_responses where not analyzed and withdrawn_at is null',
    )
    return rows.map((row) => row.query)
  })
  await storeVectors(services, texts)
}

/**
 * Embeds texts by the club's model, in batches, and hands their vectors to whatever waits for them. Returns how many
 * were new; none where this process has no such model, or the budget is used up: until then words alone find them.
 */
export async function storeVectors(
  services: AnsweringServices,
  texts: string[],
  batch = 64,
): Promise<number> {
  if (texts.length === 0) return 0
  const embedder = await services.embedder.active({ fresh: true })
  if (!embedder) {
    services.log.warn(
      { model: await services.embedder.activeModel(), texts: texts.length },
      'this process cannot embed by the club’s model; words alone find these texts',
    )
    return 0
  }
  let stored = 0
  for (let from = 0; from < texts.length; from += batch) {
    const part = texts.slice(from, from + batch)
    let sent = part
    if (embedder.remote) {
      const { masked, budget } = await prepareTexts(services.pool, part)
      if (budget === 'stopped') {
        services.log.warn(
          { texts: texts.length - from },
          'the budget is used up: texts wait for their vectors',
        )
        return stored
      }
      sent = masked
    }
    const calls: Call[] = []
    const vectors = await embedder
      .embed(
        sent.map((text) => text.slice(0, 8000)),
        { onCall: (call) => calls.push(call) },
      )
      .catch(async (error: Error) => {
        // What it cost is written down also where it failed.
        await recordCalls(services.pool, calls)
        throw error
      })
    stored += await withClaims(services.pool, analyst, async (client) => {
      const { rows } = await client.query<{ stored: number }>(
        'select app_private.store_vectors($1::text[], $2::vector[], $3, $4::jsonb) as stored',
        [part, vectors.map((vector) => toVector(vector)), embedder.model, JSON.stringify(calls)],
      )
      return rows[0]!.stored
    })
  }
  return stored
}

/** Gives a vector to every search unit that lacks one. Returns how many texts were embedded. */
export async function embedMissing(
  services: AnsweringServices,
  progress?: (done: number) => void,
): Promise<number> {
  let done = 0
  let before = ''
  for (;;) {
    const texts = await withClaims(services.pool, analyst, async (client) => {
      const { rows } = await client.query<{ embedding_text: string }>(
        'select embedding_text from app_private.vectors_wanted(256)',
      )
      return rows.map((row) => row.embedding_text)
    })
    // What somebody is writing at this moment is passed over, and left to the next run.
    const wanted = texts.toSorted().join('\0')
    if (texts.length === 0 || wanted === before) return done
    before = wanted
    if ((await storeVectors(services, texts)) > 0) done += texts.length
    progress?.(done)
  }
}
