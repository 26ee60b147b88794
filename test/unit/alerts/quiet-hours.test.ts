import { describe, expect, it } from 'vitest'
import { isQuiet, parseQuietHours } from '../../../shared/alerts/quiet-hours.ts'

const at = (instant: string) => Date.parse(instant)

describe('quiet hours', () => {
  it('go over midnight, from the first minute up to the last that is not theirs', () => {
    const quiet = parseQuietHours('22:00-07:00', 'UTC')
    const times = ['21:59:59', '22:00:00', '23:59:59', '00:00:00', '06:59:59', '07:00:00', '12:00:00']
    expect(times.map((time) => isQuiet(at(`2026-05-12T${time}Z`), quiet))).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
      false,
    ])
  })

  it('may lie within a day', () => {
    const quiet = parseQuietHours('12:30-14:00', 'UTC')
    const times = ['12:29', '12:30', '13:59', '14:00', '00:00']
    expect(times.map((time) => isQuiet(at(`2026-05-12T${time}Z`), quiet))).toEqual([false, true, true, false, false])
  })

  it('go by the clock on the wall, in summer as in winter', () => {
    const quiet = parseQuietHours('22:00-07:00', 'Europe/Berlin')
    // 07:00 there is 05:00 UTC in summer and 06:00 UTC in winter.
    expect([isQuiet(at('2026-07-01T04:59Z'), quiet), isQuiet(at('2026-07-01T05:00Z'), quiet)]).toEqual([true, false])
    expect([isQuiet(at('2026-01-01T05:59Z'), quiet), isQuiet(at('2026-01-01T06:00Z'), quiet)]).toEqual([true, false])
  })

  it('may be none', () => {
    expect(isQuiet(at('2026-05-12T00:00Z'), parseQuietHours('', 'UTC'))).toBe(false)
  })

  it.each(['22-7', '24:00-07:00', '22:00-22:00', '22:00–07:00'])('are not %s', (text) => {
    expect(() => parseQuietHours(text, 'UTC')).toThrow(expect.objectContaining({ code: 'quiet_hours_invalid' }))
  })

  it('are of a zone that there is', () => {
    expect(() => parseQuietHours('', 'Europe/Atlantis')).toThrow(expect.objectContaining({ code: 'time_zone_unknown' }))
  })
})
