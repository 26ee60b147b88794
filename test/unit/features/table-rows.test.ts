import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { byPlacement } from '../../../shared/bets/bet.ts'
import { isDecisive, isSettled } from '../../../shared/bets/settlement.ts'
import { advance, applyBefore } from '../../../shared/features/advance.ts'
import { featureSet } from '../../../shared/features/feature-set.ts'
import { FEATURE_NAMES } from '../../../shared/features/registry.ts'
import { knownAtMs } from '../../../shared/features/settlement-lag.ts'
import type { FeatureState } from '../../../shared/features/state.ts'
import { createFeatureState } from '../../../shared/features/state.ts'
import { tableRows } from '../../../shared/features/table-rows.ts'
import type { FeatureTable, TableRow } from '../../../shared/features/tables.ts'
import {
  assertColumns,
  FEATURE_METADATA,
  FEATURE_TABLES,
  INSTITUTION_STATS,
  MARKET_PERFORMANCE,
  SPORT_MARKET_STATS,
  SPORT_STATS,
} from '../../../shared/features/tables.ts'
import { InvariantError } from '../../../shared/kernel/errors.ts'
import { bet, LEDGER_START_MS, randomLedger } from '../../support/bets.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LAYER = { recordCount: 6, checksum: 'ab'.repeat(32) }

/** A bet of so many days after 1 March 2025, settled three hours later. */
function onDay(days: number, id: string, changed: Partial<Bet>): Bet {
  const placedAtMs = LEDGER_START_MS + days * DAY_MS
  return bet({ id, placedAtMs, settledAtMs: placedAtMs + 3 * HOUR_MS, ...changed })
}

function stateOf(bets: readonly Bet[], atMs: number, state = createFeatureState()): FeatureState {
  advance(state, [...bets].sort(byPlacement))
  applyBefore(state, atMs)
  return state
}

/** 12 March 2025, 00:00 UTC. */
const AT_MS = LEDGER_START_MS + 11 * DAY_MS
const LEDGER: Bet[] = [
  onDay(0, 'a', { decimalOdds: 2, stakeMinor: 1000, profitMinor: 1000 }),
  onDay(1, 'b', { state: 'lost', decimalOdds: 2.5, stakeMinor: 2000, profitMinor: -2000 }),
  onDay(2, 'euro', {
    ...{ state: 'lost', league: null, book: 'FanDuel', decimalOdds: 1.25 },
    ...{ stakeMinor: 400, profitMinor: -400, currency: 'EUR' },
  }),
  onDay(8, 'c', { decimalOdds: 4, stakeMinor: 503, profitMinor: 1509 }),
  onDay(9, 'd', { state: 'push', stakeMinor: 1000, profitMinor: 0 }),
  onDay(9.5, 'open', {
    ...{ state: 'open', sport: 'Tennis', league: 'ATP', market: 'Moneyline', book: null },
    ...{ profitMinor: null, settledAtMs: null },
  }),
  onDay(11, 'waits', { sport: 'Golf', league: 'PGA', market: 'Outright' }),
]

function rowsOf(table: FeatureTable, state = stateOf(LEDGER, AT_MS)): TableRow[] {
  return tableRows(table, state, AT_MS, LAYER)
}

/** Of a row with one bet that is open. */
const NOTHING_SETTLED = {
  ...{ win_rate: null, roi: null, residual: null, total_bets: 0, total_amount: null, total_profit: null },
  ...{ placed_bets: 1, decided_bets: 0, wins: 0, priced_bets: 0, returned_bets: 0, money_bets: 0 },
  ...{ currency: null, last_known_at: null, updated_at: '2025-03-12T00:00:00.000Z' },
}

/** Residuals 0.5 − 0.4 + 0.75 − 0.8 of four bets, and their mean with 50 bets of nothing. */
const RESIDUAL = 0.05
const LEDGER_MEAN = RESIDUAL / 54

