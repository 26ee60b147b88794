import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { decimalFromAmerican } from '../../../shared/odds/convert.ts'
import { dayOfRow, isLearnable, learningRows, sliceRows } from '../../../shared/recipe/dataset.ts'
import { WIN_PROBABILITY_INPUTS } from '../../../shared/recipe/inputs.ts'
import { bet } from '../../support/bets.ts'
import { modelRows } from '../../support/learning-rows.ts'

describe('isLearnable', () => {
  const cases: [string, Partial<Bet>, boolean][] = [
    ['a win', { state: 'won' }, true],
    ['a loss', { state: 'lost' }, true],
    ['a push', { state: 'push' }, false],
    ['half a win', { state: 'half_won' }, false],
    ['a cash-out', { state: 'cashed_out' }, false],
    ['an open bet', { state: 'open' }, false],
    ['a win without a price', { decimalOdds: null }, false],
    ['a price of -10,000', { decimalOdds: decimalFromAmerican(-10_000) }, true],
    ['a price of +10,000', { decimalOdds: decimalFromAmerican(10_000) }, true],
    ['a price of -10,001', { decimalOdds: decimalFromAmerican(-10_001) }, false],
    ['a price of +10,001', { decimalOdds: decimalFromAmerican(10_001) }, false],
  ]
  test.each(cases)('%s', (_, overrides, learnable) => {
    expect(isLearnable(bet(overrides))).toBe(learnable)
  })
})

const rows = learningRows(
  modelRows([
    bet({ id: 'c', placedAtMs: Date.UTC(2025, 0, 2), state: 'lost', decimalOdds: 4 }),
    bet({ id: 'b', placedAtMs: Date.UTC(2025, 0, 2) - 1, state: 'push', decimalOdds: 9 }),
    bet({ id: 'a', placedAtMs: Date.UTC(2025, 0, 2) - 2, state: 'won', decimalOdds: 2.5 }),
    bet({ id: 'd', placedAtMs: Date.UTC(2025, 0, 5), state: 'won', decimalOdds: 1.25 }),
  ]),
)

describe('learningRows', () => {
  test('are the learnable bets in order of placement', () => {
    expect(rows.matrix.nRows).toBe(3)
    expect(Array.from(rows.labels)).toEqual([1, 0, 1])
    expect(Array.from(rows.impliedProbabilities)).toEqual([0.4, 0.25, 0.8])
  })

  test('carry the features of their own bet', () => {
    const prices = rows.matrix.columns[WIN_PROBABILITY_INPUTS.indexOf('market_log_odds')] ?? []
    expect(Array.from(prices, (x) => 1 + Math.exp(-x))).toEqual([2.5, 4, 1.25].map((odds) => expect.closeTo(odds, 5)))
  })

  test('part days at midnight UTC', () => {
    const [first = 0, second = 0, third = 0] = dayOfRow(rows)
    expect([second - first, third - second]).toEqual([1, 3])
  })

  test('are sliced in all their parts, sharing memory', () => {
    const slice = sliceRows(rows, 1, 3)
    expect(slice.matrix.nRows).toBe(2)
    expect(slice.matrix.columns.map((column) => column.length)).toEqual(WIN_PROBABILITY_INPUTS.map(() => 2))
    expect(Array.from(slice.labels)).toEqual([0, 1])
    expect(Array.from(slice.impliedProbabilities)).toEqual([0.25, 0.8])
    expect(slice.placedAtMs).toHaveLength(2)
    expect(slice.labels.buffer).toBe(rows.labels.buffer)
  })
})
