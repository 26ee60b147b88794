import { describe, expect, it } from 'vitest'
import { originPolicy, preflightHeaders } from '../../../shared/http/cors.ts'
import { DomainError } from '../../../shared/kernel/errors.ts'

const EXTENSION = `chrome-extension://${'abcdefghijklmnop'.repeat(2)}`
const URL_HERE = 'http://127.0.0.1:3000/api/score-bet?x=1'

describe('an allow-list of origins', () => {
  it.each([EXTENSION, 'https://app.example', 'https://app.example:8443', 'http://localhost:5173', 'http://[::1]:1'])(
    'may have %s, and lets it in',
    (origin) => {
      expect(originPolicy([origin]).judge(origin, URL_HERE)).toBe('allowed')
      expect(originPolicy([]).judge(origin, URL_HERE)).toBe('foreign')
    },
  )

  it.each([
    '*',
    'null',
    '',
    'https://*.example',
    'https://app.example/',
    'https://app.example/path',
    'https://APP.example',
    'https://app.example:443',
    'https://user@app.example',
    'http://app.example',
    'http://localhost.evil.example',
    'chrome-extension://*',
    `chrome-extension://${'q'.repeat(32)}`,
    `chrome-extension://${'a'.repeat(31)}`,
    `${EXTENSION}/page.html`,
    'moz-extension://abc',
    'file://',
    'https://a.example\r\nx: y',
  ])('refuses to have %j', (origin) => {
    expect(() => originPolicy([origin])).toThrow(DomainError)
  })

  it.each([
    'https://app.example.evil.example',
    'https://app.exampl',
    'http://app.example',
    'https://app.example:444',
    'https://evil.example',
    'null',
    'HTTPS://APP.EXAMPLE',
  ])('keeps %s out where https://app.example is in', (origin) => {
    expect(originPolicy(['https://app.example']).judge(origin, URL_HERE)).toBe('foreign')
  })

  it('knows the API’s own origin', () => {
    expect(originPolicy([]).judge('http://127.0.0.1:3000', URL_HERE)).toBe('same')
  })

  it.each(['http://127.0.0.1:300', 'http://127.0.0.1', 'http://127.0.0.1:3000/', 'http:', 'http:/', 'http://', ''])(
    'does not take %j for the API’s own',
    (origin) => {
      expect(originPolicy([]).judge(origin, URL_HERE)).toBe('foreign')
    },
  )
})

describe('the answer to a preflight', () => {
  it('names the origin and never allows credentials', () => {
    const headers = preflightHeaders('https://app.example', ['GET', 'POST'])
    expect(headers['access-control-allow-origin']).toBe('https://app.example')
    expect(headers['access-control-allow-methods']).toBe('GET, POST')
    expect(headers['access-control-allow-headers']).toContain('x-api-key')
    expect(Object.keys(headers)).not.toContain('access-control-allow-credentials')
  })
})
