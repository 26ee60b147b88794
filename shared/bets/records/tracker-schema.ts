import * as z from 'zod'
import { InvariantError } from '../../kernel/errors.ts'
import {
  americanPrice,
  betType,
  type FieldParser,
  flag,
  moneyMinor,
  numberIn,
  trackerStatus,
} from '../formats/fields.ts'
import type { RejectionReason } from '../formats/format.ts'
import { because, becauseBlankOr, parsedBy } from './record-problem.ts'
import { timestampOrUtc } from './timestamps.ts'

/** Money in major units, for ratios, and in integer minor units, for the ledger. */
export interface Money {
  major: number
  minor: number
}

/** Postgres takes no text with NUL or half a surrogate pair, and refuses the whole page for it. */
const STORABLE = {
  ...because('unreadable_text'),
  params: { detail: 'the text holds NUL or half a character, which cannot be stored' },
}
const text = (max: number, tooLong: RejectionReason = 'text_too_long') =>
  z.string(because('unreadable_text')).max(max, because(tooLong)).refine(isStorable, STORABLE)

/** A word or time that every bet has, read as in the tracker's files. */
function required<T>(parse: FieldParser<T>, ifBlank: RejectionReason, otherwise: RejectionReason) {
  return z.preprocess(trimmed, z.string(becauseBlankOr(ifBlank, otherwise)).transform(parsedBy(parse)))
}

const number = z.number(because('unreadable_number'))
const price = z.number(because('unreadable_odds'))
const amount = z.number(because('unreadable_amount'))
const outOfRange = because('number_out_of_range')
const oddsOutOfRange = because('odds_out_of_range')

const optionalText = (max: number) => z.preprocess(trimmed, text(max).nullable())
const optionalNumber = (rule: z.ZodNumber) => z.preprocess(numeric, rule.nullable())
const optionalMoney = (rule: z.ZodNumber) => z.preprocess(numeric, rule.transform(money).nullable())
const optionalFlag = z.preprocess(flagged, z.boolean(because('unreadable_flag')).nullable())

/**
 * A bet as the tracker's table holds it: types, ranges and words. What contradicts what is asked afterwards.
 *
 * Numbers may be written as text and flags as `true` and `false`; blank text is null; a field may be absent. The ranges
 * are the design's but for two: `odds` is decimal, so above 1, and a stake is lost at most once, so `roi` begins at
 * −100 per cent, less a point for rounding. `created_at` is the time of import and is not read.
 */
export const trackerSchema = z.object({
  id: z.preprocess(trimmed, z.string(becauseBlankOr('missing_id', 'unreadable_text')).pipe(text(100, 'id_too_long'))),
  bet_type: required(betType, 'unknown_bet_type', 'unknown_bet_type'),
  status: required(trackerStatus, 'unknown_status', 'unknown_status'),
  /** Decimal. */
  odds: optionalNumber(price.gt(1, oddsOutOfRange).max(10_000, oddsOutOfRange)),
  /** Read into decimal odds. */
  american_odds: z.preprocess(
    numeric,
    price.min(-10_000, oddsOutOfRange).max(10_000, oddsOutOfRange).transform(parsedBy(americanPrice)).nullable(),
  ),
  amount: optionalMoney(amount.min(0, outOfRange).max(1_000_000, outOfRange)),
  profit: optionalMoney(amount.min(-1_000_000, outOfRange).max(1_000_000, outOfRange)),
  roi: optionalNumber(number.min(-101, outOfRange).max(10_000, outOfRange)),
  clv_percentage: optionalNumber(number.gt(-100, outOfRange).max(100, outOfRange)),
  clv_ev: optionalNumber(number.min(-100, outOfRange).max(100, outOfRange)),
  clv_current_odds: optionalNumber(number),
  sport: optionalText(100),
  league: optionalText(100),
  market: optionalText(200),
  institution_name: optionalText(100),
  pick_name: optionalText(4000),
  currency: z.preprocess(
    trimmed,
    z
      .string(because('unknown_currency'))
      .regex(/^[a-z]{3}$/i, because('unknown_currency'))
      .nullable(),
  ),
  is_live: optionalFlag,
  is_settled: optionalFlag,
  is_win: optionalFlag,
  is_free_bet: optionalFlag,
  /** A hint of a type that is not known: only true counts. */
  promotional_cash: z.preprocess(flagged, z.unknown()),
  time_placed: required(timestampOrUtc, 'missing_time', 'unreadable_time'),
  time_settled: z.preprocess(
    trimmed,
    z.string(because('unreadable_time')).transform(parsedBy(timestampOrUtc)).nullable(),
  ),
})
export type TrackerRecord = z.output<typeof trackerSchema>

function isStorable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0')
}

/** Text without the spaces around it; null where it is blank, and where the field is absent. */
function trimmed(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? null
  return value.trim() || null
}

function numeric(value: unknown): unknown {
  const plain = trimmed(value)
  if (typeof plain !== 'string') return plain
  const inDigits = numberIn(plain)
  return Number.isNaN(inDigits) ? plain : inDigits
}

function flagged(value: unknown): unknown {
  const plain = trimmed(value)
  if (typeof plain !== 'string') return plain
  const word = flag(plain)
  return word.ok ? word.value : plain
}

/** By the shortest decimal digits that give the number, which are those its source wrote: 1.005 is 101 cents. */
function money(major: number): Money {
  // Below a millionth JavaScript writes an exponent.
  const minor = moneyMinor(Math.abs(major) < 1e-6 ? '0' : String(major))
  if (!minor.ok) throw new InvariantError(`${major} within the range of money is no money`)
  return { major, minor: minor.value }
}
