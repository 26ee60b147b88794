import * as z from 'zod'
import { betSchema } from '../bets/bet.ts'
import { parquetScan } from './duckdb-connection.ts'

/** A bet as JSON writes it: money and instants are whole numbers. */
const BET_STRUCT = `struct(
  id varchar, origin varchar, state varchar, "betType" varchar, sport varchar, league varchar, market varchar,
  book varchar, selection varchar, "isLive" boolean, "isFreeBet" boolean, "decimalOdds" double, "stakeMinor" bigint,
  "profitMinor" bigint, currency varchar, "returnPerUnit" double, "closingLineValue" double, "placedAtMs" bigint,
  "settledAtMs" bigint, "resultKnownAtMs" bigint)`

/** A line of a staged version: the bet made of it, null for a deletion. */
export const STAGED_LINE: Readonly<Record<string, string>> = {
  id: 'varchar',
  updatedAtUs: 'bigint',
  bet: BET_STRUCT,
}

/** Cells of a raw line: the id as JSON, the time, and the record as JSON, empty for a deletion. */
export const RAW_LINE: Readonly<Record<string, string>> = { id: 'varchar', updatedAtUs: 'bigint', record: 'varchar' }

const fromMinor = (field: string) => `cast(bet."${field}" * 0.01::decimal(3, 2) as decimal(18, 2))`
const fromMs = (field: string) => `make_timestamptz(bet."${field}" * 1000)`

/**
 * The processed layer's columns: names, and how each is made of a staged line. The sport's exact name is a column, since
 * a folder's name has limits.
 */
const PROCESSED: readonly (readonly [name: string, ofLine: string])[] = [
  ['id', 'id'],
  ['origin', 'bet.origin'],
  ['state', 'bet.state'],
  ['bet_type', 'bet."betType"'],
  ['sport_name', 'bet.sport'],
  ['league', 'bet.league'],
  ['market', 'bet.market'],
  ['book', 'bet.book'],
  ['selection', 'bet.selection'],
  ['is_live', 'bet."isLive"'],
  ['is_free_bet', 'bet."isFreeBet"'],
  ['is_settled', "bet.state <> 'open'"],
  ['decimal_odds', 'bet."decimalOdds"'],
  ['implied_probability', '1 / bet."decimalOdds"'],
  ['stake', fromMinor('stakeMinor')],
  ['profit', fromMinor('profitMinor')],
  ['currency', 'bet.currency'],
  ['return_per_unit', 'bet."returnPerUnit"'],
  ['closing_line_value', 'bet."closingLineValue"'],
  ['placed_at', fromMs('placedAtMs')],
  ['settled_at', fromMs('settledAtMs')],
  ['result_known_at', fromMs('resultKnownAtMs')],
  ['updated_at', 'make_timestamptz("updatedAtUs")'],
]

export const PROCESSED_COLUMNS = PROCESSED.map(([name]) => name).join(', ')
export const PROCESSED_OF_LINE = PROCESSED.map(([name, ofLine]) => `${ofLine} as ${name}`).join(', ')

/**
 * A scan of processed files of any age. Files from before results had times of their own lack `result_known_at`, and may
 * stand beside others that have it: null in their rows.
 */
export function processedScan(paths: readonly string[]): string {
  // The empty table has the column where no file does.
  const files = parquetScan(paths, { byName: true })
  return `(select * from ${files} union all by name select null::timestamptz as result_known_at where false)`
}

/** Month of UTC in which a processed row was placed. */
export const MONTH_OF_PLACEMENT = "strftime(placed_at, '%Y-%m')"

/** Processed rows as {@link Bet} has them. */
export const BET_OF_PROCESSED = `
  id, origin, state, bet_type as "betType", sport_name as sport, league, market, book, selection,
  is_live as "isLive", is_free_bet as "isFreeBet", decimal_odds as "decimalOdds",
  cast(stake * 100 as double) as "stakeMinor", cast(profit * 100 as double) as "profitMinor", currency,
  return_per_unit as "returnPerUnit", closing_line_value as "closingLineValue",
  cast(epoch_ms(placed_at) as double) as "placedAtMs", cast(epoch_ms(settled_at) as double) as "settledAtMs",
  cast(epoch_ms(result_known_at) as double) as "resultKnownAtMs"`

/** Rows read back are checked once more: a file that others wrote in our place must not become bets. */
export const processedBetsSchema = z.array(betSchema)
