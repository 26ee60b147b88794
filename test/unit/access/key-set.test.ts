import { describe, expect, it } from 'vitest'
import type { StoredKey } from '../../../shared/access/key-set.ts'
import { decodeKeySet, encodeKeySet, keyState } from '../../../shared/access/key-set.ts'
import { InvariantError } from '../../../shared/kernel/errors.ts'
import { hashOf, keyOf, keySetOf, storedKey, testMaterial } from '../../support/access-keys.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const decode = (value: unknown) => decodeKeySet(bytes(JSON.stringify(value)))

describe('a key set', () => {
  it('is read as it was written', () => {
    const keySet = keySetOf(
      storedKey(),
      storedKey({ id: 'abcdef0123', key: keyOf(8), expiresAt: '2027-01-01T00:00:00Z' }),
    )
    expect(decodeKeySet(bytes(encodeKeySet(keySet)))).toEqual(keySet)
  })

  it('may be empty', () => {
    expect(decode({ format: 'closeline-keys/1', keys: [] }).keys).toEqual([])
  })

  it.each<[string, Partial<Record<keyof StoredKey | 'networks', unknown>>]>([
    ['an id of another form', { id: '0123' }],
    ['a hash in capitals', { hash: 'A'.repeat(64) }],
    ['a hash cut short', { hash: 'a'.repeat(63) }],
    ['no scope', { scopes: [] }],
    ['a scope that is not known', { scopes: ['read', 'root'] }],
    ['a scope twice', { scopes: ['read', 'read'] }],
    ['a name that is empty', { name: '' }],
    ['a name of two lines', { name: 'a\nb' }],
    ['a name that is a key', { name: keyOf(7) }],
    ['an expiry that is no instant', { expiresAt: '2027-02-30T00:00:00Z' }],
    ['an expiry of no zone', { expiresAt: '2027-01-01T00:00:00' }],
    ['a field that may narrow it', { networks: ['10.0.0.0/8'] }],
  ])('is damaged where a key has %s', (_, fields) => {
    expect(() => decode(keySetOf({ ...storedKey(), ...fields } as StoredKey))).toThrow(
      expect.objectContaining({ code: 'corrupt_object' }),
    )
  })

  it('is damaged where two keys have one id or one hash', () => {
    const same = storedKey()
    expect(() => decode(keySetOf(same, storedKey({ key: keyOf(8) })))).toThrow(/damaged: keys/)
    expect(() => decode(keySetOf(same, storedKey({ id: '9876543210' })))).toThrow(/damaged: keys/)
  })

  it.each([
    ['another format', { format: 'closeline-keys/2', keys: [] }],
    ['no keys', { format: 'closeline-keys/1' }],
    ['a list', []],
  ])('is damaged where it has %s', (_, value) => {
    expect(() => decode(value)).toThrow(expect.objectContaining({ code: 'corrupt_object' }))
  })

  it('is not written where it could not be read', () => {
    expect(() => encodeKeySet(keySetOf(storedKey(), storedKey()))).toThrow(InvariantError)
  })

  it('never quotes a hash where it is damaged, wherever it is cut', () => {
    const text = encodeKeySet(keySetOf(storedKey()))
    const hash = hashOf(keyOf(7))
    const begin = text.indexOf(hash)
    for (let cut = begin; cut < begin + 70; cut++) {
      for (const damaged of [
        text.slice(0, cut),
        `${text.slice(0, cut)}"${text.slice(cut)}`,
        `${text.slice(0, cut)}z${text.slice(cut)}`,
      ]) {
        const message = messageOf(() => decodeKeySet(bytes(damaged)))
        expect(message).toMatch(/^access\/keys\.json is damaged: [\w ().]+$/)
        expect(message).not.toContain(hash.slice(0, 6))
      }
    }
  })
})

describe('a key', () => {
  const NOON = Date.parse('2026-06-01T12:00:00Z')
  const stateAt = (fields: Partial<StoredKey>, nowMs = NOON) =>
    keyState(storedKey(fields), testMaterial.pepperId, nowMs)

  it('is active until the instant that it expires at', () => {
    expect(stateAt({})).toBe('active')
    expect(stateAt({ expiresAt: '2026-06-01T12:00:00.001Z' })).toBe('active')
    expect(stateAt({ expiresAt: '2026-06-01T12:00:00.000Z' })).toBe('expired')
  })

  it('is revoked, be it expired as well, or revoked at an instant to come by another clock', () => {
    expect(stateAt({ revokedAt: '2026-01-02T00:00:00Z', expiresAt: '2026-01-01T00:00:00Z' })).toBe('revoked')
    expect(stateAt({ revokedAt: '2099-01-01T00:00:00Z' })).toBe('revoked')
  })

  it('is orphaned where its pepper is gone', () => {
    expect(stateAt({ pepperId: 'ffffffff' })).toBe('orphaned')
  })

  it('is not active at a time that is none', () => {
    expect(stateAt({}, Number.NaN)).toBe('expired')
  })
})

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof Error) return thrown.message
  }
  throw new Error('it was read')
}
