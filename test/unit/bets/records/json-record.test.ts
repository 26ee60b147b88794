import { describe, expect, it } from 'vitest'
import { betSchema } from '../../../../shared/bets/bet.ts'
import { closelineLedger } from '../../../../shared/bets/formats/closeline-ledger.ts'
import { readJsonRecord } from '../../../../shared/bets/records/json-record.ts'
import { toLedgerRow } from '../../../../shared/bets/records/ledger-row.ts'
import { bet } from '../../../support/bets.ts'
import { HOSTILE_VALUES } from '../../../support/hostile-values.ts'
import { sourceRow } from '../../../support/source-rows.ts'
import { TRACKER_RECORD } from '../../../support/tracker-records.ts'

const NOW_MS = Date.UTC(2026, 2, 1)

/** A row of the ledger file, as a CSV reader gives it. */
const CELLS = {
  ...{ id: 'a', sport: 'Basketball', league: 'NBA', market: 'Spread', institution_name: 'DraftKings' },
  ...{ bet_type: 'straight', american_odds: '-110', status: 'SETTLED_WIN', is_win: 'true', roi: '90.9' },
  ...{ clv_percentage: '2.5', is_live: 'false', time_placed: '2025-03-01T18:05:00Z' },
}

const TYPED = { ...CELLS, american_odds: -110, is_win: true, roi: 90.9, clv_percentage: 2.5, is_live: false }

function betIn(value: unknown) {
  const read = readJsonRecord(value, NOW_MS)
  if (!read.ok) throw new Error(read.problem.detail)
  return read
}

function problemIn(value: unknown) {
  const read = readJsonRecord(value, NOW_MS)
  if (read.ok) throw new Error('it is a bet')
  return read.problem
}

describe('a record in JSON', () => {
  it.each([
    ['text', CELLS],
    ['values', TYPED],
    ['values, blanks null or left out', { ...TYPED, league: null, is_live: undefined }],
  ])('makes the bet that the ledger file makes of it, written as %s', (_, record) => {
    const cells = Object.fromEntries(Object.entries(record).flatMap(([k, v]) => (v == null ? [] : [[k, String(v)]])))
    const [fromFile] = closelineLedger.parse([sourceRow(cells)]).bets
    expect(betIn(record).bet).toEqual(fromFile?.bet)
  })

  it('takes straight for a bet type left out of a row of the ledger file, and for none of the tracker', () => {
    const { bet_type, ...row } = TYPED
    expect(betIn(row).bet.betType).toBe('straight')
    expect(problemIn({ ...row, odds: null })).toMatchObject({ reason: 'unknown_bet_type', field: 'bet_type' })
  })

  it('is of the tracker where it has one of its fields, and keeps its money', () => {
    expect(betIn(TRACKER_RECORD).bet).toMatchObject({ decimalOdds: 1.91, stakeMinor: 1000, profitMinor: 910 })
    expect(betIn({ ...TYPED, amount: '10' }).bet).toMatchObject({ stakeMinor: 1000, currency: 'USD' })
    expect(betIn({ ...TYPED, profit: 9.09 }).bet).toMatchObject({ profitMinor: 909, currency: 'USD' })
  })

  it('is of our own table where it says when it was placed there', () => {
    const own = bet({ id: 'a', selection: 'Over 20.5' })
    expect(betIn(toLedgerRow(own)).bet).toEqual(own)
    const { placed_at, ...unplaced } = toLedgerRow(own)
    expect(problemIn(unplaced)).toMatchObject({ reason: 'missing_time', field: 'placed_at' })
  })

  it.each([[null], ['text'], [7], [[]], [{}], [{ id: 'a' }]])('is no bet where it is %j', (value) => {
    expect(problemIn(value)).toMatchObject({ reason: 'unreadable_record', field: null })
  })

  it.each([
    [{ ...TYPED, american_odds: 50 }, 'odds_out_of_range', 'american_odds'],
    [{ ...TYPED, american_odds: 'evens' }, 'unreadable_odds', 'american_odds'],
    [{ ...TYPED, american_odds: [-110] }, 'unreadable_record', 'american_odds'],
    [{ ...TYPED, sport: { $ne: null } }, 'unreadable_record', 'sport'],
    [{ ...TYPED, time_placed: '2025-03-01 18:05:00' }, 'unreadable_time', 'time_placed'],
    [{ ...TYPED, id: '  ' }, 'missing_id', 'id'],
    [{ ...TYPED, id: 'x'.repeat(101) }, 'id_too_long', 'id'],
    [{ ...TYPED, id: 'a\u0000b' }, 'unreadable_text', 'id'],
    [{ ...TYPED, market: 'half \ud83c' }, 'unreadable_text', 'market'],
    [{ ...TYPED, time_placed: '9999-12-31T23:59:59-12:00' }, 'unreadable_time', null],
    [{ ...toLedgerRow(bet()), origin: 'demo' }, 'unknown_origin', 'origin'],
    [{ ...toLedgerRow(bet()), selection: '\u0000' }, 'unreadable_text', 'selection'],
  ])('tells what is wrong with it: %#', (record, reason, field) => {
    expect(problemIn(record)).toMatchObject({ reason, field })
  })

  it('tells when its source changed it, to the microsecond, in UTC where there is no zone', () => {
    const changed = (updated_at: unknown) => betIn({ ...TYPED, updated_at }).changedAtUs
    expect(changed('1970-01-01T00:00:01.000002+00:00')).toBe(1_000_002)
    expect(changed('1970-01-01T01:00:01.000002+01:00')).toBe(1_000_002)
    expect(changed('1970-01-01 00:00:01.5')).toBe(1_500_000)
    for (const nothing of [null, undefined, '']) expect(changed(nothing)).toBeNull()
    expect(betIn(TYPED).changedAtUs).toBeNull()
  })

  it('is refused with a change time that is none, or that would outdate every later change', () => {
    const dayMs = 86_400_000
    const at = (ms: number) => ({ ...TYPED, updated_at: new Date(ms).toISOString() })
    expect(betIn(at(NOW_MS + dayMs)).changedAtUs).toBe(1000 * (NOW_MS + dayMs))
    for (const record of [
      at(NOW_MS + dayMs + 1),
      at(-1),
      { ...TYPED, updated_at: 'now' },
      { ...TYPED, updated_at: 7 },
    ]) {
      expect(problemIn(record)).toMatchObject({ reason: 'unreadable_time', field: 'updated_at' })
    }
  })

  it('is a bet of our schema or a problem, whatever its fields hold', () => {
    for (const base of [TYPED, TRACKER_RECORD, toLedgerRow(bet())]) {
      for (const field of [...Object.keys(base), 'updated_at', '__proto__']) {
        for (const [name, value] of HOSTILE_VALUES) {
          const record: unknown = JSON.parse(JSON.stringify({ ...base, [field]: value }))
          const read = readJsonRecord(record, NOW_MS)
          if (!read.ok) expect(read.problem.detail.length, `${field}: ${name}`).toBeLessThan(600)
          else expect(betSchema.safeParse(read.bet).success, `${field}: ${name}`).toBe(true)
        }
      }
    }
  })
})
