import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { betSchema } from '../../shared/bets/bet.ts'
import { isoInstant, moneyMinor } from '../../shared/bets/formats/fields.ts'
import type { SourceRow } from '../../shared/bets/formats/format.ts'
import { BET_FORMATS } from '../../shared/bets/formats/recognise.ts'
import { columnsOf, HEADERS, sourceRow } from '../support/source-rows.ts'

/** Cells that are good, nearly good and arbitrary, so that rows are accepted and refused for every reason. */
const cell = fc.oneof(
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '',
      '1',
      '2',
      '-110',
      '2.05',
      'true',
      'false',
      'SETTLED_WIN',
      'SETTLED_LOSS',
      'PLACED',
      'Win',
      'straight',
      'parlay',
      '2024-05-01T10:00:00Z',
      '2024-05-02T10:00:00Z',
      '05/01/2024 10:00:00 GMT',
      '02/30/2024 10:00:00 GMT',
      'NBA | NFL',
      '1e999',
      '-0',
      '__proto__',
    ),
  },
)

const columns = [...new Set(Object.values(HEADERS).flatMap(columnsOf))]
const rows: fc.Arbitrary<SourceRow[]> = fc
  .array(fc.array(cell, { minLength: columns.length, maxLength: columns.length }), { maxLength: 12 })
  .map((table) =>
    table.map((cells, i) => sourceRow(Object.fromEntries(columns.map((c, j) => [c, cells[j] ?? ''])), i + 2)),
  )

/** A row that every layout takes for a sound bet. */
const SOUND_CELLS = {
  id: 'a',
  bet_id: 'b',
  status: 'SETTLED_WIN',
  american_odds: '120',
  odds: '2.2',
  amount: '10',
  profit: '12',
  time_placed: '2024-05-01T10:00:00Z',
  time_placed_iso: '2024-05-01T10:00:00Z',
  odds_american: '120',
  bet_result: 'won',
  number_of_legs: '1',
  risk_amount: '10',
  amount_won_or_lost: '12',
  date_placed: '2024-05-01T10:00:00Z',
}

/** Sound rows with up to three cells replaced; some share the id of a bet. */
const mostlySoundRows: fc.Arbitrary<SourceRow[]> = fc
  .array(
    fc.tuple(
      fc.constantFrom('j1', 'j2', 'j3', 'j4', 'j5', 'j6'),
      fc.array(fc.tuple(fc.constantFrom(...columns), cell), { maxLength: 3 }),
    ),
    { maxLength: 6 },
  )
  .map((table) =>
    table.map(([id, changes], i) =>
      sourceRow({ ...SOUND_CELLS, juice_bet_id: id, ...Object.fromEntries(changes) }, i + 2),
    ),
  )

describe.each(BET_FORMATS.map((format) => [format.name, format] as const))('%s', (_name, format) => {
  it('puts every row in exactly one place, whatever its cells hold', () => {
    fc.assert(
      fc.property(fc.oneof(rows, mostlySoundRows), (table) => {
        const { bets, rejections } = format.parse(table)
        const lines = [...bets.flatMap((bet) => bet.lines), ...rejections.map((rejection) => rejection.line)]
        expect(lines.toSorted((a, b) => a - b)).toEqual(table.map((row) => row.line))
      }),
    )
  })

  it('makes only bets that satisfy the schema', () => {
    let made = 0
    fc.assert(
      fc.property(mostlySoundRows, (table) => {
        for (const { bet } of format.parse(table).bets) {
          made++
          expect(betSchema.safeParse(bet).error).toBeUndefined()
        }
      }),
    )
    expect(made).toBeGreaterThan(0)
  })
})

describe('cells', () => {
  it('round-trip money through its text', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (minor) => {
        const digits = String(Math.abs(minor)).padStart(3, '0')
        const text = `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
        expect(moneyMinor(text)).toEqual({ ok: true, value: minor === 0 ? 0 : minor })
      }),
    )
  })

  it('round money half away from zero, as exact arithmetic on the digits does', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.boolean(), (tenthsOfMinor, isNegative) => {
        const digits = tenthsOfMinor.toString().padStart(4, '0')
        const text = `${isNegative ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`
        const rounded = Number((tenthsOfMinor + 5n) / 10n)
        expect(moneyMinor(text)).toEqual({ ok: true, value: isNegative && rounded > 0 ? -rounded : rounded })
      }),
    )
  })

  it('round-trip instants through ISO 8601', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(isoInstant(date.toISOString())).toEqual({ ok: true, value: date.getTime() })
        },
      ),
    )
  })
})
