import type { Bet } from '../bets/bet.ts'

/** A bet as the ledger has it. */
export interface StoredBet {
  bet: Bet
  /** The newest change time that a source told of it, in microseconds; null where none did. */
  changedAtUs: number | null
  /** A text that differs after every change of the bet or of its change time. */
  version: string
}

/** A bet to be written where the ledger still has it as it was read. */
export interface BetChange {
  bet: Bet
  changedAtUs: number | null
  /** Of the bet that it replaces; null where there was none. */
  version: string | null
}

/** A bet whose content is known already, told with a newer change time. */
export interface BetSighting {
  id: string
  changedAtUs: number
  version: string
}

export interface BetBatch {
  changes: readonly BetChange[]
  seen: readonly BetSighting[]
  /** The import that brings the changes, kept with each of them. */
  importId: string
}

/** The ledger for writers that may not be alone; each call is one request, whatever the number of bets. */
export interface SyncStore {
  /** The bets of these ids, at most 1,000, and whether bets of the simulator are there. */
  read(ids: readonly string[]): Promise<{ bets: StoredBet[]; hasDemo: boolean }>
  /** Writes all in one transaction and gives the ids written; a bet that is not as it was read stays as it is. */
  write(batch: BetBatch): Promise<string[]>
  /** Removes all bets of the simulator; returns how many there were. */
  removeDemo(): Promise<number>
}
