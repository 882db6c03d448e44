import { describe, expect, it } from '@jest/globals'
import { makeLog } from '../../core/log.ts'

const logged = (fields: object, message = 'message') => {
  let text = ''
  const log = makeLog('debug', {
    write: (line) => {
      text += line
    },
  })
  log.info(fields, message)
  return text
}

describe('the log', () => {
  it.each([
    ['a password', { password: 'putt driver wedge iron' }],
    ['a nested password', { user: { password: 'putt driver wedge iron' } }],
    ['a header', { headers: { authorization: 'Bearer putt driver wedge iron' } }],
    ['a cookie', { headers: { cookie: 'clubos_session=putt driver wedge iron' } }],
    ['a URL field', { url: 'postgres://club:putt driver wedge iron@db/club' }],
  ])('keeps %s to itself', (_what, fields) => {
    expect(logged(fields)).not.toContain('putt driver')
  })

  it.each([
    [
      'an error that quotes the database’s URL',
      'connect postgres://club:s3cret@db.example/club failed',
      's3cret',
    ],
    ['an error that quotes the mail server’s URL', 'smtps://me%40x:s3cret@mail.example:465', 's3cret'],
    ['a session token', `cls_${'A'.repeat(43)} is odd`, 'AAAA'],
    ['an API token', `Invalid: clt_${'b_-9'.repeat(10)}xyz`, 'b_-9'],
    ['a link’s token', `/choose-password?token=clo_${'c'.repeat(43)}`, 'cccc'],
    ['a signing key', `whsec_${'d'.repeat(44)}`, 'dddd'],
    ['a bearer header in words', 'authorization: Bearer abcdefghijkl', 'abcdefghijkl'],
  ])('keeps secrets in texts to itself: %s', (_what, text, secret) => {
    for (const line of [
      logged({}, text),
      logged({ error: text }),
      logged({ stack: `Error: ${text}\n at x` }),
    ])
      expect(line).not.toContain(secret)
  })

  it('leaves ordinary texts alone', () => {
    const line = logged({ error: 'connect to https://db.example:5432/x refused, see clubs_and_more' })
    expect(line).toContain('connect to https://db.example:5432/x refused, see clubs_and_more')
  })
})
