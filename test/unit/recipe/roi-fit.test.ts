import { describe, expect, it } from 'vitest'
import { mean } from '../../../shared/kernel/numeric.ts'
import type { LearningRows } from '../../../shared/recipe/dataset.ts'
import { sliceRows } from '../../../shared/recipe/dataset.ts'
import { fitRoi } from '../../../shared/recipe/roi-fit.ts'
import { impliedRoi, predictRoi } from '../../../shared/recipe/roi-head.ts'
import { chooseRoiRounds } from '../../../shared/recipe/roi-rounds.ts'
import { drawnRows, QUICK_RECIPE, SIGNAL_INDEX } from '../../support/learning-rows.ts'
import { withReturns } from '../../support/roi-heads.ts'

const N = 3000
const signal = withReturns(drawnRows(N, { winLogOdds: (x, s) => x + (s > 0.5 ? 0.8 : -0.3) }))
const noise = withReturns(drawnRows(N, { seed: 4 }))
const learn = (rows: LearningRows) => fitRoi(rows, QUICK_RECIPE)
const fitted = learn(signal)

/** A bonus that the price does not tell: where the signal is high a win pays twice; the results are as the price says. */
function withBonus(rows: LearningRows): LearningRows {
  const told = rows.matrix.columns[SIGNAL_INDEX] ?? new Float32Array()
  const returns = rows.returns.map((perUnit, r) => (perUnit > 0 && (told[r] ?? 0) > 0.5 ? 2 * perUnit : perUnit))
  return { ...rows, returns }
}

/** Mean expected less mean actual return, where the signal is high or low. */
function gaps(rows: LearningRows): { high: number; low: number; implied: number } {
  const { head } = learn(sliceRows(rows, 0, 2400))
  if (head === undefined) throw new Error('nothing was learned')
  const told = rows.matrix.columns[SIGNAL_INDEX] ?? new Float32Array()
  const of = (expected: Float64Array, isIn: (s: number) => boolean) => {
    const picked = Array.from(expected.keys()).filter((r) => isIn(told[r] ?? 0))
    return mean(picked.map((r) => (expected[r] ?? 0) - (rows.returns[r] ?? 0)))
  }
  const isHigh = (s: number) => s > 0.5
  const expected = predictRoi(head, rows.matrix)
  return {
    high: of(expected, isHigh),
    low: of(expected, (s) => !isHigh(s)),
    implied: of(impliedRoi(head.base, rows.matrix), isHigh),
  }
}

