import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { foundClub } from './club.ts'
import { type Api, ann, auditor, onlyError, rita, rolf, startApi, visitorA } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
  await foundClub(api.services)
})
afterAll(() => api?.close())

describe('saving an SOP', () => {
  const sop = { category: 'billing', section: 'refund' }
  const first = '# Refund\n\n## Steps\n\n1. Open the booking.\n'
  const second = '# Refund\n\n## Steps\n\n1. Open the booking.\n2. Press Refund.\n'

  it('writes versions with who and why, and refuses to save over somebody else’s', async () => {
    const made = await api.send('save_sop', { ...sop, content: first }, rita)
    expect(made.data.saveSop.result).toMatchObject({ version: 1, content: first })
    const { id } = made.data.saveSop.result
    const changed = { ...sop, content: second, expectedVersion: 1 }
    expect(onlyError(await api.send('save_sop', changed, rita))).toMatchSnapshot('no reason')
    expect(
      (await api.send('save_sop', { ...changed, reason: 'A step was missing' }, rita)).data.saveSop.result
        .version,
    ).toBe(2)

    const late = { ...sop, content: '# Refund\n\nAsk rolf.\n', expectedVersion: 1, reason: 'Mine' }
    expect(onlyError(await api.send('save_sop', late, rolf))).toEqual({
      code: 'CO101',
      message: 'billing/refund is at version 2, not 1 as you expected: somebody changed it meanwhile.',
      hint: 'Look at sop_diff(sop_id, your version, current version), then save again with the current version.',
      detail: { sop_id: id, version: 2 },
    })
    // Saying the same again is harmless.
    expect(
      (await api.send('save_sop', { ...sop, content: second, reason: 'Again' }, rita)).data.saveSop.result
        .version,
    ).toBe(2)

    expect((await api.send('sop_diff', { id, from: 1, to: 2 }, ann)).data.sopDiff).toMatchSnapshot('diff')
    const back = { id, version: 1, reason: 'The button is gone' }
    expect((await api.send('rollback_sop', back, rita)).data.rollbackSop.result).toEqual({
      version: 3,
      content: first,
    })
    expect(onlyError(await api.send('rollback_sop', { ...back, version: 9 }, rita))).toMatchObject({
      code: 'CO404',
    })
    await api.send('archive_sop', { id, reason: 'No refunds any more' }, rita)
    expect((await api.send('sop_history', sop, ann)).data).toMatchSnapshot('history')
  })

  it('is seen by the next question', async () => {
    const wifi = {
      category: 'facilities',
      section: 'wifi',
      content: '# Wi-Fi password\n\n## Steps\n\n1. It is on the tablet.\n',
    }
    await api.send('save_sop', wifi, rita)
    const { data } = await api.send('ask', { query: 'wifi password' }, visitorA)
    expect(data.ask.response.sources[0]).toMatchObject({ topic: 'wifi', version: 1 })
  })

  it('is for reviewers', async () => {
    const attempt = { ...sop, content: '# Refund\n\nNever.\n', reason: 'x' }
    for (const who of [visitorA, { role: 'customer' }, ann, auditor]) {
      expect(onlyError(await api.send('save_sop', attempt, who))).toMatchObject({
        code: 'CO403',
        hint: 'Ask an admin for the role, or ask somebody who has it.',
      })
    }
  })

  it('needs a text and a name', async () => {
    expect(onlyError(await api.send('save_sop', { ...sop, content: ' ', reason: 'x' }, rita))).toMatchObject({
      code: 'CO005',
    })
    const nameless = { category: ' ', section: 'x', content: 'x', reason: 'x' }
    expect(onlyError(await api.send('save_sop', nameless, rita))).toMatchObject({ code: 'CO005' })
    const huge = { ...sop, section: 'huge', content: 'x'.repeat(900_000), reason: 'x' }
    expect((await api.send('save_sop', huge, rita)).errors?.[0]?.extensions.code ?? 'saved').not.toBe('CO500')
  })
})

