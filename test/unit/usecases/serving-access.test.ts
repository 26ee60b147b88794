import { beforeEach, describe, expect, it } from 'vitest'
import type { KeyHasher } from '../../../shared/access/key-material.ts'
import type { StoredKey } from '../../../shared/access/key-set.ts'
import { encodeKeySet, KEY_SET_KEY } from '../../../shared/access/key-set.ts'
import { nodeKeyMaterial } from '../../../shared/adapters/node-key-material.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import type { ObjectStore, TaggedReader } from '../../../shared/kernel/ports.ts'
import { EMPTY_RETRY_MS } from '../../../shared/kernel/refresher.ts'
import type { ServingAccess } from '../../../shared/usecases/serving-access.ts'
import { createServingAccess } from '../../../shared/usecases/serving-access.ts'
import { hashOf, keyOf, keySetOf, storedKey, TEST_PEPPER, testMaterial } from '../../support/access-keys.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'

const MAX_AGE_MS = 60_000
const NOW = Date.parse('2026-06-01T12:00:00Z')
const KEY = keyOf(7)
const OTHER = keyOf(8)
const other = (fields: Partial<StoredKey> = {}) => storedKey({ key: OTHER, id: '9876543210', ...fields })

describe('serving access', () => {
  let objects: ObjectStore & TaggedReader
  let looks: (string | undefined)[]
  let isDown: boolean
  /** What a look waits for before it is answered. */
  let delay: Promise<void>
  let hashers: number
  let pepper: Promise<KeyHasher>
  let clock: ReturnType<typeof manualClock>
  let logger: ReturnType<typeof memoryLogger>
  let access: ServingAccess

  beforeEach(() => {
    objects = memoryObjectStore()
    looks = []
    isDown = false
    delay = Promise.resolve()
    hashers = 0
    pepper = Promise.resolve(testMaterial)
    clock = manualClock(NOW)
    logger = memoryLogger()
    const watched: TaggedReader = {
      async getTagged(key, known) {
        looks.push(known)
        await delay
        if (isDown) throw new UpstreamError('S3', 'the bucket does not answer')
        return objects.getTagged(key, known)
      },
    }
    const openHasher = () => {
      hashers++
      return pepper
    }
    access = createServingAccess({ objects: watched, openHasher, clock, logger, maxAgeMs: MAX_AGE_MS })
  })

  const store = (...keys: StoredKey[]) => objects.put(KEY_SET_KEY, encodeKeySet(keySetOf(...keys)))
  /** What a check says once the look that it may have started is done. */
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  const isLetIn = (key: string) => 'client' in access.check(key)

  it('has nothing to decide by before the first look, but tells a text that is no key', () => {
    expect(access.problem()).toBe('the API keys have not been read yet')
    expect(access.check(KEY)).toEqual({ refusal: 'unavailable' })
    expect(access.check(undefined)).toEqual({ refusal: 'missing' })
    expect(access.check('abc')).toEqual({ refusal: 'malformed' })
  })

  it('lets a key in that is kept, from memory, and says how many there are', async () => {
    await store(storedKey(), other())
    await access.refresh()
    expect(access.check(KEY)).toEqual({
      client: { keyId: '0123456789', name: 'phone', scopes: ['read', 'predict', 'sync'] },
    })
    expect(access.problem()).toBeUndefined()
    expect(logger.of('keys_loaded')).toMatchObject([{ fields: { keys: 2 } }])
    expect(looks).toHaveLength(1)
  })

  it('takes a store without keys for one in which none has been made, once and audibly', async () => {
    await access.refresh()
    await access.refresh()
    expect(access.problem()).toBeUndefined()
    expect(access.check(KEY)).toEqual({ refusal: 'unknown' })
    expect(logger.lines.map(({ event }) => event)).toEqual(['keys_missing'])
  })

  it('starts the first look with the first check, and lets no check wait', async () => {
    await store(storedKey())
    expect(access.check(KEY)).toEqual({ refusal: 'unavailable' })
    await settled()
    expect(isLetIn(KEY)).toBe(true)
  })

  it('looks again after its time and not before, saying what it has already', async () => {
    await store(storedKey())
    await access.refresh()
    clock.advance(MAX_AGE_MS - 1)
    access.check(KEY)
    expect(looks).toEqual([undefined])
    clock.advance(1)
    access.check(KEY)
    await settled()
    expect(looks).toEqual([undefined, '0'])
    expect(logger.of('keys_loaded')).toHaveLength(1)
    expect(isLetIn(KEY)).toBe(true)
  })

  it('refuses a revoked key after the next look', async () => {
    await store(storedKey())
    await access.refresh()
    await store(storedKey({ revokedAt: '2026-06-01T12:00:00Z' }))
    clock.advance(MAX_AGE_MS)
    expect(isLetIn(KEY)).toBe(true)
    await settled()
    expect(access.check(KEY)).toEqual({ refusal: 'revoked' })
  })

  it('needs no look for an expiry', async () => {
    await store(storedKey({ expiresAt: '2026-06-01T12:00:01.000Z' }))
    await access.refresh()
    isDown = true
    clock.advance(999)
    expect(isLetIn(KEY)).toBe(true)
    clock.advance(1)
    expect(access.check(KEY)).toEqual({ refusal: 'expired' })
  })

  it('knows a key made just now soon after it is first refused, but does not look for every stranger', async () => {
    await store(storedKey())
    await access.refresh()
    await store(storedKey(), other())
    clock.advance(EMPTY_RETRY_MS - 1)
    for (let i = 0; i < 100; i++) expect(access.check(OTHER)).toEqual({ refusal: 'unknown' })
    expect(looks).toHaveLength(1)
    clock.advance(1)
    expect(isLetIn(OTHER)).toBe(false)
    await settled()
    expect(isLetIn(OTHER)).toBe(true)
    expect(looks).toHaveLength(2)
  })

  it('shares one look among checks, and answers from memory however slow the store is', async () => {
    await store(storedKey())
    await access.refresh()
    let answer = () => {}
    delay = new Promise((resolve) => {
      answer = resolve
    })
    clock.advance(MAX_AGE_MS)
    for (let i = 0; i < 50; i++) {
      clock.advance(MAX_AGE_MS)
      expect(isLetIn(KEY)).toBe(true)
    }
    expect(looks).toHaveLength(2)
    await store()
    answer()
    await settled()
    expect(isLetIn(KEY)).toBe(false)
  })

  it('keeps what it has for as long as the store is down, says so once, and recovers', async () => {
    await store(storedKey())
    await access.refresh()
    isDown = true
    for (let day = 0; day < 30; day++) {
      clock.advance(86_400_000)
      expect(isLetIn(KEY)).toBe(true)
      await settled()
    }
    expect(access.problem()).toBe('the API keys cannot be read from where they are kept')
    expect(logger.of('keys_refresh_failed')).toHaveLength(1)
    isDown = false
    await store(storedKey(), other())
    clock.advance(MAX_AGE_MS)
    access.refreshIfStale()
    await settled()
    expect(access.problem()).toBeUndefined()
    expect(isLetIn(OTHER)).toBe(true)
  })

  it('keeps what it has where the document is damaged, and takes up the mended one', async () => {
    await store(storedKey())
    await access.refresh()
    await truncateObject(objects, KEY_SET_KEY)
    await access.refresh()
    await access.refresh()
    expect(isLetIn(KEY)).toBe(true)
    expect(access.problem()).toBe('access/keys.json is damaged: it is not JSON')
    expect(logger.of('keys_refresh_failed')).toHaveLength(1)
    await store(other())
    await access.refresh()
    expect([isLetIn(KEY), isLetIn(OTHER), access.problem()]).toEqual([false, true, undefined])
  })

  it('is unavailable, not open and not empty, where the first document is damaged or the store down', async () => {
    await objects.put(KEY_SET_KEY, '{"format":"closeline-keys/1"')
    await access.refresh()
    expect(access.check(KEY)).toEqual({ refusal: 'unavailable' })
    isDown = true
    await access.refresh()
    expect(access.check(KEY)).toEqual({ refusal: 'unavailable' })
    expect(logger.of('keys_refresh_failed')).toHaveLength(2)
  })

  it('looks again soon while it has nothing', async () => {
    isDown = true
    await access.refresh()
    isDown = false
    await store(storedKey())
    clock.advance(EMPTY_RETRY_MS - 1)
    access.check(KEY)
    await settled()
    expect(isLetIn(KEY)).toBe(false)
    clock.advance(1)
    access.check(KEY)
    await settled()
    expect(isLetIn(KEY)).toBe(true)
  })

  it('lets nobody in once the document is gone', async () => {
    await store(storedKey())
    await access.refresh()
    await objects.remove([KEY_SET_KEY])
    await access.refresh()
    expect(access.check(KEY)).toEqual({ refusal: 'unknown' })
    expect(logger.of('keys_missing')).toHaveLength(1)
  })

  it('asks for the pepper until it has it, and then no more', async () => {
    await store(storedKey())
    pepper = Promise.reject(new UpstreamError('SSM', 'parameter /pepper: throttled'))
    await access.refresh()
    expect(access.check(KEY)).toEqual({ refusal: 'unavailable' })
    pepper = Promise.resolve(testMaterial)
    await access.refresh()
    await access.refresh()
    expect(isLetIn(KEY)).toBe(true)
    expect(hashers).toBe(2)
  })

  it('says that keys were made with another pepper', async () => {
    pepper = Promise.resolve(nodeKeyMaterial('another-pepper-0123456789abcdef-'))
    await store(storedKey(), other())
    await access.refresh()
    expect(access.check(KEY)).toEqual({ refusal: 'unknown' })
    expect(logger.of('keys_orphaned')).toMatchObject([{ level: 'warn', fields: { keys: 2 } }])
  })

  it('writes neither key, nor hash, nor pepper into any line', async () => {
    await store(storedKey(), other({ expiresAt: '2026-01-02T00:00:00Z' }))
    await access.refresh()
    for (const key of [KEY, OTHER, keyOf(9), KEY.slice(0, 40)]) access.check(key)
    // Cut inside the hash: what a parser would say of it quotes what stands there.
    const text = encodeKeySet(keySetOf(storedKey()))
    await objects.put(KEY_SET_KEY, `${text.slice(0, text.indexOf(hashOf(KEY)) + 9)}"x`)
    await access.refresh()
    isDown = true
    await access.refresh()
    const said = JSON.stringify(logger.lines)
    expect(logger.lines.length).toBeGreaterThan(2)
    for (const secret of [KEY.slice(0, 20), hashOf(KEY).slice(0, 8), hashOf(OTHER).slice(0, 8), TEST_PEPPER]) {
      expect(said).not.toContain(secret)
    }
  })
})
