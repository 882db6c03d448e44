/** Runs both test servers until it is stopped: `node test/support/providers/main.ts`, then `clubos demo` against them. */
import { AnthropicServer } from './anthropic.ts'
import { OpenAiServer } from './openai.ts'

const pace = { first: Number(process.env.FIRST_MS ?? 0), piece: Number(process.env.PIECE_MS ?? 0) }
const options = { keys: 'none' as const, ...(pace.first + pace.piece > 0 ? { pace } : {}) }
const openai = await OpenAiServer.start(options)
const anthropic = await AnthropicServer.start(options)
console.log(`OPENAI_BASE_URL=${openai.url} ANTHROPIC_BASE_URL=${anthropic.url}`)
console.log(`npm run clubos -- demo --openai ${openai.url} --anthropic ${anthropic.url}`)

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await Promise.all([openai.close(), anthropic.close()])
    for (const mistake of [...openai.mistakes, ...anthropic.mistakes]) console.error(mistake)
    process.exitCode = openai.mistakes.length + anthropic.mistakes.length > 0 ? 1 : 0
  })
