import { beforeEach, describe, expect, it } from 'vitest'
import { onnxScorer } from '../../../shared/adapters/onnx-scorer.ts'
import type { Blend } from '../../../shared/blend/blend.ts'
import { predictBlend } from '../../../shared/blend/predict.ts'
import { compareLogLoss } from '../../../shared/evaluation/comparison.ts'
import { logit, sigmoid } from '../../../shared/kernel/numeric.ts'
import { dayOfRow, sliceRows } from '../../../shared/recipe/dataset.ts'
import { WIN_PROBABILITY_INPUTS } from '../../../shared/recipe/inputs.ts'
import type { Predictions } from '../../../shared/recipe/walk-forward.ts'
import type { ModelManifest } from '../../../shared/registry/manifest.ts'
import type { ModelRegistry } from '../../../shared/registry/registry.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import type { LoadScorer } from '../../../shared/registry/scorer.ts'
import type { Rivalry } from '../../../shared/usecases/gate-evidence.ts'
import { evidenceOf } from '../../../shared/usecases/gate-evidence.ts'
import { drawnRows } from '../../support/learning-rows.ts'
import { memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'
import { fixedScorer, MODELS_MADE_MS, marketBlend, modelVersion } from '../../support/models.ts'

const HOUR_MS = 3_600_000
const TRIAL = { parity: { rows: 1000, thresholdRows: 3, largestDifference: 1e-8 }, latencyMs: 1 }
const names = WIN_PROBABILITY_INPUTS

const test = drawnRows(240)
const predictions: Predictions = {
  test,
  model: test.impliedProbabilities.map((q) => sigmoid(0.9 * logit(q) + 0.1)),
  implied: test.impliedProbabilities,
  recalibratedImplied: test.impliedProbabilities.map((q) => sigmoid(1.1 * logit(q))),
  baseRate: new Float64Array(240).fill(0.5),
}

/** A champion that is more than a recalibrated price, and when it stopped learning. */
const CHAMPION = marketBlend({ slope: 0.7, intercept: 0.2 })
const learnedUntil = (learnedTo: string | null) => ({
  ...{ sha256: 'a'.repeat(64), origin: 'own' as const, lakeRunId: null, bets: 500, learned: 400 },
  ...{ learnedFrom: learnedTo, learnedTo },
})
const instant = (hours: number) => new Date(hours * HOUR_MS).toISOString()

describe('evidenceOf', () => {
  let objects: ReturnType<typeof memoryObjectStore>
  let registry: ModelRegistry

  beforeEach(() => {
    objects = memoryObjectStore()
    registry = createModelRegistry(objects, () => MODELS_MADE_MS)
  })

  async function crown(manifest: Partial<ModelManifest>, blend: Blend = CHAMPION): Promise<string> {
    const registered = await modelVersion(blend, { version: 'blend-000000000000', kind: 'blend', ...manifest })
    await registry.register(registered)
    await registry.moveAlias('champion', registered.manifest.version, 'a test says so')
    return registered.manifest.version
  }

  const evidence = (rivalry: Partial<Rivalry> = {}, loadScorer: LoadScorer = onnxScorer) =>
    evidenceOf({ registry, loadScorer }, predictions, TRIAL, { names, ...rivalry })
  const againstChampion = async (rivalry: Partial<Rivalry> = {}, loadScorer: LoadScorer = onnxScorer) =>
    (await evidence(rivalry, loadScorer)).rivals.find(({ name }) => name === 'champion')?.difference

  it('holds a model against both prices, with the trial that it was given', async () => {
    const { rivals, parity, latencyMs, calibration } = await evidence()
    const days = dayOfRow(test)
    expect({ parity, latencyMs }).toEqual(TRIAL)
    expect(rivals).toEqual([
      {
        name: 'implied_probability',
        difference: compareLogLoss(test.labels, predictions.model, predictions.implied, days),
      },
      {
        name: 'recalibrated_price',
        difference: compareLogLoss(test.labels, predictions.model, predictions.recalibratedImplied, days),
      },
    ])
    expect(calibration?.slope.low).toBeLessThan(1)
    expect(calibration?.slope.high).toBeGreaterThan(1)
  })

  it('has no calibration of a model that says one number', async () => {
    const flat = { ...predictions, model: new Float64Array(240).fill(0.4) }
    expect((await evidenceOf({ registry, loadScorer: onnxScorer }, flat, TRIAL, { names })).calibration).toBeUndefined()
  })

  it('knows no rival in a recalibrated market, which is held against already', async () => {
    await crown({ kind: 'recalibrated_market' })
    expect(await againstChampion()).toBeUndefined()
  })

  it('holds a model against the champion on all rows where that has learned from none of them', async () => {
    const said = predictBlend(CHAMPION, test.matrix)
    const expected = compareLogLoss(test.labels, predictions.model, said, dayOfRow(test))
    for (const learnedTo of [null, instant(-1)]) {
      await crown({
        version: learnedTo === null ? 'blend-000000000000' : 'blend-000000000001',
        ledger: learnedUntil(learnedTo),
      })
      expect(await againstChampion()).toEqual({
        ...{ mean: expect.closeTo(expected.mean, 6), clusters: 10 },
        ...{ low: expect.closeTo(expected.low, 6), high: expect.closeTo(expected.high, 6) },
      })
    }
  })

  it('holds it against the champion on the rows that were placed after what that has learned from alone', async () => {
    await crown({ ledger: learnedUntil(instant(119)) })
    // Rows 120 to 239: five whole days.
    const later = sliceRows(test, 120, 240)
    const said = predictBlend(CHAMPION, later.matrix)
    const { mean } = compareLogLoss(later.labels, predictions.model.slice(120), said, dayOfRow(later))
    expect(await againstChampion()).toMatchObject({ mean: expect.closeTo(mean, 6), clusters: 5 })
  })

  it.each([
    ['all of them', 239],
    ['all but those of a day', 220],
  ])('compares nothing where the champion has learned from %s', async (_, hours) => {
    await crown({ ledger: learnedUntil(instant(hours)) })
    expect(await againstChampion()).toBe('blend-000000000000 has learned from these bets, too')
  })

  it('compares nothing where the champion asks for other features', async () => {
    await crown({ features: { hash: 'b'.repeat(64), names: ['odds'] }, ledger: learnedUntil(null) })
    expect(await againstChampion()).toBe('blend-000000000000 was learned from other features')
    await crown({ version: 'blend-000000000001', features: { hash: 'b'.repeat(64), names: [...names].reverse() } })
    expect(await againstChampion()).toBe('blend-000000000001 was learned from other features')
  })

  it('compares nothing with a champion that gives no probability, and frees it', async () => {
    await crown({ ledger: learnedUntil(null) })
    const scorer = fixedScorer(Number.NaN)
    expect(await againstChampion({}, scorer)).toBe('blend-000000000000 says NaN of bet 0 of these: no probability')
    expect(scorer.released).toBe(1)
  })

  it('knows no rival in a champion that cannot serve these bets', async () => {
    const version = await crown({ ledger: learnedUntil(null) })
    const asked: string[] = []
    const serves = async ({ manifest }: { manifest: ModelManifest }) => {
      asked.push(manifest.version)
      return false
    }
    expect(await againstChampion({ serves })).toBeUndefined()
    expect(asked).toEqual([version])
    expect(await againstChampion({ serves: async () => true })).toBeDefined()
  })

  it.each([
    ['file', 'models/blend-000000000000/model.onnx'],
    ['manifest', 'models/blend-000000000000/manifest.json'],
    ['alias', 'models/champion.json'],
  ])('knows no rival in a champion whose %s is damaged', async (_, key) => {
    await crown({ ledger: learnedUntil(null) })
    await truncateObject(objects, key)
    expect(await againstChampion()).toBeUndefined()
  })
})
