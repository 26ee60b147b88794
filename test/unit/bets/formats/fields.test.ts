import { describe, expect, it } from 'vitest'
import {
  americanPrice,
  betId,
  betType,
  commonSportAndLeague,
  decimalPrice,
  type FieldParser,
  flag,
  fraction,
  gmtInstant,
  hasLiveTag,
  isoInstant,
  isoInstantOrUtc,
  moneyMinor,
  numberIn,
  piecesOf,
  positiveCount,
  quoted,
  stakeMinor,
  stateAmong,
  textUpTo,
  trackerStatus,
} from '../../../../shared/bets/formats/fields.ts'

/** The value that a parser gives, or the code of its refusal. */
function outcome<T>(parse: FieldParser<T>, text: string): T | string {
  const cell = parse(text)
  return cell.ok ? cell.value : cell.reason
}

describe('moneyMinor', () => {
  it.each([
    ['10', 1000],
    ['10.5', 1050],
    ['.5', 50],
    ['7.', 700],
    ['1.005', 101],
    ['-1.005', -101],
    ['2.675', 268],
    ['16.9965', 1700],
    ['-17.0', -1700],
    ['0.004', 0],
    ['-0.00', 0],
    ['+3.20', 320],
    ['$1,234.50', 123450],
    ['-$1,234.50', -123450],
    ['$-5', -500],
    ['1,234,567.891', 123456789],
    ['90071992547409.91', Number.MAX_SAFE_INTEGER],
  ])('reads %s as %d minor units', (text, minor) => {
    expect(moneyMinor(text)).toEqual({ ok: true, value: minor })
  })

  it.each(['10,00', '1,23,456', '1.2.3', 'ten', '$', '-', '.', '--5', '-$-5', '1e3', '5 USD', '90071992547409.92'])(
    'refuses %s',
    (text) => {
      expect(outcome(moneyMinor, text)).toBe('unreadable_amount')
    },
  )

  it('refuses a stake below zero', () => {
    expect(outcome(stakeMinor, '-0.01')).toBe('number_out_of_range')
    expect(outcome(stakeMinor, '0')).toBe(0)
  })
})

describe('prices', () => {
  it.each([
    ['100', 2],
    ['-100', 2],
    ['+150', 2.5],
    ['-110.0', 1 + 100 / 110],
    ['237229900', 2_372_300],
  ])('reads American %s as %d', (text, price) => {
    expect(outcome(americanPrice, text)).toBe(price)
  })

  it.each([
    ['0', 'odds_out_of_range'],
    ['99', 'odds_out_of_range'],
    ['-99.9', 'odds_out_of_range'],
    ['1.91', 'odds_out_of_range'],
    ['-1e18', 'odds_out_of_range'],
    ['even', 'unreadable_odds'],
    ['Infinity', 'unreadable_odds'],
    ['1e999', 'unreadable_odds'],
    ['0x70', 'unreadable_odds'],
    ['1,000', 'unreadable_odds'],
  ])('refuses American %s as %s', (text, reason) => {
    expect(outcome(americanPrice, text)).toBe(reason)
  })

  it('refuses 200,000 digits that end in a letter without trying every way to split them', () => {
    expect(outcome(decimalPrice, `${'1'.repeat(200_000)}x`)).toBe('unreadable_odds')
    expect(outcome(decimalPrice, `1.${'1'.repeat(200_000)}x`)).toBe('unreadable_odds')
  })

  it('reads decimal odds above one only', () => {
    expect(outcome(decimalPrice, '1.91')).toBe(1.91)
    expect(outcome(decimalPrice, '1.00')).toBe('odds_out_of_range')
    expect(outcome(decimalPrice, '-110')).toBe('odds_out_of_range')
    expect(outcome(decimalPrice, 'NaN')).toBe('unreadable_odds')
  })
})

describe('numberIn', () => {
  it.each([
    ['5', 5],
    ['5.', 5],
    ['.5', 0.5],
    ['+5.25', 5.25],
    ['-1.5e-3', -0.0015],
  ])('reads %s as %d', (text, value) => {
    expect(numberIn(text)).toBe(value)
  })

  it.each(['', '.', '-', '1e', '1.2.3', '0x10', '1_000', '1e999', 'NaN', ' 1'])('finds no number in %j', (text) => {
    expect(numberIn(text)).toBeNaN()
  })
})

describe('fraction', () => {
  const percent = fraction({ lowest: -1, inclusive: true, unit: 100 })

  it('turns per cent into a fraction', () => {
    expect(outcome(percent, '90.91')).toBeCloseTo(0.9091, 12)
    expect(outcome(percent, '2.5%')).toBe(0.025)
    expect(outcome(percent, '-0.0')).toBe(0)
  })

  it('keeps or refuses its lowest value as told', () => {
    expect(outcome(percent, '-100')).toBe(-1)
    expect(outcome(percent, '-100.01')).toBe('number_out_of_range')
    expect(outcome(fraction({ lowest: -1, inclusive: false, unit: 1 }), '-1')).toBe('number_out_of_range')
  })

  it('reads small numbers in exponent form and no per cent sign on a fraction', () => {
    const plain = fraction({ lowest: -1, inclusive: false, unit: 1 })
    expect(outcome(plain, '1e-05')).toBe(0.00001)
    expect(outcome(plain, '2%')).toBe('unreadable_number')
  })
})

