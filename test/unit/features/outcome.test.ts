import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { BET_STATES } from '../../../shared/bets/bet.ts'
import { outcomeOf } from '../../../shared/features/outcome.ts'
import {
  DECIDED,
  MINUTES,
  MONEY_BETS,
  MONEY_PROFIT,
  MONEY_STAKE,
  PLACED,
  PRICED,
  RESIDUAL,
  RETURN,
  RETURN_SQUARES,
  RETURNED,
  SETTLED,
  STAKE,
  TIMED,
  TOTALS,
  WINS,
} from '../../../shared/features/totals.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'

/** What a bet adds to the totals, by name. */
function outcome(overrides: Partial<Bet>, currency: string | null = 'USD') {
  const added = outcomeOf(bet(overrides), currency)
  const at = (total: number) => added[total] ?? Number.NaN
  return {
    ...{ decided: at(DECIDED), wins: at(WINS), priced: at(PRICED), residual: at(RESIDUAL) },
    ...{ returned: at(RETURNED), return: at(RETURN), returnSquare: at(RETURN_SQUARES) },
    ...{ settled: at(SETTLED), timed: at(TIMED), minutes: at(MINUTES) },
    ...{ moneyBets: at(MONEY_BETS), moneyStake: at(MONEY_STAKE), moneyProfit: at(MONEY_PROFIT) },
  }
}

describe('the residual of an outcome', () => {
  test('is won less the implied probability, in whole 2⁻²⁴', () => {
    // 2²⁴/1.91 = 8,783,882.72, and 2²⁴ less that 7,993,333.28.
    expect(outcome({ state: 'lost', decimalOdds: 1.91 }).residual).toBe(-8_783_883)
    expect(outcome({ state: 'won', decimalOdds: 1.91 }).residual).toBe(7_993_333)
    expect(outcome({ state: 'won', decimalOdds: 4 }).residual).toBe(0.75 * 2 ** 24)
  })

  test('is almost nothing for a loss at an enormous price, almost one for a win', () => {
    expect(outcome({ state: 'lost', decimalOdds: 1e9 }).residual).toBeCloseTo(0, 7)
    expect(outcome({ state: 'won', decimalOdds: 1e9 }).residual).toBe(2 ** 24)
    // 2²⁴·(1 − 1/1.000001) = 16.777.
    expect(outcome({ state: 'won', decimalOdds: 1.000001 }).residual).toBe(17)
  })

  test('is of bets won or lost at a known price, and of no others', () => {
    expect(BET_STATES.filter((state) => outcome({ state }).priced === 1)).toEqual(['won', 'lost'])
    expect(outcome({ decimalOdds: null })).toMatchObject({ priced: 0, residual: 0, decided: 1, wins: 1 })
    expect(outcome({ state: 'half_won' })).toMatchObject({ decided: 0, wins: 0, residual: 0 })
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
  ])('of a profit of %d on 1000 is %d whole 2⁻²⁴', (profitMinor, units, returnSquare) => {
    expect(outcome({ profitMinor })).toMatchObject({ returned: 1, return: units, returnSquare })
  })

  const without: [string, Partial<Bet>][] = [
    ['of a free bet', { isFreeBet: true, stakeMinor: 0 }],
    ['cashed out for nobody knows what', { state: 'cashed_out', stakeMinor: null, profitMinor: null }],
    ['without money and price', { stakeMinor: null, profitMinor: null, decimalOdds: null }],
  ]
  test.each(without)('is none where %s', (_, overrides) => {
    expect(outcome(overrides)).toMatchObject({ returned: 0, return: 0, returnSquare: 0 })
  })
})

describe('the time and the money of an outcome', () => {
  test('are whole minutes to the settlement that the source gives', () => {
    const settledAfter = (ms: number) => outcome({ settledAtMs: LEDGER_START_MS + ms })
    expect(settledAfter(89_999)).toMatchObject({ timed: 1, minutes: 1 })
    expect(settledAfter(90_000).minutes).toBe(2)
    expect(settledAfter(0)).toMatchObject({ timed: 1, minutes: 0 })
    expect(outcome({ settledAtMs: null })).toMatchObject({ timed: 0, minutes: 0 })
    // Told late is not settled late.
    expect(outcome({ resultKnownAtMs: LEDGER_START_MS + 1e9 }).minutes).toBe(180)
  })

  test("are in the ledger's currency or not at all", () => {
    const none = { moneyBets: 0, moneyStake: 0, moneyProfit: 0 }
    expect(outcome({ profitMinor: -1000 })).toMatchObject({ moneyBets: 1, moneyStake: 1000, moneyProfit: -1000 })
    expect(outcome({ currency: 'EUR' })).toMatchObject(none)
    expect(outcome({ currency: null })).toMatchObject(none)
    expect(outcome({ stakeMinor: null })).toMatchObject(none)
    expect(outcome({ profitMinor: null })).toMatchObject(none)
  })

  test('are written over what another bet left', () => {
    const left = new Float64Array(TOTALS).fill(7)
    const bare = bet({ state: 'push', decimalOdds: null, stakeMinor: null, profitMinor: null, settledAtMs: null })
    expect(outcomeOf(bare, 'USD', left)).toBe(left)
    // What a placement adds is no part of it.
    const own = Array.from(left.keys()).filter((total) => total !== PLACED && total !== STAKE)
    expect(own.map((total) => left[total])).toEqual(own.map((total) => (total === SETTLED ? 1 : 0)))
  })
})
