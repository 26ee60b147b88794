import { describe, expect, test } from 'vitest'
import { timeOrder } from '../../../shared/features/time-order.ts'
import { createRng } from '../../../shared/kernel/random.ts'

/** Equal instants in the reverse order of their positions. */
function laterFirst(a: number, b: number): number {
  return b - a
}

/** The same order, one comparison after the other. */
function compared(instants: Float64Array): number[] {
  const order = [...instants.keys()]
  return order.sort((a, b) => (instants[a] ?? 0) - (instants[b] ?? 0) || laterFirst(a, b))
}

describe('the order of instants', () => {
  test('ascends, and leaves equal ones to whoever asks', () => {
    expect([...timeOrder(Float64Array.of(30, 10, 20, 10, 10), laterFirst)]).toEqual([4, 3, 1, 2, 0])
    expect([...timeOrder(Float64Array.of(-5, 0, -5), (a, b) => a - b)]).toEqual([0, 2, 1])
  })

  test('of none and of one is what it must be', () => {
    expect([...timeOrder(new Float64Array(), laterFirst)]).toEqual([])
    expect([...timeOrder(Float64Array.of(7), laterFirst)]).toEqual([0])
  })

  const spans: [string, (x: number) => number][] = [
    ['a day', (x) => Date.UTC(2025, 0, 1) + Math.floor(x * 86_400_000)],
    ['an hour in whole minutes, with many equal ones', (x) => 60_000 * Math.floor(x * 60)],
    ['centuries, too far apart for one number', (x) => Math.floor((x - 0.5) * 2 ** 52)],
    ['fractions of a millisecond', (x) => x * 10],
  ]
  test.each(spans)('is that of comparisons over %s', (_, instantOf) => {
    const rng = createRng(6)
    for (const count of [2, 3, 63, 64, 65, 1000]) {
      const instants = Float64Array.from({ length: count }, () => instantOf(rng.next()))
      expect([...timeOrder(instants, laterFirst)]).toEqual(compared(instants))
    }
  })
})
