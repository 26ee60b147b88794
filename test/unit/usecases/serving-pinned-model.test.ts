import { beforeEach, describe, expect, it } from 'vitest'
import type { ObjectStore, TaggedReader } from '../../../shared/kernel/ports.ts'
import { createServingModel } from '../../../shared/usecases/serving-model.ts'
import type { ModelPin } from '../../../shared/usecases/serving-pinned-model.ts'
import { bet } from '../../support/bets.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import {
  fillForServing,
  fixedScorer,
  MODELS_MADE_MS,
  marketBlend,
  materializeInto,
  modelVersion,
  promote,
} from '../../support/models.ts'

const MAX_AGE_MS = 60_000
const LEDGER = [bet({ id: 'a' }), bet({ id: 'b', state: 'lost' })]

describe('a pinned model', () => {
  let objects: ObjectStore & TaggedReader
  let clock: ReturnType<typeof manualClock>
  let pin: ModelPin
  let read: string[]

  beforeEach(async () => {
    objects = memoryObjectStore()
    clock = manualClock(MODELS_MADE_MS)
    read = []
    const version = await fillForServing(objects, LEDGER)
    pin = { version, sha256: (await modelVersion()).manifest.onnx.sha256 }
  })

  function serve(of: ModelPin) {
    const noted: ObjectStore & TaggedReader = {
      ...objects,
      get: (key) => {
        read.push(key)
        return objects.get(key)
      },
      getTagged: (key, tag) => {
        read.push(key)
        return objects.getTagged(key, tag)
      },
    }
    const deps = { objects: noted, clock, logger: memoryLogger(), maxAgeMs: MAX_AGE_MS }
    return createServingModel({ ...deps, pin: of, loadScorer: fixedScorer(0.5) })
  }

  it('serves though another version is the champion, and never asks which one is', async () => {
    await promote(objects, await modelVersion(marketBlend({ slope: 1.1 })))
    const model = serve(pin)
    await model.refresh()
    expect(model.current()?.manifest.version).toBe(pin.version)
    expect(model.problem()).toBeUndefined()
    expect(read.filter((key) => key.includes('aliases'))).toEqual([])
    expect(read.filter((key) => key.includes('champion'))).toEqual([])
  })

  it('is read once, while newer features are taken up', async () => {
    const model = serve(pin)
    await model.refresh()
    const before = model.current()?.snapshot
    expect(read).toContain(`models/${pin.version}/model.onnx`)
    read.length = 0
    await materializeInto(objects, [...LEDGER, bet({ id: 'c' })])
    await model.refresh()
    expect(model.current()?.snapshot).not.toBe(before)
    expect(read.filter((key) => key.startsWith('models/'))).toEqual([])
  })

  it('is refused where the stored version is another file, however sound that is', async () => {
    const model = serve({ ...pin, sha256: 'f'.repeat(64) })
    await model.refresh()
    expect(model.current()).toBeUndefined()
    expect(model.problem()).toBe(
      `model ${pin.version} has the SHA-256 ${pin.sha256}, and this function is pinned to ${'f'.repeat(64)}`,
    )
  })

  it('is refused where its file is damaged', async () => {
    await objects.put(`models/${pin.version}/model.onnx`, 'x')
    const model = serve(pin)
    await model.refresh()
    expect(model.current()).toBeUndefined()
    expect(model.problem()).toContain('differs from the one registered (SHA-256)')
  })

  it('is refused where it is not there, and taken up when it is', async () => {
    const other = await modelVersion(marketBlend({ slope: 1.2 }))
    const model = serve({ version: other.manifest.version, sha256: other.manifest.onnx.sha256 })
    await model.refresh()
    expect(model.problem()).toBe(`there is no model version ${other.manifest.version}`)
    await promote(objects, other)
    await model.refresh()
    expect(model.current()?.manifest.version).toBe(other.manifest.version)
  })
})
