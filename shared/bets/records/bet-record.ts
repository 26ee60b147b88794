import type { Bet } from '../bet.ts'
import type { RejectionReason } from '../formats/format.ts'

/** A record of a table: what PostgREST answers for one row, or one item of a JSON list. */
export type BetRecord = Readonly<Record<string, unknown>>

/** Why a record is no bet. */
export interface RecordProblem {
  reason: RejectionReason
  /** Field to blame, or null where the whole record is. */
  field: string | null
  /** A sentence that quotes the offending value. */
  detail: string
}

/** A bet, or the first thing wrong with its record. Bad records are expected in bulk, so they are data. */
export type ParsedRecord = { ok: true; bet: Bet } | { ok: false; problem: RecordProblem }
