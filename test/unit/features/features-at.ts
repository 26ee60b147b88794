import type { Bet } from '../../../shared/bets/bet.ts'
import { byPlacement } from '../../../shared/bets/bet.ts'
import { advance, applyBefore } from '../../../shared/features/advance.ts'
import { featureSet, viewOf } from '../../../shared/features/feature-set.ts'
import { FEATURE_NAMES } from '../../../shared/features/registry.ts'
import type { FeatureState } from '../../../shared/features/state.ts'
import { createFeatureState } from '../../../shared/features/state.ts'
import type { View } from '../../../shared/features/view.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** Every feature there is. */
export const ALL_FEATURES = featureSet(FEATURE_NAMES)

type Features = Readonly<Record<string, number>>

/** The features of a bet by name, where all of a ledger's events before its placement are known. */
export function featuresAt(ledger: readonly Bet[], asked: Partial<Bet>): Features {
  const placed = bet(asked)
  return named(ALL_FEATURES.vector(stateAt(ledger, placed.placedAtMs), placed, 0))
}

/** What a bet's features can see at its placement. */
export function viewAt(ledger: readonly Bet[], asked: Partial<Bet>): View {
  const placed = bet(asked)
  return viewOf(stateAt(ledger, placed.placedAtMs), placed)
}

/** The state that holds all of a ledger's events before an instant. */
export function stateAt(ledger: readonly Bet[], instantMs: number): FeatureState {
  const state = createFeatureState()
  advance(state, ledger.filter(({ placedAtMs }) => placedAtMs < instantMs).sort(byPlacement))
  applyBefore(state, instantMs)
  return state
}

/** A vector of all features by name. */
export function named(vector: ArrayLike<number>): Features {
  return Object.fromEntries(FEATURE_NAMES.map((name, f) => [name, vector[f] ?? Number.NEGATIVE_INFINITY]))
}

/** So many days, and hours, after the beginning of the test ledgers. */
export function at(days: number, hours = 0): number {
  return LEDGER_START_MS + days * DAY_MS + hours * HOUR_MS
}

/** Bets won (`W`), lost (`L`) or pushed (`P`) at 2.00 for 10.00, one an hour from the beginning, each known at once. */
export function results(text: string, overrides: Partial<Bet> = {}): Bet[] {
  const states = { W: 'won', L: 'lost', P: 'push' } as const
  const profits = { W: 1000, L: -1000, P: 0 } as const
  return [...text].map((letter, i) => {
    const result = letter === 'W' || letter === 'L' ? letter : 'P'
    const placedAtMs = overrides.placedAtMs ?? at(0, i)
    return bet({
      id: `${overrides.sport ?? 'bet'}-${String(i).padStart(3, '0')}`,
      ...{ state: states[result], profitMinor: profits[result] },
      ...overrides,
      ...{ placedAtMs, settledAtMs: overrides.settledAtMs ?? placedAtMs },
    })
  })
}
