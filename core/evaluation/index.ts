/**
 * How well a club's questions are answered, measured through the real path: ask, feedback, analysis, approval.
 * A folder holds sops/, knowledge.jsonl, queries.jsonl (the test) and feedback.jsonl (what people said was right, in
 * time order); see DESIGN section 9 for the layout.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type Answer, type AnsweringServices, ask } from '../answering/ask.ts'
import { ImportError, importFolder, readJsonLines, settle } from '../content/import.ts'
import { type Claims, withClaims } from '../database/index.ts'
import { analyse } from '../learning/analyse.ts'

const Label = z
  .object({
    query: z.string().min(1),
    sop_id: z.union([z.string(), z.array(z.string())]).nullish(),
    topic: z.string().nullish(),
    category: z.string().nullish(),
    site: z.string().nullish(),
    user_correction: z.string().nullish(),
    feedback_type: z.enum(['unhelpful', 'wrong', 'incomplete', 'helpful']).nullish(),
  })
  .loose()

export interface Question {
  query: string
  /** Names of the right targets; empty: nothing fits, a person must take over. */
  right: string[]
  category: string | null
  site: string | null
  correction: string | null
  feedbackType: 'unhelpful' | 'wrong' | 'incomplete'
}

export interface Metrics {
  n: number
  hit1: number | null
  hit3: number | null
  hit5: number | null
  mrr: number | null
  recall10: number | null
  routing_accuracy: number | null
  handed_over: number
  abstain_precision: number | null
  abstain_recall: number | null
  /** Of what nothing fits, how much is less sure than all but a twentieth of what was found rightly. */
  abstain_recall_at_5: number | null
  p50_ms: number
  p95_ms: number
}

export interface Learned {
  asked: number
  helpful: number
  failed: number
  patterns: number
  proposals: number
  approved: number
  rejected: number
}

const targetOf = (source: Answer['sources'][number]) => `${source.category}/${source.topic}`
/** Whether what was found says that a person answers. */
const forPerson = (answer: Answer) => answer.sources[0]?.category === 'hand_over'

/** Loads the folder and resolves its labels to what is in the database. */
export async function loadSet(
  services: AnsweringServices,
  folder: string,
  progress: (text: string) => void,
): Promise<{ queries: Question[]; feedback: Question[] }> {
  if (!existsSync(join(folder, 'queries.jsonl')))
    throw new ImportError(`${folder} has no queries.jsonl; see clubos eval --help for the layout.`)
  const queries = readJsonLines(join(folder, 'queries.jsonl'), Label)
  const feedback = existsSync(join(folder, 'feedback.jsonl'))
    ? readJsonLines(join(folder, 'feedback.jsonl'), Label)
    : []
  if (existsSync(join(folder, 'sops')) || existsSync(join(folder, 'knowledge.jsonl')))
    await importFolder(services, folder, { actor: 'eval', reason: 'Evaluation', progress })
  await nameTopics(services, [...queries, ...feedback])
  await settle(services, { progress })

  const { rows } = await services.pool.query<{ category: string; name: string }>(
    'select category, section as name from app_public.sops union select category, topic from app_public.knowledge_base',
  )
  const targets = new Set(rows.map((row) => `${row.category}/${row.name}`))
  const byName = new Map<string, string[]>()
  for (const row of rows)
    byName.set(row.name, [...(byName.get(row.name) ?? []), `${row.category}/${row.name}`])
  const resolve = (label: z.infer<typeof Label>): Question => {
    const ids = [label.sop_id ?? [], label.sop_id == null ? (label.topic ?? []) : []].flat()
    const right = ids.map((id) => {
      const exact = targets.has(id)
        ? id
        : label.category && targets.has(`${label.category}/${id}`)
          ? `${label.category}/${id}`
          : byName.get(id)?.[0]
      if (!exact)
        throw new ImportError(
          `"${id}", the label of "${label.query.slice(0, 60)}", is no SOP and no topic of this set.`,
        )
      return exact
    })
    return {
      query: label.query,
      right,
      category: label.category ?? right[0]?.split('/')[0] ?? null,
      site: label.site ?? null,
      correction: label.user_correction ?? null,
      feedbackType: label.feedback_type === 'helpful' || !label.feedback_type ? 'wrong' : label.feedback_type,
    }
  }
  return { queries: queries.map(resolve), feedback: feedback.map(resolve) }
}

