import * as z from 'zod'
import { BET_STATES, BET_TYPES, type Bet, LARGEST_RATIO } from '../bet.ts'
import type { Parsed } from '../formats/fields.ts'
import type { RejectionReason } from '../formats/format.ts'
import type { BetRecord, ParsedRecord } from './bet-record.ts'
import { because, becauseBlankOr, firstProblem, knownBeforePlaced, settledBeforePlaced } from './record-problem.ts'
import { timestamp } from './timestamps.ts'

const label = (max: number) => z.string(because('unreadable_text')).max(max, because('text_too_long')).nullable()

/** Characters kept of each text, in UTF-16 units as `betSchema` counts. */
const LONGEST = { id: 100, sport: 100, league: 100, market: 200, book: 100, selection: 4000 } as const

/**
 * A row of our own table `bets`, with the ranges of `betSchema`; columns that are not named here are ignored.
 *
 * A column that is absent is refused, unlike one that is null: a price must not vanish because a query forgot it. Only
 * `result_known_at` may be absent, which is null then: the lake keeps raw records that are older than the column.
 */
export const ledgerRowSchema = z.object({
  id: z
    .string(becauseBlankOr('missing_id', 'unreadable_text'))
    .min(1, because('missing_id'))
    .max(LONGEST.id, because('id_too_long')),
  origin: z.enum(['import', 'demo'], because('unknown_origin')),
  state: z.enum(BET_STATES, because('unknown_status')),
  bet_type: z.enum(BET_TYPES, because('unknown_bet_type')),
  sport: label(LONGEST.sport),
  league: label(LONGEST.league),
  market: label(LONGEST.market),
  book: label(LONGEST.book),
  selection: label(LONGEST.selection),
  is_live: z.boolean(because('unreadable_flag')),
  is_free_bet: z.boolean(because('unreadable_flag')),
  decimal_odds: z
    .number(because('unreadable_odds'))
    .gt(1, because('odds_out_of_range'))
    .max(LARGEST_RATIO, because('odds_out_of_range'))
    .nullable(),
  stake_minor: z.int(because('unreadable_amount')).min(0, because('number_out_of_range')).nullable(),
  profit_minor: z.int(because('unreadable_amount')).nullable(),
  currency: z.string(because('unknown_currency')).length(3, because('unknown_currency')).nullable(),
  return_per_unit: z
    .number(because('unreadable_number'))
    .min(-1, because('number_out_of_range'))
    .max(LARGEST_RATIO, because('number_out_of_range'))
    .nullable(),
  closing_line_value: z
    .number(because('unreadable_number'))
    .gt(-1, because('number_out_of_range'))
    .max(LARGEST_RATIO, because('number_out_of_range'))
    .nullable(),
  placed_at: z.string(becauseBlankOr('missing_time', 'unreadable_time')),
  settled_at: z.string(because('unreadable_time')).nullable(),
  result_known_at: z.string(because('unreadable_time')).nullish(),
})

/** A row of our table as it is read, instants in ISO 8601. */
type ReadRow = z.output<typeof ledgerRowSchema>

/** A bet as our table holds it, every column named, instants in ISO 8601. */
export type LedgerRow = ReadRow & { result_known_at: string | null }

/** The columns that make a bet, in the order of the table. */
export const LEDGER_COLUMNS: readonly string[] = Object.keys(ledgerRowSchema.shape)

