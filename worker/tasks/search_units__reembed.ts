/** All texts move to the embedding model that the settings ask for. Interrupted, it goes on where it was. */
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { reembed, tidyIndex } from '../../core/embedding/reembed.ts'
import type { Services } from '../index.ts'

const Payload = z.object({ model: z.string() })

export default (services: Services): Task =>
  async (payload, helpers) => {
    const { model } = Payload.parse(payload)
    const to = services.embedder.for(model)
    // The settings of another server: it asked for this, and does it.
    if (!to) throw new Error(`This server cannot embed by ${model}: it has no key for it.`)
    const result = await reembed(services, to, {
      reason: 'The model that the settings ask for',
      signal: helpers.abortSignal,
    })
    await tidyIndex(services)
    services.log.info(
      { from: result.from_model, to: result.to_model, texts: result.embedded, cost: result.spent },
      'all texts are embedded anew',
    )
  }
