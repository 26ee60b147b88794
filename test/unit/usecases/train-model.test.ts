import { beforeAll, describe, expect, it } from 'vitest'
import { onnxScorer } from '../../../shared/adapters/onnx-scorer.ts'
import type { Bet } from '../../../shared/bets/bet.ts'
import { sha256Hex } from '../../../shared/kernel/digest.ts'
import { DomainError, InvariantError } from '../../../shared/kernel/errors.ts'
import type { ObjectStore } from '../../../shared/kernel/ports.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import { learningRows, sliceRows } from '../../../shared/recipe/dataset.ts'
import { RECIPE_REVISION } from '../../../shared/recipe/market-model.ts'
import { manifestSchema } from '../../../shared/registry/manifest.ts'
import type { ModelRegistry } from '../../../shared/registry/registry.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import type { LoadScorer } from '../../../shared/registry/scorer.ts'
import { toRowMajor } from '../../../shared/trees/matrix.ts'
import { identifyLedger } from '../../../shared/usecases/ledger-identity.ts'
import type { TrainingReport } from '../../../shared/usecases/train-model.ts'
import { trainModel } from '../../../shared/usecases/train-model.ts'
import { shuffled } from '../../support/bets.ts'
import { modelRows } from '../../support/learning-rows.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import { fixedScorer, MODELS_MADE_MS } from '../../support/models.ts'
import { ledgerWhoseEdgeTurns, ledgerWithEdge, simulatedLedger } from '../../support/simulated-ledgers.ts'

const QUALITY = { passed: false, failed: ['min_records'] }

interface Trained {
  report: TrainingReport
  registry: ModelRegistry
  objects: ObjectStore
}

async function train(ledger: readonly Bet[], loadScorer: LoadScorer = onnxScorer): Promise<Trained> {
  const objects = memoryObjectStore()
  const clock = () => MODELS_MADE_MS
  const registry = createModelRegistry(objects, clock)
  const deps = { registry, loadScorer, clock, progress: silentProgress }
  const source = { ...(await identifyLedger(ledger)), lakeRunId: 'run-1', dataQuality: QUALITY }
  const report = await trainModel(deps, modelRows(ledger), source)
  return { report, registry, objects }
}

const edge = ledgerWithEdge()

/** What the candidate says about the first 200 bets of the ledger. */
async function answersOf({ report, registry }: Trained): Promise<number[]> {
  const { onnx } = await registry.load(report.candidate.version)
  const { matrix } = sliceRows(learningRows(modelRows(edge)), 0, 200)
  const scorer = await onnxScorer(onnx, matrix.columns.length)
  const answers = await scorer.score(toRowMajor(matrix), matrix.nRows)
  await scorer.release()
  return Array.from(answers)
}

