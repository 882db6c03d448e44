/** Nightly and on demand: duplicates, contradictions and entries that help nobody become proposals. */
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { checkKnowledge } from '../../core/learning/health.ts'
import type { Services } from '../index.ts'

const Payload = z.object({ check: z.int().positive().optional() }).loose()

export default (services: Services): Task =>
  async (payload, helpers) => {
    const { check } = Payload.parse(payload ?? {})
    const done = await checkKnowledge(services.pool, { check, signal: helpers.abortSignal })
    if (done) services.log.info({ check: done.id, ...done.counts }, 'knowledge checked')
  }
