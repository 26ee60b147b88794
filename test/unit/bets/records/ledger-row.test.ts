import { describe, expect, it } from 'vitest'
import { betSchema } from '../../../../shared/bets/bet.ts'
import {
  isSound,
  LEDGER_COLUMNS,
  ledgerRowSchema,
  parseLedgerRow,
  toLedgerRow,
} from '../../../../shared/bets/records/ledger-row.ts'
import { bet } from '../../../support/bets.ts'

/** A row as PostgREST answers it, with columns that are none of a bet's. */
const ROW = {
  id: 'bet-1',
  origin: 'import',
  state: 'half_won',
  bet_type: 'round_robin_3',
  sport: 'Basketball',
  league: null,
  market: ' Player Points ',
  book: 'DraftKings',
  selection: 'Over 20.5',
  is_live: true,
  is_free_bet: false,
  decimal_odds: 1.9090909090909092,
  stake_minor: 1000,
  profit_minor: 455,
  currency: 'USD',
  return_per_unit: 0.455,
  closing_line_value: -0.02,
  placed_at: '2025-03-01T18:05:09.123456+00:00',
  settled_at: '2025-03-01T21:00:00+00:00',
  result_known_at: '2025-03-04T09:15:00.500999+00:00',
  imported_at: 'not of a bet',
  updated_at: '2025-03-02T00:00:00.000001+00:00',
  import_id: null,
}

function refusalOf(changes: Record<string, unknown>) {
  const parsed = parseLedgerRow({ ...ROW, ...changes })
  return parsed.ok ? undefined : parsed.problem
}

describe('parseLedgerRow', () => {
  it('makes a bet of a row, text untouched and instants cut to milliseconds', () => {
    expect(parseLedgerRow(ROW)).toEqual({
      ok: true,
      bet: {
        id: 'bet-1',
        origin: 'import',
        state: 'half_won',
        betType: 'round_robin_3',
        sport: 'Basketball',
        league: null,
        market: ' Player Points ',
        book: 'DraftKings',
        selection: 'Over 20.5',
        isLive: true,
        isFreeBet: false,
        decimalOdds: 1.9090909090909092,
        stakeMinor: 1000,
        profitMinor: 455,
        currency: 'USD',
        returnPerUnit: 0.455,
        closingLineValue: -0.02,
        placedAtMs: Date.UTC(2025, 2, 1, 18, 5, 9, 123),
        settledAtMs: Date.UTC(2025, 2, 1, 21),
        resultKnownAtMs: Date.UTC(2025, 2, 4, 9, 15, 0, 500),
      },
    })
  })

  it('takes empty text for none', () => {
    const parsed = parseLedgerRow({ ...ROW, sport: '', selection: '' })
    expect(parsed).toMatchObject({ ok: true, bet: { sport: null, selection: null } })
  })

  it.each([
    [{ id: '' }, 'missing_id', 'id'],
    [{ id: null }, 'missing_id', 'id'],
    [{ id: 7 }, 'unreadable_text', 'id'],
    [{ id: 'x'.repeat(101) }, 'id_too_long', 'id'],
    [{ origin: 'export' }, 'unknown_origin', 'origin'],
    [{ state: 'SETTLED_WIN' }, 'unknown_status', 'state'],
    [{ bet_type: 'Straight' }, 'unknown_bet_type', 'bet_type'],
    [{ sport: 5 }, 'unreadable_text', 'sport'],
    [{ sport: 's'.repeat(101) }, 'text_too_long', 'sport'],
    [{ league: { name: 'NBA' } }, 'unreadable_text', 'league'],
    [{ market: 'm'.repeat(201) }, 'text_too_long', 'market'],
    [{ book: 'b'.repeat(101) }, 'text_too_long', 'book'],
    [{ selection: 's'.repeat(4001) }, 'text_too_long', 'selection'],
    [{ is_live: 'true' }, 'unreadable_flag', 'is_live'],
    [{ is_free_bet: null }, 'unreadable_flag', 'is_free_bet'],
    [{ decimal_odds: 1 }, 'odds_out_of_range', 'decimal_odds'],
    [{ decimal_odds: '1.9' }, 'unreadable_odds', 'decimal_odds'],
    [{ decimal_odds: Number.POSITIVE_INFINITY }, 'unreadable_odds', 'decimal_odds'],
    [{ decimal_odds: Number.NaN }, 'unreadable_odds', 'decimal_odds'],
    [{ stake_minor: -1 }, 'number_out_of_range', 'stake_minor'],
    [{ stake_minor: 0.5 }, 'unreadable_amount', 'stake_minor'],
    [{ stake_minor: 2 ** 53 }, 'unreadable_amount', 'stake_minor'],
    [{ profit_minor: '455' }, 'unreadable_amount', 'profit_minor'],
    [{ currency: 'US' }, 'unknown_currency', 'currency'],
    [{ currency: 840 }, 'unknown_currency', 'currency'],
    [{ return_per_unit: -1.01 }, 'number_out_of_range', 'return_per_unit'],
    [{ return_per_unit: [] }, 'unreadable_number', 'return_per_unit'],
    [{ closing_line_value: -1 }, 'number_out_of_range', 'closing_line_value'],
    [{ placed_at: null }, 'missing_time', 'placed_at'],
    [{ placed_at: 1_740_852_309_000 }, 'unreadable_time', 'placed_at'],
    [{ placed_at: '2025-02-30T00:00:00+00:00' }, 'unreadable_time', 'placed_at'],
    [{ settled_at: 'infinity' }, 'unreadable_time', 'settled_at'],
    [{ settled_at: false }, 'unreadable_time', 'settled_at'],
    [{ settled_at: '2025-03-01T18:05:09.122+00:00' }, 'settled_before_placed', null],
    [{ result_known_at: 'infinity' }, 'unreadable_time', 'result_known_at'],
    [{ result_known_at: '' }, 'unreadable_time', 'result_known_at'],
    [{ result_known_at: 1_741_079_700_500 }, 'unreadable_time', 'result_known_at'],
  ])('refuses %j as %s', (changes, reason, field) => {
    expect(refusalOf(changes)).toMatchObject({ reason, field, detail: expect.stringContaining(field ?? 'settled at') })
  })

  it('refuses a result known before the bet was placed, and takes one known with it', () => {
    expect(refusalOf({ result_known_at: '2025-03-01T18:05:09.122999+00:00' })).toEqual({
      reason: 'known_before_placed',
      field: null,
      detail: 'result known at 2025-03-01T18:05:09.122Z, before it was placed at 2025-03-01T18:05:09.123Z',
    })
    expect(refusalOf({ result_known_at: ROW.placed_at })).toBeUndefined()
  })

  it('takes a row older than the column of when its result was known, as one that does not tell it', () => {
    const { result_known_at: _, ...older } = ROW
    for (const row of [older, { ...ROW, result_known_at: null }]) {
      expect(parseLedgerRow(row)).toMatchObject({ ok: true, bet: { id: 'bet-1', resultKnownAtMs: null } })
    }
  })

  it('refuses a row whose query forgot a column, which is not the same as null', () => {
    const { decimal_odds: _, ...forgotten } = ROW
    expect(parseLedgerRow(forgotten)).toEqual({
      ok: false,
      problem: { reason: 'unreadable_odds', field: 'decimal_odds', detail: 'decimal_odds: nothing is no number' },
    })
  })

  it('says what it found and what it wants', () => {
    expect(refusalOf({ stake_minor: -5 })?.detail).toBe('stake_minor: -5 is below 0')
    expect(refusalOf({ decimal_odds: 0.5 })?.detail).toBe('decimal_odds: 0.5 is not above 1')
    expect(refusalOf({ sport: 's'.repeat(101) })?.detail).toBe('sport: 101 characters, at most 100 are kept')
    expect(refusalOf({ id: '' })?.detail).toBe('id: 0 characters, at least 1 are needed')
    expect(refusalOf({ origin: 'x' })?.detail).toBe('origin: "x" is none of import, demo')
    expect(refusalOf({ league: {} })?.detail).toBe('league: an object is no string')
    expect(refusalOf({ league: ['NBA'] })?.detail).toBe('league: a list is no string')
  })
})

