import { decimalFromAmerican } from '../../odds/convert.ts'
import { BET_TYPES, type Bet, type BetState, type BetType, LARGEST_RATIO } from '../bet.ts'
import type { RejectionReason } from './format.ts'

/** What a cell's text came to: a canonical value, or why not. Bad cells are expected in bulk, so they are data. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: RejectionReason; readonly detail: string }

/** Turns the text of one cell, trimmed and not blank, into a value. Never throws. */
export type FieldParser<T> = (text: string) => Parsed<T>

const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value })
const refused = (reason: RejectionReason, detail: string): Parsed<never> => ({ ok: false, reason, detail })

const QUOTED_CHARACTERS = 80

/** A cell's text in quotation marks, cut to a length that a message can bear. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text)
}

/** Text of at most `max` characters (UTF-16 units, as the schema counts). */
export function textUpTo(max: number, reason: RejectionReason = 'text_too_long'): FieldParser<string> {
  return function parseText(text) {
    return text.length <= max ? parsed(text) : refused(reason, `${text.length} characters, at most ${max} are kept`)
  }
}

/** A bet's id, up to the 100 characters that the ledger keeps. */
export const betId: FieldParser<string> = textUpTo(100, 'id_too_long')

/** `true` or `false` in any case; nothing else is a flag. */
export function flag(text: string): Parsed<boolean> {
  const word = text.toLowerCase()
  if (word === 'true') return parsed(true)
  if (word === 'false') return parsed(false)
  return refused('unreadable_flag', `${quoted(text)} is neither true nor false`)
}

// Digits are matched in one way only: `\d+\.?\d*` tries every split of a long run of them, and takes a minute over 200,000.
const DECIMAL_NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i

/** NaN unless the text is a finite number in digits: no `Infinity`, hexadecimal or thousands separator. */
export function numberIn(text: string): number {
  const value = DECIMAL_NUMBER.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : Number.NaN
}

/**
 * A fraction of the stake, such as a return or a closing line value.
 *
 * @param lowest     least value allowed
 * @param unit       what the text counts in: 1 for fractions, 100 for per cent (a trailing `%` is then allowed)
 * @param inclusive  whether `lowest` itself is allowed
 * @example fraction({ lowest: -1, inclusive: true, unit: 100 })('-100.0') // { ok: true, value: -1 }
 */
export function fraction(range: { lowest: number; inclusive: boolean; unit: 1 | 100 }): FieldParser<number> {
  return function parseFraction(text) {
    const digits = range.unit === 100 && text.endsWith('%') ? text.slice(0, -1).trimEnd() : text
    const value = numberIn(digits) / range.unit
    if (Number.isNaN(value)) return refused('unreadable_number', `${quoted(text)} is not a number`)
    if (value > LARGEST_RATIO) return refused('number_out_of_range', `${quoted(text)} is more than any bet returns`)
    // Adding 0 turns −0 into 0.
    if (value > range.lowest || (range.inclusive && value === range.lowest)) return parsed(value + 0)
    return refused('number_out_of_range', `${quoted(text)} is below what a stake can lose`)
  }
}

/** A count of at least one, such as the number of a bet's legs. */
export function positiveCount(text: string): Parsed<number> {
  const value = numberIn(text)
  if (!Number.isSafeInteger(value)) return refused('unreadable_number', `${quoted(text)} is not a whole number`)
  return value >= 1 ? parsed(value) : refused('number_out_of_range', `${quoted(text)} is below one`)
}

/** Decimal odds, above 1. */
export function decimalPrice(text: string): Parsed<number> {
  const value = numberIn(text)
  if (Number.isNaN(value)) return refused('unreadable_odds', `${quoted(text)} is not a price in decimal odds`)
  if (value > LARGEST_RATIO) return refused('odds_out_of_range', `decimal odds ${quoted(text)}: no price is so long`)
  return value > 1 ? parsed(value) : refused('odds_out_of_range', `decimal odds ${quoted(text)}: a price is above 1`)
}

