import type { Bet } from '../bets/bet.ts'
import { byPlacement } from '../bets/bet.ts'
import { advance } from './advance.ts'
import type { FeatureSet } from './feature-set.ts'
import type { FeatureState } from './state.ts'
import { createFeatureState } from './state.ts'

/** Bets with their features as they were at placement. */
export interface FeatureRows {
  /** In order of placement, each id once; row r of the columns belongs to `bets[r]`. */
  bets: readonly Bet[]
  names: readonly string[]
  /** `columns[f][r]`: feature f of bet r. */
  columns: readonly Float32Array[]
}

/** Replays a ledger from its beginning, in memory: the features of every bet, and the state that it leaves. */
export function replayLedger(ledger: readonly Bet[], set: FeatureSet): FeatureRows & { state: FeatureState } {
  const bets = [...ledger].sort(byPlacement)
  const state = createFeatureState()
  return { bets, names: set.names, columns: advance(state, bets, set), state }
}
