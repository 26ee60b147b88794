import { describe, expect, test } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'

describe('createRng', () => {
  // From a separate implementation of splitmix32 and sfc32 in Python's unbounded integers, masked to 32 bits.
  test.each([
    [1, [2420951833, 2513034076, 3847892949, 4064752930, 1169703512, 1317941441]],
    [20261121, [2084794244, 3129266563, 1357558201, 1866116973, 4001779901, 917765191]],
    [-7, [3986084578, 3183441412, 314452001, 2737283152, 1064482453, 4182418621]],
  ])('gives the published generator its sequence for seed %d', (seed, words) => {
    const rng = createRng(seed)
    expect(words.map(() => rng.next() * 2 ** 32)).toEqual(words)
  })

  test('keeps to the sequence after a thousand draws', () => {
    const rng = createRng(1)
    for (let i = 0; i < 999; i++) rng.next()
    expect(rng.next() * 2 ** 32).toBe(3677743483)
  })

  test('gives integers over the whole range and never the bound', () => {
    const rng = createRng(3)
    const counts = new Array<number>(7).fill(0)
    for (let i = 0; i < 7000; i++) {
      const drawn = rng.integer(7)
      counts[drawn] = (counts[drawn] ?? Number.NaN) + 1
    }
    expect(counts).toHaveLength(7)
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })

  test('gives normal deviates of mean 0, variance 1 and the right tails', () => {
    const rng = createRng(4)
    const drawn = Array.from({ length: 20_000 }, () => rng.normal())
    const average = drawn.reduce((sum, x) => sum + x, 0) / drawn.length
    const variance = drawn.reduce((sum, x) => sum + (x - average) ** 2, 0) / drawn.length
    expect(Math.abs(average)).toBeLessThan(0.03)
    expect(Math.abs(variance - 1)).toBeLessThan(0.04)
    expect(drawn.filter((x) => Math.abs(x) > 1.96).length / drawn.length).toBeCloseTo(0.05, 2)
  })
})
