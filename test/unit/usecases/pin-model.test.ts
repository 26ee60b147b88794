import { describe, expect, it } from 'vitest'
import type { ModelManifest } from '../../../shared/registry/manifest.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import { pinModel } from '../../../shared/usecases/pin-model.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { editJson, memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'
import { MOVED_MS, memoryPinnedModels } from '../../support/memory-operations.ts'
import { modelVersion } from '../../support/models.ts'

async function registered(overrides: Partial<ModelManifest> = {}) {
  const objects = memoryObjectStore()
  const clock = manualClock(MOVED_MS)
  const registry = createModelRegistry(objects, clock)
  const model = await modelVersion(undefined, overrides)
  await registry.register(model)
  const { version, onnx } = model.manifest
  const deps = { objects, clock, pinned: memoryPinnedModels() }
  const pin = (model: string, despiteGate = false) => pinModel(deps, { stage: 'dev', model, despiteGate })
  return { deps, registry, version, pin, is: { version, sha256: onnx.sha256 } }
}

describe('pinning a model', () => {
  it('writes down its version and the hash of its file', async () => {
    const { deps, pin, version, is } = await registered()
    expect(await pin(version)).toEqual(is)
    expect([await deps.pinned.get('dev'), await deps.pinned.get('prod')]).toEqual([is, undefined])
  })

  it('knows it by its alias too', async () => {
    const { registry, pin, version, is } = await registered()
    await registry.moveAlias('champion', version, 'a test')
    expect(await pin('champion')).toEqual(is)
  })

  it('refuses a file that is not the one registered', async () => {
    const { deps, pin, version } = await registered()
    await truncateObject(deps.objects, `models/${version}/model.onnx`)
    await expect(pin(version)).rejects.toMatchObject({ code: 'corrupt_model' })
    expect(await deps.pinned.get('dev')).toBeUndefined()
  })

  it('refuses the manifest of another version', async () => {
    const { deps, pin, version } = await registered()
    await editJson(deps.objects, `models/${version}/manifest.json`, { version: 'blend-000000000000' })
    await expect(pin(version)).rejects.toMatchObject({ code: 'corrupt_model' })
  })

  it('refuses what has not been shown to be better, unless a person insists', async () => {
    const { pin, version, is } = await registered({ verdict: 'not_proven' })
    await expect(pin(version)).rejects.toMatchObject({ code: 'not_proven' })
    expect(await pin(version, true)).toEqual(is)
  })

  it.each([
    ['blend-000000000000', 'unknown_model'],
    ['champion', 'no_such_alias'],
    ['../../keys', 'unknown_model'],
  ])('refuses %s', async (name, code) => {
    await expect((await registered()).pin(name)).rejects.toMatchObject({ code })
  })
})
