import { describe, expect, test } from 'vitest'
import type { Blend } from '../../../shared/blend/blend.ts'
import { predictBlend } from '../../../shared/blend/predict.ts'
import { scoreBinary } from '../../../shared/evaluation/metrics.ts'
import { mean, sigmoid } from '../../../shared/kernel/numeric.ts'
import type { LearningRows } from '../../../shared/recipe/dataset.ts'
import { sliceRows } from '../../../shared/recipe/dataset.ts'
import { fitBlend, isMarketAlone, marketAlone } from '../../../shared/recipe/fit-blend.ts'
import { MARKET_LOG_ODDS_INDEX } from '../../../shared/recipe/inputs.ts'
import { fitMarket, marketScores } from '../../../shared/recipe/market.ts'
import { columnOf } from '../../../shared/trees/matrix.ts'
import { drawnRows, QUICK_RECIPE, SIGNAL_INDEX, tamperedRows } from '../../support/learning-rows.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })
const blendOf = (rows: LearningRows) => fitBlend(rows, QUICK_RECIPE).blend
const weightOf = ({ members }: Blend, name: string) => members.find((member) => member.name === name)?.weight ?? 0
const lossOf = (blend: Blend, { matrix, labels }: LearningRows) =>
  scoreBinary(labels, predictBlend(blend, matrix)).logLoss

/** A win more likely by the signal than its price says. */
const told = (strength: number) => (market: number, signal: number) => market + strength * signal

const N = 2500
const plain = drawnRows(N, { winLogOdds: told(0.6) })
const learned = fitBlend(plain, QUICK_RECIPE)

describe('fitBlend where a feature tells what the price does not', () => {
  test('gives trees weight and predicts later rows better than the market', () => {
    const later = drawnRows(4000, { seed: 2, winLogOdds: told(0.6) })
    expect(weightOf(learned.blend, 'boosted')).toBeGreaterThan(0.2)
    expect(isMarketAlone(learned.blend)).toBe(false)
    const lead = lossOf(learned.blend, later) - lossOf(marketAlone(plain).blend, later)
    const [prices, signal] = [columnOf(later.matrix, MARKET_LOG_ODDS_INDEX), columnOf(later.matrix, SIGNAL_INDEX)]
    const truth = Float64Array.from(prices, (x, r) => sigmoid(told(0.6)(x, signal[r] ?? 0)))
    const most = scoreBinary(later.labels, truth).logLoss - lossOf(marketAlone(plain).blend, later)
    expect(lead).toBeLessThan(0.5 * most)
    expect(most).toBeLessThan(-0.03)
  })

  test('finds two kinds of signal with two kinds of member', () => {
    const bent = (market: number, signal: number) => market + 0.5 * signal + (Math.abs(signal) > 1 ? 0.8 : -0.4)
    const rows = drawnRows(4000, { winLogOdds: bent })
    const { members } = blendOf(rows)
    expect(members.filter(({ weight }) => weight > 0).length).toBeGreaterThan(1)
    const names = members.map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
  })

  test('says of rows what it said of them when it was judged, had it learned from them', () => {
    // What stands beside the trees stands in their place: together they have no more than the whole.
    for (const seed of [1, 2, 3, 4]) {
      const { members } = blendOf(drawnRows(2000, { seed, winLogOdds: told(0.5) }))
      const others = members.filter(({ name }) => name === 'forest' || name === 'logistic')
      const left = others.reduce((rest, { weight }) => rest - weight, 1)
      const trees = members.find(({ name }) => name === 'boosted')?.weight ?? 0
      const shares = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.abs(trees - share * left))
      expect(Math.min(...shares)).toBeLessThan(1e-12)
    }
  })

  test('is the same for the same rows', () => {
    expect(fitBlend(plain, QUICK_RECIPE)).toEqual(learned)
  })

  test('tells how many trees were grown, never fewer than before', () => {
    const steps: number[] = []
    fitBlend(plain, QUICK_RECIPE, (done) => steps.push(done))
    expect(steps).toEqual([...steps].sort((a, b) => a - b))
    expect(steps.length).toBeGreaterThan(20)
  })

  test('says how the calibration was chosen, of all kinds there are', () => {
    const kinds = learned.calibration?.trials.map(({ kind }) => kind)
    expect(kinds).toEqual(['none', 'temperature', 'platt', 'beta', 'isotonic'])
    expect(learned.blend.calibrator).toEqual(learned.calibration?.calibrator)
  })

  test('knows nothing of rows that it was not given', () => {
    const begin = 1800
    const tampered = tamperedRows(plain, (r) => r >= begin)
    expect(blendOf(sliceRows(tampered, 0, begin))).toEqual(blendOf(sliceRows(plain, 0, begin)))
  })

  test('learns from every stretch of the rows that it was given', () => {
    for (const at of [100, 1700, 2400]) {
      const other = tamperedRows(plain, (r) => r >= at && r < at + 20)
      expect(predictBlend(blendOf(other), plain.matrix)).not.toEqual(predictBlend(learned.blend, plain.matrix))
    }
  })

  test('says nothing where the price is missing, and something where all else is', () => {
    const only = (kept: (f: number) => boolean) => ({
      nRows: N,
      columns: plain.matrix.columns.map((column, f) => (kept(f) ? column : new Float32Array(N).fill(Number.NaN))),
    })
    expect(
      predictBlend(
        learned.blend,
        only((f) => f !== MARKET_LOG_ODDS_INDEX),
      )[0],
    ).toBeNaN()
    const priced = predictBlend(
      learned.blend,
      only((f) => f === MARKET_LOG_ODDS_INDEX),
    )
    expect(priced.every((p) => p > 0 && p < 1)).toBe(true)
  })
})

