import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { byPlacement } from '../../../shared/bets/bet.ts'
import { advance, applyBefore } from '../../../shared/features/advance.ts'
import { FEATURE_NAMES, FEATURES } from '../../../shared/features/registry.ts'
import { createFeatureState } from '../../../shared/features/state.ts'
import { NO_NAMES } from '../../../shared/features/vocabulary.ts'
import { bet, randomLedger } from '../../support/bets.ts'
import { ALL_FEATURES, at, featuresAt, HOUR_MS, named, results, stateAt } from './features-at.ts'

function domainError(code: string) {
  return expect.objectContaining({ name: 'DomainError', code })
}

const invariantError = expect.objectContaining({ name: 'InvariantError' })

describe('advance refuses', () => {
  test('a bet settled before it was placed, and says which', () => {
    const odd = bet({ id: 'odd', placedAtMs: at(1), settledAtMs: at(1) - 1 })
    expect(() => advance(createFeatureState(), [bet(), odd])).toThrow(domainError('settled_before_placed'))
    expect(() => advance(createFeatureState(), [bet(), odd])).toThrow(/odd/)
    expect(() => advance(createFeatureState(), [bet({ settledAtMs: Number.NaN })])).toThrow(
      domainError('settled_before_placed'),
    )
  })

  test('also an open one that bears such a time', () => {
    const odd = bet({ state: 'open', placedAtMs: at(1), settledAtMs: at(0) })
    expect(() => advance(createFeatureState(), [odd])).toThrow(domainError('settled_before_placed'))
  })

  test('a bet placed before what the features have seen', () => {
    const state = stateAt([bet()], at(1))
    expect(() => advance(state, [bet({ id: 'late', placedAtMs: at(1) - 1, settledAtMs: null })])).toThrow(
      invariantError,
    )
    expect(advance(state, [bet({ id: 'in-time', placedAtMs: at(1), settledAtMs: null })])).toEqual([])
  })

  test('bets that are not in order of placement, and instants that are no numbers', () => {
    const bets = [bet({ placedAtMs: at(1), settledAtMs: null }), bet({ id: '2', placedAtMs: at(0), settledAtMs: null })]
    expect(() => advance(createFeatureState(), bets)).toThrow(invariantError)
    expect(() => advance(createFeatureState(), [bet({ placedAtMs: Number.NaN })])).toThrow(invariantError)
  })

  test('more names of a field than can be told apart', () => {
    const league = Array.from({ length: 131_071 }, (_, i) => `League ${i}`)
    const state = createFeatureState({ ...NO_NAMES, league })
    advance(state, [bet({ league: 'League 131070' })])
    const another = bet({ id: 'another', league: 'One more', placedAtMs: at(1), settledAtMs: null })
    expect(() => advance(state, [another])).toThrow(domainError('too_many_names'))
  })
})

describe('applyBefore', () => {
  test('applies what lies strictly before the instant', () => {
    const state = createFeatureState()
    advance(state, [bet({ placedAtMs: at(0), settledAtMs: at(0, 3) })])
    const count = () => named(ALL_FEATURES.vector(state, bet({ placedAtMs: state.asOfMs }), 0)).ledger_count
    const placed = () => named(ALL_FEATURES.vector(state, bet({ placedAtMs: state.asOfMs }), 0)).ledger_placed_7d
    expect([state.asOfMs, placed(), count()]).toEqual([at(0), 0, 0])
    applyBefore(state, at(0) + 1)
    expect([state.asOfMs, placed(), count()]).toEqual([at(0) + 1, 1, 0])
    applyBefore(state, at(0, 3))
    expect(count()).toBe(0)
    applyBefore(state, at(0, 3) + 1)
    expect(count()).toBe(1)
  })

  test('changes nothing where the instant is not after what has been applied', () => {
    const state = stateAt(results('WLW'), at(1))
    const before = structuredClone(state.groups.map(({ tallies }) => [...tallies]))
    for (const instantMs of [at(1), at(0), 0, Number.NEGATIVE_INFINITY]) applyBefore(state, instantMs)
    expect(state.asOfMs).toBe(at(1))
    expect(state.groups.map(({ tallies }) => [...tallies])).toEqual(before)
  })

  test('of an instant that is no number leaves the state usable, or refuses', () => {
    const state = stateAt(results('WLW'), at(1))
    try {
      applyBefore(state, Number.NaN)
    } catch {
      // A refusal is as good.
    }
    expect(state.asOfMs).toBe(at(1))
  })

  test('may go in any steps', () => {
    const ledger = randomLedger(2, 80).sort(byPlacement)
    const [once, slowly] = [createFeatureState(), createFeatureState()]
    advance(once, ledger)
    advance(slowly, ledger)
    for (let hours = 0; hours <= 24 * 40; hours += 5) applyBefore(slowly, at(0, hours))
    applyBefore(once, at(40))
    applyBefore(slowly, at(40))
    const asked = bet({ placedAtMs: at(40) })
    expect(ALL_FEATURES.vector(slowly, asked, 0)).toEqual(ALL_FEATURES.vector(once, asked, 0))
  })
})