describe('fitRoi', () => {
  it('learns what the price does not tell of returns', () => {
    const { high, low, implied } = gaps(signal)
    expect(implied).toBeLessThan(-0.15)
    expect(Math.abs(high)).toBeLessThan(Math.abs(implied) / 2)
    expect(Math.abs(low)).toBeLessThan(0.08)
  })

  it('learns how bets pay, of which no win probability knows', () => {
    const rows = withBonus(noise)
    const { implied, high } = gaps(rows)
    expect(implied).toBeLessThan(-0.3)
    expect(Math.abs(high)).toBeLessThan(0.7 * Math.abs(implied))
  })

  it('holds the mean return of the learning rows ready as a constant, and the recalibrated price', () => {
    const { constant, market } = fitted
    expect(constant).toBeCloseTo(mean(signal.returns), 12)
    expect(market.slope).toBeGreaterThan(0.8)
  })

  it('learns the mean return of long shots, not their median', () => {
    const { head, market } = fitted
    if (head === undefined) throw new Error('nothing was learned')
    const implied = mean(impliedRoi({ kind: 'column', score: market }, signal.matrix))
    expect(Math.abs(mean(predictRoi(head, signal.matrix)) - mean(signal.returns))).toBeLessThan(0.02)
    expect(Math.abs(implied - mean(signal.returns))).toBeLessThan(0.02)
  })

  it('gives equal rows an equal head, leaves them as they were, and counts its trees as they grow', () => {
    const before = structuredClone(signal)
    const counts: number[] = []
    expect(fitRoi(signal, QUICK_RECIPE, (done) => counts.push(done))).toEqual(fitted)
    expect(signal).toEqual(before)
    expect(counts).toEqual(counts.map((_, i) => i + 1))
    expect(counts.length).toBeGreaterThan(fitted.head?.trees.trees.length ?? 0)
  })

  it('asks no code for its size', () => {
    const { head } = learn(withReturns(drawnRows(N, { sportOf: (r) => 1 + (r % 2), winLogOdds: (x, s) => x + s })))
    const asked = new Set(
      head?.trees.trees.flatMap(({ feature, left }) => Array.from(feature).filter((_, i) => (left[i] ?? -1) >= 0)),
    )
    expect(asked.has(SIGNAL_INDEX)).toBe(true)
    for (const code of [signal.matrix.columns.length - 1, signal.matrix.columns.length - 2])
      expect(asked.has(code)).toBe(false)
  })

  it('learns nothing from fewer bets than make trees of more than luck', () => {
    for (const n of [40, 700]) expect(learn(sliceRows(signal, 0, n)).head).toBeUndefined()
    expect(() => learn(sliceRows(signal, 0, 3))).toThrow(expect.objectContaining({ name: 'DomainError' }))
  })

  it.each([
    ['a return that is no number', 'return_not_finite', { returns: signal.returns.with(5, Number.NaN) }],
    ['an endless return', 'return_not_finite', { returns: signal.returns.with(5, Number.POSITIVE_INFINITY) }],
    ['returns that are all the same', 'constant_returns', { returns: new Float64Array(N).fill(-0.05) }],
    ['bets that all lost', 'one_class', { labels: new Float64Array(N) }],
  ])('refuses %s', (_, code, overrides) => {
    expect(() => learn({ ...signal, ...overrides })).toThrow(expect.objectContaining({ name: 'DomainError', code }))
  })

  it('refuses rows that are none', () => {
    expect(() => learn(sliceRows(signal, 0, 0))).toThrow(expect.objectContaining({ name: 'DomainError' }))
  })
})

describe('chooseRoiRounds', () => {
  const choose = (rows: LearningRows) => chooseRoiRounds(rows, QUICK_RECIPE.boosting, () => {})

  it('grows trees where later bets bear them out', () => {
    const { rounds, weight, grown } = choose(signal)
    expect(rounds).toBeGreaterThan(5)
    expect(weight).toBeGreaterThanOrEqual(0.75)
    expect(grown).toBeGreaterThanOrEqual(rounds)
  })

  it('stops soon where nothing is to be found', () => {
    const { rounds, grown } = choose(noise)
    expect(rounds).toBeLessThanOrEqual(5)
    expect(grown).toBe(rounds + QUICK_RECIPE.boosting.earlyStoppingRounds)
  })

  it('lets no row judge that its trees have seen: where what they learned turns, nothing is chosen', () => {
    const { columns, nRows } = signal.matrix
    const begin = 0.4 * N
    const turned = columns.map((x, f) => (f === SIGNAL_INDEX ? x.map((s, r) => (r < begin ? s : -s)) : x))
    const knownAtMs = signal.knownAtMs.map((at, r) => (r < begin ? at : Number.POSITIVE_INFINITY))
    expect(choose({ ...signal, knownAtMs }).rounds).toBeGreaterThan(5)
    expect(choose({ ...signal, knownAtMs, matrix: { nRows, columns: turned } }).rounds).toBe(0)
  })

  it('chooses nothing by one stretch of time alone', () => {
    const known = (r: number) => signal.placedAtMs[Math.max(r, 0.7 * N)] ?? 0
    const late = { ...signal, knownAtMs: signal.knownAtMs.map((at, r) => Math.max(at, known(r))) }
    expect(choose(late)).toEqual({ rounds: 0, weight: 0, grown: 0 })
  })
})