/** A topic that has no entry begins with its name alone. */
async function nameTopics(services: AnsweringServices, labels: z.infer<typeof Label>[]): Promise<void> {
  const topics = new Map<string, string>()
  for (const label of labels)
    if (label.sop_id == null && label.topic) topics.set(label.topic, label.category ?? 'general')
  await withClaims(services.pool, { role: 'admin', actor: 'eval' }, async (client) => {
    for (const [topic, category] of topics) {
      const { rowCount } = await client.query(
        'select 1 from app_public.knowledge_base where topic = $1 limit 1',
        [topic],
      )
      const words = topic.replaceAll(/[_-]+/g, ' ')
      if (!rowCount)
        await client.query('select app_public.save_knowledge($1, $2, $3, $4, $5)', [
          category,
          topic,
          words,
          words,
          'Evaluation',
        ])
    }
  })
}

/** Runs `work` over items, `width` at a time, in order of start. */
async function each<T>(
  items: T[],
  width: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(width, items.length) }, async () => {
      while (next < items.length) {
        const index = next++
        await work(items[index]!, index)
      }
    }),
  )
}

const quantile = (values: number[], q: number) =>
  values.length === 0
    ? 0
    : values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))]!
const round = (value: number) => Math.round(value * 10_000) / 10_000

export async function measure(
  services: AnsweringServices,
  queries: Question[],
  progress: (text: string) => void = () => {},
): Promise<Metrics> {
  const times: number[] = []
  const sureOfRight: number[] = []
  /** 0 where what is found says that a person answers. */
  const sureOfNone: number[] = []
  let hit1 = 0,
    hit3 = 0,
    hit5 = 0,
    hit10 = 0,
    reciprocal = 0,
    routed = 0,
    routable = 0,
    handed = 0,
    rightlyHanded = 0
  const answerable = queries.filter((question) => question.right.length > 0).length
  let done = 0
  await each(queries, 2, async (question) => {
    const begun = performance.now()
    const answer = await ask(services, { actor: 'eval' }, { query: question.query, site: question.site })
    times.push(performance.now() - begun)
    const found = [...new Set(answer.sources.map(targetOf))]
    const place = found.findIndex((target) => question.right.includes(target)) + 1
    if (question.right.length === 0) sureOfNone.push(forPerson(answer) ? 0 : (answer.confidence ?? 0))
    else if (place === 1) sureOfRight.push(answer.confidence ?? 0)
    if (question.right.length > 0 && place > 0) {
      hit1 += Number(place === 1)
      hit3 += Number(place <= 3)
      hit5 += Number(place <= 5)
      hit10 += Number(place <= 10)
      reciprocal += 1 / place
    }
    if (question.right.length > 0 && question.category !== null) {
      routable++
      routed += Number(answer.category === question.category)
    }
    if (answer.outcome === 'handed_over') {
      handed++
      rightlyHanded += Number(question.right.length === 0)
    }
    if (++done % 20 === 0) progress(`Questions ${done} of ${queries.length}`)
  })
  const share = (count: number) => (answerable === 0 ? null : round(count / answerable))
  const none = queries.length - answerable
  const twentieth = quantile(sureOfRight, 0.05)
  return {
    n: queries.length,
    hit1: share(hit1),
    hit3: share(hit3),
    hit5: share(hit5),
    mrr: share(reciprocal),
    recall10: share(hit10),
    routing_accuracy: routable === 0 ? null : round(routed / routable),
    handed_over: round(handed / Math.max(queries.length, 1)),
    abstain_precision: none === 0 || handed === 0 ? null : round(rightlyHanded / handed),
    abstain_recall: none === 0 ? null : round(rightlyHanded / none),
    abstain_recall_at_5:
      none === 0 || sureOfRight.length === 0
        ? null
        : round(sureOfNone.filter((sure) => sure < twentieth).length / none),
    p50_ms: round(quantile(times, 0.5)),
    p95_ms: round(quantile(times, 0.95)),
  }
}

const staff: Claims = { role: 'reviewer', actor: 'eval staff' }

/** Asks what customers asked, and rates the answers as staff would: helpful, or a failure with what was right. */
export async function rate(
  services: AnsweringServices,
  stretch: Question[],
  total: Pick<Learned, 'asked' | 'helpful' | 'failed'>,
  progress: (text: string) => void = () => {},
): Promise<void> {
  let done = 0
  await each(stretch, 2, async (question) => {
    const answer = await ask(services, { actor: 'eval' }, { query: question.query, site: question.site })
    total.asked++
    const first = answer.sources[0]
    const good =
      question.right.length === 0
        ? answer.outcome === 'handed_over' && forPerson(answer)
        : answer.outcome === 'answered' && first !== undefined && question.right.includes(targetOf(first))
    if (good) {
      await withClaims(services.pool, staff, (client) =>
        client.query('select app_public.mark_helpful($1)', [answer.id]),
      )
      total.helpful++
    } else if (question.right.length > 0 || answer.outcome === 'answered') {
      // What nothing fits, a person should have answered.
      const [category, ...rest] = (question.right[0] ?? 'hand_over').split('/')
      await withClaims(services.pool, staff, async (client) => {
        const sop =
          question.right.length === 0
            ? undefined
            : (
                await client.query<{ id: number }>(
                  'select id from app_public.sops where category = $1 and section = $2',
                  [category, rest.join('/')],
                )
              ).rows[0]
        await client.query('select app_public.mark_unhelpful($1, $2, $3, $4, $5, $6)', [
          answer.id,
          question.feedbackType,
          question.correction,
          sop?.id ?? null,
          category,
          sop || question.right.length === 0 ? null : rest.join('/'),
        ])
      })
      total.failed++
    }
    if (++done % 20 === 0) progress(`Feedback ${done} of ${stretch.length}`)
  })
}

