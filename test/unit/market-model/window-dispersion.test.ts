import { expect, test } from 'vitest'
import { windowDispersion } from '../../../shared/market-model/window-dispersion.ts'

const results = (won: readonly number[], decimalOdds: number, probability: number, nodes = won.map(() => 1)) => ({
  nodes: Int32Array.from(nodes),
  won: Uint8Array.from(won),
  decimalOdds: Float64Array.from(won, () => decimalOdds),
  probabilities: Float64Array.from(won, () => probability),
})

test('windows that are all won or all lost are as dispersed as their size', () => {
  const won = Array.from({ length: 404 }, (_, i) => (Math.floor(i / 4) % 2 === 0 ? 1 : 0))
  // 101 windows of four, of which the first has none before it: z² = 4·0.5²/0.25 = 4 each, (400 + 10)/110. At evens the
  // return is twice the win rate less one, and its z² is the same.
  const { winrate, roi } = windowDispersion(results(won, 2, 0.5), 4)
  expect(winrate).toBeCloseTo(410 / 110, 10)
  expect(roi).toBeCloseTo(410 / 110, 10)
})

test('windows that are more even than luck are not taken as such', () => {
  const won = Array.from({ length: 400 }, (_, i) => i % 2)
  expect(windowDispersion(results(won, 2, 0.5), 4)).toEqual({ winrate: 1, roi: 1 })
})

test('a window is held against the prices of the three windows before it, not its own', () => {
  // Four windows of two bets: three at 0.5, one at 0.2, which win one, one, one and none.
  const given = results([1, 0, 1, 0, 1, 0, 0, 0], 2, 0.5)
  given.probabilities.set([0.2, 0.2], 6)
  // z² is 0, 0 and 2·0.5²/0.25 = 2: (2 + 10)/13 is below 1. A second market's windows stand alone.
  expect(windowDispersion(given, 2).winrate).toBe(1)
  const many = results(
    Array.from({ length: 80 }, (_, i) => (i % 4 < 2 ? 1 : 0)),
    2,
    0.5,
    Array.from({ length: 80 }, (_, i) => Math.floor(i / 4)),
  )
  // Twenty markets of a won and a lost window: z² = 2·0.5²/0.25 = 2 each, (40 + 10)/30.
  expect(windowDispersion(many, 2).winrate).toBeCloseTo(50 / 30, 10)
})
