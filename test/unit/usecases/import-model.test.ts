import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { onnxScorer } from '../../../shared/adapters/onnx-scorer.ts'
import type { Bet } from '../../../shared/bets/bet.ts'
import type { Blend } from '../../../shared/blend/blend.ts'
import { fitLogistic } from '../../../shared/calibration/logistic.ts'
import { featureSet } from '../../../shared/features/feature-set.ts'
import { onlineVector } from '../../../shared/features/online.ts'
import { replayLedger } from '../../../shared/features/replay.ts'
import { sha256Hex } from '../../../shared/kernel/digest.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import type { ObjectStore, TaggedReader } from '../../../shared/kernel/ports.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import { encodeBlend } from '../../../shared/onnx/encode-blend.ts'
import { learningRows } from '../../../shared/recipe/dataset.ts'
import { manifestSchema } from '../../../shared/registry/manifest.ts'
import type { ModelRegistry } from '../../../shared/registry/registry.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import type { LoadScorer } from '../../../shared/registry/scorer.ts'
import { simulateLedger } from '../../../shared/simulator/ledger.ts'
import type { ImportSource } from '../../../shared/usecases/describe-import.ts'
import { importModelFile } from '../../../shared/usecases/import-model.ts'
import { promoteModel } from '../../../shared/usecases/move-champion.ts'
import { predictBet } from '../../../shared/usecases/predict-bet.ts'
import { readModelFile } from '../../../shared/usecases/read-model-file.ts'
import { createServingModel } from '../../../shared/usecases/serving-model.ts'
import lightgbm from '../../golden/lightgbm-models/binary.json' with { type: 'json' }
import xgboost from '../../golden/xgboost-models/binary.json' with { type: 'json' }
import xgboostSquared from '../../golden/xgboost-models/squared.json' with { type: 'json' }
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import { fixedScorer, MODELS_MADE_MS, materializeInto, modelVersion, promote } from '../../support/models.ts'
import { simulatedLedger } from '../../support/simulated-ledgers.ts'

/** Five features here, in the order of the five of the golden models; the price is not the first. */
const NAMES = ['sport_residual', 'market_log_odds', 'ledger_count', 'is_combined', 'is_live']
const bytesOf = (text: string) => new TextEncoder().encode(text)
const XGBOOST = bytesOf(JSON.stringify(xgboost.model))
const PORTS = { input: 'features', output: 'win_probability', graphName: 'test' }
const LEDGER = simulatedLedger()

/** sigmoid(slope · first feature) over `width` features. */
function plainBlend(width: number, slope = 1): Blend {
  const member = { kind: 'column' as const, score: { column: 0, slope, intercept: 0 } }
  return {
    nFeatures: width,
    members: [{ name: 'price', weight: 1, member }],
    intercept: 0,
    calibrator: { kind: 'none' },
  }
}

function onnxOf(names: readonly string[], ports: Partial<typeof PORTS> = {}, slope?: number): Uint8Array {
  return encodeBlend(plainBlend(names.length, slope), { ...PORTS, ...ports, featureNames: names })
}

describe('readModelFile', () => {
  it.each([
    ['xgboost', XGBOOST, 6],
    ['lightgbm', bytesOf(lightgbm.model), 6],
  ] as const)('reads a model of %s under the names given', (by, bytes, rounds) => {
    const file = readModelFile(bytes, NAMES)
    expect(file).toMatchObject({ by, names: NAMES, about: { library: by, rounds } })
  })

  it('takes the names that an ONNX file has among its metadata', () => {
    expect(readModelFile(onnxOf(['market_log_odds', 'is_live']), undefined).names).toEqual([
      'market_log_odds',
      'is_live',
    ])
  })

  it.each([
    ['names that are no features', XGBOOST, undefined, 'unknown_feature', /"price", "form".*--features/],
    ['too few names', XGBOOST, NAMES.slice(1), 'width_mismatch', /4 feature names for a model of 5/],
    ['a name given twice', XGBOOST, NAMES.with(0, 'is_live'), 'repeated_feature', /is_live/],
    [
      'other names than the file’s, where those are features',
      onnxOf(NAMES),
      [...NAMES].reverse(),
      'feature_names_differ',
      /sport_residual/,
    ],
    ['ONNX without names', encodeBlend(plainBlend(2), PORTS), undefined, 'no_feature_names', /--features a,b,c/],
    ['another objective', bytesOf(JSON.stringify(xgboostSquared.model)), NAMES, 'no_probability', /reg:squarederror/],
    [
      'an unknown objective',
      bytesOf(JSON.stringify(xgboost.model).replace('binary:logistic', 'rank:pairwise')),
      NAMES,
      'unknown_objective',
      /rank:pairwise/,
    ],
    ['cut JSON', XGBOOST.subarray(0, 3000), NAMES, 'not_json', /./],
    ['cut LightGBM', bytesOf(lightgbm.model.slice(0, 900)), NAMES, 'not_lightgbm', /cut off/],
    ['cut ONNX', onnxOf(NAMES).subarray(0, 200), undefined, 'unknown_model_format', /damaged/],
    ['noise', Uint8Array.from({ length: 300 }, (_, i) => (i * 89) % 256), NAMES, 'unknown_model_format', /neither/],
    ['an empty file', new Uint8Array(), NAMES, 'unknown_model_format', /begins with ""/],
    ['another input', onnxOf(NAMES, { input: 'X' }), undefined, 'model_ports', /one input features.*it has X, float/],
    [
      'another output',
      onnxOf(NAMES, { output: 'p' }),
      undefined,
      'model_ports',
      /output win_probability.*it has p, float/,
    ],
  ] as const)('refuses %s', (_, bytes, names, code, why) => {
    expect(() => readModelFile(bytes, names)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(why) }),
    )
  })
})

