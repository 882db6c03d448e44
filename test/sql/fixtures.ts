/** What the SQL tests have in common: small rows to begin with, and errors as values. */
import type pg from 'pg'
import type { Claims } from '../../core/database/index.ts'
import { become, reviewer } from '../support/database.ts'

export interface Failure {
  code: string
  message: string
  hint?: string
  detail?: string
}

/** The error that a statement fails with (code 'none' where it does not); the transaction goes on as if it never ran. */
export async function failure(
  client: pg.PoolClient,
  statement: string,
  parameters: unknown[] = [],
): Promise<Failure> {
  await client.query('savepoint failing')
  try {
    await client.query(statement, parameters)
    return { code: 'none', message: '' }
  } catch (error) {
    const { code, message, hint, detail } = error as Failure
    return { code, message, hint, detail }
  } finally {
    await client.query('rollback to savepoint failing')
  }
}

/** The one row that a statement gives. */
// biome-ignore lint/suspicious/noExplicitAny: rows are what the statement says.
export async function one<T = any>(
  client: pg.Pool | pg.PoolClient,
  statement: string,
  parameters: unknown[] = [],
): Promise<T> {
  const { rows } = await client.query(statement, parameters)
  if (rows.length !== 1) throw new Error(`One row was expected, ${rows.length} came: ${statement}`)
  return rows[0] as T
}

/** Goes on as the tables' owner (a superuser here), who may do whatever triggers allow. */
export async function becomeOwner(client: pg.PoolClient): Promise<void> {
  await client.query(`select set_config('role', 'none', true), set_config('clubos.visitor_id', '', true)`)
}

export async function setReason(client: pg.PoolClient, reason: string): Promise<void> {
  await client.query(`select set_config('clubos.reason', $1, true)`, [reason])
}

export interface Sop {
  id: number
  category: string
  section: string
  content: string
  version: number
}

export const doorText = `# Door codes

Use this when a door does not open.

## Steps

1. Press the hash key after the code.
2. Wait for the green light.

## Afterwards

Tell the customer about the app.
`

export const saveSop = (
  client: pg.Pool | pg.PoolClient,
  category: string,
  section: string,
  content: string,
  reason = 'Written for a test',
) =>
  one<Sop>(client, 'select * from app_public.save_sop($1, $2, $3, $4)', [category, section, content, reason])

/** An SOP, written by the reviewer; then goes on as `claims`. */
export async function sopBy(
  client: pg.PoolClient,
  category: string,
  section: string,
  content: string,
  claims: Claims = reviewer,
): Promise<Sop> {
  await become(client, reviewer)
  const sop = await saveSop(client, category, section, content)
  await become(client, claims)
  return sop
}

/** The version of an SOP that is searched, and whether its search units are those of that version's text and no others. */
export const searched = (client: pg.Pool | pg.PoolClient, sopId: number) =>
  one<{ version: number; whole: boolean }>(
    client,
    `select v.version,
            (select jsonb_agg(jsonb_build_array(u.kind, u.ordinal, u.category, u.topic, u.title, u.heading, u.body, u.embedding_text, u.words::text) order by u.kind, u.ordinal)
               from app_private.search_units u where u.sop_id = v.sop_id and u.kind <> 'profile' and u.knowledge_id is null)
          = (select jsonb_agg(jsonb_build_array(w.kind, w.ordinal, v.category, v.section, w.title, w.heading, w.body, w.embedding_text, w.words::text) order by w.kind, w.ordinal)
               from app_hidden.sop_units(v.category, v.section, v.content) w) as whole
       from app_private.search_units p join app_public.sop_versions v on v.id = p.sop_version_id where p.kind = 'profile' and p.sop_id = $1`,
    [sopId],
  )

export interface Recorded {
  id: string
  ticket_id: number | null
  outcome: string
  reason: string | null
  text: string
  feedback: string | null
}

/** An answer as the server records it, resting on one SOP or one knowledge entry. */
export async function record(
  client: pg.PoolClient,
  given: {
    question: string
    visitorId?: string
    sop?: Sop
    knowledge?: { id: number; category: string; topic: string }
    outcome?: string
    conversation?: string
    text?: string
  },
): Promise<Recorded> {
  await become(client, { role: 'worker', actor: 'server', visitorId: given.visitorId })
  const { sop, knowledge } = given
  const version =
    sop &&
    (await one<{ id: number }>(
      client,
      'select id from app_public.sop_versions where sop_id = $1 order by version desc limit 1',
      [sop.id],
    ))
  const common = { rank: 1, snippet: 'words', score: 3, cited: (given.outcome ?? 'answered') === 'answered' }
  const sources = sop
    ? [
        {
          ...common,
          kind: 'sop',
          sop_id: sop.id,
          sop_version_id: version!.id,
          category: sop.category,
          topic: sop.section,
          knowledge_id: knowledge?.id ?? null,
        },
      ]
    : knowledge
      ? [
          {
            ...common,
            kind: 'knowledge',
            knowledge_id: knowledge.id,
            category: knowledge.category,
            topic: knowledge.topic,
          },
        ]
      : []
  return one<Recorded>(
    client,
    `select * from app_public.record_response(question => $1, text => $2, outcome => $3, model => 'local-extractive', sources => $4, conversation => $5, confidence => 0.9)`,
    [
      given.question,
      given.text ?? `The answer to: ${given.question} [1]`,
      given.outcome ?? 'answered',
      JSON.stringify(sources),
      given.conversation ?? null,
    ],
  )
}

/** Numbers between 0 and 1 that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A vector of length one that is near no other of these. */
export function axis(index: number, other?: { index: number; share: number }): string {
  const values = new Array<number>(1536).fill(0)
  const share = other?.share ?? 0
  values[index] = Math.sqrt(1 - share * share)
  if (other) values[other.index] = share
  return `[${values.join(',')}]`
}

export const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