describe('isSound', () => {
  it.each(LEDGER_COLUMNS)('asks %s what the schema asks', (column) => {
    for (const value of [undefined, null, '', 'x', 'USD', 'x'.repeat(100), 'x'.repeat(101), 'x'.repeat(4001), 'won']) {
      const row = { ...ROW, [column]: value }
      expect([value, isSound(row)]).toEqual([value, ledgerRowSchema.safeParse(row).success])
    }
    for (const value of [-2, -1.5, -1, -0.5, 0, 1, 1.5, 2 ** 53, Number.NaN, Number.NEGATIVE_INFINITY, true, {}, []]) {
      const row = { ...ROW, [column]: value }
      expect([value, isSound(row)]).toEqual([value, ledgerRowSchema.safeParse(row).success])
    }
  })
})

describe('toLedgerRow', () => {
  it('writes the columns of the table and no others', () => {
    expect(Object.keys(toLedgerRow(bet()))).toEqual(LEDGER_COLUMNS)
  })

  it('writes instants in UTC, and none for a bet that is open', () => {
    const row = toLedgerRow(bet({ placedAtMs: Date.UTC(2025, 2, 1, 18, 5, 9, 7), settledAtMs: null }))
    expect(row).toMatchObject({ placed_at: '2025-03-01T18:05:09.007Z', settled_at: null, result_known_at: null })
    const told = toLedgerRow(bet({ resultKnownAtMs: Date.UTC(2025, 2, 4, 9, 15, 0, 5) }))
    expect(told).toMatchObject({ settled_at: '2025-03-01T03:00:00.000Z', result_known_at: '2025-03-04T09:15:00.005Z' })
  })

  it('is undone by parsing', () => {
    const told = bet({ id: 'told', resultKnownAtMs: bet().placedAtMs + 1 })
    for (const each of [bet(), told]) expect(parseLedgerRow(toLedgerRow(each))).toEqual({ ok: true, bet: each })
    expect(betSchema.safeParse(bet()).success).toBe(true)
  })
})
