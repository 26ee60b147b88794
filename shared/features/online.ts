import { applyBefore } from './advance.ts'
import type { FeatureSet } from './feature-set.ts'
import { definitionOf } from './feature-set.ts'
import { isStale, staleFeatures } from './freshness.ts'
import type { Placement } from './groups.ts'
import { GROUP_INDEX } from './groups.ts'
import { findPlace } from './places.ts'
import type { FeatureSnapshot } from './snapshot.ts'
import { PRICED } from './totals.ts'

/** A bet that somebody thinks of placing. */
export type Question = Omit<Placement, 'placedAtMs'>

/** The features of a bet asked about now. */
export interface OnlineVector {
  /** In the order of the set. */
  values: Float32Array
  /** Names of features older than their time to live: their missing policy stands in `values`. */
  stale: string[]
  /** When the ledger was last read. */
  lookedAtMs: number
  /** Bets of the same sport and market, decided at a known price; 0 where what tells of them is stale. */
  historyBets: number
}

/** What tells how many bets stand behind a vector. */
const HISTORY = definitionOf('sport_market_count')

/**
 * The features of a bet that would be placed now, by the functions that made the training rows.
 *
 * Results that were on their way when the snapshot was made count from when they are known. Where the asker's clock is
 * behind the last event of the snapshot, the moment after that event is answered for.
 */
export function onlineVector(
  snapshot: FeatureSnapshot,
  set: FeatureSet,
  question: Question,
  nowMs: number,
): OnlineVector {
  const { state, lookedAtMs } = snapshot
  const placedAtMs = Math.max(nowMs, state.asOfMs)
  applyBefore(state, placedAtMs)
  const bet: Placement = { ...question, placedAtMs }
  const sinceLookMs = Math.max(0, nowMs - lookedAtMs)
  const stale = sinceLookMs <= set.allFreshMs ? [] : staleFeatures(set.definitions, sinceLookMs)
  const place = findPlace(state, bet)
  const history = isStale(HISTORY, sinceLookMs) ? undefined : place.tallies[GROUP_INDEX.sport_market]
  const historyBets = history?.numbers[PRICED] ?? 0
  return { values: set.vector(state, bet, sinceLookMs, place), stale, lookedAtMs, historyBets }
}
