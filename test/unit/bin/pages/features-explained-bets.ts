import type { BetExplanation } from '../../../../bin/pages/features-telling.ts'
import type { Bet } from '../../../../shared/bets/bet.ts'
import { applyBefore } from '../../../../shared/features/advance.ts'
import { explainVector } from '../../../../shared/features/explain.ts'
import { featureSet } from '../../../../shared/features/feature-set.ts'
import { FEATURE_NAMES } from '../../../../shared/features/registry.ts'
import { replayLedger } from '../../../../shared/features/replay.ts'
import { bet, LEDGER_START_MS } from '../../../support/bets.ts'

const HOUR_MS = 3_600_000

/** Hours after the beginning of the test ledgers. */
export const hour = (n: number) => LEDGER_START_MS + n * HOUR_MS

/** Two results of Basketball spreads at DraftKings, won and lost at 2.00, and an open bet of Golf. */
export const SMALL_LEDGER: readonly Bet[] = [
  bet({ id: 'a', market: 'Spread', placedAtMs: hour(0), settledAtMs: hour(3) }),
  bet({ id: 'b', market: 'Spread', state: 'lost', profitMinor: -1000, placedAtMs: hour(1), settledAtMs: hour(5) }),
  bet({ id: 'c', sport: 'Golf', league: 'PGA', market: 'Winner', book: 'FanDuel', state: 'open', placedAtMs: hour(2) }),
]

/** A spread asked about ten hours after the beginning, the ledger read some hours before. */
export function explanationOf(
  overrides: Partial<Bet> = {},
  hoursSinceLook = 1,
  names: readonly string[] = FEATURE_NAMES,
): BetExplanation {
  const { state } = replayLedger(SMALL_LEDGER, featureSet([]))
  const asked = bet({ market: 'Spread', placedAtMs: hour(10), ...overrides })
  applyBefore(state, asked.placedAtMs)
  const sinceLookMs = hoursSinceLook * HOUR_MS
  return {
    ...{ bet: asked, origin: 'own', lookedAtMs: asked.placedAtMs - sinceLookMs },
    explained: explainVector(state, asked, names, { sinceLookMs }),
  }
}
