import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { BET_STATES } from '../../../shared/bets/bet.ts'
import { outcomeOf } from '../../../shared/features/outcome.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'

function outcome(overrides: Partial<Bet>, currency: string | null = 'USD') {
  return outcomeOf(bet(overrides), 12_345, currency)
}

describe('the residual of an outcome', () => {
  test('is won less the implied probability, in whole 2⁻²⁴', () => {
    // 2²⁴/1.91 = 8,783,882.72, and 2²⁴ less that 7,993,333.28.
    expect(outcome({ state: 'lost', decimalOdds: 1.91 })).toMatchObject({
      residualUnits: -8_783_883,
      residual: -8_783_883 / 16_777_216,
    })
    expect(outcome({ state: 'won', decimalOdds: 1.91 }).residualUnits).toBe(7_993_333)
    expect(outcome({ state: 'won', decimalOdds: 4 }).residual).toBe(0.75)
  })

  test('is almost nothing for a loss at an enormous price, almost one for a win', () => {
    expect(outcome({ state: 'lost', decimalOdds: 1e9 }).residual).toBeCloseTo(0, 7)
    expect(outcome({ state: 'won', decimalOdds: 1e9 }).residual).toBe(1)
    expect(outcome({ state: 'won', decimalOdds: 1.000001 }).residual).toBeCloseTo(1e-6, 7)
  })

  test('is of bets won or lost at a known price, and of no others', () => {
    expect(BET_STATES.filter((state) => outcome({ state }).isPriced)).toEqual(['won', 'lost'])
    expect(outcome({ decimalOdds: null })).toMatchObject({ isPriced: false, residual: 0, isDecided: true, isWon: true })
    expect(outcome({ state: 'half_won' })).toMatchObject({ isDecided: false, isWon: false, residualUnits: 0 })
  })
})

describe('the return of an outcome', () => {
  test.each([
    // 0.909·2²⁴ = 15,250,489.3; 0.909²·2¹⁶ = 54,151.2.
    [909, 15_250_489, 54_151],
    // 0.83·2²⁴ = 13,925,089.3; 0.83²·2¹⁶ = 45,147.8.
    [830, 13_925_089, 45_148],
    [-1000, -16_777_216, 65_536],
    [0, 0, 0],
    // Cut at 100, which squared is 10,000·2¹⁶.
    [100_000, 1_677_721_600, 655_360_000],
    [100_001, 1_677_721_600, 655_360_000],
    [999_999_999, 1_677_721_600, 655_360_000],
    // More than the stake cannot be lost.
    [-1500, -16_777_216, 65_536],
  ])('of a profit of %d on 1000 is %d whole 2⁻²⁴', (profitMinor, returnUnits, returnSquare) => {
    const { isReturned, ...rest } = outcome({ profitMinor })
    expect({ isReturned, returnUnits: rest.returnUnits, returnSquare: rest.returnSquare }).toEqual({
      ...{ isReturned: true, returnUnits, returnSquare },
    })
  })

  const without: [string, Partial<Bet>][] = [
    ['of a free bet', { isFreeBet: true, stakeMinor: 0 }],
    ['cashed out for nobody knows what', { state: 'cashed_out', stakeMinor: null, profitMinor: null }],
    ['without money and price', { stakeMinor: null, profitMinor: null, decimalOdds: null }],
  ]
  test.each(without)('is none where %s', (_, overrides) => {
    expect(outcome(overrides)).toMatchObject({ isReturned: false, returnUnits: 0, returnSquare: 0 })
  })
})

describe('the time and the money of an outcome', () => {
  test('are whole minutes to the settlement that the source gives', () => {
    const settledAfter = (ms: number) => outcome({ settledAtMs: LEDGER_START_MS + ms })
    expect(settledAfter(89_999)).toMatchObject({ isTimed: true, minutes: 1 })
    expect(settledAfter(90_000).minutes).toBe(2)
    expect(settledAfter(0)).toMatchObject({ isTimed: true, minutes: 0 })
    expect(outcome({ settledAtMs: null })).toMatchObject({ isTimed: false, minutes: 0 })
    // Told late is not settled late.
    expect(outcome({ resultKnownAtMs: LEDGER_START_MS + 1e9 }).minutes).toBe(180)
  })

  test("are in the ledger's currency or not at all", () => {
    const none = { hasMoney: false, stakeMinor: 0, profitMinor: 0 }
    expect(outcome({ profitMinor: -1000 })).toMatchObject({ hasMoney: true, stakeMinor: 1000, profitMinor: -1000 })
    expect(outcome({ currency: 'EUR' })).toMatchObject(none)
    expect(outcome({ currency: null })).toMatchObject(none)
    expect(outcome({ stakeMinor: null })).toMatchObject(none)
    expect(outcome({ profitMinor: null })).toMatchObject(none)
  })

  test('are told with the instant at which the result was known', () => {
    expect(outcome({}).knownAtMs).toBe(12_345)
  })
})
