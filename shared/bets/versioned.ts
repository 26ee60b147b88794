import type { Bet } from './bet.ts'

/** A bet as it stood at one moment in its source. */
export interface VersionedBet {
  bet: Bet
  /** When its source last changed it, in microseconds since the Unix epoch: Postgres keeps no less. */
  updatedAtUs: number
}
