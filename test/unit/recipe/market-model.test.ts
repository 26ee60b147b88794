import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { compareLogLoss } from '../../../shared/evaluation/comparison.ts'
import { mean } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import type { LearningRows } from '../../../shared/recipe/dataset.ts'
import { dayOfRow, learningRows, sliceRows } from '../../../shared/recipe/dataset.ts'
import { MARKET_LOG_ODDS_INDEX, WIN_PROBABILITY_INPUTS } from '../../../shared/recipe/inputs.ts'
import { fitMarketCalibration } from '../../../shared/recipe/market-calibration.ts'
import type { MarketModel } from '../../../shared/recipe/market-model.ts'
import { fitMarketModel, predictWinProbabilities } from '../../../shared/recipe/market-model.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'
import { modelRows, pricedRows } from '../../support/learning-rows.ts'
import { leafTree } from '../../support/trees.ts'

const HOUR_MS = 3_600_000
/** Share of the bets, the earlier ones, that a model learns from. */
const LEARNED_SHARE = 0.7

/** Rows of a simulated bettor, the probabilities that drew the results, and the sport of each row. */
interface World {
  rows: LearningRows
  truth: Float64Array
  isTennis: boolean[]
}

/** A bet an hour in three sports, each won with its implied probability, in tennis with `tennisEdge` more. */
function simulate(seed: number, nBets: number, tennisEdge: number): World {
  const rng = createRng(seed)
  const truth = new Float64Array(nBets)
  const ledger = Array.from({ length: nBets }, (_, i): Bet => {
    const sport = ['Basketball', 'Baseball', 'Tennis'][rng.integer(3)] ?? null
    const implied = 0.25 + 0.45 * rng.next()
    const p = implied + (sport === 'Tennis' ? tennisEdge : 0)
    truth[i] = p
    const placedAtMs = LEDGER_START_MS + i * HOUR_MS
    return bet({
      id: `bet-${i}`,
      sport,
      league: `${sport} ${rng.integer(3)}`,
      market: ['Moneyline', 'Spread', 'Total'][rng.integer(3)] ?? null,
      book: ['DraftKings', 'FanDuel'][rng.integer(2)] ?? null,
      isLive: rng.next() < 0.2,
      decimalOdds: 1 / implied,
      state: rng.next() < p ? 'won' : 'lost',
      placedAtMs,
      settledAtMs: placedAtMs + 3 * HOUR_MS,
    })
  })
  return { rows: learningRows(modelRows(ledger)), truth, isTennis: ledger.map(({ sport }) => sport === 'Tennis') }
}

/** Learns the earlier rows and predicts the later ones. */
function learnAndPredict({ rows, truth, isTennis }: World) {
  const nLearned = Math.floor(LEARNED_SHARE * rows.matrix.nRows)
  const learned = sliceRows(rows, 0, nLearned)
  const later = sliceRows(rows, nLearned, rows.matrix.nRows)
  const model = fitMarketModel(learned)
  const marketOnly = { market: fitMarketCalibration(learned), trees: [], treeWeight: 0 }
  return {
    model,
    later,
    predicted: predictWinProbabilities(model, later.matrix),
    recalibrated: predictWinProbabilities(marketOnly, later.matrix),
    truth: truth.subarray(nLearned),
    isTennis: isTennis.slice(nLearned),
  }
}

type Run = ReturnType<typeof learnAndPredict>

const meanGap = (a: Float64Array, b: Float64Array) => mean(a.map((x, r) => Math.abs(x - (b[r] ?? Number.NaN))))

/** Mean of predicted minus implied probability, in tennis or outside. */
function meanEdge({ predicted, later, isTennis }: Run, inTennis: boolean): number {
  const edges = predicted.map((p, r) => p - (later.impliedProbabilities[r] ?? Number.NaN))
  return mean(edges.filter((_, r) => isTennis[r] === inTennis))
}

