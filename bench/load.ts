/**
 * The whole server under load: a real `clubos start` with the demo club, requests sent when they are due, whether or
 * not the ones before were answered (open loop), so that waiting counts. At the target rate, at twice and at four
 * times that; then a flood from one caller, while another asks now and then.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchOptions } from './index.ts'
import { quantile, withScratch } from './scratch.ts'
import { startServer } from './server.ts'

const target = Number(process.env.BENCH_RATE ?? 60)
const seconds = Number(process.env.BENCH_SECONDS ?? 30)

const questions = [
  'the projector in my bay is black',
  'how do I move my booking',
  'the door code does nothing',
  'do you rent left-handed clubs',
  'what are your opening hours on sunday',
  'the ball does not register',
  'can I bring food',
  'my card was charged twice',
]

interface Tally {
  sent: number
  ok: number
  refused: number
  wrong: number
  latencies: number[]
}
const tally = (): Tally => ({ sent: 0, ok: 0, refused: 0, wrong: 0, latencies: [] })

/** Fifty callers, each with a line of their own at the door. */
async function send(url: string, caller: number, query: string, variables: object, staff = false) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(staff
        ? { 'x-clubos-role': 'reviewer', 'x-clubos-actor': `reviewer ${caller}` }
        : { 'x-clubos-visitor': `00000000-0000-4000-8000-${String(caller).padStart(12, '0')}` }),
    },
    body: JSON.stringify({ query, variables }),
  })
  const body = (await response.json()) as { errors?: unknown; data?: unknown }
  return { status: response.status, body }
}

const ask = 'mutation ($q: String!) { ask(input: { query: $q }) { response { id outcome } } }'
const helpful = 'mutation ($id: BigInt!) { markHelpful(input: { responseId: $id }) { result { id } } }'
const queue =
  '{ improvementQueues(first: 20, orderBy: [IMPACT_DESC]) { nodes { id kind impact status } totalCount } }'
const sops = '{ sops(first: 50, orderBy: [SECTION_ASC]) { nodes { id category section version updatedAt } } }'

/** Six in ten ask, one in ten rates, three in ten are staff who look. */
async function one(url: string, caller: number, into: Tally): Promise<void> {
  const due = performance.now()
  into.sent++
  try {
    const dice = Math.random()
    const question = { q: `${questions[Math.floor(Math.random() * questions.length)]}?` }
    let answer: Awaited<ReturnType<typeof send>>
    if (dice < 0.6) answer = await send(url, caller, ask, question)
    else if (dice < 0.7) {
      answer = await send(url, caller, ask, question)
      const id = (answer.body.data as { ask?: { response: { id: string } } } | undefined)?.ask?.response.id
      if (id) answer = await send(url, caller, helpful, { id })
    } else answer = await send(url, caller, dice < 0.85 ? queue : sops, {}, true)
    if (answer.status === 200 && !answer.body.errors) {
      into.ok++
      into.latencies.push(performance.now() - due)
    } else if (answer.status === 503 || answer.status === 429) into.refused++
    else into.wrong++
  } catch {
    into.wrong++
  }
}

async function atRate(url: string, rate: number, into: Tally): Promise<void> {
  const began = performance.now()
  const all: Promise<void>[] = []
  for (let n = 0; n < rate * seconds; n++) {
    const wait = began + (n * 1000) / rate - performance.now()
    if (wait > 1) await sleep(wait)
    all.push(one(url, n % 50, into))
  }
  await Promise.all(all)
}

const row = (name: string, of: Tally) => ({
  load: name,
  sent: of.sent,
  answered: of.ok,
  refused: of.refused,
  wrong: of.wrong,
  p50: Math.round(quantile(of.latencies, 0.5)),
  p95: Math.round(quantile(of.latencies, 0.95)),
  p99: Math.round(quantile(of.latencies, 0.99)),
})

export default (options: BenchOptions) =>
  withScratch(2, async (_pool, url) => {
    const server = await startServer(url, { CLUBOS_DEV_HEADERS: 'on' })
    const results: ReturnType<typeof row>[] = []
    const report = (result: ReturnType<typeof row>) => {
      results.push(result)
      options.print(
        `${result.load.padEnd(34)} ${[result.sent, result.answered, result.refused, result.wrong, result.p50, result.p95, result.p99].map((figure) => String(figure).padStart(8)).join(' ')}`,
      )
    }
    try {
      options.print(
        `${`requests in ${seconds} s`.padEnd(34)} ${['sent', 'answered', 'refused', 'wrong', 'p50 ms', 'p95 ms', 'p99 ms'].map((name) => name.padStart(8)).join(' ')}`,
      )
      for (let n = 0; n < 40; n++) await one(server.url, n, tally()) // warm
      for (const factor of [1, 2, 4]) {
        const name = `${target * factor} a second`
        if (!name.includes(options.only ?? '')) continue
        const into = tally()
        await atRate(server.url, target * factor, into)
        report(row(name, into))
      }
      const name = 'one flood, another now and then'
      if (name.includes(options.only ?? '')) {
        const heavy = tally()
        const light = tally()
        let flooding = true
        const flood = Array.from({ length: 100 }, async () => {
          while (flooding) await one(server.url, 1, heavy)
        })
        await sleep(1000)
        for (let n = 0; n < seconds * 2; n++) {
          await Promise.all([one(server.url, 2, light), sleep(500)])
        }
        flooding = false
        await Promise.all(flood)
        report(row('the flood (100 at once)', heavy))
        report(row('the other (2 a second)', light))
      }
      return { target, seconds, results }
    } finally {
      await server.stop()
    }
  })
