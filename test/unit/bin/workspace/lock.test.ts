import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeLock } from '../../../../bin/workspace/lock.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

describe('takeLock', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let path: string

  beforeEach(async () => {
    folder = await temporaryFolder()
    path = join(folder.path, 'lock.json')
  })

  afterEach(() => folder[Symbol.asyncDispose]())

  const held = async () => JSON.parse(await readFile(path, 'utf8')) as unknown

  it('takes a free directory, tells where its database is, and gives it back', async () => {
    const taken = await takeLock(path)
    if (!('lock' in taken)) throw new Error('it was free')
    expect(await held()).toEqual({ pid: process.pid, supabaseUrl: null })
    await taken.lock.publish('http://127.0.0.1:1')
    expect(await held()).toEqual({ pid: process.pid, supabaseUrl: 'http://127.0.0.1:1' })
    await taken.lock.release()
    await expect(held()).rejects.toMatchObject({ code: 'ENOENT' })
  })

  // The parent of the test's process lives at least as long as the test.
  const living = process.ppid

  it('names the living process that has it, and leaves its lock alone', async () => {
    const database = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
    await once(database, 'listening')
    const { port } = database.address() as AddressInfo
    for (const supabaseUrl of [null, `http://127.0.0.1:${port}`]) {
      const holder = { pid: living, supabaseUrl }
      await writeFile(path, JSON.stringify(holder))
      expect(await takeLock(path)).toEqual({ holder })
      expect(await held()).toEqual(holder)
    }
    database.close()
  })

  it('takes over from a process whose number another has now: its database does not answer', async () => {
    await writeFile(path, JSON.stringify({ pid: living, supabaseUrl: 'http://127.0.0.1:1' }))
    expect(await takeLock(path)).toHaveProperty('lock')
  })

  it('takes over from a process that is gone', async () => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await once(child, 'exit')
    await writeFile(path, JSON.stringify({ pid: child.pid, supabaseUrl: null }))
    expect(await takeLock(path)).toHaveProperty('lock')
    expect(await held()).toMatchObject({ pid: process.pid })
  })

  it.each(['', '{"pid":', '{"pid":"x"}'])('takes over a lock cut short to %j', async (text) => {
    await writeFile(path, text)
    expect(await takeLock(path)).toHaveProperty('lock')
  })
})
