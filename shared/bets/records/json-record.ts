import type { Bet } from '../bet.ts'
import { closelineLedger } from '../formats/closeline-ledger.ts'
import type { BetRecord, ParsedRecord, RecordProblem } from './bet-record.ts'
import { parseBetRecord, updatedAtUs } from './record.ts'
import { timestamp, timestampOrUtc } from './timestamps.ts'

/** A bet that a client sends, and when its source last changed it, in microseconds; null where it does not say. */
export type ReadRecord = { ok: true; bet: Bet; changedAtUs: number | null } | { ok: false; problem: RecordProblem }

/** Fields of the tracker's table that the ledger file lacks: one of them tells the tracker's record. */
const TRACKER_FIELDS = [
  ...['odds', 'amount', 'profit', 'currency', 'pick_name', 'is_settled', 'time_settled'],
  ...['is_free_bet', 'promotional_cash', 'clv_ev', 'clv_current_odds'],
]

/** The columns of the ledger file that are read. */
const LEDGER_FILE_FIELDS = [
  ...['id', 'status', 'time_placed', 'american_odds', 'bet_type', 'sport', 'league', 'market', 'institution_name'],
  ...['is_live', 'is_win', 'roi', 'clv_percentage'],
]

/** A source's clock may be ahead of ours by this much; a time beyond it would outdate every later change. */
const CLOCK_LEAD_US = 86_400_000_000

/** The end of the year 9999: what is later has no ISO date that the database reads. */
const END_OF_TIME_MS = Date.UTC(10_000, 0)

/**
 * The bet of one JSON value that a client sends: a row of the Closeline ledger file, a record of the tracker's table, or
 * a row of our own table; fields of neither are ignored.
 *
 * `placed_at` (or `state` without `time_placed`) tells our own row. Of the others, which share most fields, the
 * tracker's has one of its money, settlement or flag fields, be it null; numbers and flags of both may be text.
 * `updated_at` is the change time; without a zone it is UTC.
 *
 * Never throws, whatever the value: it is a bet that the database can keep, or a problem. Bets of the simulator are
 * refused (`unknown_origin`).
 *
 * @param nowMs  a change time more than a day after it is refused
 */
export function readJsonRecord(value: unknown, nowMs: number): ReadRecord {
  const record = asRecord(value)
  const parsed = isLedgerFileRow(record) ? parseLedgerFileRow(record) : parseBetRecord(record)
  if (!parsed.ok) return parsed
  const problem = unkeepable(parsed.bet)
  if (problem !== undefined) return { ok: false, problem }
  return withChangeTime(parsed.bet, record, nowMs)
}

/** The value's fields; none where it is no object, which is of no layout then. */
function asRecord(value: unknown): BetRecord {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? { ...value } : {}
}

function isLedgerFileRow(record: BetRecord): boolean {
  const has = (field: string) => Object.hasOwn(record, field)
  if (has('placed_at') || !(has('time_placed') || has('status'))) return false
  return !TRACKER_FIELDS.some(has)
}

/** Reads a row of the ledger file by the file's own rules, so that file and API make the same bet of it. */
function parseLedgerFileRow(record: BetRecord): ParsedRecord {
  const cells: Record<string, string> = {}
  for (const field of LEDGER_FILE_FIELDS) {
    const value = Object.hasOwn(record, field) ? record[field] : null
    if (value === null || value === undefined) continue
    if (typeof value === 'object') return refused(field, `${field}: a list or an object is no value of a cell`)
    cells[field] = String(value)
  }
  const { bets, rejections } = closelineLedger.parse([{ line: 1, cells, raw: '' }])
  const [made] = bets
  if (made !== undefined) return { ok: true, bet: made.bet }
  const [rejection] = rejections
  if (rejection === undefined) return refused(null, 'the record is no row of the ledger file')
  const { reason, field, detail } = rejection
  return { ok: false, problem: { reason, field, detail } }
}

function refused(field: string | null, detail: string): ParsedRecord {
  return { ok: false, problem: { reason: 'unreadable_record', field, detail } }
}

/** Why the database could not keep a bet: one such row would fail its whole batch. */
function unkeepable(bet: Bet): RecordProblem | undefined {
  if (bet.origin === 'demo') {
    return { reason: 'unknown_origin', field: 'origin', detail: 'origin: bets of the simulator are not sent' }
  }
  const { id, sport, league, market, book, selection, currency } = bet
  for (const [field, text] of Object.entries({ id, sport, league, market, book, selection, currency })) {
    if (text === null || (text.isWellFormed() && !text.includes('\0'))) continue
    return { reason: 'unreadable_text', field, detail: `${field}: the text holds NUL or half a character` }
  }
  const { placedAtMs, settledAtMs, resultKnownAtMs } = bet
  if (Math.max(placedAtMs, settledAtMs ?? 0, resultKnownAtMs ?? 0) < END_OF_TIME_MS) return undefined
  return { reason: 'unreadable_time', field: null, detail: 'a time of the bet is after the year 9999' }
}

function withChangeTime(bet: Bet, record: BetRecord, nowMs: number): ReadRecord {
  const value = Object.hasOwn(record, 'updated_at') ? record.updated_at : null
  if (value === null || value === undefined || value === '') return { ok: true, bet, changedAtUs: null }
  const read = typeof value === 'string' ? timestampOrUtc(value) : undefined
  if (typeof value !== 'string' || read === undefined || !read.ok) {
    return unreadableChange(read?.ok === false ? read.detail : 'it is no text')
  }
  // In microseconds a safe integer holds the years 1685 to 2254 only.
  if (read.value < 0) return unreadableChange('it is before 1970')
  if (read.value * 1000 > nowMs * 1000 + CLOCK_LEAD_US) return unreadableChange('it is more than a day ahead')
  return { ok: true, bet, changedAtUs: updatedAtUs(timestamp(value).ok ? value : `${value}Z`) }
}

function unreadableChange(why: string): ReadRecord {
  return { ok: false, problem: { reason: 'unreadable_time', field: 'updated_at', detail: `updated_at: ${why}` } }
}
