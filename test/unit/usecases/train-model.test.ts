import { beforeAll, describe, expect, it } from 'vitest'
import { onnxScorer } from '../../../shared/adapters/onnx-scorer.ts'
import type { Bet } from '../../../shared/bets/bet.ts'
import type { FeatureRows } from '../../../shared/features/replay.ts'
import { sha256Hex } from '../../../shared/kernel/digest.ts'
import { InvariantError } from '../../../shared/kernel/errors.ts'
import { mean } from '../../../shared/kernel/numeric.ts'
import type { ObjectStore, TaggedReader } from '../../../shared/kernel/ports.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { isLearnable, learningRows, sliceRows } from '../../../shared/recipe/dataset.ts'
import { WIN_PROBABILITY_INPUTS } from '../../../shared/recipe/inputs.ts'
import { RECIPE, RECIPE_REVISION } from '../../../shared/recipe/recipe.ts'
import { returnRows } from '../../../shared/recipe/roi-rows.ts'
import type { ModelManifest } from '../../../shared/registry/manifest.ts'
import { manifestSchema } from '../../../shared/registry/manifest.ts'
import type { ModelRegistry, RegisteredModel } from '../../../shared/registry/registry.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import type { LoadScorer } from '../../../shared/registry/scorer.ts'
import { toRowMajor } from '../../../shared/trees/matrix.ts'
import { identifyLedger } from '../../../shared/usecases/ledger-identity.ts'
import { createServingModel } from '../../../shared/usecases/serving-model.ts'
import type { TrainingReport } from '../../../shared/usecases/train-model.ts'
import { trainModel } from '../../../shared/usecases/train-model.ts'
import { shuffled } from '../../support/bets.ts'
import { modelRows } from '../../support/learning-rows.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { editJson, memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'
import {
  fixedScorer,
  MODELS_MADE_MS,
  marketBlend,
  materializeInto,
  modelVersion,
  promote,
} from '../../support/models.ts'
import { roiLoader } from '../../support/roi-heads.ts'
import { ledgerWhoseEdgeTurns, ledgerWithEdge, simulatedLedger } from '../../support/simulated-ledgers.ts'

const QUALITY = { passed: false, failed: ['min_records'] }

interface Trained {
  report: TrainingReport
  registry: ModelRegistry
  objects: ObjectStore & TaggedReader
}

interface Circumstances {
  objects?: ObjectStore & TaggedReader
  loadScorer?: LoadScorer
  loadRoiScorer?: LoadScorer
  clock?: () => number
}

const replayed = new Map<readonly Bet[], FeatureRows>()

/** The features of a ledger, made once. */
function featuresOf(ledger: readonly Bet[]): FeatureRows {
  const features = replayed.get(ledger) ?? modelRows(ledger)
  replayed.set(ledger, features)
  return features
}

async function train(ledger: readonly Bet[], given: Circumstances = {}): Promise<Trained> {
  const { objects = memoryObjectStore(), loadScorer = onnxScorer, clock = () => MODELS_MADE_MS, loadRoiScorer } = given
  const registry = createModelRegistry(objects, clock)
  const deps = { registry, loadScorer, clock, progress: silentProgress, ...(loadRoiScorer && { loadRoiScorer }) }
  const source = { ...(await identifyLedger(ledger)), lakeRunId: 'run-1', dataQuality: QUALITY }
  const report = await trainModel(deps, featuresOf(ledger), source)
  return { report, registry, objects }
}

const edge = ledgerWithEdge()
const turning = ledgerWhoseEdgeTurns()
const nothing = simulatedLedger()
const rows = learningRows(modelRows(edge))

const championOf = async (objects: ObjectStore) =>
  (await createModelRegistry(objects, () => 0).alias('champion'))?.version
const failedOf = ({ checks }: ModelManifest) => checks.filter(({ passed }) => !passed).map(({ name }) => name)