describe('advance', () => {
  test('gives no columns where none are asked for, and empty ones for no bets', () => {
    expect(advance(createFeatureState(), [bet()])).toEqual([])
    const columns = advance(createFeatureState(), [], ALL_FEATURES)
    expect(columns.map((column) => column.length)).toEqual(FEATURE_NAMES.map(() => 0))
  })

  test('gives bets of an instant the same however many come before it, or with it', () => {
    for (const before of [0, 500, 511, 512, 513, 1023]) {
      const early = Array.from({ length: before }, (_, i) =>
        bet({ id: `e${String(i).padStart(4, '0')}`, placedAtMs: at(0) + 60_000 * i, settledAtMs: at(40) }),
      )
      const twins = Array.from({ length: 700 }, (_, i) =>
        bet({ id: `t${String(i).padStart(4, '0')}`, placedAtMs: at(2), settledAtMs: at(2) }),
      )
      const columns = advance(createFeatureState(), [...early, ...twins], ALL_FEATURES)
      const counted = columns[FEATURE_NAMES.indexOf('ledger_placed_7d')]?.subarray(before)
      expect([...new Set(counted)]).toEqual([before])
      expect(counted).toHaveLength(700)
    }
  })

  test('writes to the memory of spare columns where they are large enough, and the same values', () => {
    const [long, short] = [randomLedger(3, 90).sort(byPlacement), randomLedger(4, 60).sort(byPlacement)]
    const spare = advance(createFeatureState(), long, ALL_FEATURES)
    const memory = spare.map(({ buffer }) => buffer)
    const again = advance(createFeatureState(), short, ALL_FEATURES, spare)
    expect(again).toEqual(advance(createFeatureState(), short, ALL_FEATURES))
    expect(again.every(({ buffer }, f) => buffer === memory[f])).toBe(true)
    const longAgain = advance(createFeatureState(), long, ALL_FEATURES, again)
    expect(longAgain.every(({ buffer }, f) => buffer === memory[f])).toBe(true)
    const longer = advance(createFeatureState(), randomLedger(5, 91).sort(byPlacement), ALL_FEATURES, longAgain)
    expect(longer).toEqual(advance(createFeatureState(), randomLedger(5, 91).sort(byPlacement), ALL_FEATURES))
    expect(longer.some(({ buffer }, f) => buffer === memory[f])).toBe(false)
  })

  test('shows bets of one instant nothing of each other', () => {
    const twins = ['1', '2', '3'].map((id) => bet({ id, placedAtMs: at(1), settledAtMs: at(1), sport: `Sport ${id}` }))
    const columns = advance(stateAt(results('WL'), at(1)), twins, ALL_FEATURES)
    const rows = twins.map((_, r) => named(columns.map((column) => column[r] ?? 99)))
    for (const row of rows) {
      expect(row).toMatchObject({ ledger_placed_7d: 2, ledger_count: 2, ledger_hours_since_last_bet: 23, sport: 0 })
    }
    expect(rows[1]).toEqual(rows[0])
  })

  test('knows when results of an instant are told apart by nothing but their bets: placed first, then by id', () => {
    const at5 = { settledAtMs: at(0, 5) }
    const lost = bet({ id: 'b', state: 'lost', placedAtMs: at(0, 1), ...at5 })
    const won = bet({ id: 'a', state: 'won', placedAtMs: at(0, 2), ...at5 })
    const third = bet({ id: 'c', state: 'lost', placedAtMs: at(0, 2), ...at5 })
    const streak = (ledger: Bet[]) => featuresAt(ledger, { placedAtMs: at(1) }).sport_market_streak
    expect(streak([lost, won])).toBe(1)
    expect(streak([lost, won, third])).toBe(-1)
    expect(streak([won, third, lost])).toBe(-1)
  })

  test('keeps apart bets that differ in type, in being live or in price alone', () => {
    const kinds: Partial<Bet>[] = [
      ...[{}, { isLive: true }, { betType: 'parlay' as const }, { betType: 'parlay' as const, isLive: true }],
      ...[{ betType: 'teaser' as const }, { decimalOdds: 1.4 }, { decimalOdds: 30 }, { decimalOdds: null }],
    ]
    const features = featuresAt(
      kinds.map((kind, i) => bet({ id: `${i}`, settledAtMs: at(0, i + 3), ...kind })),
      { placedAtMs: at(1) },
    )
    expect(features).toMatchObject({ live_count: 5, bet_type_count: 4, price_band_count: 5, book_live_count: 5 })
  })

  test('counts how it is known when results were known', () => {
    const state = createFeatureState()
    advance(state, [
      bet({ id: '1' }),
      bet({ id: '2', settledAtMs: null }),
      bet({ id: '3', resultKnownAtMs: at(9) }),
      bet({ id: '4', settledAtMs: null, resultKnownAtMs: at(9) }),
      bet({ id: '5', state: 'open', settledAtMs: null }),
    ])
    expect(state.resultsKnownBy).toEqual({ told: 2, settled: 1, assumed: 1 })
  })

  test('holds results back for as long as it takes', () => {
    const state = createFeatureState()
    advance(state, [bet({ id: '1', placedAtMs: at(0), settledAtMs: at(400) })])
    for (let day = 1; day < 400; day += 50)
      advance(state, [bet({ id: `${day}`, state: 'open', placedAtMs: at(day), settledAtMs: null })])
    applyBefore(state, at(400))
    expect(named(ALL_FEATURES.vector(state, bet({ placedAtMs: at(400) }), 0)).ledger_count).toBe(0)
    applyBefore(state, at(400) + 1)
    expect(named(ALL_FEATURES.vector(state, bet({ placedAtMs: at(400) + 1 }), 0)).ledger_count).toBe(1)
  })
})

