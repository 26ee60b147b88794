import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { FEATURE_NAMES } from '../../../shared/features/registry.ts'
import { replayLedger } from '../../../shared/features/replay.ts'
import { bet, randomLedger } from '../../support/bets.ts'

/** Number of results that each bet's features know of, by id. */
function knownCounts(ledger: Bet[]): Record<string, number> {
  const { bets, columns } = replayLedger(ledger)
  const counts = columns[FEATURE_NAMES.indexOf('ledger_count')] ?? new Float32Array()
  return Object.fromEntries(bets.map(({ id }, r) => [id, Math.round(Math.expm1(counts[r] ?? Number.NaN))]))
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
    expect(knownCounts([bet({ id: 'instant', placedAtMs: 1000, settledAtMs: 1000 })])).toEqual({ instant: 0 })
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

  test('knows all results at the end, and no open bet', () => {
    const { history } = replayLedger([
      bet({ id: 'a', placedAtMs: 0, settledAtMs: null }),
      bet({ id: 'b', placedAtMs: 1, settledAtMs: 9e12 }),
      bet({ id: 'c', placedAtMs: 2, state: 'open', settledAtMs: null }),
    ])
    expect(history.of('ledger', bet())?.count).toBe(2)
  })

  test('leaves the ledger in its order', () => {
    const ledger = randomLedger(1, 50)
    const before = ledger.map(({ id }) => id)
    replayLedger(ledger)
    expect(ledger.map(({ id }) => id)).toEqual(before)
  })

  test('gives an empty ledger no rows', () => {
    const { bets, columns, history } = replayLedger([])
    expect(bets).toEqual([])
    expect(columns.map((column) => column.length)).toEqual(FEATURE_NAMES.map(() => 0))
    expect(history.of('ledger', bet())).toBeUndefined()
  })
})