/** The row that holds a bet. */
export function toLedgerRow(bet: Bet): LedgerRow {
  return {
    id: bet.id,
    origin: bet.origin,
    state: bet.state,
    bet_type: bet.betType,
    sport: bet.sport,
    league: bet.league,
    market: bet.market,
    book: bet.book,
    selection: bet.selection,
    is_live: bet.isLive,
    is_free_bet: bet.isFreeBet,
    decimal_odds: bet.decimalOdds,
    stake_minor: bet.stakeMinor,
    profit_minor: bet.profitMinor,
    currency: bet.currency,
    return_per_unit: bet.returnPerUnit,
    closing_line_value: bet.closingLineValue,
    placed_at: new Date(bet.placedAtMs).toISOString(),
    settled_at: isoOrNull(bet.settledAtMs),
    result_known_at: isoOrNull(bet.resultKnownAtMs),
  }
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

/**
 * The bet of a row of our table, text and numbers exactly as they stand.
 *
 * Only the rules of `betSchema` are asked: what is in the ledger was judged when it came in.
 */
export function parseLedgerRow(record: BetRecord): ParsedRecord {
  if (isSound(record)) return betOf(record)
  const read = ledgerRowSchema.safeParse(record)
  return read.success ? betOf(read.data) : { ok: false, problem: firstProblem(read.error, record) }
}

const STATES: ReadonlySet<unknown> = new Set(BET_STATES)
const TYPES: ReadonlySet<unknown> = new Set(BET_TYPES)

/**
 * Whether a row keeps every rule of {@link ledgerRowSchema}: the same answer in a fortieth of the time.
 *
 * A pipeline reads millions of rows of which all but a few are sound; the schema tells what is wrong with the others.
 */
export function isSound(row: BetRecord): row is ReadRow {
  return (
    isText(row.id, LONGEST.id) &&
    row.id !== '' &&
    (row.origin === 'import' || row.origin === 'demo') &&
    STATES.has(row.state) &&
    TYPES.has(row.bet_type) &&
    (row.sport === null || isText(row.sport, LONGEST.sport)) &&
    (row.league === null || isText(row.league, LONGEST.league)) &&
    (row.market === null || isText(row.market, LONGEST.market)) &&
    (row.book === null || isText(row.book, LONGEST.book)) &&
    (row.selection === null || isText(row.selection, LONGEST.selection)) &&
    typeof row.is_live === 'boolean' &&
    typeof row.is_free_bet === 'boolean' &&
    (row.decimal_odds === null || (isRatio(row.decimal_odds) && row.decimal_odds > 1)) &&
    (row.stake_minor === null || (isSafeInteger(row.stake_minor) && row.stake_minor >= 0)) &&
    (row.profit_minor === null || isSafeInteger(row.profit_minor)) &&
    (row.currency === null || (isText(row.currency, 3) && row.currency.length === 3)) &&
    (row.return_per_unit === null || (isRatio(row.return_per_unit) && row.return_per_unit >= -1)) &&
    (row.closing_line_value === null || (isRatio(row.closing_line_value) && row.closing_line_value > -1)) &&
    typeof row.placed_at === 'string' &&
    (row.settled_at === null || typeof row.settled_at === 'string') &&
    (row.result_known_at === null || row.result_known_at === undefined || typeof row.result_known_at === 'string')
  )
}

function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length <= max
}

function isRatio(value: unknown): value is number {
  return typeof value === 'number' && value <= LARGEST_RATIO
}

function isSafeInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function betOf(row: ReadRow): ParsedRecord {
  const placed = timestamp(row.placed_at)
  if (!placed.ok) return refusedTime('placed_at', placed)
  const settled = timestampOrNull(row.settled_at)
  if (!settled.ok) return refusedTime('settled_at', settled)
  const known = timestampOrNull(row.result_known_at ?? null)
  if (!known.ok) return refusedTime('result_known_at', known)
  const problem = settledBeforePlaced(settled.value, placed.value) ?? knownBeforePlaced(known.value, placed.value)
  if (problem !== undefined) return { ok: false, problem }
  return { ok: true, bet: toBet(row, placed.value, settled.value, known.value) }
}

const NO_TIME: Parsed<null> = { ok: true, value: null }

function timestampOrNull(text: string | null): Parsed<number | null> {
  return text === null ? NO_TIME : timestamp(text)
}

function refusedTime(field: string, { reason, detail }: { reason: RejectionReason; detail: string }): ParsedRecord {
  return { ok: false, problem: { reason, field, detail: `${field}: ${detail}` } }
}

function toBet(row: ReadRow, placedAtMs: number, settledAtMs: number | null, resultKnownAtMs: number | null): Bet {
  return {
    id: row.id,
    origin: row.origin,
    state: row.state,
    betType: row.bet_type,
    sport: row.sport || null,
    league: row.league || null,
    market: row.market || null,
    book: row.book || null,
    selection: row.selection || null,
    isLive: row.is_live,
    isFreeBet: row.is_free_bet,
    decimalOdds: row.decimal_odds,
    stakeMinor: row.stake_minor,
    profitMinor: row.profit_minor,
    currency: row.currency,
    returnPerUnit: row.return_per_unit,
    closingLineValue: row.closing_line_value,
    placedAtMs,
    settledAtMs,
    resultKnownAtMs,
  }
}
