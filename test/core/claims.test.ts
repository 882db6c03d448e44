import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import { isLoopbackName, readClaims } from '../../server/claims.ts'

const request = (headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage

describe('who the caller is', () => {
  it('is anonymous unless a header says otherwise', () => {
    expect(readClaims(request({}))).toEqual({ role: 'anonymous' })
  })
  it('takes role and actor from the development headers on loopback', () => {
    expect(readClaims(request({ 'x-clubos-role': 'reviewer', 'x-clubos-actor': 'rita' }))).toMatchObject({
      role: 'reviewer',
      actor: 'rita',
      visitorId: undefined,
    })
  })
  it('gives a customer a visitor and no actor', () => {
    const visitor = '0b8f3f0e-6f0e-4a53-9a53-0b8f3f0e6f0e'
    expect(readClaims(request({ 'x-clubos-actor': 'mallory', 'x-clubos-visitor': visitor }))).toMatchObject({
      role: 'anonymous',
      actor: undefined,
      visitorId: visitor,
    })
  })
  it.each([
    ['another machine', request({ 'x-clubos-role': 'admin' }, '10.0.0.7')],
    ['a proxy', request({ 'x-clubos-role': 'admin', 'x-forwarded-for': '1.2.3.4' })],
    ['a proxy that speaks RFC 7239', request({ 'x-clubos-role': 'admin', forwarded: 'for=1.2.3.4' })],
  ])('refuses the headers from %s', (_name, incoming) => {
    expect(() => readClaims(incoming)).toThrow('development')
  })
  it.each(['worker', 'postgres', 'ADMIN'])('refuses the role %s', (role) => {
    expect(() => readClaims(request({ 'x-clubos-role': role }))).toThrow('x-clubos-role')
  })
  it('knows the names of loopback', () => {
    expect(['localhost', '127.0.0.1', '[::1]'].every(isLoopbackName)).toBe(true)
    expect(isLoopbackName('localhost.evil.example')).toBe(false)
  })
})
