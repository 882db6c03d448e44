import { describe, expect, it } from '@jest/globals'
import { mailFor } from '../../core/notifications/mail.ts'

describe('the mail of a budget for models', () => {
  const mail = (state: string) =>
    mailFor(
      {
        kind: 'llm_budget',
        recipient: 'adam@club.example',
        name: 'Adam',
        link_token: null,
        details: { period: 'month', state, spent: 80.5, budget: 100 },
      },
      'https://help.club.example',
    )
  it('says what was spent, and what happens', () => {
    expect(mail('warned')).toMatchObject({
      to: 'adam@club.example',
      subject: 'The month’s budget for language models is almost used up',
    })
    expect(mail('warned').text).toContain('80.5 of 100 US dollars this month')
    expect(mail('stopped').subject).toBe('The month’s budget for language models is used up')
    expect(mail('stopped').text).toContain('Until it ends ClubOS answers from the club’s own text')
  })
})
