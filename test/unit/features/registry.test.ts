import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { createHistory } from '../../../shared/features/history.ts'
import {
  computeFeatures,
  FEATURE_NAMES,
  FEATURES,
  featuresHash,
  MARKET_LOG_ODDS_INDEX,
} from '../../../shared/features/registry.ts'
import { bet } from '../../support/bets.ts'

function featuresOf(asked: Bet, settled: Bet[] = []): Record<string, number> {
  const history = createHistory()
  for (const result of settled) history.settle(result)
  const vector = computeFeatures(asked, history, new Float32Array(FEATURES.length))
  return Object.fromEntries(FEATURE_NAMES.map((name, i) => [name, vector[i] ?? Number.NEGATIVE_INFINITY]))
}

describe('FEATURES', () => {
  test('have unique names and say what they are', () => {
    expect(new Set(FEATURE_NAMES).size).toBe(FEATURES.length)
    expect(FEATURES.filter(({ description }) => description.length < 20)).toEqual([])
  })

  test('have the price where the model looks for it', () => {
    expect(FEATURE_NAMES[MARKET_LOG_ODDS_INDEX]).toBe('market_log_odds')
  })

  test('keep the identity under which models and snapshots are stored', async () => {
    // A change here means that every stored model and snapshot is of another feature list.
    expect(FEATURE_NAMES).toHaveLength(25)
    expect(await featuresHash()).toBe('2bd6323f02a7ca651b9ee1473faf685f9ccd9417ec9638dd9ca1fedfecd5ef75')
  })
})

describe('computeFeatures', () => {
  test('gives the log-odds of the price', () => {
    expect(featuresOf(bet({ decimalOdds: 4 })).market_log_odds).toBeCloseTo(-Math.log(3), 6)
    expect(featuresOf(bet({ decimalOdds: 2 })).market_log_odds).toBe(-0)
    expect(featuresOf(bet({ decimalOdds: null })).market_log_odds).toBeNaN()
  })

  test('tells live from before and combined from straight', () => {
    expect(featuresOf(bet({ isLive: true, betType: 'teaser' }))).toMatchObject({ is_live: 1, is_combined: 1 })
    expect(featuresOf(bet())).toMatchObject({ is_live: 0, is_combined: 0 })
  })

  test('says that a record is missing, not that it is even', () => {
    const features = featuresOf(bet())
    expect(features.sport_residual).toBeNaN()
    expect(features.sport_form).toBeNaN()
    expect(features.sport_count).toBe(0)
  })

  test('mixes a record with fifty bets of no residual, form with twenty', () => {
    const features = featuresOf(bet(), [bet({ state: 'won', decimalOdds: 4 }), bet({ state: 'won', decimalOdds: 2 })])
    expect(features.sport_residual).toBeCloseTo(1.25 / 52, 7)
    expect(features.sport_count).toBeCloseTo(Math.log(3), 6)
    expect(features.sport_form).toBeCloseTo((0.75 * 0.98 + 0.5) / 21.98, 7)
  })

  test('asks each group about the bet at hand', () => {
    const features = featuresOf(bet({ sport: 'Tennis', book: 'FanDuel' }), [bet({ sport: 'Golf', book: 'FanDuel' })])
    expect(features.sport_count).toBe(0)
    expect(features.book_count).toBeCloseTo(Math.LN2, 6)
    expect(features.ledger_count).toBeCloseTo(Math.LN2, 6)
  })

  test('looks at nothing of the bet that is unknown at its placement', () => {
    const results: Partial<Bet>[] = [
      { state: 'lost', profitMinor: -1000, returnPerUnit: -1 },
      { state: 'open', profitMinor: null, settledAtMs: null },
      { closingLineValue: 0.09 },
      { state: 'cashed_out', returnPerUnit: 0.4 },
    ]
    const settled = [bet({ id: 'before' })]
    const plain = featuresOf(bet(), settled)
    for (const result of results) expect(featuresOf(bet(result), settled)).toEqual(plain)
  })

  test('looks at no closing line of earlier bets', () => {
    const plain = featuresOf(bet(), [bet({ closingLineValue: null })])
    expect(featuresOf(bet(), [bet({ closingLineValue: 0.3 })])).toEqual(plain)
  })
})
