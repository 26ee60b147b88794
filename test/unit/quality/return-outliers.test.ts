import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { LEAST_PAYOUT_SD } from '../../../shared/quality/baseline.ts'
import { findReturnOutliers } from '../../../shared/quality/return-outliers.ts'
import { baseline, sliceWith } from './judged-ledger.ts'

const exact = { mean: 0, sd: LEAST_PAYOUT_SD }

/** Earlier payouts followed the rule; earlier winners were paid 2.00, four deviations reach from 1.00 to 4.00. */
const HISTORY = baseline({
  payoutResidual: { straight: exact, combined: { mean: 0, sd: 0.05 } },
  logPayout: { straight: { mean: Math.log(2), sd: Math.log(2) / 4 }, combined: undefined },
})

/** Bets whose source gives the return alone. */
const returned = (returnPerUnit: number, fields: Partial<Bet> = {}): Partial<Bet> => ({
  stakeMinor: null,
  profitMinor: null,
  returnPerUnit,
  ...fields,
})

const reported = (...fields: Partial<Bet>[]) =>
  findReturnOutliers(sliceWith(...fields), HISTORY).found.map(({ recordId }) => recordId)

describe('findReturnOutliers', () => {
  it('leaves alone what follows the rule, at any price and in any state', () => {
    const ruled = [
      returned(1, { decimalOdds: 2 }),
      returned(999, { decimalOdds: 1000 }),
      returned(-1, { state: 'lost', decimalOdds: 1000 }),
      returned(-1, { state: 'lost', decimalOdds: null }),
      returned(0, { state: 'push', decimalOdds: null }),
      returned(-0.5, { state: 'half_lost' }),
      returned(0.5, { state: 'half_won' }),
    ]
    expect(reported(...ruled)).toEqual([])
  })

  it('leaves alone what rounding makes of whole American points', () => {
    // −110 is 1.9090909…, recorded as 0.9 by a book that pays whole cents on 1.00, or as 0.913 at −109.5.
    expect(reported(returned(0.9, { decimalOdds: 21 / 11 }), returned(0.913, { decimalOdds: 21 / 11 }))).toEqual([])
  })

  it('reports a winner paid short and a loser paid', () => {
    const slice = sliceWith(returned(0.7, { decimalOdds: 2 }), returned(0.5, { decimalOdds: 2, state: 'lost' }))
    const { found } = findReturnOutliers(slice, HISTORY)
    expect(found.map(({ recordId, type, severity, value }) => [recordId, type, severity, value])).toEqual([
      ['bet-0', 'roi_outlier', 'medium', 70],
      ['bet-1', 'roi_outlier', 'medium', 50],
    ])
    // The rule's 100 % ± 4 · 0.0025 · 2.00, and −100 % with nothing below it.
    expect(found[0]?.expected).toEqual([98, 102])
    expect(found[1]?.expected).toEqual([-100, -98])
    expect(found[0]?.sentence).toBe(
      'Recorded return 70.0 %, yet a won bet at 2.00 (+100) returns 100.0 % by rule; expected 98.0 % to 102.0 %.',
    )
  })

  it('holds combined bets against combined ones', () => {
    expect(reported(returned(0.7, { betType: 'parlay' }), returned(0.5, { betType: 'parlay' }))).toEqual(['bet-1'])
  })

  it('reports no difference of a cent, however small the stake', () => {
    const paid = (stakeMinor: number, profitMinor: number) => ({ decimalOdds: 1.91, stakeMinor, profitMinor })
    // By rule 4.55 and 0.91 cents.
    expect(reported(paid(5, 4), paid(1, 0), paid(1000, 700))).toEqual(['bet-2'])
  })

  it('holds winners without a price against earlier winners', () => {
    const unpriced = (value: number) => returned(value, { decimalOdds: null })
    expect(reported(unpriced(0.01), unpriced(2.9), unpriced(3.1), unpriced(-1))).toEqual(['bet-2', 'bet-3'])
    const [finding] = findReturnOutliers(sliceWith(unpriced(3.1)), HISTORY).found
    expect(finding).toMatchObject({ value: 310, expected: [0, 300] })
    expect(finding?.sentence).toBe(
      'Recorded return 310.0 %, yet earlier winners of its kind returned otherwise, and its price is missing; ' +
        'expected 0.0 % to 300.0 %.',
    )
  })

  it('asks nothing of open, free and cashed-out bets', () => {
    const slice = sliceWith(
      returned(7, { state: 'open' }),
      returned(7, { isFreeBet: true }),
      returned(7, { state: 'cashed_out' }),
      { profitMinor: null },
    )
    expect(findReturnOutliers(slice, undefined)).toEqual({ found: [], unexamined: 0 })
  })

  it('counts returns without a history', () => {
    const slice = sliceWith(
      returned(1),
      returned(1, { decimalOdds: null }),
      returned(1, { decimalOdds: null, betType: 'parlay' }),
    )
    expect(findReturnOutliers(slice, undefined)).toEqual({ found: [], unexamined: 3 })
    expect(findReturnOutliers(slice, HISTORY).unexamined).toBe(1)
  })
})
