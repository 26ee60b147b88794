import { beforeEach, describe, expect, it } from 'vitest'
import type { StoredKey } from '../../../shared/access/key-set.ts'
import { encodeKeySet, KEY_SET_KEY } from '../../../shared/access/key-set.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { createKeyAuthorizer } from '../../../shared/usecases/authorize-key.ts'
import { createServingAccess } from '../../../shared/usecases/serving-access.ts'
import { keyOf, keySetOf, storedKey, testMaterial } from '../../support/access-keys.ts'
import { breakableStore } from '../../support/breakable-store.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'

const MAX_AGE_MS = 60_000
const NOW = Date.parse('2026-06-01T12:00:00Z')
const KEY = keyOf(7)

describe('an authorizer of keys', () => {
  let objects: ReturnType<typeof breakableStore>
  let clock: ReturnType<typeof manualClock>
  let looks: number
  let authorize: ReturnType<typeof createKeyAuthorizer>

  beforeEach(() => {
    objects = breakableStore(memoryObjectStore())
    clock = manualClock(NOW)
    looks = 0
    const watched = {
      getTagged(key: string, tag?: string) {
        looks++
        return objects.getTagged(key, tag)
      },
    }
    const shared = { clock, maxAgeMs: MAX_AGE_MS }
    const openHasher = async () => testMaterial
    const access = createServingAccess({ ...shared, objects: watched, openHasher, logger: memoryLogger() })
    authorize = createKeyAuthorizer({ ...shared, access })
  })

  const store = (...keys: StoredKey[]) => objects.put(KEY_SET_KEY, encodeKeySet(keySetOf(...keys)))

  it('lets no key in that was revoked while the process was frozen', async () => {
    await store(storedKey({ key: KEY }))
    expect(await authorize(KEY)).toHaveProperty('client')
    await store(storedKey({ key: KEY, revokedAt: '2026-06-01T12:00:01.000Z' }))
    clock.advance(3_600_000)
    expect(await authorize(KEY)).toEqual({ refusal: 'revoked' })
  })

  it('decides from memory within a minute', async () => {
    await store(storedKey({ key: KEY }))
    for (let second = 0; second < 60; second++) {
      await authorize(KEY)
      clock.advance(1000)
    }
    expect(looks).toBe(1)
    await authorize(KEY)
    expect(looks).toBe(2)
  })

  it('finds a key that was made just now, asking at most once in five seconds', async () => {
    await store()
    expect(await authorize(KEY)).toEqual({ refusal: 'unknown' })
    await store(storedKey({ key: KEY }))
    clock.advance(4999)
    expect(await authorize(KEY)).toEqual({ refusal: 'unknown' })
    expect(looks).toBe(1)
    clock.advance(1)
    expect(await authorize(KEY)).toHaveProperty('client')
    expect(looks).toBe(2)
  })

  it('goes by the last good set while the store is away', async () => {
    await store(storedKey({ key: KEY }))
    await authorize(KEY)
    objects.fail()
    clock.advance(3_600_000)
    expect(await authorize(KEY)).toHaveProperty('client')
    expect(await authorize(keyOf(9))).toEqual({ refusal: 'unknown' })
  })

  it('fails where there never was a set, and recovers', async () => {
    objects.fail()
    await expect(authorize(KEY)).rejects.toThrow(UpstreamError)
    objects.recover()
    await store(storedKey({ key: KEY }))
    clock.advance(5000)
    expect(await authorize(KEY)).toHaveProperty('client')
  })
})
