import type { Bet } from '../bets/bet.ts'
import { byPlacement } from '../bets/bet.ts'
import { knownAtMs } from '../features/settlement-lag.ts'
import { isLearnable } from '../recipe/dataset.ts'
import type { MarketTree } from './market-tree.ts'
import { createMarketTree, enterBet } from './market-tree.ts'

/**
 * The bets that markets are judged by, in order of placement: won or lost, at a known price within American ±10,000.
 *
 * A push or void returns the stake: it moves neither a win rate nor the sign of a return. A cash-out tells what the book
 * paid, not what the market did. A record "at the price" has return d − 1 where won and −1 where lost.
 */
export interface MarketRows {
  n: number
  placedAtMs: Float64Array
  /** When the result was known. */
  knownAtMs: Float64Array
  /** 1 where won, 0 where lost. */
  won: Uint8Array
  decimalOdds: Float64Array
  /** Node of {@link tree} that the bet is counted at. */
  nodes: Int32Array
  tree: MarketTree
}

export function marketRows(ledger: readonly Bet[]): MarketRows {
  const bets = ledger.filter(isLearnable).sort(byPlacement)
  const tree = createMarketTree()
  return {
    n: bets.length,
    placedAtMs: Float64Array.from(bets, (bet) => bet.placedAtMs),
    knownAtMs: Float64Array.from(bets, knownAtMs),
    won: Uint8Array.from(bets, (bet) => (bet.state === 'won' ? 1 : 0)),
    decimalOdds: Float64Array.from(bets, (bet) => bet.decimalOdds),
    nodes: Int32Array.from(bets, (bet) => enterBet(tree, bet)),
    tree,
  }
}

/** Rows whose result was known before an instant, in order of placement. */
export function rowsKnownBefore({ n, knownAtMs: known }: MarketRows, instantMs: number): Int32Array {
  const rows = new Int32Array(n)
  let count = 0
  for (let r = 0; r < n; r++) {
    if ((known[r] as number) < instantMs) rows[count++] = r
  }
  return rows.subarray(0, count)
}
