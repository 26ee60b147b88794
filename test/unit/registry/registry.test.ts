import { beforeEach, describe, expect, it } from 'vitest'
import { InvariantError } from '../../../shared/kernel/errors.ts'
import type { ObjectStore } from '../../../shared/kernel/ports.ts'
import { ALIAS_NAMES } from '../../../shared/registry/alias.ts'
import { manifestSchema } from '../../../shared/registry/manifest.ts'
import type { ModelRegistry, RegisteredModel } from '../../../shared/registry/registry.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { editJson, memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'
import { MODELS_MADE_MS, marketBlend, modelVersion } from '../../support/models.ts'
import { withRoiHead } from '../../support/roi-heads.ts'

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
    second = await modelVersion(marketBlend({ slope: 1.1 }), { createdAt })
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
    const fourth = await modelVersion(marketBlend({ slope: 1.3 }))
    await createModelRegistry(noting, clock).register(fourth)
    expect(keys.map((key) => key.split('/').at(-1))).toEqual(['model.onnx', 'manifest.json'])
  })

  it('keeps the first manifest of a version that is registered again', async () => {
    await registry.register({ ...first, manifest: { ...first.manifest, createdAt: '2030-01-01T00:00:00.000Z' } })
    expect((await registry.load(first.manifest.version)).manifest).toEqual(first.manifest)
  })

  it('lists the newest version first, ties by name', async () => {
    const third = await modelVersion(marketBlend({ slope: 1.2 }))
    await registry.register(third)
    const tied = [first.manifest.version, third.manifest.version].sort()
    expect((await registry.list()).map(({ version }) => version)).toEqual([second.manifest.version, ...tied])
  })

  it('lists nothing where nothing is registered', async () => {
    const empty = createModelRegistry(memoryObjectStore(), clock)
    expect(await empty.list()).toEqual([])
    expect(await empty.moves()).toEqual([])
    for (const name of ALIAS_NAMES) expect(await empty.alias(name)).toBeUndefined()
  })

  it('lists the others where one manifest is damaged', async () => {
    await truncateObject(objects, `models/${first.manifest.version}/manifest.json`)
    expect((await registry.list()).map(({ version }) => version)).toEqual([second.manifest.version])
  })

  describe.each(ALIAS_NAMES)('the alias %s', (name) => {
    it('moves, and keeps a record of every move, the latest first', async () => {
      await registry.moveAlias(name, first.manifest.version, 'the first')
      clock.advance(DAY_MS)
      await registry.moveAlias(name, second.manifest.version, 'better')
      const moved = {
        ...{ name, version: second.manifest.version, since: '2025-06-02T00:00:00.000Z', reason: 'better' },
        previous: first.manifest.version,
      }
      expect(await registry.alias(name)).toEqual(moved)
      expect(await registry.moves()).toEqual([
        moved,
        {
          ...{ name, version: first.manifest.version, since: '2025-06-01T00:00:00.000Z', reason: 'the first' },
          previous: null,
        },
      ])
      expect(await promotions()).toEqual([
        `models/promotions/2025-06-01T000000.000Z-${name}-${first.manifest.version}.json`,
        `models/promotions/2025-06-02T000000.000Z-${name}-${second.manifest.version}.json`,
      ])
    })

    it('leaves the other where it is', async () => {
      const other = name === 'champion' ? 'challenger' : 'champion'
      await registry.moveAlias(other, first.manifest.version, 'the first')
      await registry.moveAlias(name, second.manifest.version, 'the second')
      expect(await registry.alias(other)).toMatchObject({ name: other, version: first.manifest.version })
      expect(await registry.alias(name)).toMatchObject({ name, version: second.manifest.version, previous: null })
    })

    it('records nothing where it stays', async () => {
      await registry.moveAlias(name, first.manifest.version, 'the first')
      const before = await registry.alias(name)
      clock.advance(DAY_MS)
      await registry.moveAlias(name, first.manifest.version, 'again')
      expect(await registry.alias(name)).toEqual(before)
      expect(await promotions()).toHaveLength(1)
    })

    it('stands for no version that is unknown or does not load', async () => {
      await registry.moveAlias(name, first.manifest.version, 'the first')
      const unknown = registry.moveAlias(name, 'blend-000000000000', 'x')
      await expect(unknown).rejects.toMatchObject({ code: 'unknown_model' })
      await truncateObject(objects, `models/${second.manifest.version}/model.onnx`)
      const damaged = registry.moveAlias(name, second.manifest.version, 'x')
      await expect(damaged).rejects.toMatchObject({ code: 'corrupt_model' })
      expect((await registry.alias(name))?.version).toBe(first.manifest.version)
      expect(await promotions()).toHaveLength(1)
    })

    it('is set where its record is damaged', async () => {
      await objects.put(`models/${name}.json`, '{"version": ')
      await expect(registry.alias(name)).rejects.toMatchObject({ code: 'corrupt_object' })
      await registry.moveAlias(name, first.manifest.version, 'mended')
      expect(await registry.alias(name)).toMatchObject({ version: first.manifest.version, previous: null })
    })
  })

  it('reads a champion, and moves, that were recorded before there was a challenger', async () => {
    const old = { version: first.manifest.version, since: '2025-05-01T00:00:00.000Z', reason: 'old', previous: null }
    await objects.put('models/champion.json', JSON.stringify(old))
    await objects.put('models/promotions/2025-05-01T000000.000Z-x.json', JSON.stringify(old))
    expect(await registry.alias('champion')).toEqual({ ...old, name: 'champion' })
    expect(await registry.moves()).toEqual([{ ...old, name: 'champion' }])
  })

  it('tells the moves that can be read where one is damaged', async () => {
    await registry.moveAlias('champion', first.manifest.version, 'the first')
    await objects.put('models/promotions/2025-05-01T000000.000Z-x.json', '{')
    await objects.put('models/promotions/2025-05-02T000000.000Z-x.json', '{"name": "king"}')
    expect((await registry.moves()).map(({ version }) => version)).toEqual([first.manifest.version])
  })

  it('writes the record of a move before the alias, so that no champion is without one', async () => {
    const keys: string[] = []
    const noting: ObjectStore = { ...objects, put: async (key) => void keys.push(key) }
    await createModelRegistry(noting, clock).moveAlias('champion', first.manifest.version, 'x')
    expect(keys.map((key) => key.split('/')[1])).toEqual(['promotions', 'champion.json'])
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
    await objects.put(
      'models/blend-000000000000/manifest.json',
      JSON.stringify({ ...first.manifest, version: 'blend-000000000000' }),
    )
    await expect(registry.load('blend-000000000000')).rejects.toThrow('the file of model blend-000000000000 is missing')
  })

  it.each([
    ['cut short', (key: string) => truncateObject(objects, key)],
    ['of another shape', (key: string) => editJson(objects, key, { scores: null })],
    ['of an earlier format', (key: string) => editJson(objects, key, { format: 'closeline-model/1' })],
    ['of a version that leads elsewhere', (key: string) => editJson(objects, key, { version: '../../secrets' })],
    ['of no known kind', (key: string) => editJson(objects, key, { kind: 'oracle' })],
    ['of a verdict of its own', (key: string) => editJson(objects, key, { verdict: 'excellent' })],
    ['of a probability above 1', (key: string) => editJson(objects, key, { probe: { features: [], probability: 2 } })],
    [
      'of codes that are no numbers',
      (key: string) => editJson(objects, key, { codes: { sport: { Tennis: 'x' }, market: {} } }),
    ],
    ['a list', (key: string) => objects.put(key, '[]')],
    ['of a later format', (key: string) => editJson(objects, key, { format: 'closeline-model/3' })],
  ])('names a manifest that is %s', async (_, damage) => {
    const key = `models/${first.manifest.version}/manifest.json`
    await damage(key)
    await expect(registry.load(first.manifest.version)).rejects.toMatchObject({ code: 'corrupt_object' })
    await expect(registry.load(first.manifest.version)).rejects.toThrow(`${key} is damaged`)
  })
  it('refuses a manifest that is another version’s, be the file sound', async () => {
    const [key, copy] = [`models/${first.manifest.version}`, 'models/blend-000000000000']
    await objects.put(`${copy}/manifest.json`, JSON.stringify(first.manifest))
    await objects.put(`${copy}/model.onnx`, (await objects.get(`${key}/model.onnx`)) ?? '')
    await expect(registry.load('blend-000000000000')).rejects.toMatchObject({ code: 'corrupt_model' })
  })

  describe('with an ROI head', () => {
    const roiKey = () => `models/${first.manifest.version}/roi.onnx`

    beforeEach(async () => {
      objects = memoryObjectStore()
      registry = createModelRegistry(objects, clock)
      first = await withRoiHead(first)
      await registry.register(first)
    })

    it('gives it back, written before the manifest that tells of it', async () => {
      expect(manifestSchema.parse(first.manifest)).toEqual(first.manifest)
      expect(await registry.load(first.manifest.version)).toEqual(first)
      const keys: string[] = []
      const noting: ObjectStore = { ...memoryObjectStore(), put: async (key) => void keys.push(key) }
      await createModelRegistry(noting, clock).register(first)
      expect(keys.map((key) => key.split('/').at(-1))).toEqual(['model.onnx', 'roi.onnx', 'manifest.json'])
    })

    it('refuses the version where the head is missing or damaged', async () => {
      await truncateObject(objects, roiKey())
      const damaged = registry.load(first.manifest.version)
      await expect(damaged).rejects.toMatchObject({ code: 'corrupt_model' })
      await expect(damaged).rejects.toThrow(`the ROI head of model ${first.manifest.version} differs`)
      await objects.remove([roiKey()])
      await expect(registry.load(first.manifest.version)).rejects.toThrow('is missing')
    })

    it('leaves a file of a head that is not served alone', async () => {
      const { roiHead } = first.manifest
      if (roiHead === undefined) throw new Error('no head')
      const manifest = { ...first.manifest, roiHead: { ...roiHead, verdict: 'not_served' as const, onnx: null } }
      await objects.put(`models/${first.manifest.version}/manifest.json`, JSON.stringify(manifest))
      expect(await registry.load(first.manifest.version)).toEqual({ manifest, onnx: first.onnx })
    })

    it('takes neither a head without its file nor a file without its head', async () => {
      const { manifest, onnx, roiOnnx } = first
      await expect(registry.register({ manifest, onnx })).rejects.toThrow(InvariantError)
      await expect(registry.register({ ...second, ...(roiOnnx && { roiOnnx }) })).rejects.toThrow(InvariantError)
    })

    it.each([
      ['that is served without a file', { onnx: null }],
      ['that is not served and has a file', { verdict: 'not_served' }],
      ['of a verdict of its own', { verdict: 'splendid' }],
      ['of no number of trees', { trees: -1 }],
    ])('names a manifest with a head %s', async (_, damage) => {
      const key = `models/${first.manifest.version}/manifest.json`
      await editJson(objects, key, { roiHead: { ...first.manifest.roiHead, ...damage } })
      await expect(registry.load(first.manifest.version)).rejects.toMatchObject({ code: 'corrupt_object' })
    })
  })

  it('takes no name for a version that leads elsewhere', async () => {
    await expect(registry.load('../champion')).rejects.toMatchObject({ code: 'unknown_model' })
    await expect(registry.moveAlias('champion', '', 'x')).rejects.toMatchObject({ code: 'unknown_model' })
  })
})