/** A scorer that answers as a function of what the model says, of models with trees alone or of all. */
function bent(answer: (p: number) => number, { treesOnly = true, onSingle = () => {} } = {}): LoadScorer {
  return async (onnx, nFeatures) => {
    const scorer = await onnxScorer(onnx, nFeatures)
    const isBent = !treesOnly || new TextDecoder('latin1').decode(onnx).includes('TreeEnsembleRegressor')
    return {
      ...scorer,
      score: async (features, nRows) => {
        if (nRows === 1) onSingle()
        const said = await scorer.score(features, nRows)
        return isBent ? said.map(answer) : said
      },
    }
  }
}

async function answersOf({ registry }: Trained, { version }: ModelManifest): Promise<number[]> {
  const { onnx } = await registry.load(version)
  const { matrix } = sliceRows(rows, 0, 200)
  const scorer = await onnxScorer(onnx, matrix.columns.length)
  const answers = await scorer.score(toRowMajor(matrix), matrix.nRows)
  await scorer.release()
  return Array.from(answers)
}

describe('trainModel, where there is something to find', () => {
  let trained: Trained
  let candidate: ModelManifest

  beforeAll(async () => {
    trained = await train(edge)
    candidate = trained.report.candidate
  })

  it('puts the model that it learned into service, and says why', async () => {
    const { served, reason } = trained.report
    expect(candidate).toMatchObject({ kind: 'blend', verdict: 'proven' })
    expect(candidate.version).toMatch(/^blend-[0-9a-f]{12}$/)
    expect(served).toEqual(candidate)
    expect(await trained.registry.alias('champion')).toMatchObject({
      version: candidate.version,
      reason,
      previous: null,
    })
    expect(await trained.registry.alias('challenger')).toBeUndefined()
    expect(await trained.registry.list()).toEqual([candidate])
  })

  it('registers a complete manifest beside the file that it describes', async () => {
    const { manifest, onnx } = await trained.registry.load(candidate.version)
    expect(manifest).toEqual(candidate)
    expect(manifestSchema.parse(manifest)).toEqual(manifest)
    expect(manifest.onnx).toEqual({ sha256: await sha256Hex(onnx), bytes: onnx.length })
    expect(manifest.version.endsWith(manifest.onnx.sha256.slice(0, 12))).toBe(true)
    expect(manifest.ledger).toMatchObject({
      sha256: (await identifyLedger(edge)).ledgerSha256,
      origin: 'own',
      lakeRunId: 'run-1',
      bets: 1500,
    })
    expect(manifest.source).toEqual({ by: 'closeline', sha256: null })
    expect(manifest.dataQuality).toEqual(QUALITY)
    expect(manifest.features.names).toEqual(WIN_PROBABILITY_INPUTS)
    expect(manifest.recipe).toEqual({
      revision: RECIPE_REVISION,
      seed: RECIPE.boosting.seed,
      params: { ...RECIPE },
    })
    expect(manifest.createdAt).toBe(new Date(MODELS_MADE_MS).toISOString())
  })

  it('scores on the latest fifth of the bets, and learned from those known before', () => {
    const { ledger, scores } = candidate
    const { placedAtMs, knownAtMs, matrix } = rows
    const begin = Math.floor(matrix.nRows * 0.8)
    const instant = (r: number) => new Date(placedAtMs[r] ?? Number.NaN).toISOString()
    const known = Array.from(knownAtMs.keys()).filter(
      (r) => r < begin && (knownAtMs[r] ?? 0) < (placedAtMs[begin] ?? 0),
    )
    expect(ledger).toMatchObject({
      learned: known.length,
      learnedFrom: instant(0),
      learnedTo: instant(known.at(-1) ?? 0),
    })
    expect(scores).toMatchObject({ testFrom: instant(begin), testTo: instant(matrix.nRows - 1) })
    for (const board of [scores.model, scores.implied, scores.recalibratedImplied, scores.baseRate]) {
      expect(board.n).toBe(matrix.nRows - begin)
    }
    expect(scores.modelMinusRecalibrated.high).toBeLessThan(0)
  })

  it('asks everything that is to be asked, and keeps the answers', () => {
    expect(candidate.checks.map(({ name }) => name)).toEqual([
      'agrees_with_its_trees',
      'quick_enough',
      'calibrated',
      'beats_implied_probability',
      'beats_recalibrated_price',
    ])
    expect(failedOf(candidate)).toEqual([])
    // The latest bets, those learned from too: a file agrees with its trees on any.
    expect(candidate.parity.rows).toBe(1000)
    expect(candidate.parity.thresholdRows).toBeGreaterThan(0)
    expect(candidate.parity.largestDifference).toBeLessThan(1e-5)
  })

  it('says what the log-odds are made of', () => {
    const { members, calibration, contributions } = candidate
    expect(members.find(({ name }) => name === 'boosted')?.trees).toBeGreaterThan(0)
    for (const { weight } of members) expect(weight >= 0 && weight <= 1).toBe(true)
    expect(calibration.trials.map(({ kind }) => kind)).toContain(calibration.kind)
    expect(contributions[0]?.feature).toBe('market_log_odds')
    expect(contributions.length).toBeGreaterThan(3)
    const sizes = contributions.map(({ meanAbsolute }) => meanAbsolute)
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    expect(Math.min(...sizes)).toBeGreaterThan(0)
    expect(new Set(contributions.map(({ feature }) => feature)).size).toBe(contributions.length)
  })

  it('keeps a row, the latest, that whoever loads the model can try', async () => {
    const { onnx } = await trained.registry.load(candidate.version)
    const features = candidate.probe.features.map((x) => x ?? Number.NaN)
    expect(features).toEqual(rows.matrix.columns.map((column) => column.at(-1)))
    const scorer = await onnxScorer(onnx, WIN_PROBABILITY_INPUTS.length)
    const [p] = await scorer.score(Float32Array.from(features), 1)
    await scorer.release()
    expect(p).toBe(candidate.probe.probability)
  })

  it('knows sports by the codes that the features have for them, so that it can serve', async () => {
    expect(Object.keys(candidate.codes.sport)).toContain('Basketball')
    await materializeInto(trained.objects, edge)
    const deps = { objects: trained.objects, loadScorer: onnxScorer, clock: () => MODELS_MADE_MS, maxAgeMs: 1000 }
    const serving = createServingModel({ ...deps, logger: memoryLogger() })
    await serving.refresh()
    expect(serving.problem()).toBeUndefined()
    expect(serving.current()?.manifest.version).toBe(candidate.version)
  })

  it('gives an equal ledger, in whatever order, the same version', async () => {
    const again = await train(shuffled(edge, 3))
    expect(again.report).toEqual(trained.report)
  })

  it('is no rival of itself where it is learned again', async () => {
    const again = await train(edge, { objects: trained.objects })
    expect(again.report).toEqual(trained.report)
    expect(await trained.registry.moves()).toHaveLength(1)
  })

  it('learns nothing from the results of the latest fifth', async () => {
    const turned = new Set(edge.slice(1250).map(({ id }) => id))
    const other = edge.map((bet) =>
      turned.has(bet.id) && bet.state === 'won' ? { ...bet, state: 'lost' as const } : bet,
    )
    const another = await train(other)
    expect(await answersOf(another, another.report.candidate)).toEqual(await answersOf(trained, candidate))
  })

  it('is not put into service where its file says otherwise than its trees', async () => {
    const { report } = await train(edge, { loadScorer: bent((p) => p + (p < 0.5 ? 2e-5 : -2e-5)) })
    expect(failedOf(report.candidate)).toEqual(['agrees_with_its_trees'])
    expect(report.candidate).toMatchObject({ kind: 'blend', verdict: 'not_proven' })
    expect(report.served.kind).toBe('recalibrated_market')
  })

  it('is not put into service where it is slow', async () => {
    const clock = manualClock(MODELS_MADE_MS)
    const { report } = await train(edge, { clock, loadScorer: bent((p) => p, { onSingle: () => clock.advance(6) }) })
    expect(failedOf(report.candidate)).toEqual(['quick_enough'])
    expect(report.candidate.latencyMs).toBe(6)
  })

  it('frees every scorer that it loads', async () => {
    let [loaded, released] = [0, 0]
    const counting: LoadScorer = async (...args) => {
      loaded++
      const scorer = await onnxScorer(...args)
      const release = () => {
        released++
        return scorer.release()
      }
      return { ...scorer, release }
    }
    const { objects } = await train(turning, { loadScorer: counting })
    await train(edge, { loadScorer: counting, objects })
    expect(loaded).toBeGreaterThan(2)
    expect(released).toBe(loaded)
  })
})

