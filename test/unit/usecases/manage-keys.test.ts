import { beforeEach, describe, expect, it } from 'vitest'
import { decideAccess, indexKeys } from '../../../shared/access/access-control.ts'
import type { Scope } from '../../../shared/access/client.ts'
import { decodeKeySet, encodeKeySet, KEY_SET_KEY } from '../../../shared/access/key-set.ts'
import { nodeKeyMaterial } from '../../../shared/adapters/node-key-material.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import type { ObjectStore } from '../../../shared/kernel/ports.ts'
import type { KeyDeps } from '../../../shared/usecases/manage-keys.ts'
import { createKey, listKeys, readKeySet, revokeKey, SETTLE_MS } from '../../../shared/usecases/manage-keys.ts'
import { hashOf, keyOf, keySetOf, storedKey, TEST_PEPPER, testMaterial } from '../../support/access-keys.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryObjectStore, textOf, truncateObject } from '../../support/memory-object-store.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')
const DAY_MS = 86_400_000

describe('the keys of an installation', () => {
  let objects: ObjectStore
  let clock: ReturnType<typeof manualClock>
  let waits: number[]
  /** What others do while a writer waits to read back. */
  let meanwhile: () => Promise<void>
  let deps: KeyDeps

  beforeEach(() => {
    objects = memoryObjectStore()
    clock = manualClock(NOW)
    waits = []
    meanwhile = async () => {}
    const sleep = async (ms: number) => {
      waits.push(ms)
      await meanwhile()
    }
    deps = { objects, material: testMaterial, clock, sleep }
  })

  const make = (fields: Partial<{ name: string; scopes: readonly Scope[]; expiresAtMs: number }> = {}) =>
    createKey(deps, { name: 'phone', scopes: ['read'], expiresAtMs: undefined, ...fields })

  const decide = async (key: string) => decideAccess(key, indexKeys(await readKeySet(objects), testMaterial), clock())

  it('are none at first', async () => {
    expect(await listKeys(deps)).toEqual([])
  })

  it('hold once they are made, each with its scopes', async () => {
    const { key, summary } = await make({ scopes: ['predict', 'read', 'predict'], expiresAtMs: NOW + DAY_MS })
    expect(summary).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{10}$/),
      name: 'phone',
      scopes: ['read', 'predict'],
      createdAt: '2026-06-01T12:00:00.000Z',
      expiresAt: '2026-06-02T12:00:00.000Z',
      revokedAt: null,
      state: 'active',
    })
    expect(await decide(key)).toEqual({ client: { keyId: summary.id, name: 'phone', scopes: ['read', 'predict'] } })
    clock.advance(DAY_MS)
    expect(await decide(key)).toEqual({ refusal: 'expired' })
    expect(await listKeys(deps)).toEqual([{ ...summary, state: 'expired' }])
  })

  it('are kept without their text, and their names tell nothing of it', async () => {
    const { key, summary } = await make()
    const document = await textOf(objects, KEY_SET_KEY)
    expect(document).not.toContain(key.slice(8, 20))
    expect(document).toContain(hashOf(key))
    expect(document).not.toContain(TEST_PEPPER)
    expect(hashOf(key)).not.toContain(summary.id)
    expect(JSON.stringify(await listKeys(deps))).not.toContain(hashOf(key).slice(0, 8))
  })

  it('differ, and are listed from the newest', async () => {
    const first = await make({ name: 'first' })
    clock.advance(1)
    const second = await make({ name: 'second' })
    expect(first.key).not.toBe(second.key)
    expect((await listKeys(deps)).map(({ name }) => name)).toEqual(['second', 'first'])
    expect(await decide(first.key)).toHaveProperty('client')
  })

  it('are listed in the order of their ids where they are of one age', async () => {
    const keys = ['5', '1', '9', '3'].map((digit, i) => storedKey({ id: digit.repeat(10), key: keyOf(i) }))
    await objects.put(KEY_SET_KEY, encodeKeySet(keySetOf(...keys)))
    expect((await listKeys(deps)).map(({ id }) => id[0])).toEqual(['1', '3', '5', '9'])
  })

  it('are orphaned where the pepper is another', async () => {
    await make()
    const material = nodeKeyMaterial('another-pepper-0123456789abcdef-')
    expect(await listKeys({ ...deps, material })).toMatchObject([{ state: 'orphaned' }])
  })

  it('are refused for good once revoked, the first instant standing', async () => {
    const { key, summary } = await make()
    const kept = await make({ name: 'other' })
    clock.advance(1000)
    expect(await revokeKey(deps, summary.id)).toEqual({
      summary: { ...summary, revokedAt: '2026-06-01T12:00:01.000Z', state: 'revoked' },
      wasRevoked: false,
    })
    expect(await decide(key)).toEqual({ refusal: 'revoked' })
    expect(await decide(kept.key)).toHaveProperty('client')
    clock.advance(1000)
    expect(await revokeKey(deps, summary.id)).toMatchObject({
      summary: { revokedAt: '2026-06-01T12:00:01.000Z' },
      wasRevoked: true,
    })
  })

  it.each([
    [{ name: '' }, 'invalid_key_name'],
    [{ name: '  ' }, 'invalid_key_name'],
    [{ name: 'x'.repeat(81) }, 'invalid_key_name'],
    [{ name: 'two\nlines' }, 'invalid_key_name'],
    [{ name: `mine ${keyOf(3)}` }, 'invalid_key_name'],
    [{ scopes: [] }, 'no_scopes'],
    [{ expiresAtMs: NOW }, 'invalid_expiry'],
    [{ expiresAtMs: Number.NaN }, 'invalid_expiry'],
    [{ expiresAtMs: Number.POSITIVE_INFINITY }, 'invalid_expiry'],
    [{ expiresAtMs: 8.64e15 }, 'invalid_expiry'],
  ])('are not made of %j', async (fields, code) => {
    await expect(make(fields)).rejects.toMatchObject({ code, message: expect.not.stringContaining('cl_live_A') })
    expect(await objects.get(KEY_SET_KEY)).toBeUndefined()
  })

  it('are 10,000 at most', async () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => {
      const id = i.toString(16).padStart(10, '0')
      return { ...storedKey(), id, hash: id.padStart(64, '0') }
    })
    await objects.put(KEY_SET_KEY, encodeKeySet(keySetOf(...keys.slice(1))))
    await make()
    await expect(make()).rejects.toMatchObject({ code: 'too_many_keys' })
    expect((await readKeySet(objects)).keys).toHaveLength(10_000)
  })

  it('are named by their ids: a key taken for one is not repeated', async () => {
    const { key } = await make()
    for (const id of [key, '', 'xyz', '0123456789a', hashOf(key)]) {
      const refusal = await revokeKey(deps, id).catch((thrown: Error) => thrown)
      expect(refusal).toMatchObject({ code: 'invalid_key_id' })
      if (id !== '') expect(String(refusal)).not.toContain(id)
    }
    await expect(revokeKey(deps, '0123456789')).rejects.toMatchObject({ code: 'unknown_key_id' })
  })

  it('are left alone where their document is damaged', async () => {
    await make()
    await truncateObject(objects, KEY_SET_KEY)
    const damaged = await textOf(objects, KEY_SET_KEY)
    for (const work of [make(), listKeys(deps), revokeKey(deps, '0123456789')]) {
      await expect(work).rejects.toMatchObject({ code: 'corrupt_object' })
    }
    expect(await textOf(objects, KEY_SET_KEY)).toBe(damaged)
  })

  it('are read back a while after they were written', async () => {
    await make()
    expect(waits).toEqual([SETTLE_MS])
  })

  it('are written again where another writer has taken them away', async () => {
    const before = keySetOf(storedKey())
    await objects.put(KEY_SET_KEY, encodeKeySet(before))
    let losses = 0
    meanwhile = async () => {
      // The other read the document before this writer wrote it.
      if (losses++ < 2) await objects.put(KEY_SET_KEY, encodeKeySet(keySetOf(storedKey({ name: `renamed ${losses}` }))))
    }
    const { key } = await make()
    expect(waits).toHaveLength(3)
    expect(await decide(key)).toHaveProperty('client')
    expect((await listKeys(deps)).map(({ name }) => name)).toContain('renamed 2')
  })

  it('are revoked again where another writer has taken the revocation away', async () => {
    const document = encodeKeySet(keySetOf(storedKey()))
    await objects.put(KEY_SET_KEY, document)
    let losses = 0
    meanwhile = async () => {
      if (losses++ === 0) await objects.put(KEY_SET_KEY, document)
    }
    await revokeKey(deps, '0123456789')
    expect((await listKeys(deps))[0]?.state).toBe('revoked')
    expect(waits).toHaveLength(2)
  })

  it('all stand after several writers at once', async () => {
    // Everybody reads before anybody writes; the waits end in the order in which they began.
    meanwhile = () => new Promise((resolve) => setTimeout(resolve, 5))
    const made = await Promise.all(['a', 'b', 'c', 'd'].map((name) => make({ name })))
    expect((await listKeys(deps)).map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'd'])
    for (const { key } of made) expect(await decide(key)).toHaveProperty('client')
  })

  it('are told not to stand where others keep taking them away', async () => {
    meanwhile = () => objects.put(KEY_SET_KEY, encodeKeySet(keySetOf()))
    await expect(make()).rejects.toThrow(UpstreamError)
    expect(waits).toHaveLength(5)
    expect(decodeKeySet((await objects.get(KEY_SET_KEY)) ?? new Uint8Array()).keys).toEqual([])
  })

  it('are not told of where the store fails, and no error quotes them', async () => {
    let written = ''
    const failing: ObjectStore = {
      ...objects,
      put: async (_, body) => {
        written = String(body)
        throw new UpstreamError('S3', 'access denied')
      },
    }
    const refusal = await createKey(
      { ...deps, objects: failing },
      { name: 'x', scopes: ['read'], expiresAtMs: undefined },
    ).catch((thrown: unknown) => thrown)
    expect(refusal).toBeInstanceOf(UpstreamError)
    const { hash } = decodeKeySet(new TextEncoder().encode(written)).keys[0] ?? { hash: '' }
    expect(hash).toHaveLength(64)
    expect(String(refusal)).not.toContain(hash)
  })
})
