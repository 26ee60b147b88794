import type { BetRecord, ParsedRecord } from './bet-record.ts'
import { parseLedgerRow } from './ledger-row.ts'
import { parseTrackerRecord } from './tracker-record.ts'

export type { BetRecord, ParsedRecord, RecordProblem } from './bet-record.ts'
export { updatedAtUs } from './timestamps.ts'

/**
 * The bet of one record, be it a row of our own table or of the tracker's; fields of neither are ignored.
 *
 * The time of placement tells the layout, `placed_at` or `time_placed`; where both lack, `state` or `status` does.
 * Never throws, whatever JSON the record holds: it is a bet that `betSchema` takes, or a problem.
 *
 * @example parseBetRecord({ id: 'a', status: 'SETTLED' }) // { ok: false, problem: { reason: 'unknown_bet_type', … } }
 */
export function parseBetRecord(record: BetRecord): ParsedRecord {
  if (!isObject(record)) return UNREADABLE
  if (Object.hasOwn(record, 'placed_at')) return parseLedgerRow(record)
  if (Object.hasOwn(record, 'time_placed')) return parseTrackerRecord(record)
  if (Object.hasOwn(record, 'state')) return parseLedgerRow(record)
  return Object.hasOwn(record, 'status') ? parseTrackerRecord(record) : UNREADABLE
}

const UNREADABLE: ParsedRecord = {
  ok: false,
  problem: {
    reason: 'unreadable_record',
    field: null,
    detail: 'a record of a bet has placed_at and state, or time_placed and status',
  },
}

/** Whether a JSON value is an object, which the items of a list need not be. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
