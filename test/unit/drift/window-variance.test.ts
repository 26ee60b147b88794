import { describe, expect, test } from 'vitest'
import { fisherTail } from '../../../shared/drift/fisher-tail.ts'
import { overdispersion, windowedPValue, windowVariance } from '../../../shared/drift/window-variance.ts'
import { createRng } from '../../../shared/kernel/random.ts'

describe('fisherTail', () => {
  // scipy.stats.f.sf, SciPy 1.10.
  test.each([
    [4.964602743730711, 1, 10, 0.05000000000000003],
    [2.5, 9, 90, 0.013371919089516826],
    [1, 3.7, 12.2, 0.4395122668564269],
    [30, 1, 8, 0.0005893879768047376],
    [0.3, 20, 400, 0.9987723499512122],
    [12, 15, 300, 3.864521666255491e-23],
    [1.0001, 9, 27000, 0.4372218928467399],
  ])('of %d with %d and %d degrees is what SciPy says', (x, d1, d2, expected) => {
    expect(Math.abs(fisherTail(x, d1, d2) / expected - 1)).toBeLessThan(1e-9)
  })

  test('begins at one and ends at nothing', () => {
    expect([fisherTail(0, 2, 3), fisherTail(Number.POSITIVE_INFINITY, 2, 3)]).toEqual([1, 0])
  })

  test.each([
    [-1, 1, 1],
    [Number.NaN, 1, 1],
    [1, 0, 1],
    [1, 1, Number.NaN],
  ])('refuses %d with %d and %d', (x, d1, d2) => {
    expect(() => fisherTail(x, d1, d2)).toThrow(expect.objectContaining({ code: 'fisher_out_of_range' }))
  })
})

/** Windows of `rows` rows, the share of the first of two categories given for each. */
function windowsOf(shares: readonly number[], rows: number, seed: number): number[][] {
  const rng = createRng(seed)
  return shares.map((share) => {
    let ones = 0
    for (let r = 0; r < rows; r++) if (rng.next() < share) ones++
    return [ones, rows - ones]
  })
}

describe('windowVariance', () => {
  test('is about nothing where windows differ by chance alone', () => {
    const learned = windowVariance(windowsOf(new Array(30).fill(0.4), 500, 1))
    // χ²/df has mean 1 and variance 2: over thirty windows its mean is within 0.75 of 1 in 95 of 100.
    expect(learned?.windows).toBe(30)
    expect(500 * (learned?.variance ?? Number.NaN)).toBeLessThan(0.8)
  })

  test('finds the variance that windows were given', () => {
    // Shares 0.3 and 0.5 in turn: their variance 0.01 is 1/24 of one row's, 0.4·0.6.
    const shares = Array.from({ length: 40 }, (_, w) => (w % 2 === 0 ? 0.3 : 0.5))
    const learned = windowVariance(windowsOf(shares, 2000, 2))
    expect(learned?.variance).toBeGreaterThan(0.8 / 24)
    expect(learned?.variance).toBeLessThan(1.25 / 24)
  })

  test('says nothing of fewer than six windows, of small ones, or of one category', () => {
    const windows = windowsOf([0.2, 0.4, 0.6, 0.3, 0.5, 0.4], 100, 3)
    expect(windowVariance(windows)).toBeDefined()
    expect(windowVariance(windows.slice(1))).toBeUndefined()
    expect(windowVariance(windowsOf([0.2, 0.4, 0.6, 0.3, 0.5, 0.4], 19, 3))).toBeUndefined()
    expect(windowVariance(windows.map(() => [100, 0]))).toBeUndefined()
  })

  test('refuses windows of several lengths', () => {
    const windows = windowsOf(new Array(6).fill(0.5), 100, 4)
    expect(() => windowVariance([...windows, [50, 25, 25]])).toThrow(
      expect.objectContaining({ code: 'length_mismatch' }),
    )
  })
})

describe('windowedPValue', () => {
  const variance = { windows: 10, variance: 0.04, degrees: 2 }

  test('is plain chi-square without windows', () => {
    // P(χ²₁ > 3.841458820694124) = 0.05.
    const test = { statistic: 3.841458820694124, degrees: 1 }
    expect(windowedPValue(test, { size: 100, variance: undefined, single: false })).toBeCloseTo(0.05, 12)
  })

  test('divides by what windows do of themselves, and looks in F', () => {
    // φ = 1 + 100·0.04 = 5; 20/2/5 = 2; scipy.stats.f.sf(2, 2, 20) = 0.16150558288984573.
    const test = { statistic: 20, degrees: 2 }
    expect(windowedPValue(test, { size: 100, variance, single: false })).toBeCloseTo(0.16150558288984573, 10)
  })

  test('counts the wandering twice where the reference is a single window', () => {
    expect(overdispersion(variance, 100, false)).toBe(5)
    expect(overdispersion(variance, 100, true)).toBe(9)
  })

  test('finds nothing in one category', () => {
    expect(windowedPValue({ statistic: 0, degrees: 0 }, { size: 100, variance, single: false })).toBe(1)
  })
})
