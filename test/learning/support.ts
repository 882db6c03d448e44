/** What the analyst's tests have in common: SOPs of a club, failures that fall into one pattern, and a claimed analysis. */
import type pg from 'pg'
import { axis, becomeOwner, one, record, type Sop, saveSop, uuid } from '../sql/fixtures.ts'
import { admin, become, visitor, worker } from '../support/database.ts'

export const guestsText = `# Guests

Use this when a customer asks who may come along.

## Steps

1. Each booking has room for 4 people, the member included.
2. Guests sign in on the tablet at the door.
3. A guest costs 12 euros for 60 minutes.

## Safety

1. Never let a guest stand within 2 metres of a player.
2. After an injury call 112 first, then the desk on 555-0142.

## Afterwards

Send the receipt by the app.
`

export interface Said {
  question: string
  correction?: string
  /** staff, or a visitor. */
  by?: 'staff' | 'visitor'
  answer?: string
}

export interface Pattern {
  id: number
  failures: number[]
}

let visitors = 100

/** Failures that share a vector, and so a pattern. */
export async function patternOf(
  client: pg.PoolClient,
  said: Said[],
  of: { sop?: Sop; topic?: [category: string, topic: string]; axis?: number } = {},
): Promise<Pattern> {
  const failures: number[] = []
  for (const { question, correction, by = 'visitor', answer } of said) {
    const visitorId = uuid(visitors++)
    const response = await record(client, { question, visitorId, sop: of.sop, text: answer })
    await become(client, by === 'staff' ? { role: 'agent', actor: 'ann@club.example' } : visitor(visitorId))
    await client.query(`select mark_unhelpful($1, 'wrong', $2)`, [response.id, correction ?? null])
    await becomeOwner(client)
    const failure = await one<{ id: number }>(
      client,
      `update app_public.failed_responses set expected_sop_id = $2, expected_category = $3, expected_topic = $4 where response_id = $1 returning id`,
      [response.id, of.sop?.id ?? null, of.topic?.[0] ?? null, of.topic?.[1] ?? null],
    )
    failures.push(failure.id)
  }
  await become(client, worker)
  const texts = said.map(({ question }) => question)
  await client.query('select app_private.store_vectors($1, $2::vector[], $3)', [
    texts,
    texts.map(() => axis(of.axis ?? 0)),
    'local-use-lite',
  ])
  await client.query('select app_private.cluster_failures()')
  const { id } = await one<{ id: number }>(
    client,
    'select distinct pattern_id as id from app_public.failed_responses where id = any ($1)',
    [failures],
  )
  return { id, failures }
}

export async function writeSop(client: pg.PoolClient, category: string, section: string, content: string) {
  await become(client, admin)
  const sop = await saveSop(client, category, section, content)
  await become(client, worker)
  return sop
}

export interface Claim {
  state: string
  analysis_id: number
  attempt: number
  prompt: string
  shared: { categories: string[]; sops: { id: number }[] }
  // biome-ignore lint/suspicious/noExplicitAny: a brief, as the database gives it.
  own: any
}

export const claim = async (
  client: pg.PoolClient | pg.Pool,
  pattern: number,
  model = 'claude-test',
  run: number | null = null,
): Promise<Claim> =>
  (await one(client, 'select app_private.claim_analysis($1, $2, $3) as c', [pattern, model, run])).c

/** The lines of a text, as edits name them: from 1. */
export const lineOf = (content: string, line: string): number => {
  const at = content.split('\n').indexOf(line)
  if (at < 0) throw new Error(`There is no line "${line}".`)
  return at + 1
}

export const replaceLine = (content: string, line: string, ...by: string[]) => ({
  from: lineOf(content, line),
  to: lineOf(content, line),
  old: [line],
  new: by,
})

export const insertAfter = (content: string, line: string, ...lines: string[]) => ({
  from: lineOf(content, line) + 1,
  to: lineOf(content, line),
  old: [],
  new: lines,
})