describe('fitBlend where the price is all there is', () => {
  test('says later what the market says, or nearly', () => {
    const excess = [2, 3, 4].map((seed) => {
      const rows = drawnRows(N, { seed })
      const later = drawnRows(10_000, { seed: seed + 100 })
      return lossOf(fitBlend(rows).blend, later) - lossOf(marketAlone(rows).blend, later)
    })
    expect(mean(excess)).toBeLessThan(0.0005)
    expect(Math.max(...excess)).toBeLessThan(0.001)
  })

  test.each([1, 2])('gives no forest a say: seed %d', (seed) => {
    const { members } = blendOf(drawnRows(N, { seed }))
    expect(members.map(({ name }) => name)).not.toContain('forest')
  })

  test('believes nothing where labels are drawn at random', () => {
    const rows = drawnRows(N, { winLogOdds: () => 0 })
    const later = drawnRows(6000, { seed: 9, winLogOdds: () => 0 })
    expect(lossOf(blendOf(rows), later)).toBeLessThan(Math.LN2 + 0.001)
  })
})

describe('fitBlend of too little', () => {
  const market = (rows: LearningRows) => ({ calibration: undefined, blend: marketAlone(rows).blend })

  test.each([50, 500, 830])('is the market alone with %d rows', (n) => {
    const rows = sliceRows(plain, 0, n)
    expect(fitBlend(rows, QUICK_RECIPE)).toEqual(market(rows))
    expect(isMarketAlone(blendOf(rows))).toBe(true)
  })

  test('is the market alone where nearly all of the history came at one instant', () => {
    const at = (instants: Float64Array) => instants.map((instant, r) => (r < 2200 ? 0 : instant))
    const imported = { ...plain, placedAtMs: at(plain.placedAtMs), knownAtMs: at(plain.knownAtMs) }
    expect(fitBlend(imported, QUICK_RECIPE)).toEqual(market(imported))
  })

  test.each([
    ['no rows', sliceRows(plain, 0, 0), 'one_class'],
    ['a single row', sliceRows(plain, 0, 1), 'one_class'],
    ['nothing but wins', { ...plain, labels: new Float64Array(N).fill(1) }, 'one_class'],
    ['nothing but losses', { ...plain, labels: new Float64Array(N) }, 'one_class'],
    ['three rows of wins', sliceRows({ ...plain, labels: new Float64Array(N).fill(1) }, 0, 3), 'one_class'],
  ])('refuses %s', (_, rows, code) => {
    expect(() => blendOf(rows)).toThrow(refusal(code))
  })

  test.each([
    ['a label that is missing', { ...plain, labels: plain.labels.with(40, Number.NaN) }],
    ['a label of 2', { ...plain, labels: plain.labels.with(40, 2) }],
    ['a row without a price', tamperedPrice(Number.NaN)],
    ['a row of an infinite price', tamperedPrice(Number.POSITIVE_INFINITY)],
  ])('refuses %s, few rows or many', (_, rows) => {
    for (const n of [100, N]) {
      expect(() => blendOf(sliceRows(rows, 0, n))).toThrow(expect.objectContaining({ name: 'DomainError' }))
    }
  })

  test('bears features that are missing altogether', () => {
    const nothing = new Float32Array(N).fill(Number.NaN)
    const columns = plain.matrix.columns.map((column, f) => (f === MARKET_LOG_ODDS_INDEX ? column : nothing))
    const rows = { ...plain, matrix: { nRows: N, columns } }
    expect(predictBlend(blendOf(rows), rows.matrix).every((p) => p > 0 && p < 1)).toBe(true)
  })

  test('bears features that never change', () => {
    const columns = plain.matrix.columns.map((column, f) =>
      f === MARKET_LOG_ODDS_INDEX ? column : new Float32Array(N).fill(3),
    )
    const rows = { ...plain, matrix: { nRows: N, columns } }
    expect(predictBlend(blendOf(rows), rows.matrix).every((p) => p > 0 && p < 1)).toBe(true)
  })
})

describe('isMarketAlone', () => {
  const { blend } = marketAlone(plain)
  const trees = learned.blend.members.filter(({ name }) => name === 'boosted')

  test('holds for the recalibrated market, be there members without weight', () => {
    expect(isMarketAlone(blend)).toBe(true)
    const idle = trees.map((member) => ({ ...member, weight: 0 }))
    expect(isMarketAlone({ ...blend, members: [...blend.members, ...idle] })).toBe(true)
    expect(trees).toHaveLength(1)
  })

  test('holds for nothing that says otherwise', () => {
    expect(isMarketAlone({ ...blend, members: [...blend.members, ...trees] })).toBe(false)
    expect(isMarketAlone({ ...blend, calibrator: { kind: 'temperature', temperature: 2 } })).toBe(false)
    expect(isMarketAlone(learned.blend)).toBe(false)
  })

  test('is a logistic curve of the price', () => {
    const scores = marketScores(fitMarket(plain), plain.matrix)
    const said = predictBlend(blend, plain.matrix)
    for (const r of [0, 1, 2]) expect(said[r]).toBeCloseTo(1 / (1 + Math.exp(-(scores[r] ?? Number.NaN))), 14)
  })
})

function tamperedPrice(price: number): LearningRows {
  const columns = plain.matrix.columns.map((column, f) =>
    f === MARKET_LOG_ODDS_INDEX ? column.with(40, price) : column,
  )
  return { ...plain, matrix: { nRows: N, columns } }
}
