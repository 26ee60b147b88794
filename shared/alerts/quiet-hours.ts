import { DomainError } from '../kernel/errors.ts'

/** Hours of the day at which only what is critical is told at once. */
export interface QuietHours {
  /** Minutes after local midnight. Where `from` is later than `to`, they go over midnight. */
  from: number
  /** The first minute that is no longer quiet. */
  to: number
  /** IANA name, such as `Europe/Berlin`. */
  timeZone: string
}

const SPAN = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/
const DAY_MINUTES = 1440

/**
 * Quiet hours from their text; undefined where there are none.
 *
 * @param text  `22:00-07:00`, local time; empty for none
 * @throws {DomainError} `quiet_hours_invalid`, `time_zone_unknown`
 */
export function parseQuietHours(text: string, timeZone: string): QuietHours | undefined {
  assertTimeZone(timeZone)
  if (text === '') return undefined
  const [, ...parts] = SPAN.exec(text) ?? []
  const [fromHour, fromMinute, toHour, toMinute] = parts.map(Number)
  const from = (fromHour ?? 0) * 60 + (fromMinute ?? 0)
  const to = (toHour ?? 0) * 60 + (toMinute ?? 0)
  if (parts.length === 0 || from === to) {
    throw new DomainError('quiet_hours_invalid', `${text} is no span of hours, such as 22:00-07:00`)
  }
  return { from, to, timeZone }
}

/**
 * Whether an instant is within quiet hours. Goes by the clock on the wall: where clocks are set back, the hour that comes
 * twice is quiet twice.
 */
export function isQuiet(atMs: number, quiet: QuietHours | undefined): boolean {
  if (quiet === undefined) return false
  const minute = minuteOfDay(atMs, quiet.timeZone)
  const { from, to } = quiet
  return from < to ? minute >= from && minute < to : minute >= from || minute < to
}

function minuteOfDay(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    .formatToParts(atMs)
    .filter(({ type }) => type === 'hour' || type === 'minute')
    .map(({ value }) => Number(value))
  return ((parts[0] ?? 0) * 60 + (parts[1] ?? 0)) % DAY_MINUTES
}

/** @throws {DomainError} `time_zone_unknown` */
function assertTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone })
  } catch (cause) {
    throw new DomainError('time_zone_unknown', `${timeZone} is no time zone, such as Europe/Berlin`, { cause })
  }
}
