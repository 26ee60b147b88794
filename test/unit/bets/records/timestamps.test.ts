import { describe, expect, it } from 'vitest'
import { timestamp, timestampOrUtc, updatedAtUs } from '../../../../shared/bets/records/timestamps.ts'

const at = Date.UTC(2026, 10, 21, 10, 0, 0)

describe('timestamp', () => {
  it.each([
    ['2026-11-21T10:00:00+00:00', at],
    ['2026-11-21T10:00:00Z', at],
    ['2026-11-21T10:00:00.1+00:00', at + 100],
    ['2026-11-21T10:00:00.123456+00:00', at + 123],
    ['2026-11-21T10:00:00.999999999Z', at + 999],
    ['2026-11-21 10:00:00.123456+00', at + 123],
    ['2026-11-21T12:30:00+02:30', at],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
    ['1969-12-31T23:59:59.999Z', -1],
  ])('reads %s', (text, ms) => {
    expect(timestamp(text)).toEqual({ ok: true, value: ms })
  })

  it.each([
    '',
    'yesterday',
    'infinity',
    '2026-11-21',
    '2026-11-21T10:00:00',
    '2026-02-29T10:00:00Z',
    '1900-02-29T10:00:00Z',
    '2026-04-31T10:00:00Z',
    '2026-00-10T10:00:00Z',
    '2026-13-10T10:00:00Z',
    '2026-11-00T10:00:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T10:60:00Z',
    '2026-11-21T10:00:60Z',
    '2026-11-21T10:00:00.Z',
    '2026-11-21T10:00:00.12a456+00:00',
    '2026-11-21T10:00:00.1234567891Z',
    '2026-11-2aT10:00:00Z',
    '2026/11/21T10:00:00Z',
    '0050-11-21T10:00:00Z',
  ])('refuses %j', (text) => {
    expect(timestamp(text)).toMatchObject({ ok: false, reason: 'unreadable_time' })
  })

  it('takes a time without a zone as UTC only where told to', () => {
    expect(timestampOrUtc('2026-11-21T10:00:00.5')).toEqual({ ok: true, value: at + 500 })
    expect(timestampOrUtc('2026-11-21T10:00:00Z')).toEqual({ ok: true, value: at })
    expect(timestampOrUtc('2026-11-31T10:00:00')).toMatchObject({ ok: false, reason: 'unreadable_time' })
  })
})

describe('updatedAtUs', () => {
  it.each([
    ['1970-01-01T00:00:00+00:00', 0],
    ['1970-01-01T00:00:01.000002+00:00', 1_000_002],
    ['1970-01-01T00:00:01.12+00:00', 1_120_000],
    ['1970-01-01T00:00:01.1234Z', 1_123_400],
    ['1970-01-01 00:00:01.123456+00', 1_123_456],
    ['1970-01-01T02:00:01.123456+02:00', 1_123_456],
    ['1970-01-01T00:00:01.1234567Z', 1_123_456],
    ['1969-12-31T23:59:59.999999Z', -1],
    ['2026-11-21T10:00:00.123456+00:00', 1_795_255_200_123_456],
  ])('reads %s as %d microseconds', (text, us) => {
    expect(updatedAtUs(text)).toBe(us)
  })

  it.each([
    '',
    'infinity',
    '2026-11-21T10:00:00',
    '2026-02-30T10:00:00Z',
    '1684-01-01T00:00:00Z',
    '2256-01-01T00:00:00Z',
  ])('throws at %j rather than give a number that compares with none', (text) => {
    expect(() => updatedAtUs(text)).toThrow(expect.objectContaining({ code: 'unreadable_time' }))
  })

  it('bears the years 1685 to 2254', () => {
    expect(Number.isSafeInteger(updatedAtUs('1685-01-01T00:00:00Z'))).toBe(true)
    expect(Number.isSafeInteger(updatedAtUs('2254-12-31T23:59:59.999999Z'))).toBe(true)
  })
})
