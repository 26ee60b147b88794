import { describe, expect, test } from 'vitest'
import { bet } from '../../../support/bets.ts'
import { at, featuresAt, results } from '../features-at.ts'

/** Residuals 0.75, −0.5, 0.5 in the order in which they came; returns 3, −1, 1. */
const THREE = [
  bet({ id: '1', state: 'won', decimalOdds: 4, profitMinor: 3000, placedAtMs: at(0), settledAtMs: at(0, 1) }),
  bet({ id: '2', state: 'lost', decimalOdds: 2, profitMinor: -1000, placedAtMs: at(0), settledAtMs: at(0, 2) }),
  bet({ id: '3', state: 'won', decimalOdds: 2, profitMinor: 1000, placedAtMs: at(0), settledAtMs: at(0, 3) }),
]

describe('a record', () => {
  test('counts, averages and shrinks what is known of the ledger', () => {
    const features = featuresAt(THREE, { placedAtMs: at(0, 4) })
    expect(features).toMatchObject({ ledger_count: 3, ledger_roi: 1 })
    expect(features.ledger_win_rate).toBeCloseTo(2 / 3, 7)
    expect(features.ledger_residual).toBeCloseTo(0.75 / 53, 8)
  })

  test('fades by 2 % a result, mixed with twenty of zero', () => {
    const { ledger_form: form } = featuresAt(THREE, { placedAtMs: at(0, 4) })
    expect(form).toBeCloseTo((0.75 * 0.9604 - 0.5 * 0.98 + 0.5) / (0.9604 + 0.98 + 1 + 20), 8)
  })

  test('fades by half in thirty days, by days and not by results', () => {
    const ledger = [
      bet({ id: '1', state: 'won', decimalOdds: 4, placedAtMs: at(0), settledAtMs: at(0, 23) }),
      bet({ id: '2', state: 'won', decimalOdds: 2, placedAtMs: at(1), settledAtMs: at(30, 1) }),
      bet({ id: '3', state: 'lost', decimalOdds: 2, placedAtMs: at(1), settledAtMs: at(30, 2) }),
    ]
    // On day 60 the first is two half-lives old, the others one.
    const { ledger_form_30d: form } = featuresAt(ledger, { placedAtMs: at(60) })
    expect(form).toBeCloseTo((0.75 / 4 + 0.5 / 2 - 0.5 / 2) / (1 / 4 + 1 / 2 + 1 / 2 + 20), 8)
    const { ledger_form_30d: sameDay } = featuresAt(ledger, { placedAtMs: at(30, 3) })
    expect(sameDay).toBeCloseTo((0.75 / 2 + 0.5 - 0.5) / (1 / 2 + 1 + 1 + 20), 8)
  })

  test('counts a loss without a price as a loss, and as no residual', () => {
    const priceless = bet({ id: '4', state: 'lost', decimalOdds: null, profitMinor: -1000, settledAtMs: at(1) })
    const ledger = [...THREE, priceless]
    const features = featuresAt(ledger, { placedAtMs: at(2) })
    expect(features).toMatchObject({ ledger_count: 3, ledger_win_rate: 0.5, ledger_roi: 0.5 })
    expect(features.ledger_residual).toBeCloseTo(0.75 / 53, 8)
  })

  test('takes returns but no residual from bets that were neither won nor lost', () => {
    const half = [
      bet({ id: '1', state: 'half_won', decimalOdds: 1.9, stakeMinor: 1000, profitMinor: 450, placedAtMs: at(0) }),
      bet({ id: '2', state: 'push', profitMinor: 0, placedAtMs: at(0) }),
      bet({ id: '3', state: 'cashed_out', profitMinor: 150, placedAtMs: at(0) }),
      bet({ id: '4', state: 'half_lost', profitMinor: -500, placedAtMs: at(0) }),
    ]
    const features = featuresAt(half, { placedAtMs: at(1) })
    expect(features.ledger_roi).toBeCloseTo(0.1 / 4, 7)
    expect(features).toMatchObject({ ledger_count: 0, ledger_residual: Number.NaN, ledger_win_rate: Number.NaN })
    expect(features).toMatchObject({ ledger_form: Number.NaN, ledger_form_30d: Number.NaN })
  })

  test('cuts a return at a hundred: one lottery ticket is not a record', () => {
    const ticket = { state: 'won', betType: 'parlay', decimalOdds: 1e6, profitMinor: 999_999_000 } as const
    const ledger = [bet({ id: '1', ...ticket, placedAtMs: at(0) }), ...results('L', { placedAtMs: at(0) })]
    const features = featuresAt(ledger, { placedAtMs: at(1), betType: 'parlay' })
    expect(features).toMatchObject({ ledger_roi: 49.5, bet_type_roi: 100, bet_type_win_rate: 1 })
    expect(features.ledger_residual).toBeCloseTo((1 - 1e-6 - 0.5) / 52, 8)
  })

  test('takes no return from free bets and none from bets that tell neither money nor price', () => {
    const ledger = [
      ...results('WL', { placedAtMs: at(0) }),
      bet({ id: 'free', isFreeBet: true, stakeMinor: 0, profitMinor: 5000, placedAtMs: at(0) }),
      bet({ id: 'bare', state: 'lost', decimalOdds: null, stakeMinor: null, profitMinor: null, placedAtMs: at(0) }),
    ]
    const features = featuresAt(ledger, { placedAtMs: at(1) })
    expect(features).toMatchObject({ ledger_roi: 0, ledger_win_rate: 0.5, ledger_count: 3 })
  })

  test('is missing, its count zero, where the group has no history', () => {
    const features = featuresAt(THREE, { placedAtMs: at(0, 4), sport: 'Golf' })
    expect(features).toMatchObject({ sport_count: 0, ledger_count: 3 })
    for (const suffix of ['residual', 'win_rate', 'roi', 'form', 'form_30d']) {
      expect(features[`sport_${suffix}`]).toBeNaN()
    }
  })
})

describe('a shrunk residual', () => {
  // Three of four won in one sport, one of three in the other, all at 2.00: k = 68 (see shrinkage.test.ts).
  const ledger = [...results('WWLW', { sport: 'Golf' }), ...results('LLW', { sport: 'Tennis' })]
  const placedNextDay = bet({ id: 'next-day', state: 'open', sport: 'Darts', placedAtMs: at(1), settledAtMs: null })
  const mean = 0.5 / 57

  test('is drawn to the mean of the ledger by as many bets as groups differ little', () => {
    const features = (sport: string) => featuresAt([...ledger, placedNextDay], { sport, placedAtMs: at(1, 1) })
    expect(features('Golf').sport_residual).toBeCloseTo((1 + 68 * mean) / 72, 8)
    expect(features('Tennis').sport_residual).toBeCloseTo((-0.5 + 68 * mean) / 71, 8)
    expect(features('Darts').sport_residual).toBeNaN()
  })

  test('weighs the mean by what was known when the day of the latest event began', () => {
    const placedSameDay = bet({ id: 'same-day', state: 'open', placedAtMs: at(0, 10), settledAtMs: null })
    const asked = { sport: 'Golf', placedAtMs: at(0, 12) }
    const { sport_residual: residual } = featuresAt([...ledger, placedSameDay], asked)
    expect(residual).toBeCloseTo((1 + 1000 * mean) / 1004, 8)
    // Asked a day later, with no event since: still the day of the latest event.
    const nextDay = { sport: 'Golf', placedAtMs: at(1, 1) }
    expect(featuresAt([...ledger, placedSameDay], nextDay).sport_residual).toBe(residual)
  })
})
