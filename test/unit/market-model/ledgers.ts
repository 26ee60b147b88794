import type { Bet } from '../../../shared/bets/bet.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'

const HOUR_MS = 3_600_000

/** A market's bets at one price, won at a rate. */
export interface Stretch {
  sport: string | null
  league: string | null
  market: string | null
  decimalOdds: number
  winProbability: number
  bets: number
}

/** Bets of several markets, side by side in time, one an hour in each; the first result is known three hours after. */
export function ledgerOf(stretches: readonly Stretch[], seed = 1): Bet[] {
  const rng = createRng(seed)
  return stretches.flatMap(({ bets, winProbability, ...names }, s) =>
    Array.from({ length: bets }, (_, i) => {
      const placedAtMs = LEDGER_START_MS + HOUR_MS * i
      const state = rng.next() < winProbability ? 'won' : 'lost'
      return bet({ ...names, id: `${s}-${i}`, state, placedAtMs, settledAtMs: placedAtMs + 3 * HOUR_MS })
    }),
  )
}

export const AFTER_ALL_MS = LEDGER_START_MS + 10_000 * 24 * HOUR_MS