describe('names', () => {
  const awkward = [
    ...['a|b', 'a', 'b', '|', '"', '\\"', "'", ',', '🏀', '🏀🏀', '\ud83c', '\udfc0', '\ud83c\ud83c', '\u0000'],
    ...['__proto__', 'constructor', 'null', 'undefined', 'NaN', '0', ' ', '  ', 'a ', 'é', 'e\u0301'],
  ]

  test('of any characters stand for themselves alone', () => {
    // Name i wins i of its bets and loses one.
    const ledger = awkward.flatMap((sport, i) => results(`${'W'.repeat(i)}L`, { sport, league: sport }))
    const ids = ledger.map((placed, i) => ({ ...placed, id: `${i}` }))
    const state = stateAt(ids, at(9))
    for (const [i, sport] of awkward.entries()) {
      const features = named(ALL_FEATURES.vector(state, bet({ sport, league: sport, placedAtMs: at(9) }), 0))
      expect({ sport, count: features.sport_count, both: features.sport_league_count }).toEqual({
        ...{ sport, count: i + 1, both: i + 1 },
      })
      const crossed = bet({ sport, league: awkward[(i + 1) % awkward.length] ?? null, placedAtMs: at(9) })
      expect(named(ALL_FEATURES.vector(state, crossed, 0)).sport_league_count).toBe(0)
    }
  })

  test('may be ten thousand', () => {
    const leagues = Array.from({ length: 10_000 }, (_, i) => `League ${i}`)
    const ledger = leagues.map((league, i) => {
      const placedAtMs = at(0) + 60_000 * i
      return bet({ id: `${i}`.padStart(5, '0'), league, placedAtMs, settledAtMs: placedAtMs + 1 })
    })
    const features = featuresAt(ledger, { league: 'League 9998', placedAtMs: at(30) })
    expect(features).toMatchObject({ league: 9999, sport_league_count: 1, sport_count: 10_000, ledger_count: 10_000 })
    expect(featuresAt(ledger, { league: 'League 10000', placedAtMs: at(30) })).toMatchObject({
      ...{ league: 0, sport_league_count: 0, sport_count: 10_000 },
    })
  })

  test('that are lacking keep a bet out of the groups that need them, and change no other', () => {
    const ledger = randomLedger(12, 90).map((placed) => ({ ...placed, league: 'NBA' }))
    const leagueless = ledger.map((placed, i) => (i % 2 === 0 ? { ...placed, league: null } : placed))
    const asked = { placedAtMs: at(20), sport: 'Tennis', league: 'NBA', market: 'Total' }
    const [whole, lacking] = [featuresAt(ledger, asked), featuresAt(leagueless, asked)]
    const changed = FEATURES.filter(({ name }) => !Object.is(whole[name], lacking[name])).map(({ group }) => group)
    expect([...new Set(changed)].sort()).toEqual(['sport_league', 'sport_league_market'])
    expect(lacking.sport_league_count ?? 0).toBeLessThan(whole.sport_league_count ?? 0)
  })

  test('that the asked bet lacks leave its groups empty, and change no other feature', () => {
    const ledger = randomLedger(12, 90).map((placed) => ({ ...placed, league: placed.league ?? 'NBA' }))
    const asked = { placedAtMs: at(20), sport: 'Tennis', league: 'NBA', market: 'Total' }
    const [whole, lacking] = [featuresAt(ledger, asked), featuresAt(ledger, { ...asked, league: null })]
    const ofLeague = FEATURES.filter(({ group, name }) => name === 'league' || group?.startsWith('sport_league'))
    const changed = FEATURES.filter(({ name }) => !Object.is(whole[name], lacking[name]))
    expect(changed.filter((feature) => !ofLeague.includes(feature))).toEqual([])
    const wrong = ofLeague.filter(({ name, missing }) => !Object.is(lacking[name], missing === 'zero' ? 0 : Number.NaN))
    expect(wrong.map(({ name }) => name)).toEqual([])
  })
})