describe('trainModel, where what it found does not last', () => {
  let trained: Trained

  beforeAll(async () => {
    trained = await train(turning)
  })

  it('keeps the model as challenger, and serves the recalibrated market under its own name', async () => {
    const { candidate, served, reason } = trained.report
    expect(candidate).toMatchObject({ kind: 'blend', verdict: 'not_proven' })
    expect(failedOf(candidate)).toContain('beats_recalibrated_price')
    expect(served).toMatchObject({ kind: 'recalibrated_market', verdict: 'baseline', checks: [] })
    expect(served.version).toMatch(/^recalibrated-market-[0-9a-f]{12}$/)
    expect(served.members).toEqual([{ name: 'market', weight: 1, trees: 0 }])
    expect(reason).toContain('not proven to be below zero')
    expect(await trained.registry.alias('champion')).toMatchObject({ version: served.version, reason })
    expect(await trained.registry.alias('challenger')).toMatchObject({
      version: candidate.version,
      reason: `not proven: ${reason}`,
    })
    expect((await trained.registry.list()).map(({ version }) => version).sort()).toEqual(
      [candidate.version, served.version].sort(),
    )
  })

  it('scores what serves as what it is: the recalibrated market', () => {
    const { candidate, served } = trained.report
    expect(candidate.scores.model.logLoss).toBeGreaterThan(candidate.scores.recalibratedImplied.logLoss)
    expect(served.scores.model).toEqual(candidate.scores.recalibratedImplied)
    expect(served.scores.recalibratedImplied).toEqual(candidate.scores.recalibratedImplied)
    expect(served.scores.modelMinusRecalibrated).toMatchObject({ mean: 0, low: 0, high: 0 })
    expect(served.contributions.map(({ feature }) => feature)).toEqual(['market_log_odds'])
    expect(served.codes).toEqual({ sport: {}, market: {} })
  })

  it('serves a market that answers as its scores say', async () => {
    const { onnx } = await trained.registry.load(trained.report.served.version)
    const scorer = await onnxScorer(onnx, trained.report.served.features.names.length)
    const [p] = await scorer.score(new Float32Array(trained.report.served.features.names.length), 1)
    await scorer.release()
    expect(p).toBeGreaterThan(0.4)
    expect(p).toBeLessThan(0.6)
  })
})

