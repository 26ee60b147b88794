import { describe, expect, test } from 'vitest'
import { memberScores } from '../../../shared/blend/predict.ts'
import type { LearningRows } from '../../../shared/recipe/dataset.ts'
import { MARKET_INDEX, MARKET_LOG_ODDS_INDEX, SPORT_INDEX } from '../../../shared/recipe/inputs.ts'
import { linearMember } from '../../../shared/recipe/linear-member.ts'
import { fitMarket, marketScores } from '../../../shared/recipe/market.ts'
import { drawnRows, SIGNAL_INDEX } from '../../support/learning-rows.ts'

const N = 2000
const rows = drawnRows(N, { winLogOdds: (x, signal) => x + 0.7 * signal })
const baseOf = (of: LearningRows) => marketScores(fitMarket(of), of.matrix)

function linear(of: LearningRows, penalty = 1) {
  const member = linearMember(of, baseOf(of), penalty)
  if (member.kind !== 'linear') throw new Error('not linear')
  return member.score
}

function withColumn(f: number, value: (x: number, r: number) => number): LearningRows {
  const columns = rows.matrix.columns.map((column, at) => (at === f ? column.map(value) : column))
  return { ...rows, matrix: { nRows: N, columns } }
}

describe('linearMember', () => {
  test('finds what a feature adds to the base', () => {
    const { columns, coefficients, scales } = linear(rows)
    const at = columns.indexOf(SIGNAL_INDEX)
    expect((coefficients[at] ?? 0) / (scales[at] ?? 1)).toBeGreaterThan(0.55)
    expect((coefficients[at] ?? 0) / (scales[at] ?? 1)).toBeLessThan(0.85)
    for (const [j, coefficient] of coefficients.entries()) if (j !== at) expect(Math.abs(coefficient)).toBeLessThan(0.2)
  })

  test('asks neither the price, which the base knows, nor codes', () => {
    const { columns } = linear(rows)
    for (const f of [MARKET_LOG_ODDS_INDEX, SPORT_INDEX, MARKET_INDEX]) expect(columns).not.toContain(f)
    expect(columns).toHaveLength(rows.matrix.columns.length - 3)
  })

  test('adds next to nothing at a penalty without end', () => {
    const scores = memberScores(linearMember(rows, baseOf(rows), 1e9), rows.matrix)
    expect(scores.every((score) => Math.abs(score) < 1e-3)).toBe(true)
  })

  test('does not mind the unit of a feature, be some of it missing', () => {
    for (const missing of [-1, 0]) {
      const of = (unit: (x: number) => number) =>
        withColumn(SIGNAL_INDEX, (x, r) => (r % 3 === missing ? Number.NaN : unit(x)))
      const [plain, inCents] = [of((x) => x), of((x) => 4096 * x + 65_536)]
      const scores = memberScores(linearMember(plain, baseOf(plain), 1), plain.matrix)
      const others = memberScores(linearMember(inCents, baseOf(inCents), 1), inCents.matrix)
      for (const [r, score] of scores.entries()) expect(others[r]).toBeCloseTo(score, 3)
    }
  })

  test('leaves out a feature that is missing altogether or never changes', () => {
    expect(linear(withColumn(SIGNAL_INDEX, () => Number.NaN)).columns).not.toContain(SIGNAL_INDEX)
    expect(linear(withColumn(SIGNAL_INDEX, () => 0.1)).columns).not.toContain(SIGNAL_INDEX)
  })

  test('puts a missing value at the mean of those that are there', () => {
    const gappy = withColumn(SIGNAL_INDEX, (x, r) => (r % 2 === 0 ? Number.NaN : x))
    const { columns, means } = linear(gappy)
    const present = (gappy.matrix.columns[SIGNAL_INDEX] ?? new Float32Array()).filter((x) => !Number.isNaN(x))
    expect(means[columns.indexOf(SIGNAL_INDEX)]).toBeCloseTo(present.reduce((sum, x) => sum + x, 0) / (N / 2), 6)
  })

  test('is an intercept where there is nothing else', () => {
    const columns = rows.matrix.columns.map((column, f) =>
      f === MARKET_LOG_ODDS_INDEX ? column : new Float32Array(N).fill(Number.NaN),
    )
    const { columns: asked, intercept } = linear({ ...rows, matrix: { nRows: N, columns } })
    expect(asked).toEqual([])
    expect(Math.abs(intercept)).toBeLessThan(1e-9)
  })
})
