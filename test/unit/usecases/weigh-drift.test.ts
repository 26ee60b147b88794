import { describe, expect, it } from 'vitest'
import { WIN_PROBABILITY_INPUTS } from '../../../shared/recipe/inputs.ts'
import { FIELDS_OF_INPUT } from '../../../shared/usecases/drift-columns.ts'
import { weighDrift } from '../../../shared/usecases/weigh-drift.ts'

const drifted = (effect: number | null, movement = 'lasting') => ({ is_drifted: true, effect, movement })

describe('weighDrift', () => {
  it('sums weight times change over inputs, the largest part first', () => {
    const report = { feature_details: { market_log_odds: drifted(0.1), is_live: drifted(0.4) } }
    const importances = [
      { feature: 'market_log_odds', meanAbsolute: 3 },
      { feature: 'is_live', meanAbsolute: 1 },
    ]
    // 0.75 · 0.1 + 0.25 · 0.4.
    const weight = weighDrift(report, importances)
    expect(weight.moved).toBeCloseTo(0.175, 12)
    expect(weight.inputs.map(({ input }) => input)).toEqual(['is_live', 'market_log_odds'])
    expect(weight.requiresRetraining).toBe(true)
  })

  it('moves an input as far as the fields that it is looked up by', () => {
    const report = { feature_details: { book: drifted(0.3), book_residual: drifted(0.2) } }
    const importances = [
      { feature: 'book_residual', meanAbsolute: 1 },
      { feature: 'sport_residual', meanAbsolute: 4 },
    ]
    const weight = weighDrift(report, importances)
    expect(weight.inputs).toEqual([{ input: 'book_residual', weight: 0.2, effect: 0.3, because: 'book' }])
    expect(weight.moved).toBeCloseTo(0.06, 12)
  })

  it('counts nothing of what is seasonal, has not drifted, cannot be told, or is no input', () => {
    const feature_details = {
      market_log_odds: drifted(0.9, 'seasonal'),
      is_live: { is_drifted: false, effect: 0.9, movement: 'none' },
      is_combined: drifted(null),
      closing_line_value: drifted(0.9),
      won: drifted(0.9),
    }
    expect(weighDrift({ feature_details }, [])).toMatchObject({ moved: 0, requiresRetraining: false, inputs: [] })
  })

  it('asks from a twentieth on, and not below', () => {
    const report = (effect: number) => ({ feature_details: { market_log_odds: drifted(effect) } })
    const alone = [{ feature: 'market_log_odds', meanAbsolute: 0.2 }]
    expect(weighDrift(report(0.05), alone).requiresRetraining).toBe(true)
    expect(weighDrift(report(0.0499), alone).requiresRetraining).toBe(false)
  })

  it('weighs every input alike where no importance is known, or all are nothing or no numbers', () => {
    const report = { feature_details: { market_log_odds: drifted(1) } }
    // price and the band that the price lies in: three inputs of all.
    const share = 3 / WIN_PROBABILITY_INPUTS.length
    for (const importances of [
      [],
      [{ feature: 'is_live', meanAbsolute: 0 }],
      [{ feature: 'is_live', meanAbsolute: Number.NaN }],
    ]) {
      expect(weighDrift(report, importances).moved).toBeCloseTo(share, 12)
    }
  })
})

describe('FIELDS_OF_INPUT', () => {
  it.each([
    ['market_log_odds', ['market_log_odds']],
    ['sport', ['sport']],
    ['is_live', ['is_live']],
    ['ledger_form', []],
    ['sport_league_market_count', ['sport', 'league', 'market']],
    ['sport_league_residual', ['sport', 'league']],
    ['book_live_residual', ['book', 'is_live']],
    ['bet_type_count', ['bet_type']],
    ['price_band_residual', ['market_log_odds']],
  ])('of %s are %j', (input, fields) => {
    expect(FIELDS_OF_INPUT.get(input)).toEqual(fields)
  })
})
