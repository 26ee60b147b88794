import type { Bet } from '../bets/bet.ts'
import type { Rejection } from '../bets/formats/format.ts'

/** Where the ledger is kept. */
export interface BetStore {
  /** Every bet, in order of placement. */
  all(): Promise<Bet[]>
  /** Inserts new bets and replaces those with the same id. */
  save(bets: readonly Bet[], onSaved?: (done: number) => void): Promise<void>
  /** A text that differs whenever any bet was added, changed or removed; costs one small request. */
  fingerprint(): Promise<string>
  /** Removes all bets of the simulator; returns how many there were. */
  removeDemo(): Promise<number>
}

/** What one import did to the ledger, counted in rows of the file. */
export interface ImportReport {
  id: string
  fileName: string
  format: string
  startedAtMs: number
  finishedAtMs: number
  /** rowsRead = rowsImported + rowsUpdated + rowsUnchanged + rowsQuarantined. */
  rowsRead: number
  rowsImported: number
  rowsUpdated: number
  rowsUnchanged: number
  rowsQuarantined: number
}

/** Where imports and the rows they refused are kept. */
export interface ImportStore {
  /** Records an import and its rejections; a row refused before, in this file or an earlier export, is kept once. */
  record(report: ImportReport, rejections: readonly Rejection[]): Promise<void>
  /** Rows in quarantine. */
  countQuarantined(): Promise<number>
}