describe('importModelFile', () => {
  let objects: ObjectStore & TaggedReader
  let registry: ModelRegistry

  beforeEach(() => {
    objects = memoryObjectStore()
    registry = createModelRegistry(objects, () => MODELS_MADE_MS)
  })

  async function importing(
    bytes: Uint8Array,
    options: { names?: readonly string[]; until?: number; ledger?: readonly Bet[]; loadScorer?: LoadScorer } = {},
  ) {
    const deps = {
      registry,
      loadScorer: options.loadScorer ?? onnxScorer,
      clock: () => MODELS_MADE_MS,
      progress: silentProgress,
      trainingSet: async (names: readonly string[]) => replayLedger(options.ledger ?? LEDGER, featureSet(names)),
    }
    const source: ImportSource = {
      ...{ ledgerSha256: 'd'.repeat(64), origin: 'own', lakeRunId: 'run-1', dataQuality: null },
      fileSha256: await sha256Hex(bytes),
      name: 'a trial',
      trainedUntilMs: options.until,
    }
    return importModelFile(deps, readModelFile(bytes, options.names), source)
  }

  it('serves the library’s own predictions', async () => {
    const { manifest } = await importing(XGBOOST, { names: NAMES })
    const { onnx } = await registry.load(manifest.version)
    const scorer = await onnxScorer(onnx, NAMES.length)
    const rows = Float32Array.from(xgboost.rows.flat(), (value) => value ?? Number.NaN)
    const said = await scorer.score(rows, xgboost.rows.length)
    await scorer.release()
    const gap = xgboost.prediction.map((p, r) => Math.abs(p - (said[r] ?? Number.NaN)))
    expect(Math.max(...gap)).toBeLessThan(1e-6)
  })

  it('tells what it is in its manifest', async () => {
    const { manifest } = await importing(XGBOOST, { names: NAMES })
    expect(manifestSchema.parse(manifest)).toEqual(manifest)
    expect(manifest).toMatchObject({
      kind: 'imported',
      source: { by: 'xgboost', sha256: await sha256Hex(XGBOOST) },
      features: { names: NAMES, hash: await featureSet(NAMES).hash() },
      ledger: { bets: 1500, learned: 0, learnedFrom: null, learnedTo: null },
      recipe: { revision: 0, params: { objective: 'binary:logistic', name: 'a trial' } },
      members: [{ name: 'xgboost', weight: 1, trees: 6 }],
    })
    expect(manifest.version).toMatch(/^imported-[0-9a-f]{12}$/)
    expect(manifest.parity.thresholdRows).toBeGreaterThan(50)
    expect(manifest.parity.largestDifference).toBeLessThan(1e-5)
    expect(manifest.contributions.length).toBeGreaterThan(1)
    expect(manifest.contributions.every(({ feature }) => NAMES.includes(feature))).toBe(true)
  })

  it('scores it on the latest fifth beside the price, wherever the model has the price', async () => {
    const { scores } = (await importing(XGBOOST, { names: NAMES })).manifest
    const { labels, impliedProbabilities } = learningRows(replayLedger(LEDGER, featureSet([])))
    const begin = Math.floor(labels.length * 0.8)
    const losses = Array.from(labels.subarray(begin), (label, i) => {
      const p = impliedProbabilities[begin + i] as number
      return -Math.log(label === 1 ? p : 1 - p)
    })
    expect(scores.implied.n).toBe(losses.length)
    expect(scores.implied.logLoss).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / losses.length, 12)
    // The recalibrated price is fitted on 1,100 bets of a market that is right but for its margin.
    expect(Math.abs(scores.recalibratedImplied.logLoss - scores.implied.logLoss)).toBeLessThan(0.02)
  })

  it('makes it the challenger, and leaves the champion', async () => {
    const before = await promote(objects, await modelVersion())
    const { manifest } = await importing(XGBOOST, { names: NAMES })
    expect(await registry.alias('challenger')).toMatchObject({ version: manifest.version })
    expect(await registry.alias('champion')).toMatchObject({ version: before })
  })

  it('gives the same file on the same bets the same version, and other bets or another end of training another', async () => {
    const first = await importing(XGBOOST, { names: NAMES })
    const again = await importing(XGBOOST, { names: NAMES })
    expect([first.isKnown, again.isKnown]).toEqual([false, true])
    expect(again.manifest).toEqual(first.manifest)
    const told = await importing(XGBOOST, { names: NAMES, until: Date.UTC(2025, 0, 1) })
    expect(told.manifest.version).not.toBe(first.manifest.version)
    expect(told.manifest.ledger.learnedTo).toBe('2025-01-01T00:00:00.000Z')
  })

  it('keeps an ONNX file’s graph as it is, and names versions of it alike', async () => {
    const bytes = onnxOf(['market_log_odds', 'is_live'])
    const [first, told] = [await importing(bytes), await importing(bytes, { until: 0 })]
    expect(told.manifest.version).not.toBe(first.manifest.version)
    const { onnx } = await registry.load(first.manifest.version)
    expect(onnx.subarray(0, bytes.length)).toEqual(bytes)
    expect(first.manifest).toMatchObject({ source: { by: 'onnx' }, contributions: [], parity: { thresholdRows: 0 } })
    expect(first.manifest.checks.map(({ name }) => name)).toContain('gives_probabilities')
    expect(first.manifest.checks.map(({ name }) => name)).not.toContain('agrees_with_its_trees')
  })

  it('is served from its own features once it is promoted', async () => {
    await materializeInto(objects, LEDGER)
    const { manifest } = await importing(XGBOOST, { names: NAMES })
    const [loadScorer, clock] = [onnxScorer, () => MODELS_MADE_MS]
    await promoteModel({ objects, registry, loadScorer, clock }, { version: manifest.version, despiteGate: true })
    const model = createServingModel({ objects, loadScorer, clock, logger: memoryLogger(), maxAgeMs: 60_000 })
    await model.refresh()
    expect(model.problem()).toBeUndefined()
    const question = {
      ...{ sport: 'Basketball', league: 'NBA', market: 'Spread', book: 'DraftKings' },
      ...{ betType: 'straight' as const, americanOdds: 150, isLive: true },
    }
    const answer = await predictBet({ model, clock }, question)
    expect(answer.modelVersion).toBe(manifest.version)
    const snapshot = model.current()?.snapshot
    if (snapshot === undefined) throw new Error('there is no snapshot')
    const { values } = onlineVector(snapshot, featureSet(NAMES), { ...question, decimalOdds: 2.5 }, MODELS_MADE_MS)
    const matrix = { nRows: 1, columns: Array.from(values, (value) => Float32Array.of(value)) }
    const own = readModelFile(XGBOOST, NAMES).predict?.(matrix)[0]
    expect(answer.winProbability).toBeCloseTo(own ?? Number.NaN, 6)
  })

  describe('refuses, with the registry as it was,', () => {
    async function refused(work: Promise<unknown>, code: string, why = /./) {
      await expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(why) })
      expect(await objects.list('models/')).toEqual([])
    }

    it('a ledger too short to tell', async () => {
      await refused(importing(XGBOOST, { names: NAMES, ledger: LEDGER.slice(0, 400) }), 'too_few_bets')
    })

    it('a file that does not run', async () => {
      const loadScorer: LoadScorer = () =>
        Promise.reject(new UpstreamError('onnxruntime', 'bad node', { retryable: false }))
      await refused(importing(XGBOOST, { names: NAMES, loadScorer }), 'corrupt_model', /of 5 features: bad node/)
    })

    it('a file whose graph is wrong beneath sound ports', async () => {
      const bytes = onnxOf(['market_log_odds', 'is_live'])
      // The operator's name, in the same length.
      const at = Buffer.from(bytes).indexOf('Sigmoid')
      const wrong = bytes.slice()
      wrong.set(bytesOf('Sigmund'), at)
      await refused(importing(wrong), 'corrupt_model', /Sigmund/)
    })

    it.each([0, 1, Number.NaN, 1.5])('a model that says %s', async (p) => {
      await refused(importing(XGBOOST, { names: NAMES, loadScorer: fixedScorer(p) }), 'no_probability')
    })
  })

  it('passes on that the runtime cannot be reached', async () => {
    const loadScorer: LoadScorer = () => Promise.reject(new UpstreamError('onnxruntime', 'out of memory'))
    await expect(importing(XGBOOST, { names: NAMES, loadScorer })).rejects.toThrow(UpstreamError)
  })

  describe('of a model that is right', () => {
    // Enough for the gate, which wants a thousand bets.
    const ledger = simulateLedger({
      seed: 4,
      count: 7000,
      endsAtMs: MODELS_MADE_MS,
      edges: [{ where: { sport: 'Basketball' }, probabilityShift: 0.15 }],
    })
    let file: Uint8Array
    let untilMs: number

    // Learned from the earlier four fifths: the price, and beside it whether it is basketball.
    beforeAll(() => {
      const names = ['market_log_odds', 'sport']
      const replayed = replayLedger(ledger, featureSet(names))
      const rows = learningRows(replayed)
      const n = Math.floor(rows.labels.length * 0.8)
      const [price, sport] = rows.matrix.columns.map((column) => Float64Array.from(column.subarray(0, n)))
      const isBasketball = Float64Array.from(rows.ledgerRows.subarray(0, n), (r) =>
        replayed.bets[r]?.sport === 'Basketball' ? 1 : 0,
      )
      const code = sport?.[isBasketball.lastIndexOf(1)] ?? Number.NaN
      const fitted = fitLogistic([price ?? new Float64Array(), isBasketball], rows.labels.subarray(0, n))
      const [slope = 0, shift = 0] = fitted.coefficients
      const column = (intercept: number) => ({ kind: 'column' as const, score: { column: 0, slope, intercept } })
      const member = {
        kind: 'segments' as const,
        column: 1,
        cases: [{ code, member: column(fitted.intercept + shift) }],
        fallback: column(fitted.intercept),
      }
      const blend = { ...plainBlend(2), members: [{ name: 'sports', weight: 1, member }] }
      file = encodeBlend(blend, { ...PORTS, featureNames: names })
      untilMs = rows.placedAtMs[n - 1] as number
    })

    it('the gate says proven where it was trained before the bets that it is scored on', async () => {
      const { manifest, reason } = await importing(file, { ledger, until: untilMs })
      expect(manifest.checks.filter(({ passed }) => !passed)).toEqual([])
      expect(manifest.verdict).toBe('proven')
      expect(reason).toContain('when it was trained')
      expect(manifest.codes.sport.Basketball).toBeGreaterThan(0)
    })

    it('the gate says not_proven where nobody tells until when it was trained', async () => {
      const { manifest, reason } = await importing(file, { ledger })
      expect(manifest.verdict).toBe('not_proven')
      expect(manifest.checks.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual(['scored_on_unseen_bets'])
      expect(reason).toContain('--trained-until')
    })

    it('only bets placed after it was trained count', async () => {
      const { placedAtMs } = learningRows(replayLedger(ledger, featureSet([])))
      const middle = placedAtMs[Math.floor(placedAtMs.length * 0.9)] as number
      const { manifest } = await importing(file, { ledger, until: middle })
      const later = placedAtMs.filter((instant) => instant > middle)
      expect(manifest.scores.model.n).toBe(later.length)
      expect(Date.parse(manifest.scores.testFrom)).toBe(later[0])
    })

    it('the gate says not_proven where it was trained after all bets', async () => {
      const { manifest, reason } = await importing(file, { ledger, until: MODELS_MADE_MS })
      expect(manifest.verdict).toBe('not_proven')
      expect(reason).toMatch(/^0 bets of the latest fifth were placed after/)
    })

    it('it is held against the champion, be that of other features', async () => {
      const { ledger: learned } = (await modelVersion()).manifest
      const early = { ...learned, learnedTo: new Date(untilMs).toISOString() }
      await promote(objects, await modelVersion(undefined, { kind: 'blend', verdict: 'proven', ledger: early }))
      const { manifest } = await importing(file, { ledger, until: untilMs })
      const check = manifest.checks.find(({ name }) => name === 'beats_champion')
      expect(check).toMatchObject({
        passed: true,
        detail: expect.stringMatching(/log loss less that of the champion -0\./),
      })
    })
  })
})
