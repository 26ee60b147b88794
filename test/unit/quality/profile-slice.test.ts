import { describe, expect, it } from 'vitest'
import { partitionProfileSchema } from '../../../shared/quality/profile.ts'
import { profileSlice } from '../../../shared/quality/profile-slice.ts'
import { LEDGER_START_MS } from '../../support/bets.ts'
import { sliceWith } from './judged-ledger.ts'

const HOUR_MS = 3_600_000
const NOW_MS = LEDGER_START_MS + 24 * HOUR_MS

const placed = (placedAtMs: number) => ({ placedAtMs, settledAtMs: null })

describe('profileSlice', () => {
  it('counts results, names and prices', () => {
    const profile = profileSlice(
      sliceWith(
        { state: 'won', decimalOdds: 1.5 },
        { state: 'lost', decimalOdds: null, book: 'FanDuel' },
        { state: 'half_won', decimalOdds: 9, book: null },
        { state: 'open' },
        { state: 'void' },
      ),
      NOW_MS,
    )
    expect(profile).toMatchObject({ rows: 5, settled: 4, decisive: 2, won: 1, lowestPrice: 1.5, highestPrice: 9 })
    expect(profile.sports).toEqual([['Basketball', 5]])
    expect(profile.books).toEqual([
      [null, 1],
      ['DraftKings', 3],
      ['FanDuel', 1],
    ])
  })

  it('tells which bets lack a market, a price or a sport', () => {
    const profile = profileSlice(
      sliceWith({ market: null }, { decimalOdds: null, book: null }, { decimalOdds: null, market: null }, {}),
      NOW_MS,
    )
    expect(profile.missing.sport).toEqual({ bets: 0, books: [], examples: [] })
    expect(profile.missing.market).toEqual({ bets: 2, books: [['DraftKings', 2]], examples: ['bet-0', 'bet-2'] })
    expect(profile.missing.price).toEqual({
      bets: 2,
      books: [
        [null, 1],
        ['DraftKings', 1],
      ],
      examples: ['bet-1', 'bet-2'],
    })
    const sportless = profileSlice(sliceWith({ sport: null }, { sport: null }), NOW_MS)
    expect(sportless.missing.sport).toMatchObject({ bets: 2, examples: ['bet-0', 'bet-1'] })
    expect(sportless.sports).toEqual([[null, 2]])
  })

  it('keeps the newest placement apart from the newest that is not in the future', () => {
    const slice = sliceWith(placed(LEDGER_START_MS), placed(NOW_MS), placed(NOW_MS + 1))
    expect(profileSlice(slice, NOW_MS)).toMatchObject({
      newestPlacedAtMs: NOW_MS + 1,
      newestPastPlacedAtMs: NOW_MS,
      newestUpdatedAtMs: NOW_MS + 1,
    })
    expect(profileSlice(slice, LEDGER_START_MS - 1).newestPastPlacedAtMs).toBeNull()
  })

  it('measures prices on the log-odds, straight and combined apart', () => {
    const { logOdds } = profileSlice(
      sliceWith({ decimalOdds: 4 }, { decimalOdds: 4 / 3 }, { decimalOdds: 11, betType: 'parlay' }),
      NOW_MS,
    )
    // ∓ln 3 = ∓1.0986, in bins of 0.02 the 55th; −ln 10 = −2.3026, in bins of 0.05 the 46th.
    expect(logOdds.straight.moments).toMatchObject({ n: 2 })
    expect(logOdds.straight.moments.m2).toBeCloseTo(2 * Math.log(3) ** 2, 12)
    expect(logOdds.straight.distribution.bins).toEqual([-55, 1, 55, 1])
    expect(logOdds.combined.moments).toEqual({ n: 1, mean: -Math.log(10), m2: 0 })
    expect(logOdds.combined.distribution.bins).toEqual([-46, 1])
  })

  it('measures stakes, free bets and stakes of nothing left out', () => {
    const { logStake } = profileSlice(
      sliceWith({ stakeMinor: 1000 }, { stakeMinor: 5000, isFreeBet: true }, { stakeMinor: 0 }, { stakeMinor: null }),
      NOW_MS,
    )
    expect(logStake.moments.n).toBe(1)
    expect(logStake.moments.mean).toBeCloseTo(6.907755278982137, 12)
    // 6.9078 / 0.05 = 138.2.
    expect(logStake.distribution.bins).toEqual([138, 1])
  })

  it('measures closing line values and departures from the rule', () => {
    const profile = profileSlice(
      sliceWith(
        { closingLineValue: 0.1, decimalOdds: 2, profitMinor: 800 },
        { closingLineValue: -0.04, decimalOdds: null, profitMinor: 3000 },
        { decimalOdds: 10, betType: 'parlay', state: 'lost', profitMinor: 0 },
      ),
      NOW_MS,
    )
    expect(profile.clv.n).toBe(2)
    expect(profile.clv.mean).toBeCloseTo(0.03, 15)
    // Paid 0.2 short of a payout of 2.00; a stake of 1 given back of a payout of 10.00.
    expect(profile.payoutResidual.straight.n).toBe(1)
    expect(profile.payoutResidual.straight.mean).toBeCloseTo(-0.1, 12)
    expect(profile.payoutResidual.combined).toEqual({ n: 1, mean: 0.1, m2: 0 })
    // ln 1.8 and ln 4 of two winners.
    expect(profile.logPayout.straight.mean).toBeCloseTo((Math.log(1.8) + Math.log(4)) / 2, 12)
    expect(profile.logPayout.combined.n).toBe(0)
  })

  it('has examined nothing yet, and survives JSON', () => {
    const profile = profileSlice(sliceWith({}, { decimalOdds: null, market: null, book: null }), NOW_MS)
    expect(profile).toMatchObject({ examined: 0, anomalies: [] })
    expect(partitionProfileSchema.parse(JSON.parse(JSON.stringify(profile)))).toEqual(profile)
  })
})
