/** Tells the people in charge of jobs that failed for the last time, and of budgets for models that are used up; each once. */
import type { Task } from 'graphile-worker'
import { withClaims } from '../../core/database/index.ts'
import type { Services } from '../index.ts'

export default (services: Services): Task =>
  async () => {
    const { rows } = await withClaims(services.pool, { role: 'worker', actor: 'worker' }, (client) =>
      client.query<{ job: object }>('select j as job from app_private.watch_jobs() j'),
    )
    await withClaims(services.pool, { role: 'worker', actor: 'worker' }, (client) =>
      client.query('select app_private.watch_llm_budget()'),
    )
    for (const { job } of rows) services.log.error(job, 'a job failed for the last time; see dead_jobs')
  }