describe('tableRows', () => {
  it('sums up each sport', () => {
    const [basketball, tennis, ...others] = rowsOf(SPORT_STATS)
    expect(basketball).toEqual({
      sport: 'Basketball',
      ...{ total_bets: 5, placed_bets: 5, decided_bets: 4, wins: 2, priced_bets: 4, returned_bets: 5, money_bets: 4 },
      win_rate: 2 / 4,
      // Returns 1, −1, −1, 3 and 0.
      roi: 2 / 5,
      ...{ total_amount: 45.03, total_profit: 5.09, currency: 'USD' },
      // All residuals are of one sport, so sports differ by nothing that is known: 1,000 bets of the ledger's mean.
      residual: expect.closeTo((RESIDUAL + 1000 * LEDGER_MEAN) / 1004, 8),
      ...{ last_known_at: '2025-03-10T03:00:00.000Z', updated_at: '2025-03-12T00:00:00.000Z' },
    })
    expect(tennis).toEqual({ sport: 'Tennis', ...NOTHING_SETTLED })
    expect(others).toEqual([])
  })

  it('sums up each sportsbook, with money only where it is of the ledger’s currency', () => {
    expect(rowsOf(INSTITUTION_STATS)).toMatchObject([
      {
        institution_name: 'DraftKings',
        ...{ placed_bets: 4, total_bets: 4, decided_bets: 3, wins: 2, win_rate: 2 / 3, roi: 3 / 4 },
        ...{ money_bets: 4, total_amount: 45.03, total_profit: 5.09, currency: 'USD' },
      },
      {
        institution_name: 'FanDuel',
        ...{ placed_bets: 1, total_bets: 1, decided_bets: 1, wins: 0, win_rate: 0, roi: -1 },
        ...{ money_bets: 0, total_amount: null, total_profit: null, currency: null },
      },
    ])
  })

  it('tells how the last ten bets of a sport and market fared beside all of them', () => {
    // Won, won, then three wins in ten: 5 of 12 in all.
    const states = ['won', 'won', 'won', 'lost', 'lost', 'won', 'lost', 'lost', 'lost', 'won', 'lost', 'lost'] as const
    const bets = states.map((state, i) => onDay(i / 2, `bet-${i}`, { state }))
    expect(rowsOf(SPORT_MARKET_STATS, stateOf(bets, AT_MS))).toMatchObject([
      { sport: 'Basketball', market: 'Player Points', win_rate: 5 / 12, recent_win_rate: 0.3 },
    ])
    expect(rowsOf(SPORT_MARKET_STATS)).toMatchObject([
      { sport: 'Basketball', market: 'Player Points', total_bets: 5, recent_win_rate: 0.5 },
      { sport: 'Tennis', market: 'Moneyline', ...NOTHING_SETTLED, recent_win_rate: null },
    ])
  })

  it('tells how a sport, league and market has run', () => {
    const [points, tennis, ...others] = rowsOf(MARKET_PERFORMANCE)
    expect(points).toMatchObject({
      ...{ sport: 'Basketball', league: 'NBA', market: 'Player Points' },
      ...{ placed_bets: 4, total_bets: 4, decided_bets: 3, wins: 2, win_rate: 2 / 3, roi: 3 / 4 },
      ...{ win_rate_last_10: 2 / 3, roi_last_10: 3 / 4, win_rate_last_20: 2 / 3, roi_last_20: 3 / 4 },
      ...{ win_rate_last_50: 2 / 3, roi_last_50: 3 / 4, win_rate_momentum: 0, roi_momentum: 0, streak: 1 },
      // From 6 March on: a win at 4.00 and a push.
      ...{ placed_7d: 2, decided_7d: 1, win_rate_7d: 1, roi_7d: 3 / 2 },
      ...{ placed_30d: 4, decided_30d: 3, win_rate_30d: 2 / 3, roi_30d: 3 / 4 },
      ...{ placed_90d: 4, decided_90d: 3, win_rate_90d: 2 / 3, roi_90d: 3 / 4 },
      // Returns 1, −1, 3, 0: Σ 3, Σ of squares 11.
      roi_deviation: Math.sqrt((11 - 9 / 4) / 3),
      // Roots of (p − 2/3)² = z²·p·(1 − p)/3, z = 1.95996.
      ...{ win_rate_low: expect.closeTo(0.2076596008, 9), win_rate_high: expect.closeTo(0.9385080553, 9) },
      ...{ win_rate_width: expect.closeTo(0.7308484545, 9), reliability: expect.closeTo(1 / 1.7308484545, 9) },
      // Six bets were placed in March.
      ...{ days_since_last_bet: 2, popularity: 4 / 6, sample_adequacy: Math.sqrt(3 / 20) },
    })
    expect(tennis).toMatchObject({
      ...{ sport: 'Tennis', league: 'ATP', market: 'Moneyline', ...NOTHING_SETTLED },
      ...{ win_rate_last_10: null, roi_last_50: null, placed_7d: 1, decided_7d: 0, win_rate_7d: null, roi_7d: null },
      ...{ win_rate_momentum: null, roi_momentum: null, streak: 0, roi_deviation: null },
      ...{ win_rate_low: null, win_rate_high: null, win_rate_width: null, reliability: null },
      ...{ days_since_last_bet: 1.5, popularity: 1 / 6, sample_adequacy: 0 },
    })
    expect(others).toEqual([])
  })

  it('forgets in its windows over days what lies before them', () => {
    const state = stateOf(LEDGER, LEDGER_START_MS + 39.5 * DAY_MS)
    // 9 April: the window of 30 days begins on 11 March, and only Golf was bet on since.
    const [points, golf] = tableRows(MARKET_PERFORMANCE, state, state.asOfMs, LAYER)
    expect(points).toMatchObject({ placed_30d: 0, win_rate_30d: null, roi_30d: null, popularity: 0, placed_90d: 4 })
    expect(golf).toMatchObject({ sport: 'Golf', placed_30d: 1, popularity: 1, placed_90d: 1 })
    const later = stateOf(LEDGER, LEDGER_START_MS + 60 * DAY_MS)
    const [quiet] = tableRows(MARKET_PERFORMANCE, later, later.asOfMs, LAYER)
    expect(quiet).toMatchObject({ placed_30d: 0, popularity: null, days_since_last_bet: 51 })
  })

  it('counts a sample of twenty decided bets and more as adequate', () => {
    for (const [count, adequacy] of [
      [5, 0.5],
      [20, 1],
      [25, 1],
    ] as const) {
      const bets = Array.from({ length: count }, (_, i) => onDay(i / 4, `bet-${i}`, {}))
      expect(rowsOf(MARKET_PERFORMANCE, stateOf(bets, AT_MS))).toMatchObject([{ sample_adequacy: adequacy }])
    }
  })

  it('says of every feature what it is and which computation its values are of', () => {
    const rows = rowsOf(FEATURE_METADATA)
    expect(rows.map(({ feature_name }) => feature_name)).toEqual(FEATURE_NAMES)
    const byName = new Map(rows.map((row) => [row.feature_name, row]))
    expect(byName.get('sport_market_win_rate')).toEqual({
      ...{ feature_name: 'sport_market_win_rate', version: '1', type: 'numerical', computation_mode: 'batch' },
      ...{ entity_key: ['sport', 'market'], dependencies: ['sport', 'market', 'state'], ttl_seconds: 86_400 },
      ...{ unit: 'share', missing_policy: 'missing' },
      description: 'Wins per bet won or lost of the sport and market.',
      ...{ last_computed_at: '2025-03-12T00:00:00.000Z', record_count: 6, checksum: 'ab'.repeat(32) },
    })
    expect(byName.get('is_live')).toMatchObject({ type: 'boolean', entity_key: ['bet_id'], ttl_seconds: null })
    expect(byName.get('ledger_placed_7d')).toMatchObject({
      ...{ computation_mode: 'hybrid', entity_key: [], ttl_seconds: 21_600, missing_policy: 'zero' },
    })
  })

  it('has no rows but those of the features before the first bet', () => {
    const counts = FEATURE_TABLES.map((table) => rowsOf(table, stateOf([], AT_MS)).length)
    expect(counts).toEqual([0, 0, 0, 0, FEATURE_NAMES.length])
  })

  it('gives the same rows in whatever order names were met', () => {
    const names = { sport: ['Tennis', 'Golf'], league: ['WTA', 'ATP'], market: ['Outright'], book: ['FanDuel'] }
    const state = stateOf(LEDGER, AT_MS, createFeatureState(names))
    for (const table of FEATURE_TABLES) expect(rowsOf(table, state)).toEqual(rowsOf(table))
  })

  it('refuses a state that has not been taken to the instant, and a table that is none of ours', () => {
    const state = stateOf(LEDGER, AT_MS)
    expect(() => tableRows(SPORT_STATS, state, AT_MS + 1, LAYER)).toThrow(InvariantError)
    expect(() => tableRows({ ...SPORT_STATS, name: 'x' }, state, AT_MS, LAYER)).toThrow(InvariantError)
    expect(() => tableRows(FEATURE_METADATA, createFeatureState(), -Infinity, LAYER)).toThrow(InvariantError)
  })

  it('dates rows by the state where that has been taken further', () => {
    const state = stateOf(LEDGER, AT_MS + DAY_MS)
    const [row] = tableRows(SPORT_STATS, state, AT_MS, LAYER)
    expect(row).toMatchObject({ sport: 'Basketball', updated_at: '2025-03-13T00:00:00.000Z' })
  })
})