/** Decimal odds of a price written in American odds; the sign of a plus price is optional. */
export function americanPrice(text: string): Parsed<number> {
  const points = numberIn(text)
  if (Number.isNaN(points)) return refused('unreadable_odds', `${quoted(text)} is not a price in American odds`)
  if (Math.abs(points) < 100) {
    return refused('odds_out_of_range', `American odds ${quoted(text)}: a price is at least +100 or at most -100`)
  }
  const price = decimalFromAmerican(points)
  if (price > LARGEST_RATIO) return refused('odds_out_of_range', `American odds ${quoted(text)}: no price is so long`)
  // Below about −10^17 the profit is lost beside the stake in binary floating point, and the price reads 1.
  return price > 1 ? parsed(price) : refused('odds_out_of_range', `American odds ${quoted(text)} leave no profit`)
}

const MONEY = /^([+-]?)\$?([+-]?)(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d*))?$/

/**
 * Money in integer minor units, two decimals to the major unit, rounded half away from zero.
 *
 * Works on the digits, so no binary fraction comes between: 1.005 is 101 cents. A dollar sign and thousands separators
 * in their places are read over; a comma elsewhere (`10,00`) could mean two amounts and is refused.
 *
 * @example moneyMinor('-$1,234.505') // { ok: true, value: -123451 }
 */
export function moneyMinor(text: string): Parsed<number> {
  const match = MONEY.exec(text)
  const whole = match?.[3]?.replaceAll(',', '') ?? ''
  const decimals = match?.[4] ?? ''
  const sign = `${match?.[1] ?? ''}${match?.[2] ?? ''}`
  if (whole.length + decimals.length === 0 || sign.length > 1) {
    return refused('unreadable_amount', `${quoted(text)} is not an amount of money`)
  }
  const truncated = Number(whole + decimals.slice(0, 2).padEnd(2, '0'))
  const minor = decimals.charAt(2) >= '5' ? truncated + 1 : truncated
  if (!Number.isSafeInteger(minor)) return refused('unreadable_amount', `${quoted(text)} is too large an amount`)
  return parsed(sign === '-' && minor > 0 ? -minor : minor)
}

/** A stake in integer minor units: money that is not negative. */
export function stakeMinor(text: string): Parsed<number> {
  const amount = moneyMinor(text)
  return amount.ok && amount.value < 0 ? refused('number_out_of_range', `stake ${quoted(text)} is negative`) : amount
}

/** UTC milliseconds of a calendar moment; NaN where no such moment is, for `Date.UTC` would roll 02/30 over. */
function utcMs(day: readonly [year: number, month: number, day: number], timeOfDayMs: number): number {
  const midnight = Date.UTC(day[0], day[1] - 1, day[2])
  const date = new Date(midnight)
  const isReal = date.getUTCFullYear() === day[0] && date.getUTCMonth() + 1 === day[1] && date.getUTCDate() === day[2]
  return isReal ? midnight + timeOfDayMs : Number.NaN
}

function timeOfDayMs(hours: string, minutes: string, seconds: string): number {
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)]
  return h < 24 && m < 60 && s < 60 ? ((h * 60 + m) * 60 + s) * 1000 : Number.NaN
}

const ISO_INSTANT = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?$/i

/** Milliseconds since the epoch; NaN where unreadable, or where the zone is missing and `assumeUtc` is false. */
function isoMs(text: string, assumeUtc: boolean): number {
  const match = ISO_INSTANT.exec(text)
  if (match === null || (match[8] === undefined && !assumeUtc)) return Number.NaN
  const [, year, month, day, hours = '', minutes = '', seconds = '0', decimals = '', zone = 'Z'] = match
  const ms = Number(decimals.slice(0, 3).padEnd(3, '0'))
  const date = [Number(year), Number(month), Number(day)] as const
  return utcMs(date, timeOfDayMs(hours, minutes, seconds) + ms) - zoneOffsetMs(zone)
}

function zoneOffsetMs(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0
  // Postgres' own text writes whole hours alone: `+00`.
  const ahead = timeOfDayMs(zone.slice(1, 3), zone.length > 3 ? zone.slice(-2) : '0', '0')
  return zone.startsWith('-') ? -ahead : ahead
}

