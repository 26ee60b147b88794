import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { outcomeOf } from '../../../shared/features/outcome.ts'
import type { Tally } from '../../../shared/features/tally.ts'
import { addPlacement, addResult, createTally } from '../../../shared/features/tally.ts'
import {
  DECIDED,
  FIRST_PLACED_AT,
  LAST_KNOWN_AT,
  LAST_PLACED_AT,
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
  STREAK,
  TIMED,
  TOTALS,
  UNIT,
  WINS,
} from '../../../shared/features/totals.ts'
import { bet } from '../../support/bets.ts'

function tallyOf(bets: readonly Partial<Bet>[]): Tally {
  const tally = createTally()
  for (const [i, overrides] of bets.entries()) addResult(tally, outcomeOf(bet(overrides), 'USD'), 1000 + i, 0)
  return tally
}

describe('a tally', () => {
  test('begins with nothing', () => {
    const { numbers } = createTally()
    expect([...numbers.subarray(0, TOTALS)]).toEqual(Array.from({ length: TOTALS }, () => 0))
    expect(numbers[STREAK]).toBe(0)
    for (const instant of [FIRST_PLACED_AT, LAST_PLACED_AT, LAST_KNOWN_AT]) expect(numbers[instant]).toBeNaN()
  })

  test('adds placements up, and knows the first and the last', () => {
    const tally = createTally()
    addPlacement(tally, 5000, 0, 1000)
    addPlacement(tally, 7000, 0, 0)
    addPlacement(tally, 9000, 1, 250)
    const { numbers } = tally
    expect([numbers[PLACED], numbers[STAKE]]).toEqual([3, 1250])
    expect([numbers[FIRST_PLACED_AT], numbers[LAST_PLACED_AT]]).toEqual([5000, 9000])
    expect(numbers[LAST_KNOWN_AT]).toBeNaN()
  })

  test('adds results up by what each of them tells', () => {
    const { numbers } = tallyOf([
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
    expect(expected.map(([total]) => [total, numbers[total]])).toEqual(expected)
    expect(numbers[LAST_KNOWN_AT]).toBe(1004)
  })

  test('holds whole numbers, so that no sum depends on its order', () => {
    const bets = [1.91, 3.33, 1.07, 17, 1e6].flatMap((decimalOdds, i): Partial<Bet>[] => [
      { state: 'won', decimalOdds, profitMinor: 333 * (i + 1) },
      { state: 'lost', decimalOdds, profitMinor: -777 },
    ])
    const totalsOf = (ordered: readonly Partial<Bet>[]) => [...tallyOf(ordered).numbers.subarray(0, TOTALS)]
    expect(totalsOf(bets).filter((total) => !Number.isSafeInteger(total))).toEqual([])
    expect(totalsOf([...bets].reverse())).toEqual(totalsOf(bets))
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
    expect(tallyOf(states.split(' ').map((state) => ({ state: state as Bet['state'] }))).numbers[STREAK]).toBe(streak)
  })
})
