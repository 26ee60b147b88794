import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { decidedRows, returnRows } from '../../../shared/recipe/roi-rows.ts'
import { bet } from '../../support/bets.ts'
import { modelRows } from '../../support/learning-rows.ts'

const NO_MONEY = { stakeMinor: null, profitMinor: null, returnPerUnit: null }

/** One bet a day at decimal odds of 3 without money, as told. */
function ledger(...bets: Partial<Bet>[]): Bet[] {
  return bets.map((overrides, i) =>
    bet({
      id: `bet-${i}`,
      decimalOdds: 3,
      ...NO_MONEY,
      placedAtMs: Date.UTC(2025, 0, 1 + i),
      settledAtMs: Date.UTC(2025, 0, 1 + i, 5),
      ...overrides,
    }),
  )
}

const rowsOf = (...bets: Partial<Bet>[]) => returnRows(modelRows(ledger(...bets)))

describe('the rows that returns are learned from', () => {
  it('are all settled bets: ties and parts of a stake are what becomes of stakes, too', () => {
    const rows = rowsOf(
      { state: 'won' },
      { state: 'lost' },
      { state: 'push' },
      { state: 'void' },
      { state: 'half_won' },
      { state: 'half_lost' },
      { state: 'cashed_out', stakeMinor: 1000, profitMinor: -200 },
    )
    expect(Array.from(rows.returns)).toEqual([2, -1, 0, 0, 1, -0.5, -0.2])
    expect(Array.from(rows.labels)).toEqual([1, 0, ...new Array(5).fill(Number.NaN)])
    expect(Array.from(rows.impliedProbabilities)).toEqual(new Array(7).fill(1 / 3))
    expect(rows.matrix.nRows).toBe(7)
    expect(Array.from(decidedRows(rows).ledgerRows)).toEqual([0, 1])
  })

  it('go by the money where it is known, bonuses and all', () => {
    const rows = rowsOf({ state: 'won', stakeMinor: 1000, profitMinor: 2600 }, { state: 'won', returnPerUnit: 1.9 })
    expect(Array.from(rows.returns)).toEqual([2.6, 1.9])
  })

  it('leave out what has no return, no price, or one that models are not trained on', () => {
    const rows = rowsOf(
      { state: 'open', settledAtMs: null },
      { state: 'won', isFreeBet: true },
      { state: 'lost', decimalOdds: null },
      { state: 'cashed_out' },
      { state: 'won', decimalOdds: 150 },
      { state: 'won', decimalOdds: 1.001 },
      { state: 'lost' },
    )
    expect(Array.from(rows.ledgerRows)).toEqual([6])
  })

  it('keep a return to 100 stakes at the most and the stake at the least', () => {
    const rows = rowsOf(
      { state: 'won', stakeMinor: 1, profitMinor: 5_000_000 },
      { state: 'lost', stakeMinor: 100, profitMinor: -300 },
    )
    expect(Array.from(rows.returns)).toEqual([100, -1])
  })

  it('know when each return was known', () => {
    const rows = rowsOf({ state: 'push' }, { state: 'won', settledAtMs: null, betType: 'straight' })
    expect(Array.from(rows.knownAtMs)).toEqual([Date.UTC(2025, 0, 1, 5), Date.UTC(2025, 0, 3)])
  })
})
