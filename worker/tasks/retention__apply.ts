/** Daily: what has been kept long enough goes. */
import type { Task } from 'graphile-worker'
import { applyRetention } from '../../core/privacy/retention.ts'
import type { Services } from '../index.ts'

export default (services: Services): Task =>
  async (_payload, helpers) => {
    const run = await applyRetention(services.pool, { signal: helpers.abortSignal })
    services.log.info({ counts: run.counts }, 'retention applied')
    const problems = Object.entries(run.problems).map(([kind, problem]) => `${kind}: ${problem}`)
    // The other rules are carried out by now; failing makes the job's error say which was not, and tries again.
    if (problems.length > 0) throw new Error(`Retention could not do everything. ${problems.join('; ')}`)
  }