describe('bets of which little is known', () => {
  const bare: Partial<Bet> = {
    ...{ sport: null, league: null, market: null, book: null, decimalOdds: null },
    ...{ stakeMinor: null, profitMinor: null, currency: null, returnPerUnit: null },
  }

  test('count as placed and as won or lost, and as nothing else', () => {
    const ledger = results('WLW', bare)
    const features = featuresAt(ledger, { placedAtMs: at(1) })
    expect(features).toMatchObject({ ledger_placed_7d: 3, ledger_count: 0, live_count: 0 })
    expect(features.ledger_win_rate).toBeCloseTo(2 / 3, 7)
    for (const name of ['ledger_residual', 'ledger_roi', 'ledger_form', 'market_turnover_share_30d']) {
      expect(features[name]).toBeNaN()
    }
  })

  test('get what the ledger and their own fields say', () => {
    const features = featuresAt(results('WLW'), { ...bare, placedAtMs: at(1) })
    expect(features).toMatchObject({
      ledger_count: 3,
      live_count: 3,
      bet_type_count: 3,
      sport_count: 0,
      price_band_count: 0,
    })
    expect(features).toMatchObject({ sport: Number.NaN, market_log_odds: Number.NaN, sport_residual: Number.NaN })
  })

  test('leave every feature a number or missing, at any price and stake', () => {
    const wild = randomLedger(13, 120).map((placed, i) => ({
      ...placed,
      betType: 'parlay' as const,
      decimalOdds: [1e9, 1 + 1e-9, 1.000001, 123_456.789, null][i % 5] ?? null,
      stakeMinor: [0, 1, null, 1_000_000_000, 7][i % 5] ?? null,
      profitMinor: [0, 1e12, -1e12, null, 3][i % 5] ?? null,
    }))
    const features = featuresAt(wild, { betType: 'parlay', decimalOdds: 1e9, placedAtMs: at(60) })
    const infinite = Object.entries(features).filter(([, x]) => !Number.isNaN(x) && !Number.isFinite(x))
    expect(infinite).toEqual([])
    const returns = Object.entries(features).filter(
      ([name, x]) => /_roi/.test(name) && !/momentum|deviation/.test(name) && x > 100,
    )
    expect(returns).toEqual([])
  })
})

describe('an empty ledger', () => {
  test('gives the first bet what itself says, and nothing of a history', () => {
    const features = featuresAt([], {})
    const told = FEATURES.filter(({ name }) => !Number.isNaN(features[name]) && features[name] !== 0)
    // Odds of 2.00 have log-odds of zero; the rest is zero or missing.
    expect(told.map(({ name }) => name)).toEqual(['implied_probability', 'bet_type', 'day_of_week'])
    expect(Math.abs(features.market_log_odds ?? 1)).toBe(0)
  })

  test('may be asked at any instant', () => {
    const state = createFeatureState()
    applyBefore(state, at(0))
    applyBefore(state, at(0, 5) + HOUR_MS)
    expect(named(ALL_FEATURES.vector(state, bet(), 0)).ledger_count).toBe(0)
  })
})