describe('instants', () => {
  const at = Date.UTC(2025, 2, 1, 18, 5, 9)

  it.each([
    ['2025-03-01T18:05:09Z', at],
    ['2025-03-01T18:05:09.250Z', at + 250],
    ['2025-03-01T18:05:09.2509999Z', at + 250],
    ['2025-03-01T13:05:09-05:00', at],
    ['2025-03-01 19:05:09+0100', at],
    ['2025-03-01 19:05:09.000123+01', at],
    ['2025-03-01T13:05:09-05', at],
    ['2024-02-29T00:00Z', Date.UTC(2024, 1, 29)],
  ])('reads ISO %s', (text, ms) => {
    expect(isoInstant(text)).toEqual({ ok: true, value: ms })
  })

  it.each([
    '2025-03-01T18:05:09',
    '2025-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '2025-00-10T00:00:00Z',
    '2025-03-01T24:00:00Z',
    '2025-03-01T23:59:60Z',
    '2025-03-01T18:05:09+25:00',
    '2025-03-01T18:05:09+25',
    '2025-03-01T18:05:09+1',
    '0025-03-01T18:05:09Z',
    '2025-03-01',
    '03/01/2025',
  ])('refuses %s where a zone and a real date are needed', (text) => {
    expect(outcome(isoInstant, text)).toBe('unreadable_time')
  })

  it('takes a time without a zone as UTC only where told to', () => {
    expect(outcome(isoInstantOrUtc, '2025-03-01 18:05:09')).toBe(at)
    expect(outcome(isoInstantOrUtc, '2025-03-01T13:05:09-05:00')).toBe(at)
    expect(outcome(isoInstantOrUtc, '2025-02-30 18:05:09')).toBe('unreadable_time')
  })

  it('reads month/day/year in GMT and never rolls a date over', () => {
    expect(outcome(gmtInstant, '03/01/2025 18:05:09 GMT')).toBe(at)
    expect(outcome(gmtInstant, '02/30/2025 18:05:09 GMT')).toBe('unreadable_time')
    expect(outcome(gmtInstant, '13/01/2025 18:05:09 GMT')).toBe('unreadable_time')
    expect(outcome(gmtInstant, '03/01/2025 18:05:09')).toBe('unreadable_time')
    expect(outcome(gmtInstant, 'yesterday')).toBe('unreadable_time')
  })
})

describe('words', () => {
  it.each(['true', 'TRUE', 'True'])('reads %s as true', (text) => {
    expect(outcome(flag, text)).toBe(true)
  })

  it('refuses a flag that is neither true nor false', () => {
    expect(outcome(flag, 'FALSE')).toBe(false)
    expect(outcome(flag, 'yes')).toBe('unreadable_flag')
  })

  it('knows settlement words in any case, and no bare SETTLED', () => {
    expect(outcome(trackerStatus, 'SETTLED_CASH_OUT')).toBe('cashed_out')
    expect(outcome(trackerStatus, 'SETTLED_CASHEDOUT')).toBe('cashed_out')
    expect(outcome(trackerStatus, 'settled_half_lost')).toBe('half_lost')
    expect(outcome(trackerStatus, 'SETTLED')).toBe('unknown_status')
    expect(outcome(stateAmong(new Map([['WIN', 'won']])), 'Win')).toBe('won')
  })

  it('knows the canonical bet types', () => {
    expect(outcome(betType, 'round_robin_3')).toBe('round_robin_3')
    expect(outcome(betType, 'Parlay')).toBe('parlay')
    expect(outcome(betType, 'lottery')).toBe('unknown_bet_type')
  })

  it('refuses text longer than the ledger keeps', () => {
    expect(outcome(textUpTo(3), 'abc')).toBe('abc')
    expect(outcome(textUpTo(3), 'abcd')).toBe('text_too_long')
    expect(outcome(betId, 'x'.repeat(101))).toBe('id_too_long')
  })

  it('counts from one in whole numbers', () => {
    expect(outcome(positiveCount, '3')).toBe(3)
    expect(outcome(positiveCount, '0')).toBe('number_out_of_range')
    expect(outcome(positiveCount, '2.5')).toBe('unreadable_number')
  })

  it('quotes a long cell in part', () => {
    expect(quoted('a"b')).toBe('"a\\"b"')
    expect(quoted('x'.repeat(500)).length).toBeLessThan(90)
  })
})

describe('lists in a cell', () => {
  it('takes pieces apart and drops blank ones', () => {
    expect(piecesOf('NBA |  | NFL')).toEqual(['NBA', 'NFL'])
    expect(piecesOf(null)).toEqual([])
  })

  it('lets one distinct value stand for the bet, and several for none', () => {
    expect(commonSportAndLeague(['Soccer', 'Soccer'], ['EPL', 'MLS'])).toEqual({ sport: 'Soccer', league: null })
    expect(commonSportAndLeague(['Soccer', 'Tennis'], ['ATP'])).toEqual({ sport: 'Multi-Sport', league: 'ATP' })
    expect(commonSportAndLeague([], [])).toEqual({ sport: null, league: null })
  })

  it.each([
    ['live', true],
    ['promo LIVE', true],
    ['["arb","Live"]', true],
    ['pre-live', false],
    ['deliver', false],
    [null, false],
  ])('tells whether %s has the tag live', (tags, isLive) => {
    expect(hasLiveTag(tags)).toBe(isLive)
  })
})
