/** Who answered, routed and analysed in a database, how often, and what it took. */
import type pg from 'pg'

export interface ModelUse {
  /** Answers by the model that wrote them, and by the one that routed them. */
  written: Record<string, number>
  routed: Record<string, number>
  /** Proposals by who made them. */
  proposed: Record<string, number>
  /** What was asked of providers: by provider, purpose and model. */
  calls: {
    provider: string
    purpose: string
    model: string
    calls: number
    tokens_in: number
    tokens_cached: number
    tokens_out: number
    /** US dollars at list price; null where the model has none. */
    cost: number | null
  }[]
  /** Calls that did not end well, by purpose and kind: the local provider, or a person, stood in. */
  fallbacks: { purpose: string; kind: string; count: number }[]
  /** US dollars of all calls that have a price. */
  cost: number
}

export async function modelUse(pool: pg.Pool): Promise<ModelUse> {
  const counts = async (statement: string) => {
    const { rows } = await pool.query<{ name: string; count: number }>(statement)
    return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
  }
  const { rows: calls } = await pool.query<ModelUse['calls'][number]>(
    `select provider, purpose, model, count(*)::int as calls, coalesce(sum(tokens_in), 0)::int as tokens_in,
            coalesce(sum(tokens_cached), 0)::int as tokens_cached, coalesce(sum(tokens_out), 0)::int as tokens_out, sum(cost)::double precision as cost
       from app_public.llm_calls group by 1, 2, 3 order by 1, 2, 3`,
  )
  const { rows: fallbacks } = await pool.query<ModelUse['fallbacks'][number]>(
    `select purpose, status as kind, count(*)::int from app_public.llm_calls where status <> 'ok' group by 1, 2 order by 3 desc, 1, 2`,
  )
  return {
    written: await counts(
      'select model as name, count(*)::int from app_public.responses group by 1 order by 2 desc, 1',
    ),
    routed: await counts(
      `select coalesce(router_model, 'none') as name, count(*)::int from app_public.responses group by 1 order by 2 desc, 1`,
    ),
    proposed: await counts(
      `select coalesce(proposed_by, 'unknown') as name, count(*)::int from app_public.improvement_queue group by 1 order by 2 desc, 1`,
    ),
    calls,
    fallbacks,
    cost: calls.reduce((sum, call) => sum + (call.cost ?? 0), 0),
  }
}

const list = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'nobody'

/** As lines for a person. */
export function describeUse(use: ModelUse): string[] {
  const failed = use.fallbacks.map(({ purpose, kind, count }) => `${purpose} ${kind} ${count}`).join(', ')
  return [
    `Answers written by: ${list(use.written)}. Routed by: ${list(use.routed)}. Proposals by: ${list(use.proposed)}.`,
    ...use.calls.map((call) => {
      const cached = call.tokens_in > 0 ? Math.round((call.tokens_cached / call.tokens_in) * 100) : 0
      const cost = call.cost === null ? 'no list price' : `$${call.cost.toFixed(4)}`
      return `${call.provider} ${call.model}, ${call.purpose}: ${call.calls} calls, ${call.tokens_in} tokens in (${cached} % cached), ${call.tokens_out} out, ${cost}.`
    }),
    ...(use.calls.length > 0
      ? [
          `At list prices: $${use.cost.toFixed(4)}. Calls that failed, and were stood in for: ${failed || 'none'}.`,
        ]
      : []),
  ]
}
