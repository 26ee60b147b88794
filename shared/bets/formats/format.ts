import type { Bet } from '../bet.ts'

/** One record of a file as read: cells by column name, and where it stood. */
export interface SourceRow {
  /** 1-based line of the file on which the record begins; the row number where the file has no lines (Parquet). */
  line: number
  /** Cells by column name as in the header; absent columns are absent keys. */
  cells: Readonly<Record<string, string>>
  /** The record's text as it stood in the file, for quarantine. */
  raw: string
}

/** Why a record could not become (part of) a bet. Stable: people filter quarantine by it. */
export const REJECTION_REASONS = [
  'wrong_number_of_cells',
  'malformed_quotes',
  'unreadable_text',
  'missing_id',
  'id_too_long',
  'unknown_status',
  'unknown_bet_type',
  'unreadable_odds',
  'odds_out_of_range',
  'unreadable_amount',
  'unreadable_time',
  'missing_time',
  'settled_before_placed',
  'known_before_placed',
  'unreadable_flag',
  'unreadable_number',
  'number_out_of_range',
  'status_contradicts_result',
  'text_too_long',
  'legs_disagree',
  'legs_missing',
  'unreadable_record',
  'unknown_origin',
  'unknown_currency',
  'odds_disagree',
  'roi_contradicts_profit',
  'profit_contradicts_status',
  'loss_exceeds_stake',
  'unknown_layout',
  'contradicts_ledger',
] as const
export type RejectionReason = (typeof REJECTION_REASONS)[number]

/** A record kept out of the ledger, with what a person needs to mend it. */
export interface Rejection {
  line: number
  reason: RejectionReason
  /** Column to blame, or null where the whole record is. */
  field: string | null
  /** A sentence that quotes the offending value. */
  detail: string
  raw: string
}

/** A bet and the lines that it was made from. */
export interface ParsedBet {
  bet: Bet
  lines: readonly number[]
}

/** Every row given is in exactly one bet's `lines` or is one rejection. */
export interface ParsedRows {
  bets: ParsedBet[]
  rejections: Rejection[]
}

/** A bet-log layout that can be told by its header. */
export interface BetFormat {
  /** Name for people and for the imports table. */
  readonly name: string
  /** Whether a header is of this layout; order and extra columns do not matter. */
  recognises(columns: readonly string[]): boolean
  /** Whether several rows make one bet, so that rows of one bet may stand apart in the file. */
  readonly hasRowPerLeg: boolean
  parse(rows: readonly SourceRow[]): ParsedRows
}