// The bounds hold for each of 50 seeds without an edge and 16 with one: they speak of the recipe, not of one draw.
describe('fitMarketModel in a world without any edge', () => {
  const runs = [1, 2].map((seed) => learnAndPredict(simulate(seed, 12_000, 0)))

  test('is no better than the true probabilities on rows that it never saw, and hardly worse', () => {
    for (const { later, predicted, truth } of runs) {
      const difference = compareLogLoss(later.labels, predicted, truth, dayOfRow(later))
      expect(difference.high).toBeGreaterThan(0)
      expect(difference.mean).toBeGreaterThan(-0.001)
      expect(difference.mean).toBeLessThan(0.005)
    }
  })

  test('leaves the price nearly as it is', () => {
    for (const { model, predicted, recalibrated, truth } of runs) {
      expect(Math.abs(model.market.slope - 1)).toBeLessThan(0.15)
      expect(Math.abs(model.market.intercept)).toBeLessThan(0.08)
      expect(meanGap(predicted, recalibrated)).toBeLessThan(0.03)
      expect(meanGap(predicted, truth)).toBeLessThan(0.03)
    }
  })

  test('finds an edge nowhere', () => {
    for (const run of runs) {
      expect(Math.abs(meanEdge(run, true))).toBeLessThan(0.027)
      expect(Math.abs(meanEdge(run, false))).toBeLessThan(0.027)
    }
  })
})

describe('fitMarketModel where one sport wins eight points more than its price', () => {
  const run = learnAndPredict(simulate(1, 30_000, 0.08))

  test('finds trees worth keeping', () => {
    expect(run.model.trees.length).toBeGreaterThan(20)
    expect(run.model.treeWeight).toBeGreaterThan(0.5)
  })

  test('predicts the edge where it is, and little elsewhere', () => {
    expect(run.isTennis.filter(Boolean).length).toBeGreaterThan(2500)
    expect(meanEdge(run, true)).toBeGreaterThan(0.035)
    expect(meanEdge(run, true)).toBeLessThan(0.1)
    expect(Math.abs(meanEdge(run, false))).toBeLessThan(0.035)
  })

  test('beats the recalibrated price on rows that it never saw', () => {
    const { later, predicted, recalibrated } = run
    expect(compareLogLoss(later.labels, predicted, recalibrated, dayOfRow(later)).high).toBeLessThan(0)
  })
})

describe('fitMarketModel', () => {
  test('is the same for the same rows and tells its rounds as they grow', () => {
    const rows = pricedRows(2000, (x) => (Math.abs(x) > 0.6 ? 1.5 : -1.5))
    const told: number[] = []
    const once = fitMarketModel(rows, undefined, (done) => told.push(done))
    expect(fitMarketModel(rows)).toEqual(once)
    expect(once.trees.length).toBeGreaterThan(0)
    expect(told).toEqual(told.map((_, i) => i + 1))
  })

  test.each([
    ['no rows', 0],
    ['a single row', 1],
  ])('refuses %s', (_, n) => {
    expect(() => fitMarketModel(pricedRows(n, (x) => x))).toThrow(expect.objectContaining({ name: 'DomainError' }))
  })

  test('refuses rows without a price', () => {
    const rows = pricedRows(100, (x) => x)
    rows.matrix.columns[MARKET_LOG_ODDS_INDEX]?.fill(Number.NaN, 40, 41)
    expect(() => fitMarketModel(rows)).toThrow(expect.objectContaining({ name: 'DomainError' }))
  })
})

describe('predictWinProbabilities', () => {
  const leaf = leafTree(2)
  const model: MarketModel = { market: { slope: 0.5, intercept: 0.1 }, trees: [leaf, leaf], treeWeight: 0.25 }
  const columns = WIN_PROBABILITY_INPUTS.map(() => Float32Array.of(2, Number.NaN))

  test('adds market and weighted trees in log-odds', () => {
    // 0.1 + 0.5 · 2 + 0.25 · (2 + 2) = 2.1
    expect(predictWinProbabilities(model, { nRows: 2, columns })[0]).toBeCloseTo(1 / (1 + Math.exp(-2.1)), 14)
  })

  test('invents nothing where the price is missing', () => {
    expect(predictWinProbabilities(model, { nRows: 2, columns })[1]).toBeNaN()
  })
})
