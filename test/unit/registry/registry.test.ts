import { beforeEach, describe, expect, it } from 'vitest'
import type { ObjectStore } from '../../../shared/kernel/ports.ts'
import { manifestSchema } from '../../../shared/registry/manifest.ts'
import type { ModelRegistry, RegisteredModel } from '../../../shared/registry/registry.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { editJson, memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'
import { MODELS_MADE_MS, modelVersion, PLAIN_MARKET } from '../../support/models.ts'

const DAY_MS = 86_400_000

describe('the model registry', () => {
  let objects: ObjectStore
  let registry: ModelRegistry
  let clock: ReturnType<typeof manualClock>
  let first: RegisteredModel
  let second: RegisteredModel

  beforeEach(async () => {
    objects = memoryObjectStore()
    clock = manualClock(MODELS_MADE_MS)
    registry = createModelRegistry(objects, clock)
    first = await modelVersion()
    const createdAt = new Date(MODELS_MADE_MS + DAY_MS).toISOString()
    second = await modelVersion({ ...PLAIN_MARKET, market: { slope: 1.1, intercept: 0 } }, { createdAt })
    await registry.register(first)
    await registry.register(second)
  })

  const promotions = () => objects.list('models/promotions/')

  it('gives a registered version back, file and manifest', async () => {
    expect(manifestSchema.parse(first.manifest)).toEqual(first.manifest)
    expect(await registry.load(first.manifest.version)).toEqual(first)
  })

  it('writes the file before the manifest, so that no listed version lacks its file', async () => {
    const keys: string[] = []
    const noting: ObjectStore = { ...objects, put: async (key) => void keys.push(key) }
    const fourth = await modelVersion({ ...PLAIN_MARKET, market: { slope: 1.3, intercept: 0 } })
    await createModelRegistry(noting, clock).register(fourth)
    expect(keys.map((key) => key.split('/').at(-1))).toEqual(['model.onnx', 'manifest.json'])
  })

  it('keeps the first manifest of a version that is registered again', async () => {
    await registry.register({ ...first, manifest: { ...first.manifest, createdAt: '2030-01-01T00:00:00.000Z' } })
    expect((await registry.load(first.manifest.version)).manifest).toEqual(first.manifest)
  })

  it('lists the newest version first, ties by name', async () => {
    const third = await modelVersion({ ...PLAIN_MARKET, market: { slope: 1.2, intercept: 0 } })
    await registry.register(third)
    const tied = [first.manifest.version, third.manifest.version].sort()
    expect((await registry.list()).map(({ version }) => version)).toEqual([second.manifest.version, ...tied])
  })

  it('lists nothing where nothing is registered', async () => {
    const empty = createModelRegistry(memoryObjectStore(), clock)
    expect(await empty.list()).toEqual([])
    expect(await empty.champion()).toBeUndefined()
  })

  it('lists the others where one manifest is damaged', async () => {
    await truncateObject(objects, `models/${first.manifest.version}/manifest.json`)
    expect((await registry.list()).map(({ version }) => version)).toEqual([second.manifest.version])
  })

  it('moves the champion and keeps a record of every move', async () => {
    await registry.setChampion(first.manifest.version, 'the first')
    clock.advance(DAY_MS)
    await registry.setChampion(second.manifest.version, 'better')
    expect(await registry.champion()).toEqual({
      version: second.manifest.version,
      since: '2025-06-02T00:00:00.000Z',
      reason: 'better',
      previous: first.manifest.version,
    })
    expect(await promotions()).toEqual([
      `models/promotions/2025-06-01T000000.000Z-${first.manifest.version}.json`,
      `models/promotions/2025-06-02T000000.000Z-${second.manifest.version}.json`,
    ])
  })

  it('records nothing where the champion stays', async () => {
    await registry.setChampion(first.manifest.version, 'the first')
    const before = await registry.champion()
    clock.advance(DAY_MS)
    await registry.setChampion(first.manifest.version, 'again')
    expect(await registry.champion()).toEqual(before)
    expect(await promotions()).toHaveLength(1)
  })

  it('makes no version the champion that is unknown or does not load', async () => {
    await registry.setChampion(first.manifest.version, 'the first')
    await expect(registry.setChampion('market-trees-000000000000', 'x')).rejects.toMatchObject({
      code: 'unknown_model',
    })
    await truncateObject(objects, `models/${second.manifest.version}/model.onnx`)
    await expect(registry.setChampion(second.manifest.version, 'x')).rejects.toMatchObject({ code: 'corrupt_model' })
    expect((await registry.champion())?.version).toBe(first.manifest.version)
    expect(await promotions()).toHaveLength(1)
  })

  it('sets a champion where the alias is damaged', async () => {
    await objects.put('models/champion.json', '{"version": ')
    await expect(registry.champion()).rejects.toMatchObject({ code: 'corrupt_object' })
    await registry.setChampion(first.manifest.version, 'mended')
    expect(await registry.champion()).toMatchObject({ version: first.manifest.version, previous: null })
  })

  it('refuses a file that differs from the one registered by a single bit', async () => {
    const key = `models/${first.manifest.version}/model.onnx`
    const onnx = first.onnx.slice()
    onnx[40] = (onnx[40] ?? 0) ^ 1
    await objects.put(key, onnx)
    const loading = registry.load(first.manifest.version)
    await expect(loading).rejects.toMatchObject({ name: 'DomainError', code: 'corrupt_model' })
    await expect(loading).rejects.toThrow(first.manifest.version)
  })

  it('refuses a version without its file', async () => {
    await objects.put('models/market-trees-000000000000/manifest.json', JSON.stringify(first.manifest))
    await expect(registry.load('market-trees-000000000000')).rejects.toThrow(
      'the file of model market-trees-000000000000 is missing',
    )
  })

  it.each([
    ['cut short', (key: string) => truncateObject(objects, key)],
    ['of another shape', (key: string) => editJson(objects, key, { scores: null })],
    ['of a later format', (key: string) => editJson(objects, key, { format: 'closeline-model/2' })],
  ])('names a manifest that is %s', async (_, damage) => {
    const key = `models/${first.manifest.version}/manifest.json`
    await damage(key)
    await expect(registry.load(first.manifest.version)).rejects.toMatchObject({ code: 'corrupt_object' })
    await expect(registry.load(first.manifest.version)).rejects.toThrow(`${key} is damaged`)
  })
})
