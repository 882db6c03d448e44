import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { AnsweringServices } from '../../core/answering/ask.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { evaluate } from '../../core/evaluation/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { makeTestDatabase, type TestDatabase } from '../support/database.ts'

const sops: Record<string, string> = {
  'booking/cancel':
    '# Cancel a booking\n\n## When to use\n\nA customer wants to cancel.\n\n## Steps\n\n1. Open the booking.\n2. Press cancel.\n',
  'tech_support/projector':
    '# Projector black\n\n## When to use\n\nThe projector shows no picture.\n\n## Steps\n\n1. Press power for three seconds.\n2. Wait a minute.\n',
  'access/door_code':
    '# Door code rejected\n\n## When to use\n\nThe door refuses the code.\n\n## Steps\n\n1. Read the code again.\n2. Send a new one.\n',
  'facilities/parking':
    '# Parking\n\n## When to use\n\nWhere to park.\n\n## Steps\n\n1. Park behind the building.\n',
}
const lines = (rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

describe('evaluating a folder', () => {
  let database: TestDatabase
  let services: AnsweringServices & { embedder: LocalEmbedder }
  const folder = mkdtempSync(join(tmpdir(), 'clubos-eval-'))

  beforeAll(async () => {
    database = await makeTestDatabase()
    services = {
      pool: database.pool,
      embedder: new LocalEmbedder(),
      providers: noProviders,
      log: makeLog('silent'),
    }
    for (const [name, content] of Object.entries(sops)) {
      mkdirSync(join(folder, 'sops', name, '..'), { recursive: true })
      writeFileSync(join(folder, 'sops', `${name}.md`), content)
    }
    writeFileSync(
      join(folder, 'queries.jsonl'),
      lines([
        { query: 'the beamer is dead', sop_id: 'tech_support/projector' },
        { query: 'beamer shows nothing', sop_id: ['tech_support/projector', 'access/door_code'] },
        { query: 'bouncer pad says no', sop_id: 'access/door_code' },
        { query: 'how do I cancel my booking', sop_id: 'booking/cancel', category: 'booking' },
        { query: 'zebra giraffe quantum soup', sop_id: null },
      ]),
    )
    writeFileSync(
      join(folder, 'feedback.jsonl'),
      lines([
        { query: 'our beamer stays dead', sop_id: 'tech_support/projector' },
        { query: 'beamer off again', sop_id: 'tech_support/projector' },
        { query: 'the bouncer pad beeps at me', sop_id: 'access/door_code' },
        { query: 'bouncer pad refuses', sop_id: 'access/door_code' },
        { query: 'please cancel the booking', sop_id: 'booking/cancel' },
      ]),
    )
  })
  afterAll(async () => {
    await services.embedder.close()
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('measures before and after learning through the real loop', async () => {
    const { before, after, curve, learned } = await evaluate(services, folder, {
      steps: 2,
      progress: () => {},
    })
    expect(before.n).toBe(5)
    expect(before.recall10).toBe(1)
    expect(learned!.asked).toBe(5)
    expect(learned!.helpful + learned!.failed).toBe(5)
    expect(learned!.approved + learned!.rejected).toBe(learned!.proposals)
    expect(after!.hit1!).toBe(1)
    expect(after!.hit1!).toBeGreaterThanOrEqual(before.hit1!)
    expect([0, 1]).toContain(after!.abstain_recall)
    expect(after!.abstain_recall_at_5).toBe(1)
    expect(curve.map((point) => point.feedback)).toEqual([0, 2, 5])
  })

  it('learns from all failures of a stretch, of which one proposal takes forty', async () => {
    const letter = (n: number) => String.fromCharCode(97 + n)
    const told = Array.from({ length: 45 }, (_, i) => ({
      // What is found is the SOP about parking.
      query: `Where to park the ${letter(i % 26)}${letter(Math.floor(i / 26))}zz vroom`,
      sop_id: 'access/door_code',
    }))
    writeFileSync(join(folder, 'queries.jsonl'), lines([{ query: 'vroom', sop_id: 'access/door_code' }]))
    writeFileSync(join(folder, 'feedback.jsonl'), lines(told))
    const { learned } = await evaluate(services, folder, { steps: 1, progress: () => {} })
    expect(learned!.failed).toBeGreaterThan(40)
    expect(learned!.proposals).toBeGreaterThan(1)
    const { rows } = await database.pool.query<{ query: string }>(
      `select f.query from app_public.failed_responses f where f.query like '%vroom'
          and not exists (select from app_public.improvement_evidence e where e.failed_response_id = f.id)`,
    )
    expect(rows).toEqual([])
  })

  it('names the label that is in no SOP and no topic', async () => {
    writeFileSync(join(folder, 'queries.jsonl'), lines([{ query: 'hello there', sop_id: 'no/such' }]))
    await expect(evaluate(services, folder, { steps: 1, progress: () => {} })).rejects.toThrow(
      '"no/such", the label of "hello there"',
    )
  })
})
