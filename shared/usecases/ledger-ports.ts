import type { Bet } from '../bets/bet.ts'
import type {
  QuarantinedRow,
  QuarantineOrigin,
  QuarantineStatus,
  RefusedRow,
  Resolution,
} from '../quality/quarantine.ts'

/** Where the ledger is kept. */
export interface BetStore {
  /** Every bet, in order of placement. */
  all(): Promise<Bet[]>
  /** Inserts new bets and replaces those with the same id. */
  save(bets: readonly Bet[], context: SaveContext): Promise<void>
  /** A text that differs whenever any bet was added, changed or removed; costs one small request. */
  fingerprint(): Promise<string>
  /** Removes all bets of the simulator; returns how many there were. */
  removeDemo(): Promise<number>
}

export interface SaveContext {
  /** The import that brings the bets, kept with each of them; null where none does. */
  importId: string | null
  /** Told after each part how many are saved. */
  onSaved?: (done: number) => void
}

/** What one import did to the ledger, counted in rows of the file. */
export interface ImportReport {
  id: string
  fileName: string
  /** SHA-256 of the file's bytes, in hex; null in records older than it. */
  fileSha256: string | null
  format: string
  /** The file's header; null in records older than it. */
  columns: readonly string[] | null
  startedAtMs: number
  /** Null where it is not done yet, or was cut off: the counts are what it set out to do. */
  finishedAtMs: number | null
  /** rowsRead = rowsImported + rowsUpdated + rowsUnchanged + rowsQuarantined. */
  rowsRead: number
  rowsImported: number
  rowsUpdated: number
  rowsUnchanged: number
  rowsQuarantined: number
}

/** Where imports are kept. */
export interface ImportStore {
  /** Records an import before it changes anything. */
  begin(report: ImportReport): Promise<void>
  /** Notes that an import is done. */
  finish(id: string, finishedAtMs: number): Promise<void>
  /** The newest imports, newest first; at most 1,000. */
  list(limit: number): Promise<ImportReport[]>
  /** Imports of that id, file name, or beginning of the file's SHA-256 (six hex digits at least), newest first. */
  find(key: string): Promise<ImportReport[]>
}

/** Which rows of the quarantine are meant: all conditions hold at once. */
export interface QuarantineFilter {
  status?: QuarantineStatus
  kind?: QuarantineOrigin['kind']
  reason?: string
  importId?: string
  /** The pipeline's run. */
  runId?: string
  /** At most 100. */
  ids?: readonly string[]
  /** Beginning of an id. */
  idPrefix?: string
  /** Only rows that arrived after this position. */
  after?: number
}

export interface QuarantineCounts {
  total: number
  /** Most frequent reason first. */
  byReason: { reason: string; rows: number }[]
}

/** Where refused rows are kept until they make sense or are given up. */
export interface QuarantineStore {
  /** Keeps refused rows. A row refused before is kept once, as it was: discarded or released ones stay so. */
  add(origin: QuarantineOrigin, refused: readonly RefusedRow[]): Promise<void>
  /** Rows in order of arrival, at most `limit` and 1,000; the next ones come after the last one's position. */
  list(filter: QuarantineFilter, limit: number): Promise<QuarantinedRow[]>
  count(status: QuarantineStatus): Promise<QuarantineCounts>
  /** Notes what became of rows and returns of how many: a released row stays as it is. */
  resolve(resolutions: readonly Resolution[]): Promise<number>
}
