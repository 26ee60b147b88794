import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDataDirectory, openPepper, writePrivately } from '../../../../bin/workspace/data-directory.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

describe('openDataDirectory', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let path: string

  beforeEach(async () => {
    folder = await temporaryFolder()
    path = join(folder.path, 'a', 'data')
  })

  afterEach(() => folder[Symbol.asyncDispose]())

  const open = (fresh = false) => openDataDirectory(path, { fresh })

  it('makes a folder with its marker and keys that only the owner may read', async () => {
    const { root, keys } = await open()
    expect(root).toBe(path)
    expect((await readdir(path)).sort()).toEqual(['closeline.json', 'keys.json'])
    expect((await stat(join(path, 'keys.json'))).mode & 0o777).toBe(0o600)
    expect(new Set(Object.values(keys)).size).toBe(3)
    expect(keys.secretKey.length).toBeGreaterThan(30)
  })

  it('keeps its keys when it is opened again, and has others elsewhere', async () => {
    const first = await open()
    expect(await open()).toEqual(first)
    path = join(folder.path, 'b')
    expect((await open()).keys).not.toEqual(first.keys)
  })

  it('takes an empty folder', async () => {
    await mkdir(path, { recursive: true })
    await open()
    expect(await readdir(path)).toContain('closeline.json')
  })

  it.each([false, true])('never touches a folder of somebody else’s, fresh or not: %s', async (fresh) => {
    await mkdir(path, { recursive: true })
    await writeFile(join(path, 'thesis.doc'), 'years of work')
    await expect(open(fresh)).rejects.toMatchObject({ code: 'not_a_data_directory' })
    expect(await readdir(path)).toEqual(['thesis.doc'])
  })

  it('empties its own folder where asked to, but for the marker and the lock', async () => {
    const before = await open()
    await mkdir(join(path, 'supabase', 'base'), { recursive: true })
    await writeFile(join(path, 'lock.json'), '{}')
    const after = await open(true)
    expect((await readdir(path)).sort()).toEqual(['closeline.json', 'keys.json', 'lock.json'])
    expect(after.keys).not.toEqual(before.keys)
  })

  it.each(['', '{"format":2}', 'junk'])('refuses a marker of %j with a sentence', async (marker) => {
    await open()
    await writeFile(join(path, 'closeline.json'), marker)
    await expect(open(true)).rejects.toThrow(/closeline\.json is damaged or of another version/)
    expect(await readFile(join(path, 'closeline.json'), 'utf8')).toBe(marker)
  })

  it('refuses damaged keys, and says what to do', async () => {
    await open()
    await writeFile(join(path, 'keys.json'), '{"secretKey":')
    await expect(open()).rejects.toThrow(/keys\.json is damaged: remove it, and new keys are made/)
  })

  it('says why a path cannot be used', async () => {
    await mkdir(join(folder.path, 'a'), { recursive: true })
    await writeFile(path, 'a file')
    await expect(open()).rejects.toMatchObject({
      code: 'data_directory_unusable',
      message: expect.stringContaining(path),
    })
  })
})

describe('the pepper of a data directory', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let path: string

  beforeEach(async () => {
    folder = await temporaryFolder()
    path = join(folder.path, 'key-pepper')
  })

  afterEach(() => folder[Symbol.asyncDispose]())

  const open = () => openPepper({ root: folder.path })

  it('is made once, of 256 bits, for the owner only', async () => {
    const pepper = await open()
    expect(Buffer.from(pepper, 'base64url')).toHaveLength(32)
    expect(await open()).toBe(pepper)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder.path)).toEqual(['key-pepper'])
  })

  it('is one, however many open it for the first time while it is made', async () => {
    for (let round = 0; round < 10; round++) {
      const opened = await Promise.all(
        Array.from({ length: 40 }, async (_, turn) => {
          for (let waited = 0; waited < turn; waited++) await setImmediate()
          return open()
        }),
      )
      expect(new Set(opened).size).toBe(1)
      expect(await readdir(folder.path)).toEqual(['key-pepper'])
      await rm(path)
    }
  })

  it.each(['', 'short', `${'a'.repeat(43)}\n`])(
    'is refused where it is damaged to %j, without being told',
    async (text) => {
      await writeFile(path, text)
      const refusal = await open().catch((thrown: unknown) => thrown)
      expect(refusal).toMatchObject({ code: 'data_directory_unusable' })
      expect(String(refusal)).toMatch(/key-pepper is damaged: remove it/)
      if (text !== '') expect(String(refusal)).not.toContain(text.trim())
    },
  )

  it('is refused with the reason where it cannot be had', async () => {
    await mkdir(path)
    await expect(open()).rejects.toMatchObject({ code: 'data_directory_unusable' })
  })
})

describe('writePrivately', () => {
  it('replaces a file that others could read by one that they cannot', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'secret')
    await writeFile(path, 'a longer text than the next', { mode: 0o644 })
    await writePrivately(path, 'short')
    expect(await readFile(path, 'utf8')).toBe('short')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder.path)).toEqual(['secret'])
  })
})
