import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { logOddsOfPrice, logPayout, payoutResidual, recordedReturn } from '../../../shared/quality/recorded-return.ts'
import { sliceWith } from './judged-ledger.ts'

const residual = (fields: Partial<Bet>) => payoutResidual(sliceWith(fields), 0)

describe('logOddsOfPrice', () => {
  it('is zero at even money and opposite for opposite American prices', () => {
    expect(logOddsOfPrice(2)).toBeCloseTo(0, 15)
    // +300 is 4.00 and −300 is 1.333…: ∓ln 3.
    expect(logOddsOfPrice(4)).toBeCloseTo(-1.0986122886681098, 12)
    expect(logOddsOfPrice(1 + 1 / 3)).toBeCloseTo(1.0986122886681098, 12)
    expect(logOddsOfPrice(Number.NaN)).toBeNaN()
  })
})

describe('recordedReturn', () => {
  it.each([
    ['money before the source’s own figure', { stakeMinor: 1000, profitMinor: 500, returnPerUnit: 0.9 }, 0.5],
    ['the source’s figure where there is no stake', { stakeMinor: null, profitMinor: 500, returnPerUnit: 0.9 }, 0.9],
    ['the source’s figure where there is no profit', { profitMinor: null, returnPerUnit: 0.9 }, 0.9],
    ['the source’s figure where the stake is nothing', { stakeMinor: 0, profitMinor: 5, returnPerUnit: 0.9 }, 0.9],
    ['nothing where nothing is recorded', { profitMinor: null }, Number.NaN],
    ['nothing of an open bet', { state: 'open', returnPerUnit: 0.9 }, Number.NaN],
    ['nothing of a free bet', { isFreeBet: true, returnPerUnit: 0.9 }, Number.NaN],
  ] as [string, Partial<Bet>, number][])('takes %s', (_, fields, expected) => {
    expect(recordedReturn(sliceWith(fields), 0)).toBe(expected)
  })
})

describe('payoutResidual', () => {
  it('is the share of the full payout by which the record is off', () => {
    // Won at 5.00, paid 4.50 per unit: (3.5 − 4) / 5. Lost at 5.00, a unit given back: (0 − −1) / 5.
    expect(residual({ decimalOdds: 5, profitMinor: 3500 })).toBeCloseTo(-0.1, 12)
    expect(residual({ decimalOdds: 5, state: 'lost', profitMinor: 0 })).toBeCloseTo(0.2, 12)
    // Half won at 3.00 with 1.5 per unit: (1.5 − 1) / 3.
    expect(residual({ decimalOdds: 3, state: 'half_won', profitMinor: 1500 })).toBeCloseTo(1 / 6, 12)
    expect(residual({ decimalOdds: 5, state: 'void', profitMinor: 0 })).toBe(0)
  })

  it('has the stake for its unit where the price is missing and the rule needs none', () => {
    expect(residual({ decimalOdds: null, state: 'lost', profitMinor: -500 })).toBe(0.5)
    expect(residual({ decimalOdds: null, state: 'push', profitMinor: -500 })).toBe(-0.5)
  })

  it('is unknown where the rule has no answer', () => {
    expect(residual({ decimalOdds: null })).toBeNaN()
    expect(residual({ state: 'cashed_out' })).toBeNaN()
    expect(residual({ state: 'open' })).toBeNaN()
  })
})

describe('logPayout', () => {
  it('is the logarithm of what a winner was paid, and of winners only', () => {
    expect(logPayout(sliceWith({ profitMinor: 3000 }), 0)).toBeCloseTo(1.3862943611198906, 12)
    expect(logPayout(sliceWith({ profitMinor: -1000 }), 0)).toBe(Number.NEGATIVE_INFINITY)
    expect(logPayout(sliceWith({ profitMinor: null }), 0)).toBeNaN()
    expect(logPayout(sliceWith({ state: 'half_won' }), 0)).toBeNaN()
    expect(logPayout(sliceWith({ state: 'lost', profitMinor: -1000 }), 0)).toBeNaN()
  })
})
