import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { findStakeOutliers } from '../../../shared/quality/stake-outliers.ts'
import { baseline, sliceWith } from './judged-ledger.ts'

/** Around 100.00; four deviations reach from 10.00 to 1,000.00; the 99th percentile is 500.00. */
const HISTORY = baseline({ stake: { mean: Math.log(10_000), sd: Math.log(10) / 4, p99: Math.log(50_000) } })

const findings = (known: typeof HISTORY | undefined, ...fields: Partial<Bet>[]) =>
  findStakeOutliers(sliceWith(...fields), known).found

const ofStakes = (known: typeof HISTORY | undefined, ...stakes: number[]) =>
  findings(known, ...stakes.map((stakeMinor) => ({ stakeMinor }))).map(
    ({ recordId, severity }) => `${recordId} ${severity}`,
  )

describe('findStakeOutliers', () => {
  it('reports nothing staked as critical unless the bet is free', () => {
    expect(ofStakes(undefined, 0, -1, 1)).toEqual(['bet-0 critical', 'bet-1 critical'])
    expect(findings(HISTORY, { stakeMinor: 0, isFreeBet: true })).toEqual([])
  })

  it('reports more than 10,000 as high', () => {
    expect(ofStakes(undefined, 1_000_000, 1_000_001)).toEqual(['bet-1 high'])
  })

  it('reports beyond four deviations of the logarithm as medium, above the 99th percentile as low', () => {
    expect(ofStakes(HISTORY, 50_000, 50_100, 99_900, 100_100, 1001, 999)).toEqual([
      'bet-1 low',
      'bet-2 low',
      'bet-3 medium',
      'bet-5 medium',
    ])
  })

  it('says stake and range in major units', () => {
    const [critical, high, medium, low] = findings(
      HISTORY,
      { stakeMinor: 0 },
      { stakeMinor: 1_250_050 },
      { stakeMinor: 500_000 },
      { stakeMinor: 60_000 },
    )
    expect(critical).toMatchObject({ value: 0, expected: [0.01, 10_000] })
    expect(critical?.sentence).toBe('Stake 0.00 is no stake; expected 0.01 to 10,000.00.')
    expect(high).toMatchObject({ value: 12_500.5, expected: [0.01, 10_000] })
    expect(high?.sentence).toBe('Stake 12,500.50 is larger than stakes usually are; expected 0.01 to 10,000.00.')
    expect(medium).toMatchObject({ value: 5000, expected: [10, 1000] })
    // ln 50 / (ln 10 / 4) = 6.796.
    expect(medium?.sentence).toContain('6.8 standard deviations')
    expect(low).toMatchObject({ value: 600, expected: [0.01, 500] })
    expect(low?.sentence).toBe('Stake 600.00 is above 99 % of earlier stakes; expected 0.01 to 500.00.')
  })

  it('counts stakes without a history, not missing ones nor those of free bets', () => {
    const slice = sliceWith({}, { stakeMinor: null }, { stakeMinor: 0, isFreeBet: true })
    expect(findStakeOutliers(slice, baseline())).toEqual({ found: [], unexamined: 1 })
  })
})