function instant(ms: number, text: string, expected: string): Parsed<number> {
  return Number.isNaN(ms) ? refused('unreadable_time', `${quoted(text)} is not ${expected}`) : parsed(ms)
}

/** An ISO 8601 instant with its zone, cut to milliseconds. */
export function isoInstant(text: string): Parsed<number> {
  return instant(isoMs(text, false), text, 'a date and time with a zone, such as 2025-03-01T18:05:00Z')
}

/** An ISO 8601 instant; where it bears no zone, as in `2025-03-01 18:05:00`, it is taken as UTC. */
export function isoInstantOrUtc(text: string): Parsed<number> {
  return instant(isoMs(text, true), text, 'a date and time such as 2025-03-01 18:05:00')
}

const GMT_INSTANT = /^(\d\d?)\/(\d\d?)\/(\d{4}) (\d\d?):(\d\d):(\d\d) GMT$/

/** An instant as `MM/DD/YYYY HH:MM:SS GMT`. */
export function gmtInstant(text: string): Parsed<number> {
  const [, month, day, year, hours = '', minutes = '', seconds = ''] = GMT_INSTANT.exec(text) ?? []
  const ms = utcMs([Number(year), Number(month), Number(day)], timeOfDayMs(hours, minutes, seconds))
  return instant(ms, text, 'a date and time such as 03/01/2025 18:05:00 GMT')
}

/** A settlement state by its source's word, which `words` holds in upper case. */
export function stateAmong(words: ReadonlyMap<string, BetState>): FieldParser<BetState> {
  return function parseState(text) {
    const state = words.get(text.toUpperCase())
    return state === undefined ? refused('unknown_status', `${quoted(text)} is not a known status`) : parsed(state)
  }
}

/** Settlement words of the Closeline ledger and of Pikkit. Bare `SETTLED` tells no result and is no word of theirs. */
export const trackerStatus: FieldParser<BetState> = stateAmong(
  new Map<string, BetState>([
    ['PLACED', 'open'],
    ['PENDING', 'open'],
    ['SETTLED_WIN', 'won'],
    ['SETTLED_LOSS', 'lost'],
    ['SETTLED_PUSH', 'push'],
    ['SETTLED_VOID', 'void'],
    ['SETTLED_CASH_OUT', 'cashed_out'],
    ['SETTLED_CASHOUT', 'cashed_out'],
    ['SETTLED_CASHEDOUT', 'cashed_out'],
    ['SETTLED_HALF_WIN', 'half_won'],
    ['SETTLED_HALF_WON', 'half_won'],
    ['SETTLED_HALF_LOSS', 'half_lost'],
    ['SETTLED_HALF_LOST', 'half_lost'],
  ]),
)

/** A bet type by its canonical name, in any case. */
export function betType(text: string): Parsed<BetType> {
  const word = text.toLowerCase()
  const type = BET_TYPES.find((known) => known === word)
  return type === undefined ? refused('unknown_bet_type', `${quoted(text)} is not a known bet type`) : parsed(type)
}

/** The pieces of a cell that joins several with ` | `, trimmed, blanks left out. */
export function piecesOf(text: string | null): string[] {
  if (text === null) return []
  return text
    .split('|')
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
}

/**
 * Sport and league of a bet whose legs may differ, in the ledger's words: one distinct value stands for the whole bet;
 * several sports are `Multi-Sport`, and several leagues are none.
 */
export function commonSportAndLeague(
  sports: readonly string[],
  leagues: readonly string[],
): Pick<Bet, 'sport' | 'league'> {
  const [sport = null, ...otherSports] = new Set(sports)
  const [league = null, ...otherLeagues] = new Set(leagues)
  return { sport: otherSports.length > 0 ? 'Multi-Sport' : sport, league: otherLeagues.length > 0 ? null : league }
}

const BETWEEN_TAGS = /[\s,;|"'[\]{}:]+/

/** Whether one of the tags is the word `live`, in any case; `pre-live` is another word. */
export function hasLiveTag(tags: string | null): boolean {
  return tags?.toLowerCase().split(BETWEEN_TAGS).includes('live') ?? false
}
