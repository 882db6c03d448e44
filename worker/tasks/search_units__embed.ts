/** Gives vectors to the search units that lack one. Finding none is the usual case, and cheap. */
import type { Task } from 'graphile-worker'
import { embedMissing } from '../../core/learning/analyse.ts'
import type { Services } from '../index.ts'

export default (services: Services): Task =>
  async () => {
    const embedded = await embedMissing(services)
    if (embedded > 0) services.log.info({ texts: embedded }, 'search units embedded')
  }
