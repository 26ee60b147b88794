import { DomainError } from '../../kernel/errors.ts'
import { isoInstant, isoInstantOrUtc, type Parsed } from '../formats/fields.ts'

/** Where decimals or zone begin in `2026-11-21T10:00:00`. */
const AFTER_SECONDS = 19

/** A timestamp with its zone, in milliseconds since the epoch, cut to them. Reads what `isoInstant` reads, but sooner. */
export function timestamp(text: string): Parsed<number> {
  const ms = commonFormMs(text)
  return Number.isNaN(ms) ? isoInstant(text) : { ok: true, value: ms }
}

/** As {@link timestamp}; without a zone, as a column of type `timestamp` is written, it is taken as UTC. */
export function timestampOrUtc(text: string): Parsed<number> {
  const ms = commonFormMs(text)
  return Number.isNaN(ms) ? isoInstantOrUtc(text) : { ok: true, value: ms }
}

/**
 * Microseconds since the epoch of a `timestamptz` as Postgres or PostgREST writes it: none to six decimals (further
 * ones are cut), `T` or a space, `Z` or an offset.
 *
 * @returns  a safe integer, which holds for the years 1685 to 2254
 * @throws {DomainError} `unreadable_time`: as a NaN it would compare as neither newer nor older, and its row be passed over
 * @example updatedAtUs('1970-01-01T00:00:01.000002+00:00') // 1000002
 */
export function updatedAtUs(text: string): number {
  const instant = timestamp(text)
  if (!instant.ok) throw new DomainError(instant.reason, instant.detail)
  const beyondMs = /\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? ''
  const us = instant.value * 1000 + Number(beyondMs.padEnd(3, '0'))
  if (!Number.isSafeInteger(us)) throw new DomainError('unreadable_time', `${text} is out of range in microseconds`)
  return us
}

/**
 * Milliseconds since the epoch of a timestamp in UTC as PostgREST and JSON write it, `2026-11-21T10:00:00.123456+00:00`
 * or `…Z`; NaN where it is of another form or no such moment is.
 *
 * A ledger has two or three in every row, and the pattern of `isoInstant` takes ten times as long.
 */
function commonFormMs(text: string): number {
  const zoneAt = text.endsWith('+00:00') ? text.length - 6 : text.endsWith('Z') ? text.length - 1 : -1
  if (!hasSeparators(text)) return Number.NaN
  const [year, month, day] = [100 * twoDigits(text, 0) + twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8)]
  const [hours, minutes, seconds] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)]
  const ms = decimalsMs(text, zoneAt)
  // Below the year 100 `Date.UTC` reads a year of the 20th century.
  const isReal =
    year >= 100 && day >= 1 && day <= daysOfMonth(year, month) && hours < 24 && minutes < 60 && seconds < 60
  return isReal ? Date.UTC(year, month - 1, day, hours, minutes, seconds, ms) : Number.NaN
}

function hasSeparators(text: string): boolean {
  return text[4] === '-' && text[7] === '-' && text[10] === 'T' && text[13] === ':' && text[16] === ':'
}

/** The milliseconds of one to nine decimals that end at `end`; 0 where there are none, NaN where they are not digits. */
function decimalsMs(text: string, end: number): number {
  if (end === AFTER_SECONDS) return 0
  const count = end - AFTER_SECONDS - 1
  if (text[AFTER_SECONDS] !== '.' || count < 1 || count > 9) return Number.NaN
  let ms = 0
  for (let i = 0; i < Math.max(3, count); i++) {
    const digit = i < count ? digitAt(text, AFTER_SECONDS + 1 + i) : 0
    if (Number.isNaN(digit)) return Number.NaN
    if (i < 3) ms = 10 * ms + digit
  }
  return ms
}

/** Days of a month of the Gregorian calendar; NaN where there is no such month. */
function daysOfMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  if (month === 4 || month === 6 || month === 9 || month === 11) return 30
  return month >= 1 && month <= 12 ? 31 : Number.NaN
}

function twoDigits(text: string, at: number): number {
  return 10 * digitAt(text, at) + digitAt(text, at + 1)
}

/** The digit at a place; NaN where there is none. */
function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - 48
  return digit >= 0 && digit <= 9 ? digit : Number.NaN
}
