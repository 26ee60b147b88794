import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BET_STATES, BET_TYPES, type Bet, betSchema } from '../../shared/bets/bet.ts'
import { isoInstant, moneyMinor } from '../../shared/bets/formats/fields.ts'
import { REJECTION_REASONS } from '../../shared/bets/formats/format.ts'
import { isSound, LEDGER_COLUMNS, ledgerRowSchema, toLedgerRow } from '../../shared/bets/records/ledger-row.ts'
import { type BetRecord, parseBetRecord, updatedAtUs } from '../../shared/bets/records/record.ts'
import { timestamp } from '../../shared/bets/records/timestamps.ts'
import { returnByRule } from '../../shared/bets/settlement.ts'
import { bet } from '../support/bets.ts'
import { TRACKER_RECORD } from '../support/tracker-records.ts'

const text = (max: number) => fc.string({ unit: 'binary', minLength: 1, maxLength: max })
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
/** Finite, and no −0, which JSON does not keep. */
const above = (min: number) =>
  fc.double({ min, minExcluded: true, max: 1e9, noNaN: true, noDefaultInfinity: true }).map((x) => x + 0)

const bets: fc.Arbitrary<Bet> = fc.record({
  id: text(33),
  origin: fc.constantFrom('import', 'demo'),
  state: fc.constantFrom(...BET_STATES),
  betType: fc.constantFrom(...BET_TYPES),
  sport: nullable(text(33)),
  league: nullable(text(33)),
  market: nullable(text(66)),
  book: nullable(text(33)),
  selection: nullable(text(500)),
  isLive: fc.boolean(),
  isFreeBet: fc.boolean(),
  decimalOdds: nullable(above(1)),
  stakeMinor: nullable(fc.maxSafeNat()),
  profitMinor: nullable(fc.maxSafeInteger()),
  currency: nullable(fc.constantFrom('USD', 'EUR', 'usd')),
  returnPerUnit: nullable(above(-1)),
  closingLineValue: nullable(above(-1)),
  placedAtMs: fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(9000, 0) }),
  settledAtMs: fc.constant(null),
  resultKnownAtMs: fc.constant(null),
})
const delayMs = nullable(fc.integer({ min: 0, max: 1e12 }))
const settledBets = fc.tuple(bets, delayMs, delayMs).map(([sound, settledMs, knownMs]) => ({
  ...sound,
  settledAtMs: settledMs === null ? null : sound.placedAtMs + settledMs,
  resultKnownAtMs: knownMs === null ? null : sound.placedAtMs + knownMs,
}))

/** Values of JSON that a field may hold by mistake or malice, and some that are sound. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown[]>(
    ...[
      undefined,
      '',
      '  ',
      '0',
      '-0',
      '1',
      '10',
      '-110',
      '2.05',
      '1e400',
      'NaN',
      'Infinity',
      'true',
      'false',
      '__proto__',
    ],
    ...['won', 'parlay', 'SETTLED_WIN', 'SETTLED_LOSS', 'PLACED', 'SETTLED_CASHEDOUT', 'round_robin_4', 'USD'],
    ...['2024-01-12T21:46:27Z', '2024-01-13T00:00:00.123456+00:00', '2024-02-30T00:00:00Z', 'infinity'],
    ...[0, -0, 1, -1, 1e-9, 2.05, 10, -10, 105, -110, 9.1, -100, 1e21, 2 ** 53, Number.NaN, Number.NEGATIVE_INFINITY],
    ...['x'.repeat(101), 'x'.repeat(5000), '9'.repeat(5000), 'a\0b', '\ud800'],
  ),
)

/** A record with some of its fields replaced or removed. */
function mutated(record: BetRecord): fc.Arbitrary<BetRecord> {
  const change = fc.tuple(fc.constantFrom(...Object.keys(record), 'time_settled', 'currency', 'is_free_bet'), anything)
  return fc.array(change, { maxLength: 3 }).map((changes) => ({ ...record, ...Object.fromEntries(changes) }))
}

