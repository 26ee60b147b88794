import { beforeEach, describe, expect, it } from 'vitest'
import { aliasKey } from '../../../shared/registry/alias.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import { rememberingStore } from '../../../shared/usecases/remembering-store.ts'
import type { ServingRegistry } from '../../../shared/usecases/serving-registry.ts'
import { createServingRegistry } from '../../../shared/usecases/serving-registry.ts'
import { breakableStore } from '../../support/breakable-store.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import { MODELS_MADE_MS, marketBlend, modelVersion, promote } from '../../support/models.ts'

const MAX_AGE_MS = 60_000
const at = (ms: number) => new Date(MODELS_MADE_MS + ms).toISOString()

describe('the serving registry', () => {
  let objects: ReturnType<typeof breakableStore>
  let clock: ReturnType<typeof manualClock>
  let logger: ReturnType<typeof memoryLogger>
  let registry: ServingRegistry

  beforeEach(() => {
    objects = breakableStore(memoryObjectStore())
    clock = manualClock(MODELS_MADE_MS)
    logger = memoryLogger()
    registry = createServingRegistry({ objects, clock, logger, maxAgeMs: MAX_AGE_MS })
  })

  const registered = (slope: number, afterMs: number) =>
    modelVersion(marketBlend({ slope }), { createdAt: at(afterMs) })
  const settle = () => new Promise((resolve) => setImmediate(resolve))

  it('is empty, not missing, before anything has been trained', async () => {
    const contents = await registry.contents()
    expect(contents).toEqual({ models: [], aliases: [], moves: [], readAtMs: MODELS_MADE_MS })
  })

  it('holds versions, aliases and moves, the newest first', async () => {
    const [older, newer] = [await registered(1, 0), await registered(1.1, 1000)]
    await promote(objects, older, clock)
    await promote(objects, newer, () => MODELS_MADE_MS + 1000)
    const { models, aliases, moves } = await registry.contents()
    const versions = [newer.manifest.version, older.manifest.version]
    expect(models.map(({ version }) => version)).toEqual(versions)
    expect(aliases.map(({ name, version }) => [name, version])).toEqual([['champion', versions[0]]])
    expect(moves.map(({ version, previous }) => [version, previous])).toEqual([
      [versions[0], versions[1]],
      [versions[1], null],
    ])
  })

  it('is read again after a minute, behind the request that finds it old', async () => {
    await registry.contents()
    await promote(objects, await registered(1, 0), clock)
    clock.advance(MAX_AGE_MS - 1)
    expect((await registry.contents()).models).toHaveLength(0)
    await settle()
    clock.advance(1)
    expect((await registry.contents()).models).toHaveLength(0)
    await settle()
    expect((await registry.contents()).models).toHaveLength(1)
  })

  it('leaves out a damaged alias and a damaged manifest, and holds the rest', async () => {
    const version = await promote(objects, await registered(1, 0), clock)
    await objects.put(aliasKey('champion'), '{')
    await objects.put('models/blend-000000000000/manifest.json', '{}')
    const { models, aliases, moves } = await registry.contents()
    expect(models.map((model) => model.version)).toEqual([version])
    expect([aliases.length, moves.length]).toEqual([0, 1])
  })

  it('keeps what it read last while the store is away, and fails only where it has read nothing', async () => {
    objects.fail()
    await expect(registry.contents()).rejects.toMatchObject({ explanation: 'the model registry cannot be read' })
    objects.recover()
    await promote(objects, await registered(1, 0), clock)
    await registry.refresh()
    objects.fail()
    await registry.refresh()
    expect((await registry.contents()).models).toHaveLength(1)
    expect(logger.of('registry_refresh_failed')).toHaveLength(2)
  })
})

describe('a remembering store', () => {
  it('gives what the store gives, and has unchanged objects not sent again', async () => {
    const objects = memoryObjectStore()
    const sent: string[] = []
    const watched = {
      ...objects,
      getTagged: async (key: string, tag?: string) => {
        const read = await objects.getTagged(key, tag)
        if (read !== 'unchanged') sent.push(key)
        return read
      },
    }
    const store = rememberingStore(watched)
    await objects.put('a', '1')
    const text = async () => new TextDecoder().decode(await store.get('a'))
    expect([await text(), await text()]).toEqual(['1', '1'])
    expect(sent).toEqual(['a'])
    await objects.put('a', '2')
    expect(await text()).toBe('2')
    await objects.remove(['a'])
    expect(await store.get('a')).toBeUndefined()
    await objects.put('a', '3')
    expect(await text()).toBe('3')
  })

  it('lets a registry read what another has written', async () => {
    const objects = memoryObjectStore()
    const version = await promote(objects, await modelVersion())
    const registry = createModelRegistry(rememberingStore(objects), () => MODELS_MADE_MS)
    expect((await registry.alias('champion'))?.version).toBe(version)
  })
})
