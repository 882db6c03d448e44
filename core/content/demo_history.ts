/**
 * Six weeks at the demo club, so that its pages have something to show: customers' questions answered by the real path,
 * rated, analysed, and reviewed as weeks went by. The last week's proposals, two oversights that a check of the knowledge
 * found, and hand-overs still wait for a person.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { AnsweringServices } from '../answering/ask.ts'
import { ask } from '../answering/ask.ts'
import { type Claims, withClaims } from '../database/index.ts'
import { analyse, embedMissing } from '../learning/analyse.ts'
import { checkKnowledge } from '../learning/health.ts'
import { demoFolder } from './demo.ts'

const Line = z.object({
  at: z.coerce.date(),
  query: z.string(),
  sop_id: z
    .union([z.string(), z.array(z.string())])
    .nullable()
    .transform((given) => (Array.isArray(given) ? (given[0] ?? null) : given)),
  site: z.string().nullish(),
  feedback_type: z.enum(['unhelpful', 'wrong', 'incomplete']).default('unhelpful'),
  user_correction: z.string().nullish(),
})

const week = 7 * 86_400_000
const staff: Claims = { role: 'reviewer', actor: 'Nora (demo)' }

export interface PlayedHistory {
  asked: number
  approved: number
  pending: number
  waiting: number
}

/** questions: how many of the club's fourteen hundred are asked; each takes some 30 ms. */
export async function playHistory(
  services: AnsweringServices,
  options: {
    questions: number
    now?: Date
    signal?: AbortSignal
    progress?: (done: number, of: number) => void
  },
): Promise<PlayedHistory> {
  const { pool } = services
  const all = readFileSync(join(demoFolder, 'feedback.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Line.parse(JSON.parse(line)))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
  const every = Math.max(1, all.length / options.questions)
  const lines = Array.from(
    { length: Math.min(options.questions, all.length) },
    (_, i) => all[Math.floor(i * every)]!,
  )
  // As if the last of them had been asked just now.
  const shift = (options.now ?? new Date()).getTime() - lines.at(-1)!.at.getTime()
  const first = lines[0]!.at.getTime()
  const result: PlayedHistory = { asked: 0, approved: 0, pending: 0, waiting: 0 }
  const weeks = Math.ceil((lines.at(-1)!.at.getTime() - first + 1) / week)

  for (let number = 0; number < weeks; number++) {
    const last = number === weeks - 1
    for (const line of lines.filter(({ at }) => Math.floor((at.getTime() - first) / week) === number)) {
      options.signal?.throwIfAborted()
      options.progress?.(result.asked, lines.length)
      await live(services, line, new Date(line.at.getTime() + shift), last)
      result.asked++
    }
    const { proposals } = await analyse(services, { signal: options.signal })
    const { rows } = await pool.query<{ id: number; safe: boolean }>(
      `select id, coalesce((dry_run ->> 'broken')::integer, 0) = 0 as safe from app_public.improvement_queue
        where id = any ($1) and status = 'pending' order by impact desc, id`,
      [proposals],
    )
    const end = new Date(Math.min(first + (number + 1) * week, lines.at(-1)!.at.getTime()) + shift)
    for (const [index, { id, safe }] of rows.entries()) {
      // Reviewers had no time for the last week yet, and left something of the others.
      options.signal?.throwIfAborted()
      if (last || index % 4 === 3) continue
      await withClaims(pool, staff, async (client) => {
        if (safe) await client.query('select app_public.approve_improvement($1)', [id])
        else
          await client.query('select app_public.reject_improvement($1, $2)', [
            id,
            'Breaks an answer that was good',
          ])
      }).then(() => {
        result.approved += Number(safe)
      })
    }
    await backdateProposals(services, proposals, end)
  }
  await writeOversights(services)
  await checkKnowledge(pool, { signal: options.signal })
  const left = await pool.query<{ pending: number; waiting: number }>(
    `select (select count(*)::int from app_public.improvement_queue where status = 'pending') as pending,
            (select count(*)::int from app_public.tickets where status = 'waiting') as waiting`,
  )
  return { ...result, ...left.rows[0]! }
}

/** A customer asks, a member of staff rates the answer; then the rows move to when it would have been. */
async function live(
  services: AnsweringServices,
  line: z.infer<typeof Line>,
  at: Date,
  stillOpen: boolean,
): Promise<void> {
  const { pool } = services
  const answer = await ask(
    services,
    { visitorId: randomUUID() },
    { query: line.query, site: line.site ?? null },
  )
  const [source] = answer.sources
  const right = source !== undefined && `${source.category}/${source.topic}` === line.sop_id
  await withClaims(pool, staff, async (client) => {
    if (answer.outcome === 'answered' && right)
      await client.query('select app_public.mark_helpful($1)', [answer.id])
    else if (line.sop_id !== null || answer.outcome === 'answered') {
      const [category, section] = line.sop_id?.split('/') ?? [null, null]
      await client.query(
        `select app_public.mark_unhelpful($1, $2, $3, (select id from app_public.sops where category = $4 and section = $5))`,
        [answer.id, line.feedback_type, line.user_correction ?? null, category, section],
      )
    }
    if (answer.ticket_id !== null && !stillOpen)
      await client.query('select app_public.resolve_ticket($1, $2)', [answer.ticket_id, 'Helped by phone'])
  })
  await pool.query(
    `with given as (update app_public.responses set created_at = $2::timestamptz, feedback_at = case when feedback_at is not null then $2::timestamptz + interval '4 minutes' end where id = $1 returning id, ticket_id),
          failed as (update app_public.failed_responses f set created_at = $2::timestamptz from given g where f.response_id = g.id)
     update app_public.tickets t set created_at = $2::timestamptz, updated_at = $2::timestamptz, resolved_at = case when t.resolved_at is not null then $2::timestamptz + interval '25 minutes' end from given g where t.id = g.ticket_id`,
    [answer.id, at],
  )
}

/** What happens to every club: an answer from before a rule changed, and one that was written twice. */
const oversights = [
  {
    category: 'access',
    topic: 'code_not_received',
    question: 'How long before the start is the door code sent?',
    answer: 'The door code is sent 30 minutes before the start by text and mail.',
  },
  {
    category: 'brand',
    topic: 'house_rules',
    question: 'May I bring my dog with me?',
    answer: 'Assistance dogs only.',
  },
]

async function writeOversights(services: AnsweringServices): Promise<void> {
  await withClaims(services.pool, staff, async (client) => {
    for (const { category, topic, question, answer } of oversights)
      await client.query('select app_public.save_knowledge($1, $2, $3, $4, $5)', [
        category,
        topic,
        question,
        answer,
        'Asked at the desk',
      ])
  })
  await embedMissing(services)
}

/** When it was proposed and decided is history, which its trigger keeps; the demo writes it, and is not a club. */
async function backdateProposals(services: AnsweringServices, ids: number[], at: Date): Promise<void> {
  await services.pool.query(
    `update app_public.improvement_queue set created_at = $2::timestamptz where id = any ($1) and status = 'pending'`,
    [ids, at],
  )
}
