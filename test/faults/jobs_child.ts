/** A worker of its own process, whose model is slow, so that it can be killed in the middle of a job. */
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '../../core/config.ts'
import { makePool } from '../../core/database/index.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { startWorker } from '../../worker/index.ts'

const [url, slowness, every, grace] = process.argv.slice(2)
const log = makeLog('silent')
const embedder = new LocalEmbedder()
const embed = embedder.embed.bind(embedder)
embedder.embed = async (texts) => {
  const vectors = await embed(texts)
  process.stdout.write('embedded\n')
  await sleep(Number(slowness))
  return vectors
}
await startWorker(
  { config: readConfig({}), pool: makePool(url!, log, 3), embedder, providers: noProviders, log },
  url!,
  {
    heartbeat: { every: Number(every), grace: Number(grace) },
    // What a full minute adds would take a lane of the two.
    crontab: '',
  },
)
process.stdout.write('working\n')
