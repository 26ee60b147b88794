import type { Bet } from '../bets/bet.ts'
import { byPlacement } from '../bets/bet.ts'
import { isSettled } from '../bets/settlement.ts'
import type { History } from './history.ts'
import { createHistory } from './history.ts'
import { computeFeatures, FEATURES } from './registry.ts'
import { knownAtMs } from './settlement-lag.ts'

/** The features of every bet as they were at its placement, and the history after the last one. */
export interface Replay {
  /** The ledger in order of placement; row r of the columns belongs to `bets[r]`. */
  bets: readonly Bet[]
  /** `columns[f][r]`: feature f of bet r. */
  columns: Float32Array[]
  /** All results known at the end: what serving starts from. */
  history: History
}

/**
 * Replays a ledger in time order: a bet's features see only results known strictly before it was placed.
 *
 * Results come at their settlement time, or at the assumed one ({@link knownAtMs}), never with the placement.
 */
export function replayLedger(ledger: readonly Bet[]): Replay {
  const bets = [...ledger].sort(byPlacement)
  const results = bets
    .filter((bet) => isSettled(bet.state))
    .sort((a, b) => knownAtMs(a) - knownAtMs(b) || byPlacement(a, b))
  const history = createHistory()
  const columns = FEATURES.map(() => new Float32Array(bets.length))
  const vector = new Float32Array(FEATURES.length)
  let settled = 0
  const settleBefore = (instantMs: number) => {
    for (let bet = results[settled]; bet !== undefined && knownAtMs(bet) < instantMs; bet = results[++settled]) {
      history.settle(bet)
    }
  }
  for (const [r, bet] of bets.entries()) {
    settleBefore(bet.placedAtMs)
    computeFeatures(bet, history, vector)
    for (const [f, column] of columns.entries()) column[r] = vector[f] as number
  }
  // The ledger already holds the rest of the results, so they are known to whoever asks next.
  settleBefore(Number.POSITIVE_INFINITY)
  return { bets, columns, history }
}
