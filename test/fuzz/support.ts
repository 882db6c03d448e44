/** How many, from which seed, and what no answer may hold. */
import { expect } from '@jest/globals'
import type { Api } from '../graphql/support.ts'

/** `npm run test:slow` takes a sample; CLUBOS_LONG=1 takes ten thousand. A failure prints the seed: CLUBOS_SEED repeats it. */
export const runs = process.env.CLUBOS_LONG ? 10_000 : 1_500
export const seed = Number(process.env.CLUBOS_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** mulberry32: small, and the same everywhere. */
export function makeRandom(from: number) {
  let state = from
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  return {
    next,
    below,
    chance: (probability: number) => next() < probability,
    pick: <T>(list: readonly T[]): T => list[below(list.length)]!,
  }
}
export type Random = ReturnType<typeof makeRandom>

const leaks = [
  /\bapp_(public|hidden|private|secret)\b/,
  /relation "|column "|function .* does not exist|syntax error at or near|pg_catalog|plpgsql/i,
  /node_modules|\.ts:\d+|\bat [\w.<>]+ \(/,
  /\$argon2|whsec_|postgres(ql)?:\/\//,
]

export interface Outcome {
  status: number
  text: string
}

/** Right or refused, never broken: what every answer must be, whatever was sent. */
export function checkAnswer({ status, text }: Outcome, sent: string): void {
  const say = `${sent.slice(0, 2000)}\n→ ${status} ${text.slice(0, 1000)}\n(CLUBOS_SEED=${seed})`
  if (status >= 500 && !(status === 503 && text.includes('CO503'))) throw new Error(`A fault: ${say}`)
  if (text.includes('CO500')) throw new Error(`A fault of ours: ${say}`)
  const errors = /"errors":\[/.test(text)
    ? JSON.stringify((JSON.parse(text) as { errors: unknown }).errors)
    : ''
  for (const leak of leaks) {
    const found = leak.exec(errors)
    // What the sender wrote may come back in "Cannot query field …"; what they did not write may not.
    if (found && !sent.includes(found[0])) throw new Error(`A leak (${found[0]}): ${say}`)
  }
}

/** Runs `work` for each number, `lanes` at a time; the first few of what went wrong, at the end. */
export async function inLanes(count: number, lanes: number, work: (n: number) => Promise<void>) {
  let next = 0
  const wrong: string[] = []
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (next < count && wrong.length < 10)
        await work(next++).catch((error: Error) => wrong.push(error.message))
    }),
  )
  if (wrong.length > 0) throw new Error(wrong.join('\n\n'))
}

/** That the server and the database are as they were: alive, whole, with every function in its place. */
export async function expectUnharmed(api: Api) {
  expect((await fetch(`${api.server.url}/healthz`)).status).toBe(200)
  expect(
    (await api.sendText('{ currentActor }', {}, { role: 'agent', actor: 'ann' })).data.currentActor,
  ).toBe('ann')
  const { rows } = await api.database.pool.query('select * from app_public.verify_audit_log()')
  expect(rows).toEqual([])
  const gaps = await api.database.pool.query(
    'select sop_id from app_public.sop_versions group by sop_id having count(*) <> max(version) or min(version) <> 1',
  )
  expect(gaps.rows).toEqual([])
}
