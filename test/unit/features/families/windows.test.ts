import { describe, expect, test } from 'vitest'
import { bet } from '../../../support/bets.ts'
import { at, featuresAt, results } from '../features-at.ts'

describe('a window over the last results', () => {
  const ledger = results(`${'W'.repeat(40)}${'L'.repeat(20)}`)

  test('is a mean mixed with ten bets of zero', () => {
    // Of the last 50, 30 were won and 20 lost, each by half a unit.
    expect(featuresAt(ledger, { placedAtMs: at(9) })).toMatchObject({
      ledger_residual_last_10: -0.25,
      ledger_residual_last_20: Math.fround(-10 / 30),
      ledger_residual_last_50: Math.fround(5 / 60),
    })
  })

  test('has as many results as there are, where there are fewer', () => {
    const features = featuresAt(ledger, { placedAtMs: at(0, 3) })
    expect(features.ledger_residual_last_10).toBeCloseTo(1.5 / 13, 7)
    expect(features.ledger_residual_last_50).toBe(features.ledger_residual_last_10)
    expect(featuresAt(ledger, { placedAtMs: at(0) }).ledger_residual_last_10).toBeNaN()
  })

  test('is over settled bets: pushes take the places of results', () => {
    const pushed = [...results('WWWWW'), ...results('PPPPPPPP', { placedAtMs: at(1) })]
    // Among the last ten are two wins; the last twenty hold all five.
    const features = featuresAt(pushed, { placedAtMs: at(2) })
    expect(features.ledger_residual_last_10).toBeCloseTo(1 / 12, 7)
    expect(features.ledger_residual_last_20).toBeCloseTo(2.5 / 15, 7)
    const onlyPushes = [...results('W'), ...results('PPPPPPPPPP', { placedAtMs: at(1) })]
    expect(featuresAt(onlyPushes, { placedAtMs: at(2) }).ledger_residual_last_10).toBeNaN()
  })

  test('is in the order in which results became known, not in that of placement', () => {
    const slow = bet({ id: 'slow', state: 'lost', placedAtMs: at(0), settledAtMs: at(5) })
    const quick = results('WWWWWWWWWW', { placedAtMs: at(1) })
    const features = featuresAt([slow, ...quick], { placedAtMs: at(6) })
    expect(features.ledger_residual_last_10).toBeCloseTo((9 * 0.5 - 0.5) / 20, 7)
    expect(featuresAt([slow, ...quick], { placedAtMs: at(2) }).ledger_residual_last_10).toBeCloseTo(5 / 20, 7)
  })

  test('is of the set of the bet', () => {
    const mixed = [...results('WW', { sport: 'Golf' }), ...results('LLLL', { sport: 'Tennis' })]
    const features = featuresAt(mixed, { sport: 'Golf', placedAtMs: at(1) })
    expect(features.sport_residual_last_10).toBeCloseTo(1 / 12, 7)
    expect(features.ledger_residual_last_10).toBeCloseTo(-1 / 16, 7)
  })
})

describe('a window over days', () => {
  // Known on days 0, 23, 24 and 84.
  const ledger = [
    bet({ id: '1', state: 'won', decimalOdds: 4, placedAtMs: at(0), settledAtMs: at(0, 23) }),
    bet({ id: '2', state: 'lost', placedAtMs: at(0), settledAtMs: at(23, 23) }),
    bet({ id: '3', state: 'won', placedAtMs: at(0), settledAtMs: at(24) }),
    bet({ id: '4', state: 'lost', decimalOdds: 4, placedAtMs: at(0), settledAtMs: at(84, 3) }),
  ]

  test.each([
    // Seven days are 18 to 24, then 24 to 30; thirty are 1 to 30; ninety are 1 to 90.
    [at(24, 1), 0 / 12, 0.75 / 13, 0.75 / 13],
    [at(29), 0 / 12, 0.75 / 13, 0.75 / 13],
    [at(30), 0.5 / 11, 0 / 12, 0.75 / 13],
    [at(31), Number.NaN, 0 / 12, 0.75 / 13],
    [at(53), Number.NaN, 0.5 / 11, 0.75 / 13],
    [at(54), Number.NaN, Number.NaN, 0.75 / 13],
    [at(89), -0.25 / 11, -0.25 / 11, 0.5 / 14],
    [at(90), -0.25 / 11, -0.25 / 11, -0.25 / 13],
    [at(91), Number.NaN, -0.25 / 11, -0.25 / 13],
    [at(113), Number.NaN, -0.25 / 11, 0.25 / 12],
    [at(114), Number.NaN, Number.NaN, -0.25 / 11],
    [at(173, 23), Number.NaN, Number.NaN, -0.25 / 11],
    [at(174), Number.NaN, Number.NaN, Number.NaN],
  ])('asked at %d holds the results of its days and no others', (placedAtMs, week, month, quarter) => {
    expect(featuresAt(ledger, { placedAtMs })).toMatchObject({
      ledger_residual_7d: Math.fround(week),
      ledger_residual_30d: Math.fround(month),
      ledger_residual_90d: Math.fround(quarter),
    })
  })

  test('goes by the day on which a result became known, not by that of the placement', () => {
    const late = bet({ id: 'late', placedAtMs: at(0), settledAtMs: at(0, 1), resultKnownAtMs: at(40) })
    expect(featuresAt([late], { placedAtMs: at(41) }).ledger_residual_7d).toBeCloseTo(0.5 / 11, 7)
    expect(featuresAt([late], { placedAtMs: at(40) }).ledger_residual_7d).toBeNaN()
  })
})
