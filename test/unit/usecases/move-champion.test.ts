import { beforeEach, describe, expect, it } from 'vitest'
import { onnxScorer } from '../../../shared/adapters/onnx-scorer.ts'
import type { ObjectStore, TaggedReader } from '../../../shared/kernel/ports.ts'
import { WIN_PROBABILITY_INPUTS } from '../../../shared/recipe/inputs.ts'
import type { ModelManifest } from '../../../shared/registry/manifest.ts'
import type { ModelRegistry } from '../../../shared/registry/registry.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import type { LoadScorer } from '../../../shared/registry/scorer.ts'
import { promoteModel, rollbackChampion, versionNamed } from '../../../shared/usecases/move-champion.ts'
import { bet } from '../../support/bets.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { editJson, memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'
import { fixedScorer, MODELS_MADE_MS, marketBlend, materializeInto, modelVersion } from '../../support/models.ts'

const LEDGER = [bet({ id: 'a' }), bet({ id: 'b', state: 'lost' })]

describe('who is champion', () => {
  let objects: ObjectStore & TaggedReader
  let clock: ReturnType<typeof manualClock>
  let registry: ModelRegistry

  beforeEach(async () => {
    objects = memoryObjectStore()
    clock = manualClock(MODELS_MADE_MS)
    registry = createModelRegistry(objects, clock)
    await materializeInto(objects, LEDGER)
  })

  const deps = (loadScorer: LoadScorer = onnxScorer) => ({ objects, registry, loadScorer, clock })
  const champion = async () => (await registry.alias('champion'))?.version

  /** Registers a version; another intercept makes another file, whose answer to a row of zeros is given along. */
  async function registered(intercept: number, overrides: Partial<ModelManifest> = {}): Promise<string> {
    const probe = { features: overrides.probe?.features ?? [], probability: 1 / (1 + Math.exp(-intercept)) }
    const model = await modelVersion(marketBlend({ intercept }), { verdict: 'proven', ...overrides })
    const { manifest } = model
    const features = manifest.features.names.map(() => 0)
    await registry.register({ ...model, manifest: { ...manifest, probe: overrides.probe ?? { ...probe, features } } })
    return manifest.version
  }

  async function promoted(intercept: number): Promise<string> {
    const version = await registered(intercept)
    clock.advance(1000)
    await promoteModel(deps(), { version })
    return version
  }

  async function rolledBack(to?: string) {
    clock.advance(1000)
    return rollbackChampion(deps(), { to })
  }

  describe('promoteModel', () => {
    it('makes a proven version the champion and says what was and what is', async () => {
      const [a, b] = [await promoted(0.1), await registered(0.2)]
      clock.advance(1000)
      const { was, is } = await promoteModel(deps(), { version: b, reason: 'a look at July' })
      expect([was?.version, is.version]).toEqual([a, b])
      expect(is).toMatchObject({ reason: 'promoted by hand: a look at July', previous: a })
      expect(await champion()).toBe(b)
      expect((await registry.moves()).map(({ version }) => version)).toEqual([b, a])
    })

    it('takes the baseline, which needs no proof, and the challenger by its alias', async () => {
      const version = await registered(0.1, { verdict: 'baseline' })
      await registry.moveAlias('challenger', version, 'a test says so')
      expect((await promoteModel(deps(), { version: 'challenger' })).is.version).toBe(version)
    })

    it('refuses what is not proven with the checks that failed, and takes it where a person insists', async () => {
      const before = await promoted(0.1)
      const checks = [
        { name: 'quick_enough', passed: true, detail: 'it is quick' },
        { name: 'calibrated', passed: false, detail: 'its slope is 3' },
      ]
      const version = await registered(0.2, { verdict: 'not_proven', checks })
      await expect(promoteModel(deps(), { version })).rejects.toMatchObject({
        code: 'not_proven',
        message: expect.stringMatching(/^(?!.*it is quick).*its slope is 3.*--despite-gate/),
      })
      expect(await champion()).toBe(before)
      await promoteModel(deps(), { version, despiteGate: true, reason: 'a trial' })
      expect(await registry.alias('champion')).toMatchObject({
        version,
        reason: 'promoted by hand despite the gate: a trial',
      })
    })

    it('moves nothing where the version is champion already', async () => {
      const version = await promoted(0.1)
      const { was, is } = await promoteModel(deps(), { version })
      expect(is).toEqual(was)
      expect(await registry.moves()).toHaveLength(1)
    })

    it.each(['nothing', '../../lake', 'blend-XYZ', ''])('refuses %j, which is no version', async (version) => {
      await expect(promoteModel(deps(), { version })).rejects.toMatchObject({ code: 'unknown_model' })
    })

    it('refuses a version that there is not', async () => {
      await expect(promoteModel(deps(), { version: 'blend-000000000000' })).rejects.toMatchObject({
        code: 'unknown_model',
      })
    })
  })

  describe('before anything moves, a version', () => {
    let before: string
    beforeEach(async () => {
      before = await promoted(0.1)
    })

    async function refused(version: string, code: string, why: RegExp, loadScorer?: LoadScorer) {
      await expect(promoteModel(deps(loadScorer), { version })).rejects.toMatchObject({
        code,
        message: expect.stringMatching(why),
      })
      expect(await champion()).toBe(before)
      expect(await registry.moves()).toHaveLength(1)
    }

    it('must be the file that was registered', async () => {
      const version = await registered(0.2)
      await truncateObject(objects, `models/${version}/model.onnx`)
      await refused(version, 'corrupt_model', /differs from the one registered/)
    })

    it('must answer its probe as it did', async () => {
      const probe = { features: WIN_PROBABILITY_INPUTS.map(() => 0), probability: 0.5 }
      const version = await registered(0.2, { probe })
      await refused(version, 'cannot_serve', /says 0\.5498.* where it said 0\.5 .*nothing was moved/)
    })

    it('must answer its probe to 1e-5, and is freed after', async () => {
      const scorers = fixedScorer(0.5)
      const near = (off: number) => registered(off, { probe: { features: [0], probability: 0.5 + off } })
      await refused(await near(2e-5), 'cannot_serve', /says 0\.5 /, scorers)
      await promoteModel(deps(scorers), { version: await near(0.5e-5) })
      expect(scorers.released).toBe(2)
    })

    it('must be of features that are made here', async () => {
      const features = { hash: 'b'.repeat(64), names: ['market_log_odds'] }
      await refused(await registered(0.2, { features }), 'cannot_serve', /another version of the features; nothing was/)
    })

    it('must be of the same kind of data', async () => {
      const { ledger } = (await registry.load(before)).manifest
      const version = await registered(0.2, { ledger: { ...ledger, origin: 'demo' } })
      await refused(version, 'cannot_serve', /trained on demo data/)
    })

    it('must know names by the codes that they have', async () => {
      const { codes } = (await registry.load(before)).manifest
      const version = await registered(0.2, { codes: { ...codes, sport: { Basketball: 7 } } })
      await refused(version, 'cannot_serve', /Basketball by the code 7/)
    })
  })

  describe('rollbackChampion', () => {
    it('goes back a step at a time, never forth', async () => {
      const [a, b, c] = [await promoted(0.1), await promoted(0.2), await promoted(0.3)]
      const first = await rolledBack()
      expect([first.was?.version, first.is.version]).toEqual([c, b])
      expect(first.is.reason).toBe(`rolled back from ${c}`)
      expect((await rolledBack()).is.version).toBe(a)
      await expect(rolledBack()).rejects.toMatchObject({ code: 'nothing_to_roll_back' })
      expect(await champion()).toBe(a)
    })

    it('goes back to what was promoted anew after it had been rolled back from', async () => {
      const [a, b] = [await promoted(0.1), await promoted(0.2)]
      await rolledBack()
      clock.advance(1000)
      await promoteModel(deps(), { version: b })
      expect((await rolledBack()).is.version).toBe(a)
    })

    it('goes to a version that was champion once, and from there on to the one before that', async () => {
      const [a, b] = [await promoted(0.1), await promoted(0.2)]
      await promoted(0.3)
      expect((await rolledBack(b)).is.version).toBe(b)
      expect((await rolledBack()).is.version).toBe(a)
    })

    it('refuses a version that never was champion, be it registered', async () => {
      const before = await promoted(0.1)
      await expect(rolledBack(await registered(0.2))).rejects.toMatchObject({ code: 'never_champion' })
      expect(await champion()).toBe(before)
    })

    it('leaves the champion where the one before does not load', async () => {
      const [a, b] = [await promoted(0.1), await promoted(0.2)]
      await truncateObject(objects, `models/${a}/model.onnx`)
      await expect(rolledBack()).rejects.toMatchObject({ code: 'corrupt_model' })
      expect(await champion()).toBe(b)
    })

    it('goes back where the alias itself is damaged', async () => {
      const a = await promoted(0.1)
      await promoted(0.2)
      await truncateObject(objects, 'models/champion.json')
      expect((await rolledBack()).is.version).toBe(a)
      expect(await champion()).toBe(a)
    })

    it('believes the alias where the record of moves was lost', async () => {
      const a = await promoted(0.1)
      await promoted(0.2)
      await objects.remove(await objects.list('models/promotions/'))
      expect((await rolledBack()).is.version).toBe(a)
    })

    it('does not mind where the challenger went', async () => {
      const a = await promoted(0.1)
      await promoted(0.2)
      clock.advance(1000)
      await registry.moveAlias('challenger', await registered(0.3), 'trained')
      expect((await rolledBack()).is.version).toBe(a)
    })

    it('has nothing to go back to where none was champion', async () => {
      await expect(rolledBack()).rejects.toMatchObject({ code: 'nothing_to_roll_back' })
    })
  })

  it('names versions by alias, and says so where an alias stands for nothing', async () => {
    const version = await promoted(0.1)
    expect(await versionNamed(registry, 'champion')).toBe(version)
    await expect(versionNamed(registry, 'challenger')).rejects.toMatchObject({ code: 'no_such_alias' })
    await editJson(objects, 'models/champion.json', { since: 'now' })
    await expect(versionNamed(registry, 'champion')).rejects.toMatchObject({ code: 'corrupt_object' })
  })
})