describe('trainModel, where there is something to find', () => {
  let trained: Trained

  beforeAll(async () => {
    trained = await train(edge)
  })

  it('puts the model that it learned into service, and says why', async () => {
    const { candidate, served, reason } = trained.report
    expect(candidate).toMatchObject({ kind: 'market_trees', verdict: 'beats_both_baselines' })
    expect(candidate.version).toMatch(/^market-trees-[0-9a-f]{12}$/)
    expect(served).toEqual(candidate)
    expect(await trained.registry.champion()).toMatchObject({ version: candidate.version, reason, previous: null })
    expect(await trained.registry.list()).toEqual([candidate])
  })

  it('registers a complete manifest beside the file that it describes', async () => {
    const { manifest, onnx } = await trained.registry.load(trained.report.served.version)
    expect(manifest).toEqual(trained.report.candidate)
    expect(manifestSchema.parse(manifest)).toEqual(manifest)
    expect(manifest.onnx).toEqual({ sha256: await sha256Hex(onnx), bytes: onnx.length })
    expect(manifest.version.endsWith(manifest.onnx.sha256.slice(0, 12))).toBe(true)
    expect(manifest.ledger).toMatchObject({
      sha256: (await identifyLedger(edge)).ledgerSha256,
      origin: 'own',
      lakeRunId: 'run-1',
      bets: 1500,
    })
    expect(manifest.dataQuality).toEqual(QUALITY)
    expect(manifest.recipe.revision).toBe(RECIPE_REVISION)
    expect(manifest.recipe.trees).toBeGreaterThan(0)
    expect(manifest.createdAt).toBe(new Date(MODELS_MADE_MS).toISOString())
  })

  it('scores on the latest fifth of the bets, from which nothing was learned', () => {
    const { ledger, scores, parity } = trained.report.candidate
    const { placedAtMs, matrix } = learningRows(modelRows(edge))
    const begin = Math.floor(matrix.nRows * 0.8)
    const instant = (r: number) => new Date(placedAtMs[r] ?? Number.NaN).toISOString()
    expect(ledger).toMatchObject({ learned: begin, learnedFrom: instant(0), learnedTo: instant(begin - 1) })
    expect(scores).toMatchObject({ testFrom: instant(begin), testTo: instant(matrix.nRows - 1) })
    for (const board of [scores.model, scores.implied, scores.recalibratedImplied]) {
      expect(board.n).toBe(matrix.nRows - begin)
    }
    expect(parity.rows).toBe(matrix.nRows - begin)
    expect(parity.largestDifference).toBeLessThan(1e-5)
  })

  it('gives an equal ledger, in whatever order, the same version', async () => {
    const again = await train(shuffled(edge, 3))
    expect(again.report).toEqual(trained.report)
  })

  it('learns nothing from the results of the latest fifth', async () => {
    const turned = new Set(edge.slice(1250).map(({ id }) => id))
    const other = edge.map((bet) =>
      turned.has(bet.id) && bet.state === 'won' ? { ...bet, state: 'lost' as const } : bet,
    )
    expect(await answersOf(await train(other))).toEqual(await answersOf(trained))
  })

  it('scores the export with one request, and frees it', async () => {
    let requests = 0
    let released = 0
    const counting: LoadScorer = async (...args) => {
      const scorer = await onnxScorer(...args)
      return {
        score: (features, nRows) => {
          requests++
          return scorer.score(features, nRows)
        },
        release: () => {
          released++
          return scorer.release()
        },
      }
    }
    await train(edge, counting)
    expect([requests, released]).toEqual([1, 1])
  })
})

describe('trainModel, where what it found does not last', () => {
  let trained: Trained

  beforeAll(async () => {
    trained = await train(ledgerWhoseEdgeTurns())
  })

  it('keeps the model with its scores, and serves the recalibrated market under its own name', async () => {
    const { candidate, served, reason } = trained.report
    expect(candidate).toMatchObject({ kind: 'market_trees', verdict: 'not_proven' })
    expect(served).toMatchObject({ kind: 'recalibrated_market', verdict: 'baseline' })
    expect(served.version).toMatch(/^recalibrated-market-[0-9a-f]{12}$/)
    expect(served.recipe).toMatchObject({ trees: 0, treeWeight: 0 })
    expect(reason).toContain('is not below')
    expect(await trained.registry.champion()).toMatchObject({ version: served.version, reason })
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

describe('trainModel refuses', () => {
  it('fewer than 500 learnable bets, and says how many there are', async () => {
    const few = simulatedLedger().slice(0, 500)
    const learnable = learningRows(modelRows(few)).matrix.nRows
    expect(learnable).toBeLessThan(500)
    const refusal = train(few)
    await expect(refusal).rejects.toMatchObject({ name: 'DomainError', code: 'too_few_bets' })
    await expect(refusal).rejects.toThrow(`${learnable} settled bets`)
  })

  it('an empty ledger', async () => {
    await expect(train([])).rejects.toMatchObject({ code: 'too_few_bets' })
  })

  it.each(['won', 'lost'] as const)('a ledger in which every bet %s', async (state) => {
    const one = simulatedLedger().map((bet) => ({ ...bet, state }))
    await expect(train(one)).rejects.toBeInstanceOf(DomainError)
  })

  it('to register an export that differs from the trees', async () => {
    const scorer = fixedScorer(0.5)
    await expect(train(edge, scorer)).rejects.toBeInstanceOf(InvariantError)
    expect(scorer.released).toBe(1)
  })
})