describe('deciding a proposal', () => {
  const current = async (section: string) => {
    const { rows } = await api.database.pool.query(
      'select id, version, content from sops where section = $1',
      [section],
    )
    return rows[0] as { id: number; version: number; content: string }
  }
  const propose = async (section: string, edit: (content: string) => string) => {
    const sop = await current(section)
    const suggestion = { sop_id: sop.id, new_content: edit(sop.content), reasoning: 'Customers asked' }
    const { data, errors } = await api.send(
      'propose_improvement',
      { kind: 'sop_edit', suggestion, baseVersion: sop.version },
      ann,
    )
    expect(errors).toBeUndefined()
    return data.proposeImprovement.result as { id: number; status: string; proposedBy: string }
  }

  it('applies it once, and the next answer uses it', async () => {
    const { id, status, proposedBy } = await propose(
      'dress_code',
      (text) => `${text}\n## Customers also say\n\n- can I play barefoot\n`,
    )
    expect({ status, proposedBy }).toEqual({ status: 'pending', proposedBy: 'ann' })
    const { result } = (await api.send('preview_improvement', { id }, ann)).data.previewImprovement
    expect(result).toMatchObject({ broken: 0 })
    expect((await current('dress_code')).version).toBe(1)

    expect(onlyError(await api.send('approve_improvement', { id }, ann))).toMatchObject({ code: 'CO403' })
    const approval = { status: 'approved', approvedBy: 'rita', decisionReason: 'Fits', sop: { version: 2 } }
    for (let i = 0; i < 2; i++)
      expect(
        (await api.send('approve_improvement', { id, reason: 'Fits' }, rita)).data.approveImprovement.result,
      ).toEqual(approval)
    expect(onlyError(await api.send('approve_improvement', { id }, rolf))).toEqual({
      code: 'CO103',
      message: `Proposal ${id} was approved by rita already.`,
      hint: 'Reload the queue; undo_improvement takes an approval back.',
      detail: { improvement_id: id, by: 'rita', status: 'approved' },
    })
    expect(onlyError(await api.send('reject_improvement', { id, reason: 'No' }, rolf))).toMatchObject({
      code: 'CO103',
    })

    const { data } = await api.send('ask', { query: 'can I play barefoot' }, visitorA)
    expect(data.ask.response).toMatchObject({ outcome: 'answered' })
    expect(data.ask.response.sources[0]).toMatchObject({
      topic: 'dress_code',
      version: 2,
      matched: 'can I play barefoot',
    })
  })

  it('says so when the SOP changed in the same lines, and takes the text that holds both', async () => {
    const { id } = await propose('parking', (text) => text.replace('Weir Road', 'Mill Lane'))
    const before = await current('parking')
    const moved = before.content.replace('Weir Road', 'Ropewalk Lane')
    await api.send(
      'save_sop',
      { category: 'facilities', section: 'parking', content: moved, reason: 'The entry moved' },
      rolf,
    )
    const conflict = onlyError(await api.send('approve_improvement', { id }, rita))
    expect(conflict).toMatchObject({
      code: 'CO102',
      detail: { sop_id: before.id, base_version: 1, version: 2 },
      hint: expect.stringContaining('edited_content'),
    })
    const both = before.content.replace('Weir Road', 'Ropewalk Lane or Mill Lane')
    expect(
      (await api.send('approve_improvement', { id, editedContent: both, editedVersion: 2 }, rita)).data
        .approveImprovement.result,
    ).toMatchObject({ status: 'approved', sop: { version: 3 } })
    expect((await current('parking')).content).toBe(both)
  })

  it('merges a change of other lines', async () => {
    const { id } = await propose('cancel_booking', (text) => `${text}3. A mail confirms it.\n`)
    const before = await current('cancel_booking')
    const renamed = before.content.replace('# Cancel a booking', '# Cancelling a booking')
    await api.send(
      'save_sop',
      { category: 'booking', section: 'cancel_booking', content: renamed, reason: 'Title' },
      rolf,
    )
    await api.send('approve_improvement', { id }, rita)
    expect((await current('cancel_booking')).content).toBe(`${renamed}3. A mail confirms it.\n`)
  })

  it('turns it down with a reason, and its twin does not come back', async () => {
    const edit = (text: string) => `${text}3. Hit it.\n`
    const { id } = await propose('projector_black', edit)
    expect(onlyError(await api.send('reject_improvement', { id }, rita))).toMatchObject({ code: 'CO002' })
    expect(
      (await api.send('reject_improvement', { id, reason: 'It breaks' }, rita)).data.rejectImprovement.result,
    ).toEqual({
      status: 'rejected',
      rejectedBy: 'rita',
      rejectionReason: 'It breaks',
    })
    expect(await propose('projector_black', edit)).toMatchObject({ id, status: 'rejected' })
  })

  it('takes no proposal that cannot be applied', async () => {
    const attempt = async (kind: string, suggestion: unknown) =>
      onlyError(await api.send('propose_improvement', { kind, suggestion }, ann)).code
    expect(await attempt('sop_delete', {})).toBe('CO005')
    expect(await attempt('sop_edit', { sop_id: 9999, new_content: 'x' })).toBe('CO404')
    expect(await attempt('sop_edit', { sop_id: 1, new_content: '' })).toBe('CO005')
    expect(await attempt('sop_edit', { sop_id: 1, new_content: (await current('door_code')).content })).toBe(
      'CO106',
    )
    expect(await attempt('knowledge_entry', { category: 'brand', topic: 'dogs', entries: [] })).toBe('CO005')
    const { errors } = await api.send('propose_improvement', { kind: 'sop_new', suggestion: {} }, visitorA)
    expect(errors?.[0]?.extensions.code).toBe('CO403')
  })
})

describe('the audit trail', () => {
  it('is whole, and says who and why; for auditors', async () => {
    const { data } = await api.send('audit_trail', {}, auditor)
    expect(data.verifyAuditLog.nodes).toEqual([])
    expect(data.auditLogs.nodes).toContainEqual({
      tableName: 'sops',
      operation: 'insert',
      actor: 'founder',
      role: 'admin',
      reason: 'The club opens',
    })
    for (const who of [visitorA, ann, rita]) {
      const { errors } = await api.send('audit_trail', {}, who)
      expect(errors?.map((error) => error.extensions.code)).toEqual(expect.arrayContaining(['CO403']))
    }
  })
})
