import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { formatApiKey } from '../../shared/access/api-key.ts'
import { nodeKeyMaterial } from '../../shared/adapters/node-key-material.ts'
import { TEST_PEPPER } from '../support/access-keys.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** From Python: hmac.new(pepper, key, hashlib.sha256).hexdigest(), with `pepper-of-tests-0123456789abcdef`. */
const FROM_PYTHON = [
  [Uint8Array.from({ length: 32 }, (_, i) => i), '97591dfb1e8c44f19d7fa50190ef19c6ea1d0aff820d1f207059c452b839cd29'],
  [new Uint8Array(32).fill(255), '58dac1628d38e13db88eb532f59318549db5bc2a2618635bb683634ed614ab9b'],
] as const

describe('the key material of Node', () => {
  const material = nodeKeyMaterial(TEST_PEPPER)

  it.each(FROM_PYTHON)('hashes a key as Python’s HMAC does: %o', (secret, hash) => {
    expect(hex(material.hash(formatApiKey(secret)))).toBe(hash)
  })

  it('takes the pepper as its UTF-8 bytes', () => {
    const secret = Uint8Array.from(
      { length: 32 },
      (_, i) => (i < 30 ? [0xfb, 0xef, 0xbe][i % 3] : i === 30 ? 0xfb : 0xff) ?? 0,
    )
    expect(hex(nodeKeyMaterial('püpper-'.repeat(6)).hash(formatApiKey(secret)))).toBe(
      '0696662c065bc9bfc79d514353092e66ecc34107ca21812a84779837e11be602',
    )
  })

  it('names its pepper by a hash of its own', () => {
    expect(material.pepperId).toBe('baf550b1')
    expect(nodeKeyMaterial(`${TEST_PEPPER}!`).pepperId).not.toBe(material.pepperId)
  })

  it('finds hashes equal where every byte is', () => {
    const hash = material.hash(formatApiKey(new Uint8Array(32)))
    expect(material.isEqual(hash, Uint8Array.from(hash))).toBe(true)
    for (let i = 0; i < hash.length; i++) {
      const other = Uint8Array.from(hash, (byte, at) => (at === i ? byte ^ 1 : byte))
      expect(material.isEqual(hash, other)).toBe(false)
    }
    expect(material.isEqual(hash, hash.slice(0, 31))).toBe(false)
  })

  it('gives as many bytes as asked for, never the same twice', () => {
    const drawn = Array.from({ length: 100 }, () => material.randomBytes(32))
    expect(new Set(drawn.map(({ length }) => length))).toEqual(new Set([32]))
    expect(new Set(drawn.map(hex)).size).toBe(100)
    // 25,600 bits, of which half are ones: the bounds are eight standard deviations away.
    const ones = drawn
      .flatMap((bytes) => [...bytes])
      .reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)
    expect(Math.abs(ones - 12_800)).toBeLessThan(640)
  })

  it('refuses a pepper that could be guessed, without quoting it', () => {
    const weak = TEST_PEPPER.slice(0, 31)
    expect(() => nodeKeyMaterial(weak)).toThrow(
      expect.objectContaining({ code: 'weak_pepper', message: expect.not.stringContaining('pepper-of') }),
    )
  })

  it('shows its pepper to nobody who prints it', () => {
    expect(inspect(material, { depth: 9, showHidden: true })).not.toContain(TEST_PEPPER)
    expect(JSON.stringify(material)).not.toContain(TEST_PEPPER)
  })
})
