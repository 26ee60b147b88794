import type { Bet } from '../../shared/bets/bet.ts'
import { BET_STATES, BET_TYPES } from '../../shared/bets/bet.ts'
import { createRng } from '../../shared/kernel/random.ts'

const HOUR_MS = 3_600_000

/** Tells the stream of late results from that of the other fields, so that neither shifts the other. */
const LATE_STREAM = 0x1a7e0000

/** 1 March 2025, 00:00 UTC: where the test ledgers begin. */
export const LEDGER_START_MS = Date.UTC(2025, 2, 1)

/** A valid bet: straight, won at 2.00 for 10.00 USD, settled three hours after placement. */
export function bet(overrides: Partial<Bet> = {}): Bet {
  return {
    id: 'bet-1',
    origin: 'import',
    state: 'won',
    betType: 'straight',
    sport: 'Basketball',
    league: 'NBA',
    market: 'Player Points',
    book: 'DraftKings',
    selection: 'Over 20.5',
    isLive: false,
    isFreeBet: false,
    decimalOdds: 2,
    stakeMinor: 1000,
    profitMinor: 1000,
    currency: 'USD',
    returnPerUnit: null,
    closingLineValue: null,
    placedAtMs: LEDGER_START_MS,
    settledAtMs: LEDGER_START_MS + 3 * HOUR_MS,
    resultKnownAtMs: null,
    ...overrides,
  }
}

/**
 * A random ledger, equal for equal seeds, as awkward as real ones: instants stand on a three-hour grid so that
 * placements and results often coincide, settlement times may be absent or equal the placement, some results are told
 * late or as they come, names and prices may be missing, every state and bet type occurs. In no order.
 */
export function randomLedger(seed: number, size: number): Bet[] {
  const rng = createRng(seed)
  const late = createRng(seed ^ LATE_STREAM)
  const pick = <T>(values: readonly T[]): T => values[rng.integer(values.length)] as T
  const nSteps = 8 * Math.max(4, Math.ceil(size / 6))
  return Array.from({ length: size }, (_, i) => {
    const placedAtMs = LEDGER_START_MS + 3 * HOUR_MS * rng.integer(nSteps)
    const drawn = bet({
      id: `bet-${i}`,
      state: rng.next() < 0.7 ? pick(['won', 'lost']) : pick(BET_STATES),
      betType: rng.next() < 0.7 ? 'straight' : pick(BET_TYPES),
      sport: pick(['Basketball', 'Tennis', 'Golf', 'a|b', 'a"b', null]),
      league: pick(['NBA', 'ATP', 'PGA', null]),
      market: pick(['Moneyline', 'Spread', 'Total', null]),
      book: pick(['DraftKings', 'FanDuel', null]),
      isLive: rng.next() < 0.3,
      decimalOdds: rng.next() < 0.05 ? null : Math.round(100 * (1.05 + 4 * rng.next() ** 3)) / 100,
      profitMinor: rng.integer(3000) - 1000,
      closingLineValue: rng.next() < 0.5 ? null : 0.2 * rng.next() - 0.1,
      placedAtMs,
      settledAtMs: rng.next() < 0.4 ? null : placedAtMs + 3 * HOUR_MS * rng.integer(16),
    })
    const [isTold, nStepsLate] = [late.next() < 0.15, late.integer(40)]
    if (!isTold || drawn.state === 'open') return drawn
    return { ...drawn, resultKnownAtMs: (drawn.settledAtMs ?? placedAtMs) + 3 * HOUR_MS * nStepsLate }
  })
}

/** The items in another order, equal for equal seeds (Fisher–Yates). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const rng = createRng(seed)
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = rng.integer(i + 1)
    const held = out[i] as T
    out[i] = out[j] as T
    out[j] = held
  }
  return out
}
