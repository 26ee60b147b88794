import { describe, expect, it } from 'vitest'
import { anomalySchema } from '../../../shared/quality/anomaly.ts'
import type { Baseline } from '../../../shared/quality/baseline.ts'
import { findPriceOutliers } from '../../../shared/quality/price-outliers.ts'
import { baseline, sliceWith } from './judged-ledger.ts'

const LN_3 = 1.0986122886681098

/** Mean at even money; 3.5 deviations reach to 4.00 and 1.3333, five to 1 + 3^(5/3.5) = 5.80 and 1.2083. */
const SPREAD = { mean: 0, sd: LN_3 / 3.5, fences: [-50, 50] as const }

const history = (straight: Baseline['price']['straight'], combined: Baseline['price']['straight'] = undefined) =>
  baseline({ price: { straight, combined } })

const severities = (decimalOdds: number[], known: Baseline) => {
  const { found } = findPriceOutliers(sliceWith(...decimalOdds.map((price) => ({ decimalOdds: price }))), known)
  return found.map(({ recordId, severity }) => `${recordId} ${severity}`)
}

describe('findPriceOutliers', () => {
  it('reports prices beyond 3.5 deviations as medium, from five on as high, long and short alike', () => {
    const prices = [3.99, 4.01, 5.79, 5.82, 1.34, 1.33, 1.209, 1.207]
    expect(severities(prices, history(SPREAD))).toEqual([
      'bet-1 medium',
      'bet-2 medium',
      'bet-3 high',
      'bet-5 medium',
      'bet-6 medium',
      'bet-7 high',
    ])
  })

  it('reports prices outside the fences as high, whatever their deviation', () => {
    const fenced = history({ mean: 0, sd: 10, fences: [-LN_3, LN_3] })
    expect(severities([3.99, 4.01, 1.34, 1.33], fenced)).toEqual(['bet-1 high', 'bet-3 high'])
  })

  it('reports one finding where both rules are broken, the more severe', () => {
    expect(severities([4.5], history({ ...SPREAD, fences: [-1, 1] }))).toEqual(['bet-0 high'])
    expect(severities([4.5], history({ ...SPREAD, fences: [-2, 2] }))).toEqual(['bet-0 medium'])
  })

  it('says price and range in decimal and American odds', () => {
    const slice = sliceWith({ decimalOdds: 51, book: 'FanDuel' })
    const [byDeviation] = findPriceOutliers(slice, history(SPREAD)).found
    // ln 50 / (ln 3 / 3.5) = 12.46.
    expect(byDeviation).toMatchObject({ recordId: 'bet-0', book: 'FanDuel', type: 'odds_outlier', value: 51 })
    expect(byDeviation?.expected?.[0]).toBeCloseTo(4 / 3, 12)
    expect(byDeviation?.expected?.[1]).toBeCloseTo(4, 12)
    expect(byDeviation?.sentence).toBe(
      'Price 51.00 (+5,000) is 12.5 standard deviations from the mean of earlier straight bets; ' +
        'expected 1.33 (-300) to 4.00 (+300).',
    )
    const [byFence] = findPriceOutliers(slice, history({ mean: 0, sd: 10, fences: [-LN_3, LN_3] })).found
    expect(byFence?.sentence).toContain('more than 2.5 interquartile ranges outside the middle half')
    expect(byFence?.sentence).toContain('expected 1.33 (-300) to 4.00 (+300)')
  })

  it('holds straight and combined bets each against their own', () => {
    const slice = sliceWith({ decimalOdds: 20 }, { decimalOdds: 20, betType: 'parlay' })
    const { found, unexamined } = findPriceOutliers(
      slice,
      history(SPREAD, { mean: -3, sd: 0.5, fences: [-50, 50] as const }),
    )
    expect([found.map(({ recordId }) => recordId), unexamined]).toEqual([['bet-0'], 0])
  })

  it('counts prices without a history, and passes over missing ones', () => {
    const slice = sliceWith({ decimalOdds: 500 }, { decimalOdds: null }, { decimalOdds: 9, betType: 'parlay' })
    expect(findPriceOutliers(slice, undefined)).toEqual({ found: [], unexamined: 2 })
    expect(findPriceOutliers(slice, history(SPREAD)).unexamined).toBe(1)
  })

  it('survives a history without bounds', () => {
    const wild = history({ mean: 0, sd: 1000, fences: [-0.5, 2000] })
    const [finding] = findPriceOutliers(sliceWith({ decimalOdds: 1e12 }), wild).found
    expect(anomalySchema.parse(JSON.parse(JSON.stringify(finding)))).toEqual(finding)
  })
})