describe('rows of our table', () => {
  it('give the bet back exactly that they were made of', () => {
    fc.assert(
      fc.property(settledBets, fc.integer({ min: 0, max: 999 }), (sound, us) => {
        expect(betSchema.safeParse(sound).error).toBeUndefined()
        const row: Record<string, unknown> = JSON.parse(JSON.stringify(toLedgerRow(sound)))
        expect(parseBetRecord(row)).toEqual({ ok: true, bet: sound })
        // As Postgres writes it, in microseconds that a bet does not keep.
        const placed_at = String(row.placed_at).replace('Z', `${String(us).padStart(3, '0')}+00:00`)
        expect(parseBetRecord({ ...row, placed_at, updated_at: 'x', more: {} })).toEqual({ ok: true, bet: sound })
      }),
    )
  })

  it('give a bet without the time of its result where they are older than that column', () => {
    fc.assert(
      fc.property(settledBets, (sound) => {
        const { result_known_at: _, ...older } = toLedgerRow(sound)
        expect(isSound(older)).toBe(true)
        expect(parseBetRecord(older)).toEqual({ ok: true, bet: { ...sound, resultKnownAtMs: null } })
      }),
    )
  })

  it('are sound by the quick answer exactly where the schema says so', () => {
    let unsound = 0
    const column = fc.constantFrom(...LEDGER_COLUMNS)
    fc.assert(
      fc.property(settledBets, fc.array(fc.tuple(column, anything), { maxLength: 2 }), (sound, changes) => {
        const row = { ...toLedgerRow(sound), ...Object.fromEntries(changes) }
        const bySchema = ledgerRowSchema.safeParse(row).success
        expect(isSound(row)).toBe(bySchema)
        if (!bySchema) unsound++
      }),
      { numRuns: 500 },
    )
    expect(unsound).toBeGreaterThan(50)
  })
})

describe('records', () => {
  it.each([
    ['of the tracker', TRACKER_RECORD as BetRecord],
    ['of our table', toLedgerRow(bet()) as BetRecord],
    ['of both layouts', { ...TRACKER_RECORD, ...toLedgerRow(bet()) } as BetRecord],
  ])('%s are a sound bet or a problem, whatever their fields hold', (_, record) => {
    const seen = { bets: 0, problems: 0 }
    fc.assert(
      fc.property(mutated(record), (hostile) => {
        const parsed = parseBetRecord(hostile)
        if (parsed.ok) {
          seen.bets++
          expect(betSchema.safeParse(parsed.bet).error).toBeUndefined()
        } else {
          seen.problems++
          expect(REJECTION_REASONS).toContain(parsed.problem.reason)
          expect(parsed.problem.detail).not.toMatch(/undefined|\[object/)
          expect(parsed.problem.detail.length).toBeLessThan(600)
        }
      }),
      { numRuns: 500 },
    )
    expect(Math.min(seen.bets, seen.problems)).toBeGreaterThan(20)
  })

  it('of any JSON that only mentions a result are a problem', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom('state', 'status'), (record, field) => {
        const parsed = parseBetRecord(JSON.parse(JSON.stringify({ ...record, [field]: 'won' })))
        expect(parsed.ok).toBe(false)
      }),
    )
  })

  it('of a tracker that keeps its own rules are all taken, and money stays what it is', () => {
    const cents = fc.integer({ min: 1, max: 1_000_000 })
    const hundredths = fc.integer({ min: 101, max: 5000 })
    const state = fc.constantFrom(
      ...([
        ['SETTLED_WIN', 'won'],
        ['SETTLED_LOSS', 'lost'],
        ['SETTLED_PUSH', 'push'],
        ['SETTLED_HALF_WIN', 'half_won'],
        ['SETTLED_HALF_LOSS', 'half_lost'],
      ] as const),
    )
    fc.assert(
      fc.property(cents, hundredths, state, fc.boolean(), (amountCents, oddsHundredths, [status, result], asText) => {
        const odds = oddsHundredths / 100
        const american_odds = Math.trunc(odds >= 2 ? (odds - 1) * 100 : Math.max(-10_000, -100 / (odds - 1)))
        const amount = amountCents / 100
        const profitCents = Math.round(amountCents * (returnByRule(result, odds) ?? Number.NaN))
        const profit = profitCents / 100
        const numbers = { odds, american_odds, amount, profit, roi: Math.round((profit / amount) * 10_000) / 100 }
        const written = Object.fromEntries(Object.entries(numbers).map(([name, x]) => [name, asText ? String(x) : x]))
        const parsed = parseBetRecord({ ...TRACKER_RECORD, ...written, status, is_win: result === 'won' })
        expect(parsed).toMatchObject({
          ok: true,
          bet: { state: result, decimalOdds: odds, profitMinor: profitCents + 0 },
        })
        expect(parsed).toMatchObject({ ok: true, bet: { stakeMinor: amountCents, isFreeBet: false } })
      }),
    )
  })
})

