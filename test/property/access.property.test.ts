import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decideAccess, indexKeys } from '../../shared/access/access-control.ts'
import { formatApiKey, parseApiKey } from '../../shared/access/api-key.ts'
import { SCOPES } from '../../shared/access/client.ts'
import { decodeKeySet, encodeKeySet } from '../../shared/access/key-set.ts'
import { hashOf, keyOf, keySetOf, storedKey, testMaterial } from '../support/access-keys.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 })
const base64url = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')

const KEYS = Array.from({ length: 20 }, (_, i) => keyOf(i))
const KNOWN = indexKeys(
  keySetOf(...KEYS.map((key, i) => storedKey({ key, id: i.toString(16).padStart(10, '0') }))),
  testMaterial,
)

it('every secret makes a key, and different secrets different keys', () => {
  fc.assert(
    fc.property(secret, secret, (a, b) => {
      const isSame = Buffer.from(a).equals(Buffer.from(b))
      return parseApiKey(formatApiKey(a)) === formatApiKey(a) && (formatApiKey(a) === formatApiKey(b)) === isSame
    }),
  )
})

it('a key of chance is never let in', () => {
  fc.assert(
    fc.property(secret, (bytes) => {
      fc.pre(new Set(bytes).size > 1)
      expect(decideAccess(formatApiKey(bytes), KNOWN, NOW)).toEqual({ refusal: 'unknown' })
    }),
    { numRuns: 2000 },
  )
})

it('a key with one character changed is never let in', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KEYS), fc.nat(50), base64url, (key, at, character) => {
      fc.pre(key[at] !== character)
      const decision = decideAccess(key.slice(0, at) + character + key.slice(at + 1), KNOWN, NOW)
      expect(decision).toHaveProperty('refusal')
      expect(['unknown', 'malformed']).toContain('refusal' in decision && decision.refusal)
    }),
    { numRuns: 2000 },
  )
})

it('no text but a key is let in, and none makes the decision fail', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ maxLength: 2000 })), (text) => {
      expect(decideAccess(text, KNOWN, NOW)).toEqual({ refusal: text === '' ? 'missing' : 'malformed' })
    }),
  )
})

it('a key is let in exactly while it is neither expired nor revoked, with its own scopes, after a round through the document', () => {
  const instant = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  const scopes = fc.subarray([...SCOPES], { minLength: 1 })
  fc.assert(
    fc.property(
      secret,
      scopes,
      fc.option(instant),
      fc.option(instant),
      instant,
      (bytes, granted, expires, revoked, now) => {
        const key = formatApiKey(bytes)
        const [expiresAt, revokedAt] = [expires?.toISOString() ?? null, revoked?.toISOString() ?? null]
        const document = encodeKeySet(keySetOf(storedKey({ key, scopes: granted, expiresAt, revokedAt })))
        const known = indexKeys(decodeKeySet(new TextEncoder().encode(document)), testMaterial)
        const decision = decideAccess(key, known, now.getTime())
        if (revoked !== null) expect(decision).toEqual({ refusal: 'revoked' })
        else if (expires !== null && now >= expires) expect(decision).toEqual({ refusal: 'expired' })
        else expect(decision).toEqual({ client: { keyId: '0123456789', name: 'phone', scopes: granted } })
      },
    ),
  )
})

it('nothing that is decided bears a hash or a key', () => {
  const decided = JSON.stringify([...KEYS, 'x', keyOf(99)].map((key) => decideAccess(key, KNOWN, NOW)))
  for (const key of KEYS) {
    expect(decided).not.toContain(key)
    expect(decided).not.toContain(hashOf(key).slice(0, 8))
  }
})
