import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { outcomeOf } from '../../../shared/features/outcome.ts'
import type { Tally } from '../../../shared/features/tally.ts'
import { addPlacement, addResult, createTally } from '../../../shared/features/tally.ts'
import {
  DECIDED,
  MINUTES,
  MONEY_BETS,
  MONEY_PROFIT,
  MONEY_STAKE,
  PLACED,
  PRICED,
  RESIDUAL,
  RETURN,
  RETURN_SQUARES,
  RETURNED,
  SETTLED,
  SQUARE_UNIT,
  STAKE,
  TIMED,
  TOTALS,
  UNIT,
  WINS,
} from '../../../shared/features/totals.ts'
import { bet } from '../../support/bets.ts'

function tallyOf(bets: readonly Partial<Bet>[]): Tally {
  const tally = createTally()
  for (const [i, overrides] of bets.entries()) addResult(tally, outcomeOf(bet(overrides), 1000 + i, 'USD'), 0)
  return tally
}

describe('a tally', () => {
  test('begins with nothing', () => {
    const { totals, streak, firstPlacedAtMs, lastPlacedAtMs, lastKnownAtMs } = createTally()
    expect([...totals]).toEqual(Array.from({ length: TOTALS }, () => 0))
    expect({ streak, firstPlacedAtMs, lastPlacedAtMs, lastKnownAtMs }).toEqual({
      ...{ streak: 0, firstPlacedAtMs: Number.NaN, lastPlacedAtMs: Number.NaN, lastKnownAtMs: Number.NaN },
    })
  })

  test('adds placements up, and knows the first and the last', () => {
    const tally = createTally()
    addPlacement(tally, 5000, 0, 1000)
    addPlacement(tally, 7000, 0, 0)
    addPlacement(tally, 9000, 1, 250)
    expect([tally.totals[PLACED], tally.totals[STAKE]]).toEqual([3, 1250])
    expect([tally.firstPlacedAtMs, tally.lastPlacedAtMs]).toEqual([5000, 9000])
    expect(tally.lastKnownAtMs).toBeNaN()
  })

  test('adds results up by what each of them tells', () => {
    const { totals, lastKnownAtMs } = tallyOf([
      { state: 'won', decimalOdds: 4, profitMinor: 3000 },
      { state: 'lost', decimalOdds: 2, profitMinor: -1000, settledAtMs: null },
      { state: 'won', decimalOdds: null, stakeMinor: null, profitMinor: null },
      { state: 'push', profitMinor: 0 },
      { state: 'cashed_out', profitMinor: 500, currency: 'EUR' },
    ])
    const expected: [number, number][] = [
      [SETTLED, 5],
      [DECIDED, 3],
      [WINS, 2],
      [PRICED, 2],
      // 3/4 − 1/2.
      [RESIDUAL, 0.25 * UNIT],
      [RETURNED, 4],
      // 3 − 1 + 0 + 1/2, and squared 9 + 1 + 0 + 1/4.
      [RETURN, 2.5 * UNIT],
      [RETURN_SQUARES, 10.25 * SQUARE_UNIT],
      // Three hours each.
      [TIMED, 4],
      [MINUTES, 720],
      [MONEY_BETS, 3],
      [MONEY_STAKE, 3000],
      [MONEY_PROFIT, 2000],
    ]
    expect(expected.map(([total]) => [total, totals[total]])).toEqual(expected)
    expect(lastKnownAtMs).toBe(1004)
  })

  test('holds whole numbers, so that no sum depends on its order', () => {
    const bets = [1.91, 3.33, 1.07, 17, 1e6].flatMap((decimalOdds, i): Partial<Bet>[] => [
      { state: 'won', decimalOdds, profitMinor: 333 * (i + 1) },
      { state: 'lost', decimalOdds, profitMinor: -777 },
    ])
    const { totals } = tallyOf(bets)
    expect([...totals].filter((total) => !Number.isSafeInteger(total))).toEqual([])
    expect([...tallyOf([...bets].reverse()).totals]).toEqual([...totals])
  })

  const runs: [string, number][] = [
    ['won', 1],
    ['won won', 2],
    ['won won lost', -1],
    ['lost lost', -2],
    ['lost lost won', 1],
    ['won push void half_won half_lost cashed_out won', 2],
    ['push', 0],
  ]
  test.each(runs)('after %s has a streak of %d', (states, streak) => {
    expect(tallyOf(states.split(' ').map((state) => ({ state: state as Bet['state'] }))).streak).toBe(streak)
  })
})