describe('trainModel, where there is nothing to find', () => {
  it('serves the recalibrated market and says so', async () => {
    const { report, registry } = await train(nothing)
    expect(report.candidate).toEqual(report.served)
    expect(report.served).toMatchObject({ kind: 'recalibrated_market', verdict: 'baseline' })
    expect(report.reason).toBe('nothing that was learned beat the recalibrated price on later bets')
    expect(await registry.alias('challenger')).toBeUndefined()
  })

  it.each([1, 2])('finds nothing proven where results are drawn at random: draw %d', async (seed) => {
    const rng = createRng(seed)
    const random = nothing.map((bet): Bet => {
      if (!isLearnable(bet)) return bet
      return { ...bet, state: rng.next() < 0.5 ? 'won' : 'lost', profitMinor: null }
    })
    const { report } = await train(random)
    expect(report.candidate.verdict).not.toBe('proven')
    expect(report.served.kind).toBe('recalibrated_market')
  })
})

describe('trainModel, where returns differ from what the price says', () => {
  /** An edge so wide that the win probability's gate finds it badly calibrated, and the recalibrated market serves. */
  const wide = simulatedLedger([{ where: { sport: 'Basketball' }, probabilityShift: 0.4 }])
  let trained: Trained

  beforeAll(async () => {
    trained = await train(wide, { loadRoiScorer: roiLoader })
  })

  it('registers what serves with an ROI head that beat what it was held against', async () => {
    const { served, candidate } = trained.report
    expect(served).toMatchObject({ kind: 'recalibrated_market', roiHead: { verdict: 'served' } })
    expect(served.roiHead?.scores?.headMinus.priceImplied.robust.high).toBeLessThan(0)
    const { manifest, roiOnnx } = await trained.registry.load(served.version)
    expect(manifest).toEqual(served)
    expect(manifestSchema.parse(manifest)).toEqual(manifest)
    if (roiOnnx === undefined) throw new Error('no head')
    expect(manifest.roiHead?.onnx).toEqual({ sha256: await sha256Hex(roiOnnx), bytes: roiOnnx.length })
    // The same head beside another probability, of which it is asked whether it is behind.
    expect(candidate.roiHead?.scores?.losses.robust.head).toBe(served.roiHead?.scores?.losses.robust.head)
    expect(candidate.roiHead?.scores?.headMinus.winProbability).not.toEqual(
      served.roiHead?.scores?.headMinus.winProbability,
    )
  })

  it('has a head that expects most of what the bets returned, where the price expects a loss', async () => {
    const { roiOnnx } = await trained.registry.load(trained.report.served.version)
    const ledger = featuresOf(wide)
    const { matrix, returns, ledgerRows } = returnRows(ledger)
    const scorer = await roiLoader(roiOnnx ?? new Uint8Array(), matrix.columns.length)
    const expected = await scorer.score(toRowMajor(matrix), matrix.nRows)
    const inBasketball = (values: ArrayLike<number>) =>
      mean(
        Array.from(ledgerRows.keys())
          .filter((r) => ledger.bets[ledgerRows[r] ?? -1]?.sport === 'Basketball')
          .map((r) => values[r] ?? Number.NaN),
      )
    expect(inBasketball(returns)).toBeGreaterThan(0.4)
    expect(inBasketball(expected)).toBeGreaterThan(0.5 * inBasketball(returns))
    expect(inBasketball(expected)).toBeLessThan(inBasketball(returns))
  })

  it('knows the codes that the head asks for, so that no other ledger is served by it', () => {
    const { codes } = trained.report.served
    expect(codes.sport.Basketball).toBeGreaterThan(0)
  })

  it('names the version after both files', async () => {
    const { report } = await train(wide)
    const { served } = trained.report
    expect(report.served.roiHead).toMatchObject({ verdict: 'not_served', onnx: null })
    expect(report.served.roiHead?.reason).toContain('nothing here runs its file')
    expect(report.served.codes.sport).toEqual({})
    expect(report.served.version).not.toBe(served.version)
    expect(report.served.scores).toEqual(served.scores)
    const { onnx } = await trained.registry.load(served.version)
    expect(new TextDecoder('latin1').decode(onnx)).toContain(served.roiHead?.onnx?.sha256 ?? 'no hash')
  })

  it('serves none where bets return what their price says, and the version keeps its name', async () => {
    const { report } = await train(nothing, { loadRoiScorer: roiLoader })
    expect(report.served.roiHead).toMatchObject({ verdict: 'not_served', onnx: null })
    expect((await train(nothing)).report.served.version).toBe(report.served.version)
  })
})

