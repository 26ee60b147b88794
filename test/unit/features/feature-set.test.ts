import { describe, expect, test } from 'vitest'
import { advance } from '../../../shared/features/advance.ts'
import { definitionOf, featureSet, viewOf } from '../../../shared/features/feature-set.ts'
import { FEATURES, featuresHash } from '../../../shared/features/registry.ts'
import { replayLedger } from '../../../shared/features/replay.ts'
import { createFeatureState } from '../../../shared/features/state.ts'
import { bet, randomLedger } from '../../support/bets.ts'
import { ALL_FEATURES, at, featuresAt, named, results, stateAt, viewAt } from './features-at.ts'

function refusal(code: string) {
  return expect.objectContaining({ name: 'DomainError', code })
}

describe('featureSet', () => {
  test.each(['no_such_feature', '', 'MARKET_LOG_ODDS', '__proto__', 'constructor', 'closing_line_value'])(
    'refuses the unknown name "%s"',
    (name) => {
      expect(() => featureSet(['is_live', name])).toThrow(refusal('unknown_feature'))
      expect(() => definitionOf(name)).toThrow(refusal('unknown_feature'))
    },
  )

  test('refuses a name that comes twice', () => {
    expect(() => featureSet(['is_live', 'ledger_roi', 'is_live'])).toThrow(refusal('repeated_feature'))
  })

  test('gives the features named, in that order', () => {
    const set = featureSet(['ledger_count', 'is_live', 'sport_market_streak'])
    expect(set.names).toEqual(['ledger_count', 'is_live', 'sport_market_streak'])
    expect(set.definitions.map(({ name }) => name)).toEqual(set.names)
    const asked = bet({ isLive: true, placedAtMs: at(1) })
    expect([...set.vector(stateAt(results('WWL'), at(1)), asked, 0)]).toEqual([3, 1, -1])
  })

  test('gives no columns without names', () => {
    expect(replayLedger(randomLedger(1, 20), featureSet([])).columns).toEqual([])
    expect(featureSet([]).vector(createFeatureState(), bet(), 0)).toEqual(new Float32Array())
  })

  test('has the hash of its features, in their order', async () => {
    const [one, other] = [featureSet(['is_live', 'ledger_roi']), featureSet(['ledger_roi', 'is_live'])]
    expect(await one.hash()).toBe(await featuresHash([definitionOf('is_live'), definitionOf('ledger_roi')]))
    expect(await one.hash()).not.toBe(await other.hash())
  })

  // Rows are written sixty-four at a time.
  test.each([1, 63, 64, 65, 127, 128, 129, 200])('writes every row of %d, each once', (count) => {
    const set = featureSet(['ledger_placed_7d', 'hour_of_day'])
    const bets = Array.from({ length: count }, (_, i) =>
      bet({ id: `${i}`, placedAtMs: at(0, i / 600), settledAtMs: null }),
    )
    const [placed, hours] = replayLedger(bets, set).columns
    expect([...(placed ?? [])].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
    expect([...(hours ?? [])].filter((hour) => hour !== 0)).toEqual([])
  })

  test('may be asked about several ledgers in turn', () => {
    const [one, other] = [stateAt(results('WWW'), at(1)), stateAt(results('LL', { sport: 'Golf' }), at(1))]
    const ask = (state: typeof one) => named(ALL_FEATURES.vector(state, bet({ placedAtMs: at(1) }), 0))
    const first = ask(one)
    expect(ask(other)).toMatchObject({ ledger_count: 2, sport_count: 0, sport_residual: Number.NaN })
    expect(ask(createFeatureState())).toMatchObject({ ledger_count: 0, ledger_residual: Number.NaN })
    expect(ask(one)).toEqual(first)
  })

  test('changes nothing by asking', () => {
    const [asked, silent] = [randomLedger(4, 60), randomLedger(4, 60)].map((ledger) => stateAt(ledger, at(30)))
    if (asked === undefined || silent === undefined) throw new Error('two states')
    for (const question of randomLedger(5, 40)) {
      ALL_FEATURES.vector(asked, { ...question, market: `new ${question.id}`, placedAtMs: at(30) }, 0)
    }
    expect(asked.vocabulary).toEqual(silent.vocabulary)
    expect(asked.groups.map(({ tallies }) => tallies.size)).toEqual(silent.groups.map(({ tallies }) => tallies.size))
    const question = bet({ placedAtMs: at(30) })
    expect(ALL_FEATURES.vector(asked, question, 0)).toEqual(ALL_FEATURES.vector(silent, question, 0))
  })

  test('looks at nothing of a bet that is not known at its placement', () => {
    const ledger = randomLedger(6, 60)
    const plain = featuresAt(ledger, { placedAtMs: at(20), settledAtMs: at(20) })
    const asked = [
      bet({ placedAtMs: at(20), settledAtMs: at(21), state: 'lost', profitMinor: -1000, returnPerUnit: -1 }),
      bet({ placedAtMs: at(20), settledAtMs: null, state: 'open', profitMinor: null, closingLineValue: 0.09 }),
      bet({ placedAtMs: at(20), settledAtMs: at(20), resultKnownAtMs: at(40), stakeMinor: 77, currency: 'EUR' }),
      bet({ placedAtMs: at(20), settledAtMs: null, id: 'another', selection: null, origin: 'demo', isFreeBet: true }),
    ]
    for (const placed of asked) expect(featuresAt(ledger, placed)).toEqual(plain)
  })

  test('looks at no closing line of earlier bets', () => {
    const ledger = randomLedger(6, 60)
    const other = ledger.map((placed) => ({ ...placed, closingLineValue: 0.3, selection: null }))
    expect(featuresAt(other, { placedAtMs: at(20) })).toEqual(featuresAt(ledger, { placedAtMs: at(20) }))
  })
})

describe('what a value stands on', () => {
  const ledger = [...results('WWLWP'), ...results('L', { placedAtMs: at(20), sport: 'Golf' })]
  const view = viewAt(ledger, { placedAtMs: at(21) })
  const evidence = (name: string) => definitionOf(name).evidence(view)

  test('is nothing but the bet for what the bet itself gives', () => {
    const own = FEATURES.filter(({ group }) => group === null)
    expect(own.map((feature) => feature.evidence(view))).toEqual(own.map(() => ({ bets: 0, latestAtMs: Number.NaN })))
  })

  test('is the results of the group, and the latest of them', () => {
    expect(evidence('ledger_roi')).toEqual({ bets: 6, latestAtMs: at(20) })
    expect(evidence('sport_roi')).toEqual({ bets: 5, latestAtMs: at(0, 4) })
    expect(evidence('ledger_residual_last_10').bets).toBe(5)
    expect(evidence('sport_market_win_rate_last_10').bets).toBe(4)
    expect(evidence('sport_market_roi_last_10').bets).toBe(5)
  })

  test('is the results within the window of days', () => {
    expect(evidence('ledger_residual_7d').bets).toBe(1)
    expect(evidence('sport_residual_7d').bets).toBe(0)
    expect(evidence('ledger_residual_90d').bets).toBe(5)
  })

  test('is the placements where these are counted', () => {
    expect(evidence('ledger_placed_7d')).toEqual({ bets: 1, latestAtMs: at(20) })
    expect(evidence('ledger_placed_30d')).toEqual({ bets: 6, latestAtMs: at(20) })
    expect(evidence('ledger_hours_since_last_bet')).toEqual({ bets: 6, latestAtMs: at(20) })
    expect(evidence('sport_market_settlement_hours')).toEqual({ bets: 5, latestAtMs: at(0, 4) })
  })

  test('is the bets behind the value alone: a push stands behind no win rate and no residual', () => {
    const pushed = viewAt(results('WPP'), { placedAtMs: at(1) })
    const bets = (name: string) => definitionOf(name).evidence(pushed).bets
    expect({ winRate: bets('ledger_win_rate'), residual: bets('ledger_residual'), roi: bets('ledger_roi') }).toEqual({
      ...{ winRate: 1, residual: 1, roi: 3 },
    })
  })

  test('is the bets of its thirty days for a share of thirty days', () => {
    const old = viewAt([...results('WWWW'), ...results('L', { placedAtMs: at(50), sport: 'Golf' })], {
      placedAtMs: at(51),
    })
    expect(definitionOf('market_share_30d').evidence(old).bets).toBe(1)
    expect(definitionOf('book_turnover_share_30d').evidence(old).bets).toBe(1)
  })

  test('is nothing before the first bet', () => {
    const empty = viewOf(createFeatureState(), bet())
    const found = FEATURES.map((feature) => feature.evidence(empty))
    expect(found).toEqual(found.map(() => ({ bets: 0, latestAtMs: Number.NaN })))
  })
})

describe('columns', () => {
  test('are the same for a set used many times over', () => {
    const ledger = randomLedger(8, 50)
    const once = replayLedger(ledger, ALL_FEATURES).columns
    expect(replayLedger(ledger, ALL_FEATURES).columns).toEqual(once)
    expect(advance(createFeatureState(), [...replayLedger(ledger, ALL_FEATURES).bets], ALL_FEATURES)).toEqual(once)
  })
})