/**
 * One stretch of the feedback stream through the real loop: answers rated, failures analysed, safe proposals approved, and
 * once more until no failure is left that no proposal is about: one proposal takes 40 of them, and the job comes each hour.
 */
export async function learn(
  services: AnsweringServices,
  stretch: Question[],
  total: Learned,
  progress: (text: string) => void = () => {},
): Promise<void> {
  await rate(services, stretch, total, progress)
  for (;;) {
    const analysis = await analyse(services, {
      most: 100_000,
      progress: (at, of) => progress(`Patterns ${at} of ${of}`),
    })
    const done = analysis.proposals.length === 0
    if (!done) total.patterns += analysis.patterns
    total.proposals += analysis.proposals.length
    for (const [index, id] of analysis.proposals.entries()) {
      progress(`Proposals ${index + 1} of ${analysis.proposals.length}`)
      if (await decide(services, id)) total.approved++
      else total.rejected++
    }
    await settle(services)
    if (done) return
  }
}

/** The policy of a careful reviewer: what the dry run calls safe is approved. */
async function decide(services: AnsweringServices, id: number): Promise<boolean> {
  return withClaims(services.pool, staff, async (client) => {
    const { rows } = await client.query<{
      dry_run: { fixed?: number; broken?: number; conflict?: string } | null
    }>('select dry_run from app_public.improvement_queue where id = $1', [id])
    const dryRun = rows[0]!.dry_run ?? {}
    const safe = dryRun.conflict === undefined && (dryRun.broken ?? 0) <= (dryRun.fixed ?? 0) / 2
    if (safe) await client.query('select app_public.approve_improvement($1)', [id])
    else
      await client.query('select app_public.reject_improvement($1, $2)', [
        id,
        `The dry run breaks ${dryRun.broken ?? 0} good answers and fixes ${dryRun.fixed ?? 0}.`,
      ])
    return safe
  })
}

export interface Evaluation {
  before: Metrics
  after: Metrics | null
  curve: { feedback: number; hit1: number | null; hit5: number | null }[]
  learned: Learned | null
}

/** steps: in how many stretches the feedback is learned from, each followed by an analysis, as hours are by the job. */
export async function evaluate(
  services: AnsweringServices,
  folder: string,
  options: { steps: number; progress: (text: string) => void },
): Promise<Evaluation> {
  const { queries, feedback } = await loadSet(services, folder, options.progress)
  options.progress(`${queries.length} questions before learning`)
  const before = await measure(services, queries, (text) => options.progress(`Before: ${text}`))
  if (feedback.length === 0) return { before, after: null, curve: [], learned: null }
  // The curve is measured on every k-th question: it shows the course, before and after are exact.
  const sample = queries.filter((_, index) => index % Math.max(1, Math.floor(queries.length / 200)) === 0)
  const learned: Learned = {
    asked: 0,
    helpful: 0,
    failed: 0,
    patterns: 0,
    proposals: 0,
    approved: 0,
    rejected: 0,
  }
  const curve: Evaluation['curve'] = []
  const first = await measure(services, sample)
  curve.push({ feedback: 0, hit1: first.hit1, hit5: first.hit5 })
  for (let step = 0; step < options.steps; step++) {
    const stretch = feedback.slice(
      Math.floor((step * feedback.length) / options.steps),
      Math.floor(((step + 1) * feedback.length) / options.steps),
    )
    await learn(services, stretch, learned, (text) =>
      options.progress(`Step ${step + 1} of ${options.steps}: ${text}`),
    )
    if (step < options.steps - 1) {
      const point = await measure(services, sample)
      curve.push({ feedback: learned.asked, hit1: point.hit1, hit5: point.hit5 })
    }
  }
  const after = await measure(services, queries, (text) => options.progress(`After: ${text}`))
  curve.push({ feedback: learned.asked, hit1: after.hit1, hit5: after.hit5 })
  return { before, after, curve, learned }
}
