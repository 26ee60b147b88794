import { describe, expect, it } from 'vitest'
import { betText, countsOf, explainFromSnapshot, sectionsOf } from '../../../../bin/pages/features-telling.ts'
import { featureSet } from '../../../../shared/features/feature-set.ts'
import { layerHash } from '../../../../shared/features/registry.ts'
import { replayLedger } from '../../../../shared/features/replay.ts'
import type { FeatureSnapshot } from '../../../../shared/features/snapshot.ts'
import { bet } from '../../../support/bets.ts'
import { explanationOf, hour, SMALL_LEDGER } from './features-explained-bets.ts'

async function snapshot(overrides: Partial<FeatureSnapshot> = {}): Promise<FeatureSnapshot> {
  const { state } = replayLedger(SMALL_LEDGER, featureSet([]))
  return {
    layerHash: await layerHash(),
    ledgerSha256: '0'.repeat(64),
    origin: 'demo',
    lookedAtMs: hour(8),
    state,
    ...overrides,
  }
}

const asked = (atHour: number) => bet({ market: 'Spread', placedAtMs: hour(atHour) })

describe('explainFromSnapshot', () => {
  it('counts the results that are known at the bet’s instant, and those alone', async () => {
    // Placed last at hour 2; results follow at hours 3 and 5.
    const names = ['ledger_count', 'ledger_win_rate']
    const values = await Promise.all(
      [3, 4, 5, 6].map(async (atHour) => {
        const { explained } = await explainFromSnapshot(asked(atHour), names, await snapshot())
        return explained.features.map(({ value }) => value)
      }),
    )
    expect(values).toEqual([
      [0, null],
      [1, 1],
      [1, 1],
      [2, 0.5],
    ])
  })

  it('measures freshness from the last look at the ledger to the bet', async () => {
    const names = ['ledger_placed_7d']
    const at14 = await explainFromSnapshot(asked(14), names, await snapshot())
    expect(at14.explained.features).toMatchObject([{ value: 3, staleAs: null }])
    const at15 = await explainFromSnapshot(asked(15), names, await snapshot())
    expect(at15.explained.features).toMatchObject([{ value: 0, staleAs: 'zero' }])
    expect(at15).toMatchObject({ origin: 'demo', lookedAtMs: hour(8) })
  })

  it('takes a ledger that was read after the bet’s instant as fresh', async () => {
    const { explained } = await explainFromSnapshot(
      asked(3),
      ['ledger_placed_7d'],
      await snapshot({ lookedAtMs: hour(12) }),
    )
    expect(explained.features).toMatchObject([{ value: 3, staleAs: null }])
  })

  it('refuses an instant before what the features know of, and says why', async () => {
    const early = explainFromSnapshot(asked(1), ['is_live'], await snapshot())
    await expect(early).rejects.toMatchObject({
      name: 'DomainError',
      code: 'instant_too_early',
      message: expect.stringMatching(/2025-03-01T01:00:00.000Z .*its future.* before 2025-03-01T02:00:00.000Z$/),
    })
  })

  it('refuses features of other arithmetic, and none at all', async () => {
    const other = snapshot({ layerHash: 'f'.repeat(64) })
    await expect(explainFromSnapshot(asked(4), [], await other)).rejects.toMatchObject({ code: 'features_outdated' })
    await expect(explainFromSnapshot(asked(4), [], undefined)).rejects.toMatchObject({ code: 'no_features' })
  })
})

describe('sectionsOf', () => {
  it('go from the bet over activity to the groups, each value in one of them', () => {
    const sections = sectionsOf(explanationOf().explained)
    expect(sections.map(({ title }) => title).slice(0, 4)).toEqual(['The bet itself', 'Activity', 'ledger', 'sport'])
    expect(sections).toHaveLength(13)
    expect(sections.reduce((total, { features }) => total + features.length, 0)).toBe(175)
  })

  it('have first what the most bets stand behind, and last what nothing does', () => {
    const sections = [1, 7].flatMap((hours) => sectionsOf(explanationOf({ book: null }, hours).explained))
    for (const { features } of sections) {
      const ranks = features.map(({ lack, bets }) => (lack === null ? bets : -1))
      expect(ranks).toEqual([...ranks].sort((a, b) => b - a))
    }
  })
})

describe('countsOf', () => {
  it('counts a value once, old ones as old whatever else they lack', () => {
    const names = ['is_live', 'ledger_roi', 'book_roi', 'ledger_placed_7d', 'book_placed_30d']
    const { explained } = explanationOf({ book: null }, 7, names)
    expect(countsOf(explained)).toEqual({ told: 2, unknown: 1, stale: 2 })
  })
})

describe('betText', () => {
  it('names what is known of a bet', () => {
    expect(betText(bet({ isLive: true, betType: 'parlay', decimalOdds: 3.5 }))).toBe(
      'Basketball, NBA, Player Points at DraftKings: parlay, in play, 3.50 (+250)',
    )
    expect(betText(bet({ sport: null, league: null, market: null, book: null, decimalOdds: null }))).toBe(
      'no names: straight, before the event, no price',
    )
  })
})
