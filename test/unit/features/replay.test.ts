import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { featureSet } from '../../../shared/features/feature-set.ts'
import { replayLedger } from '../../../shared/features/replay.ts'
import { bet, randomLedger } from '../../support/bets.ts'
import { ALL_FEATURES } from './features-at.ts'

const COUNT = featureSet(['ledger_count'])

/** Number of results that each bet's features know of, by id. */
function knownCounts(ledger: Bet[]): Record<string, number> {
  const { bets, columns } = replayLedger(ledger, COUNT)
  return Object.fromEntries(bets.map(({ id }, r) => [id, columns[0]?.[r] ?? Number.NaN]))
}

describe('replayLedger', () => {
  test('shows a bet the results known strictly before it was placed', () => {
    const counts = knownCounts([
      bet({ id: 'first', placedAtMs: 1000, settledAtMs: 5000 }),
      bet({ id: 'before', placedAtMs: 4999 }),
      bet({ id: 'same-instant', placedAtMs: 5000 }),
      bet({ id: 'after', placedAtMs: 5001 }),
    ])
    expect(counts).toEqual({ first: 0, before: 0, 'same-instant': 0, after: 1 })
  })

  test('does not show a bet its own result, even where it settled as it was placed', () => {
    const counts = knownCounts([
      bet({ id: 'instant', placedAtMs: 1000, settledAtMs: 1000 }),
      bet({ id: 'twin', placedAtMs: 1000, settledAtMs: 1000 }),
      bet({ id: 'next', placedAtMs: 1001 }),
    ])
    expect(counts).toEqual({ instant: 0, twin: 0, next: 2 })
  })

  test('takes results in the order in which they became known, not in that of placement', () => {
    const counts = knownCounts([
      bet({ id: 'slow', placedAtMs: 0, settledAtMs: 9000 }),
      bet({ id: 'quick', placedAtMs: 1000, settledAtMs: 2000 }),
      bet({ id: 'asks', placedAtMs: 3000, settledAtMs: 99_000 }),
      bet({ id: 'asks-later', placedAtMs: 9001 }),
    ])
    expect(counts).toEqual({ slow: 0, quick: 0, asks: 1, 'asks-later': 2 })
  })

  test('assumes a day where the source gives no settlement time', () => {
    const counts = knownCounts([
      bet({ id: 'first', placedAtMs: 0, settledAtMs: null }),
      bet({ id: 'next-day', placedAtMs: 86_400_000, settledAtMs: null }),
      bet({ id: 'day-after', placedAtMs: 86_400_001, settledAtMs: null }),
    ])
    expect(counts).toEqual({ first: 0, 'next-day': 0, 'day-after': 1 })
  })

  test('shows a result that was told late only after it was told, whenever the bet was settled', () => {
    const counts = knownCounts([
      bet({ id: 'late', placedAtMs: 0, settledAtMs: 1000, resultKnownAtMs: 5000 }),
      bet({ id: 'settled', placedAtMs: 1001, settledAtMs: null, state: 'open' }),
      bet({ id: 'told', placedAtMs: 5000, settledAtMs: null, state: 'open' }),
      bet({ id: 'after', placedAtMs: 5001, settledAtMs: null, state: 'open' }),
    ])
    expect(counts).toEqual({ late: 0, settled: 0, told: 0, after: 1 })
  })

  test('never shows an open bet, whatever times it bears', () => {
    const counts = knownCounts([
      bet({ id: 'open', state: 'open', placedAtMs: 0, settledAtMs: 10, resultKnownAtMs: 20 }),
      bet({ id: 'after', placedAtMs: 1e9 }),
    ])
    expect(counts).toEqual({ open: 0, after: 0 })
  })

  test('leaves the ledger in its order', () => {
    const ledger = randomLedger(1, 50)
    const before = ledger.map(({ id }) => id)
    replayLedger(ledger, COUNT)
    expect(ledger.map(({ id }) => id)).toEqual(before)
  })

  test('gives the bets in order of placement, ties by id, with a row each', () => {
    const ledger = ['c', 'a', 'b'].map((id) => bet({ id, placedAtMs: id === 'a' ? 5 : 4 }))
    const { bets, names, columns } = replayLedger(ledger, ALL_FEATURES)
    expect(bets.map(({ id }) => id)).toEqual(['b', 'c', 'a'])
    expect(names).toEqual(ALL_FEATURES.names)
    expect(columns.map((column) => column.length)).toEqual(names.map(() => 3))
  })

  test('gives an empty ledger no rows', () => {
    const { bets, columns } = replayLedger([], ALL_FEATURES)
    expect(bets).toEqual([])
    expect(columns.map((column) => column.length)).toEqual(ALL_FEATURES.names.map(() => 0))
  })
})
