/** What the database knows of how the system is, as gauges: asked once for all of them, and not more often than every ten seconds. */
import type pg from 'pg'
import { Gauge } from 'prom-client'
import { z } from 'zod'
import { withClaims } from '../database/index.ts'
import { registry } from './metrics.ts'

/** As app_private.figures_to_watch() names them; label: by what its rows differ. */
export const figures = {
  workers: { help: 'Workers that live, by their heartbeat.' },
  worker_silence_seconds: { help: 'Seconds since any worker was last heard of.' },
  jobs_waiting: { help: 'Jobs that are due and that nobody runs yet.', label: 'task' },
  jobs_running: { help: 'Jobs that a worker runs.' },
  jobs_dead: { help: 'Jobs that failed for the last time; the view dead_jobs has them.' },
  jobs_oldest_seconds: { help: 'For how long the oldest due job has waited.' },
  search_units_without_vectors: { help: 'Texts that only their words find: they wait for a vector.' },
  failures_to_analyse: { help: 'Failed answers that no analysis has looked at.' },
  proposals_pending: { help: 'Proposals that wait for a person.' },
  proposals_oldest_seconds: { help: 'For how long the oldest of them has waited.' },
  tickets_waiting: { help: 'Conversations that wait for a person.', label: 'priority' },
  tickets_oldest_seconds: { help: 'For how long the one that waits longest has waited.' },
  notifications_unsent: { help: 'Notifications of the last day that are not sent yet.' },
  notifications_failed: { help: 'Notifications of the last day that could not be sent.' },
  assistant_enabled: { help: '0: the kill switch is pulled.' },
  llm_cost_dollars: {
    help: 'What models have cost this day and this month (UTC), at list prices.',
    label: 'period',
  },
  llm_budget_dollars: { help: 'The budget for models; absent where there is none.', label: 'period' },
  audit_rows: { help: 'Rows of the audit log.' },
  database_bytes: { help: 'Size of the database.' },
  backup_age_seconds: {
    help: 'Seconds since the last backup that is complete; absent where there is none.',
    label: 'target',
  },
  backup_overdue: {
    help: '1 where a daily backup has not been completed for more than 26 hours.',
    label: 'target',
  },
  backup_failed: { help: '1 where the latest backup failed.', label: 'target' },
} as const satisfies Record<string, { help: string; label?: string }>

const gauges = Object.fromEntries(
  Object.entries(figures).map(([name, figure]: [string, { help: string; label?: string }]) => [
    name,
    new Gauge({
      name: `clubos_${name}`,
      help: figure.help,
      labelNames: figure.label ? [figure.label] : [],
      registers: [registry],
    }),
  ]),
) as Record<keyof typeof figures, Gauge>

const up = new Gauge({
  name: 'clubos_database_up',
  help: '0: the database did not answer, and what it knows is absent here.',
  registers: [registry],
})

const Row = z.object({
  name: z.enum(Object.keys(figures) as [keyof typeof figures]),
  label: z.string().nullable(),
  value: z.number(),
})

/** What a scrape gets. */
export function makeScrape(pool: pg.Pool, lifetime = 10_000): () => Promise<string> {
  let known = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | null = null
  const refresh = async () => {
    const rows = await withClaims(pool, { role: 'worker', actor: 'worker' }, async (client) => {
      await client.query(`select set_config('statement_timeout', '5s', true)`)
      return z
        .array(Row)
        .parse((await client.query('select name, label, value from app_private.figures_to_watch()')).rows)
    }).catch(() => null)
    up.set(rows === null ? 0 : 1)
    for (const [name, gauge] of Object.entries(gauges)) {
      gauge.reset()
      // One without a label begins at zero again, which would say more than is known.
      if (!('label' in figures[name as keyof typeof figures])) gauge.remove()
    }
    for (const { name, label, value } of rows ?? []) {
      const by = (figures[name] as { label?: string }).label
      if (by === undefined) gauges[name].set(value)
      else gauges[name].set({ [by]: label ?? '' }, value)
    }
    known = performance.now()
  }
  return async () => {
    if (performance.now() - known > lifetime) {
      asking ??= refresh().finally(() => {
        asking = null
      })
      await asking
    }
    return registry.metrics()
  }
}
