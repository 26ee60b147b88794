import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filePinnedModels, fileTrafficStore } from '../../shared/adapters/file-traffic-store.ts'
import type { Traffic } from '../../shared/config/traffic.ts'
import type { PinnedModels, TrafficStore } from '../../shared/usecases/traffic-ports.ts'
import { memoryPinnedModels, memoryTrafficStore } from '../support/memory-operations.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SPLIT: Traffic = { stable: '7', canary: '8', weight: 0.1, previous: '6' }
const ALONE: Traffic = { stable: '3', canary: null, weight: 0, previous: null }
const PIN = { version: 'blend-0f3a9c2b71de', sha256: 'a'.repeat(64) }

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let opened = 0

beforeAll(async () => {
  folder = await temporaryFolder()
})

afterAll(() => folder[Symbol.asyncDispose]())

const newRepository = () => join(folder.path, String(opened++))

const stores: Record<string, () => { traffic: TrafficStore; pinned: PinnedModels }> = {
  memory: () => ({ traffic: memoryTrafficStore(), pinned: memoryPinnedModels() }),
  'a repository': () => {
    const repository = newRepository()
    return { traffic: fileTrafficStore(repository), pinned: filePinnedModels(repository) }
  },
}

describe.each(Object.entries(stores))('traffic in %s', (_, open) => {
  it('is empty at first', async () => {
    expect(await open().traffic.read()).toEqual({})
  })

  it('is replaced function by function, the others untouched', async () => {
    const { traffic } = open()
    await traffic.write('prod', 'scoring', SPLIT)
    await traffic.write('dev', 'scoring', SPLIT)
    await traffic.write('dev', 'prediction', SPLIT)
    await traffic.write('dev', 'prediction', ALONE)
    expect(await traffic.read()).toEqual({ dev: { prediction: ALONE, scoring: SPLIT }, prod: { scoring: SPLIT } })
  })
})

describe.each(Object.entries(stores))('pinned models in %s', (_, open) => {
  it('are kept stage by stage', async () => {
    const { pinned } = open()
    expect(await pinned.get('dev')).toBeUndefined()
    await pinned.set('dev', PIN)
    await pinned.set('staging', { ...PIN, version: 'blend-aaaaaaaaaaaa' })
    await pinned.set('dev', { ...PIN, version: 'blend-bbbbbbbbbbbb' })
    expect(await pinned.get('dev')).toEqual({ ...PIN, version: 'blend-bbbbbbbbbbbb' })
    expect(await pinned.get('staging')).toMatchObject({ version: 'blend-aaaaaaaaaaaa' })
    expect(await pinned.get('prod')).toBeUndefined()
  })
})

describe('traffic.json', () => {
  it('has stages, functions and members always in the same order, and leaves no other file', async () => {
    const repository = newRepository()
    const traffic = fileTrafficStore(repository)
    await traffic.write('prod', 'scoring', ALONE)
    const { previous, weight, canary, stable } = SPLIT
    await traffic.write('dev', 'scoring', { previous, weight, canary, stable })
    await traffic.write('dev', 'prediction', ALONE)
    const entry = ({ stable, canary, weight, previous }: Traffic) => ({ stable, canary, weight, previous })
    const expected = { dev: { prediction: entry(ALONE), scoring: entry(SPLIT) }, prod: { scoring: entry(ALONE) } }
    expect(await readFile(join(repository, 'traffic.json'), 'utf8')).toBe(`${JSON.stringify(expected, null, 2)}\n`)
    expect(await readdir(repository)).toEqual(['traffic.json'])
  })

  it('is not written over where it is damaged', async () => {
    const repository = newRepository()
    const traffic = fileTrafficStore(repository)
    await traffic.write('dev', 'scoring', ALONE)
    await writeFile(join(repository, 'traffic.json'), '{"dev": ')
    await expect(traffic.write('dev', 'scoring', SPLIT)).rejects.toMatchObject({ code: 'traffic_invalid' })
    expect(await readFile(join(repository, 'traffic.json'), 'utf8')).toBe('{"dev": ')
  })
})

describe('models/pinned.json', () => {
  it.each([
    ['{', 'is no JSON'],
    ['{"dev":{"version":"blend-0f3a9c2b71de"}}', 'dev.sha256'],
    ['{"dev":{"version":"v","sha256":"abc"}}', 'dev.sha256: is no SHA-256 in lower-case hex'],
    ['{"test":{}}', 'models/pinned.json: '],
  ])('is told to be damaged: %s', async (text, message) => {
    const repository = newRepository()
    const pinned = filePinnedModels(repository)
    await pinned.set('dev', PIN)
    await writeFile(join(repository, 'models', 'pinned.json'), text)
    await expect(pinned.get('dev')).rejects.toMatchObject({
      code: 'pinned_invalid',
      message: expect.stringContaining(message),
    })
  })
})