describe('the rows of random ledgers', () => {
  /** A ledger with the instant that it is looked at, half of it past; bets placed at that instant wait. */
  const ledgers = Array.from({ length: 8 }, (_, seed) => {
    const ledger = randomLedger(seed, 400).sort(byPlacement)
    const atMs = ledger[200]?.placedAtMs ?? 0
    const entered = ledger.filter(({ placedAtMs }) => placedAtMs <= atMs)
    return { seed, ledger, atMs, state: stateOf(entered, atMs) }
  })
  const fieldOf: Readonly<Record<string, 'sport' | 'league' | 'market' | 'book'>> = {
    ...{ sport: 'sport', league: 'league', market: 'market', institution_name: 'book' },
  }

  it.each(ledgers)('have exactly the columns of their tables ($seed)', ({ state, atMs }) => {
    for (const table of FEATURE_TABLES) {
      const rows = tableRows(table, state, atMs, LAYER)
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) assertColumns(table, row)
    }
  })

  it.each(ledgers)('count the bets of each group, and miss no group ($seed)', ({ state, ledger, atMs }) => {
    const past = ledger.filter(({ placedAtMs }) => placedAtMs < atMs)
    for (const table of FEATURE_TABLES.filter((table) => table !== FEATURE_METADATA)) {
      const expected = new Map<string, Record<string, number>>()
      for (const each of past) {
        const names = table.key.map((column) => each[fieldOf[column] ?? 'sport'])
        if (names.includes(null)) continue
        const isKnown = isSettled(each.state) && knownAtMs(each) < atMs
        const isDecided = isKnown && isDecisive(each.state)
        const key = JSON.stringify(names)
        const counts = expected.get(key) ?? { placed_bets: 0, total_bets: 0, decided_bets: 0, wins: 0 }
        expected.set(key, {
          placed_bets: (counts.placed_bets ?? 0) + 1,
          total_bets: (counts.total_bets ?? 0) + (isKnown ? 1 : 0),
          decided_bets: (counts.decided_bets ?? 0) + (isDecided ? 1 : 0),
          wins: (counts.wins ?? 0) + (isDecided && each.state === 'won' ? 1 : 0),
        })
      }
      const counted = tableRows(table, state, atMs, LAYER).map((row): [string, unknown] => {
        const { placed_bets, total_bets, decided_bets, wins } = row
        return [JSON.stringify(table.key.map((column) => row[column])), { placed_bets, total_bets, decided_bets, wins }]
      })
      expect(new Map(counted)).toEqual(expected)
      expect(counted).toHaveLength(expected.size)
    }
  })

  it.each(ledgers)('say what a bet placed at their instant is given as features ($seed)', ({ state, atMs }) => {
    const columns = ['win_rate', 'roi', 'residual', 'win_rate_last_20', 'roi_deviation', 'win_rate_width', 'streak']
    const set = featureSet(columns.map((column) => `sport_league_market_${column}`))
    for (const row of tableRows(MARKET_PERFORMANCE, state, atMs, LAYER)) {
      const [sport, league, market] = [String(row.sport), String(row.league), String(row.market)]
      const vector = set.vector(state, bet({ sport, league, market, placedAtMs: atMs }), 0)
      const shown = columns.map((column) => (row[column] === null ? Number.NaN : Math.fround(Number(row[column]))))
      expect(shown).toEqual([...vector])
    }
  })
})
