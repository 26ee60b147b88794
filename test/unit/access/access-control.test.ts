import { describe, expect, it } from 'vitest'
import { decideAccess, indexKeys } from '../../../shared/access/access-control.ts'
import type { KeyHasher } from '../../../shared/access/key-material.ts'
import type { KeySet } from '../../../shared/access/key-set.ts'
import { nodeKeyMaterial } from '../../../shared/adapters/node-key-material.ts'
import { keyOf, keySetOf, storedKey, testMaterial } from '../../support/access-keys.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')
const KEY = keyOf(7)

const decide = (presented: string | undefined, keySet: KeySet, nowMs = NOW, hasher: KeyHasher = testMaterial) =>
  decideAccess(presented, indexKeys(keySet, hasher), nowMs)

describe('access by key', () => {
  it('is given to whoever presents a key that holds, with its scopes and no others', () => {
    expect(decide(KEY, keySetOf(storedKey({ scopes: ['predict'] })))).toEqual({
      client: { keyId: '0123456789', name: 'phone', scopes: ['predict'] },
    })
  })

  it('finds each key among many', () => {
    const keys = Array.from({ length: 200 }, (_, i) =>
      storedKey({ id: i.toString(16).padStart(10, '0'), key: keyOf(i), name: `client ${i}` }),
    )
    const known = indexKeys(keySetOf(...keys), testMaterial)
    keys.forEach(({ id, name }, i) => {
      expect(decideAccess(keyOf(i), known, NOW)).toMatchObject({ client: { keyId: id, name } })
    })
    expect(decideAccess(keyOf(201), known, NOW)).toEqual({ refusal: 'unknown' })
  })

  it('tells keys apart whose hashes begin alike, to the last byte', () => {
    const hashes = [0, 1].map((last) => Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? last : 0xee)))
    const [first, second] = hashes
    const hex = (hash: Uint8Array | undefined) => Buffer.from(hash ?? []).toString('hex')
    const keySet = keySetOf(
      storedKey({ hash: hex(first), name: 'first' }),
      storedKey({ hash: hex(second), id: '9876543210', name: 'second' }),
    )
    for (const [hash, name] of [
      [first, 'first'],
      [second, 'second'],
    ] as const) {
      const hasher: KeyHasher = { ...testMaterial, hash: () => hash ?? new Uint8Array() }
      expect(decide(KEY, keySet, NOW, hasher)).toMatchObject({ client: { name } })
    }
    const near = Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 2 : 0xee))
    expect(decide(KEY, keySet, NOW, { ...testMaterial, hash: () => near })).toEqual({ refusal: 'unknown' })
  })

  it.each([undefined, ''])('is refused to who presents no key: %j', (presented) => {
    expect(decide(presented, keySetOf(storedKey()))).toEqual({ refusal: 'missing' })
  })

  it('is refused before anything is hashed where the text is no key', () => {
    const hasher: KeyHasher = {
      ...testMaterial,
      hash: () => {
        throw new Error('it was hashed')
      },
    }
    for (const text of ['cl_live_short', `${KEY}x`, 'x'.repeat(100_000), "' or 1=1 --", 'null']) {
      expect(decide(text, keySetOf(storedKey()), NOW, hasher)).toEqual({ refusal: 'malformed' })
    }
  })

  it('hashes a key of the set once, and looks at its expiry each time', () => {
    let hashed = 0
    const hasher: KeyHasher = {
      ...testMaterial,
      hash: (key) => {
        hashed += 1
        return testMaterial.hash(key)
      },
    }
    const known = indexKeys(keySetOf(storedKey({ expiresAt: new Date(NOW).toISOString() })), hasher)
    expect(decideAccess(KEY, known, NOW - 2)).toHaveProperty('client')
    expect(decideAccess(KEY, known, NOW - 1)).toHaveProperty('client')
    expect(decideAccess(KEY, known, NOW)).toEqual({ refusal: 'expired' })
    expect(hashed).toBe(1)
  })

  it('remembers no text that is no key of the set', () => {
    const known = indexKeys(keySetOf(storedKey()), testMaterial)
    for (let i = 20; i < 40; i++) expect(decideAccess(keyOf(i), known, NOW)).toEqual({ refusal: 'unknown' })
    expect(known.presented.size).toBe(0)
  })

  it('is refused where no key has been made', () => {
    expect(decide(KEY, keySetOf())).toEqual({ refusal: 'unknown' })
  })

  it('is refused under another pepper, and the keys that this makes useless are counted', () => {
    const hasher = nodeKeyMaterial('another-pepper-0123456789abcdef-')
    const keySet = keySetOf(
      storedKey(),
      storedKey({ id: '9876543210', key: keyOf(8), revokedAt: '2026-01-01T00:00:00Z' }),
    )
    expect(decide(KEY, keySet, NOW, hasher)).toEqual({ refusal: 'unknown' })
    expect(indexKeys(keySet, hasher).orphans).toBe(1)
    expect(indexKeys(keySet, testMaterial).orphans).toBe(0)
  })

  it('ends at the very millisecond that the key expires at', () => {
    const keySet = keySetOf(storedKey({ expiresAt: '2026-06-01T12:00:00.000Z' }))
    expect(decide(KEY, keySet, NOW - 1)).toHaveProperty('client')
    expect(decide(KEY, keySet, NOW)).toEqual({ refusal: 'expired' })
    expect(decide(KEY, keySet, Number.NaN)).toEqual({ refusal: 'expired' })
  })

  it('ends with revocation, whatever the clock says', () => {
    const keySet = keySetOf(storedKey({ revokedAt: '2030-01-01T00:00:00Z' }))
    for (const nowMs of [0, NOW, Number.NaN]) expect(decide(KEY, keySet, nowMs)).toEqual({ refusal: 'revoked' })
  })

  it('is not to be decided before any keys were read, but that a text is no key needs none', () => {
    expect(decideAccess(KEY, undefined, NOW)).toEqual({ refusal: 'unavailable' })
    expect(decideAccess(undefined, undefined, NOW)).toEqual({ refusal: 'missing' })
    expect(decideAccess('cl_live_', undefined, NOW)).toEqual({ refusal: 'malformed' })
  })
})