describe('trainModel beside a champion', () => {
  let proven: RegisteredModel
  const championed = async () => {
    const objects = memoryObjectStore()
    await promote(objects, proven)
    return objects
  }
  /** The proven model with another manifest, as the champion. */
  const championWith = async (manifest: Partial<ModelManifest>) => {
    const objects = memoryObjectStore()
    await promote(objects, { ...proven, manifest: { ...proven.manifest, ...manifest } })
    return objects
  }

  beforeAll(async () => {
    const { registry, report } = await train(edge)
    proven = await registry.load(report.candidate.version)
  })

  it('leaves it in service where it is proven and the later candidate is not', async () => {
    const objects = await championed()
    const { report, registry } = await train(turning, { objects })
    expect(report.candidate.verdict).toBe('not_proven')
    expect(report.served).toEqual(proven.manifest)
    expect(report.reason).toMatch(/^the champion stays: /)
    expect(await championOf(objects)).toBe(proven.manifest.version)
    expect(await registry.alias('challenger')).toMatchObject({ version: report.candidate.version })
  })

  it('leaves it in service where it is proven and nothing new was found', async () => {
    const objects = await championed()
    const { report } = await train(nothing, { objects })
    expect(report.candidate.verdict).toBe('baseline')
    expect(report.served).toEqual(proven.manifest)
    expect(await championOf(objects)).toBe(proven.manifest.version)
  })

  it('holds a candidate against it', async () => {
    // The same model under another name: the candidate cannot be better.
    const version = 'blend-000000000000'
    const objects = await championWith({ version })
    const { report } = await train(edge, { objects })
    expect(failedOf(report.candidate)).toEqual(['beats_champion'])
    expect(report.reason).toContain('log loss less that of the champion 0.00000')
    expect(await championOf(objects)).toBe(version)
  })

  it('holds no candidate against one that has learned from the very bets', async () => {
    const learnedTo = edge.at(-1)?.placedAtMs ?? 0
    const ledger = { ...proven.manifest.ledger, learnedTo: new Date(learnedTo).toISOString() }
    const { report } = await train(edge, { objects: await championWith({ version: 'blend-000000000000', ledger }) })
    expect(failedOf(report.candidate)).toEqual(['beats_champion'])
    expect(report.reason).toContain('blend-000000000000 has learned from these bets, too')
  })

  it.each([
    ['that was never proven', { verdict: 'not_proven' }],
    ['of other features', { features: { hash: 'b'.repeat(64), names: [...WIN_PROBABILITY_INPUTS] } }],
    [
      'of demo bets',
      {
        ledger: {
          sha256: 'a'.repeat(64),
          origin: 'demo',
          lakeRunId: null,
          bets: 1,
          learned: 1,
          learnedFrom: null,
          learnedTo: null,
        },
      },
    ],
    ['that knows a sport by another code', { codes: { sport: { Basketball: 99 }, market: {} } }],
  ] as [string, Partial<ModelManifest>][])('replaces one %s by the recalibrated market', async (_, manifest) => {
    const objects = await championWith({ version: 'blend-000000000000', ...manifest })
    const { report } = await train(nothing, { objects })
    expect(report.served.kind).toBe('recalibrated_market')
    expect(await championOf(objects)).toBe(report.served.version)
  })

  it.each([
    ['of other features', { features: { hash: 'b'.repeat(64), names: [...WIN_PROBABILITY_INPUTS] } }],
    ['that knows a sport by another code', { codes: { sport: { Basketball: 99 }, market: {} } }],
  ] as [string, Partial<ModelManifest>][])(
    'holds no candidate against one %s, which cannot serve',
    async (_, manifest) => {
      const objects = await championWith({ version: 'blend-000000000000', ...manifest })
      const { report } = await train(edge, { objects })
      expect(report.candidate.verdict).toBe('proven')
      expect(await championOf(objects)).toBe(report.candidate.version)
    },
  )

  it.each([
    [
      'file is damaged',
      (objects: ObjectStore) => truncateObject(objects, `models/${proven.manifest.version}/model.onnx`),
    ],
    [
      'manifest is damaged',
      (objects: ObjectStore) => truncateObject(objects, `models/${proven.manifest.version}/manifest.json`),
    ],
    ['alias is damaged', (objects: ObjectStore) => truncateObject(objects, 'models/champion.json')],
    ['version is gone', (objects: ObjectStore) => editJson(objects, 'models/champion.json', { version: 'blend-0' })],
  ])('trains where its %s', async (_, damage) => {
    const objects = await championed()
    await damage(objects)
    const { report } = await train(turning, { objects })
    expect(report.served.kind).toBe('recalibrated_market')
    expect(await championOf(objects)).toBe(report.served.version)
  })

  it('trains where its file is whole and does not run', async () => {
    const onnx = new TextEncoder().encode('no model')
    const sha256 = await sha256Hex(onnx)
    const objects = memoryObjectStore()
    await promote(objects, {
      onnx,
      manifest: { ...proven.manifest, version: 'blend-000000000000', onnx: { sha256, bytes: 8 } },
    })
    expect((await train(turning, { objects })).report.served.kind).toBe('recalibrated_market')
    await createModelRegistry(objects, () => 0).moveAlias('champion', 'blend-000000000000', 'again')
    const { report } = await train(edge, { objects })
    expect(report.candidate.verdict).toBe('proven')
  })

  it('replaces the recalibrated market of an earlier day', async () => {
    const objects = memoryObjectStore()
    const before = await promote(objects, await modelVersion(marketBlend({ slope: 0.5 })))
    const { report, registry } = await train(nothing, { objects })
    expect(report.served.version).not.toBe(before)
    expect(await registry.alias('champion')).toMatchObject({ version: report.served.version, previous: before })
  })
})