describe('money in JSON numbers', () => {
  it('rounds as the digits that JSON wrote do', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 10n }), (tenThousandths) => {
        const digits = tenThousandths.toString().padStart(5, '0')
        const written = `${digits.slice(0, -4)}.${digits.slice(-4)}`
        const parsed = parseBetRecord({ ...TRACKER_RECORD, profit: null, amount: JSON.parse(written) })
        const exact = Number((tenThousandths + 50n) / 100n)
        expect(parsed).toMatchObject({ ok: true, bet: { stakeMinor: exact } })
        expect(moneyMinor(written)).toEqual({ ok: true, value: exact })
      }),
    )
  })
})

describe('timestamps', () => {
  const instants = fc.date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  const offsets = fc.constantFrom('Z', '+00:00', '-05:00', '+05:30', '+13:45', '-00:30')

  it('are what the engine reads, whatever their decimals and zone', () => {
    fc.assert(
      fc.property(instants, fc.stringMatching(/^(\.\d{1,9})?$/), offsets, (date, decimals, zone) => {
        const written = `${date.toISOString().slice(0, 19)}${decimals}${zone}`
        expect(timestamp(written)).toEqual({ ok: true, value: Date.parse(written) })
      }),
      { numRuns: 500 },
    )
  })

  it('are what the pattern reads, also where one character is wrong', () => {
    const character = fc.constantFrom(...'0123456789TZ :.+-a'.split(''))
    fc.assert(
      fc.property(instants, fc.nat(30), character, fc.constantFrom('Z', '+00:00'), (date, at, wrong, zone) => {
        const sound = date.toISOString().replace('Z', zone)
        const written = sound.slice(0, at) + wrong + sound.slice(at + 1)
        expect(timestamp(written)).toEqual(isoInstant(written))
      }),
      { numRuns: 1000 },
    )
  })

  it('in microseconds are exact and in order', () => {
    const us = fc.bigInt({ min: -(2n ** 53n) + 1n, max: 2n ** 53n - 1n })
    fc.assert(
      fc.property(us, us, fc.constantFrom('Z', '+00:00', '+00'), (a, b, zone) => {
        expect(updatedAtUs(writtenUs(a, zone))).toBe(Number(a))
        expect(Math.sign(updatedAtUs(writtenUs(a, zone)) - updatedAtUs(writtenUs(b, 'Z')))).toBe(
          a < b ? -1 : a > b ? 1 : 0,
        )
      }),
    )
  })
})

/** An instant in microseconds as Postgres writes it, made with whole numbers alone. */
function writtenUs(us: bigint, zone: string): string {
  const beyondMs = ((us % 1000n) + 1000n) % 1000n
  const ms = Number((us - beyondMs) / 1000n)
  return new Date(ms).toISOString().replace('Z', `${beyondMs.toString().padStart(3, '0')}${zone}`)
}
