import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEVELOPMENT_KEY_NAME, ensureDevelopmentKey } from '../../../bin/development-key.ts'
import { openPepper } from '../../../bin/workspace/data-directory.ts'
import { SCOPES } from '../../../shared/access/client.ts'
import { KEY_SET_KEY } from '../../../shared/access/key-set.ts'
import { nodeKeyMaterial } from '../../../shared/adapters/node-key-material.ts'
import type { ObjectStore, TaggedReader } from '../../../shared/kernel/ports.ts'
import type { KeyDeps } from '../../../shared/usecases/manage-keys.ts'
import { createKey, listKeys, revokeKey } from '../../../shared/usecases/manage-keys.ts'
import { createServingAccess } from '../../../shared/usecases/serving-access.ts'
import { keyOf } from '../../support/access-keys.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryObjectStore, textOf, truncateObject } from '../../support/memory-object-store.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

describe('the development key', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let objects: ObjectStore & TaggedReader
  const clock = manualClock(Date.parse('2026-06-01T12:00:00Z'))

  beforeEach(async () => {
    folder = await temporaryFolder()
    objects = memoryObjectStore()
  })

  afterEach(() => folder[Symbol.asyncDispose]())

  const ensure = () => ensureDevelopmentKey({ directory: { root: folder.path }, objects, clock, sleep: async () => {} })
  const file = () => join(folder.path, 'development-key')
  const deps = async (): Promise<KeyDeps> => {
    const material = nodeKeyMaterial(await openPepper({ root: folder.path }))
    return { objects, material, clock, sleep: async () => {} }
  }

  /** What a server of the same data directory makes of a key. */
  async function check(key: string) {
    const { material } = await deps()
    const openHasher = async () => material
    const access = createServingAccess({ objects, openHasher, clock, logger: memoryLogger(), maxAgeMs: 60_000 })
    await access.refresh()
    return access.check(key)
  }

  it('opens everything to a server of the same directory', async () => {
    expect(await check(await ensure())).toEqual({
      client: { keyId: expect.any(String), name: DEVELOPMENT_KEY_NAME, scopes: SCOPES },
    })
  })

  it('is the same at every start, and changes nothing at the second', async () => {
    const key = await ensure()
    const document = await textOf(objects, KEY_SET_KEY)
    expect(await ensure()).toBe(key)
    expect(await textOf(objects, KEY_SET_KEY)).toBe(document)
  })

  it('is kept, like the pepper, where only the owner can read it, and in no object', async () => {
    const key = await ensure()
    expect((await readdir(folder.path)).sort()).toEqual(['development-key', 'key-pepper'])
    for (const name of ['development-key', 'key-pepper']) {
      expect((await stat(join(folder.path, name))).mode & 0o777).toBe(0o600)
    }
    expect(await readFile(file(), 'utf8')).toBe(key)
    expect(await textOf(objects, KEY_SET_KEY)).not.toContain(key.slice(8, 20))
  })

  it('is made anew where it was revoked', async () => {
    const key = await ensure()
    const [listed] = await listKeys(await deps())
    await revokeKey(await deps(), listed?.id ?? '')
    const next = await ensure()
    expect(next).not.toBe(key)
    expect(await check(next)).toHaveProperty('client')
    expect(await check(key)).toEqual({ refusal: 'revoked' })
  })

  it.each([
    ['lost', () => rm(file())],
    ['cut short', async () => writeFile(file(), (await readFile(file(), 'utf8')).slice(0, 20))],
    ['of another installation', () => writeFile(file(), keyOf(1))],
  ])('is made anew where its text is %s, and the one that nobody has is revoked', async (_, spoil) => {
    const key = await ensure()
    await chmod(file(), 0o644)
    await spoil()
    const next = await ensure()
    expect(await check(next)).toHaveProperty('client')
    expect(await check(key)).toEqual({ refusal: 'revoked' })
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    expect(await ensure()).toBe(next)
  })

  it('is made anew where the key set or the pepper is gone', async () => {
    const first = await ensure()
    await objects.remove([KEY_SET_KEY])
    const second = await ensure()
    expect(second).not.toBe(first)
    expect(await check(second)).toHaveProperty('client')
    await rm(join(folder.path, 'key-pepper'))
    const third = await ensure()
    expect(await check(third)).toHaveProperty('client')
    expect(await check(second)).toEqual({ refusal: 'unknown' })
  })

  it('is made anew where the key in its file has fewer scopes', async () => {
    const request = { name: 'mine', scopes: ['read'] as const, expiresAtMs: undefined }
    const { key } = await createKey(await deps(), request)
    await writeFile(file(), key)
    expect(await ensure()).not.toBe(key)
    expect(await check(key)).toHaveProperty('client')
  })

  it('leaves a damaged key set as it is, and says so', async () => {
    await ensure()
    await truncateObject(objects, KEY_SET_KEY)
    await expect(ensure()).rejects.toThrow(/access\/keys\.json is damaged/)
  })
})