describe('trainModel refuses', () => {
  let objects: ObjectStore & TaggedReader
  let champion: string

  beforeAll(async () => {
    objects = memoryObjectStore()
    champion = await promote(objects, await modelVersion())
  })

  async function expectRefusal(training: Promise<Trained>, error: object): Promise<void> {
    await expect(training).rejects.toMatchObject(error)
    expect(await championOf(objects)).toBe(champion)
  }

  it('fewer than 500 learnable bets, and says how many there are', async () => {
    const learnable = edge.filter(isLearnable)
    const few = train(learnable.slice(0, 499), { objects })
    await expectRefusal(few, { name: 'DomainError', code: 'too_few_bets' })
    await expect(few).rejects.toThrow('499 settled bets')
  })

  it('an empty ledger', () => expectRefusal(train([], { objects }), { code: 'too_few_bets' }))

  it.each(['won', 'lost'] as const)('a ledger in which every bet %s', (state) =>
    expectRefusal(
      train(
        nothing.map((bet) => ({ ...bet, state })),
        { objects },
      ),
      { name: 'DomainError', code: 'one_class' },
    ),
  )

  it('a ledger whose bets to learn from all won', () => {
    const one = nothing.map((bet, r): Bet => (r < 1250 ? { ...bet, state: 'won' } : bet))
    return expectRefusal(train(one, { objects }), { name: 'DomainError', code: 'one_class' })
  })

  it('a ledger of a single day', () => {
    const [first] = nothing
    const day = { placedAtMs: first?.placedAtMs ?? 0, settledAtMs: first?.placedAtMs ?? 0 }
    return expectRefusal(
      train(
        nothing.map((bet) => ({ ...bet, ...day })),
        { objects },
      ),
      { name: 'DomainError' },
    )
  })

  it('to serve a market whose file says otherwise than its numbers', async () => {
    for (const ledger of [turning, nothing]) {
      const loadScorer = bent((p) => p + (p < 0.5 ? 2e-5 : -2e-5), { treesOnly: false })
      await expectRefusal(train(ledger, { objects, loadScorer }), { name: InvariantError.name })
    }
  })

  it('a model that gives no probability, and frees it', async () => {
    const scorer = fixedScorer(Number.NaN)
    await expectRefusal(train(edge, { objects, loadScorer: scorer }), { code: 'no_probability' })
    expect(scorer.released).toBe(1)
  })
})
